// What people do to the view.
import { signal } from "@preact/signals";
import { camera, hovered, moved, pinned, points, seen, selected, size, tree } from "./atlas";
import { panned, placeAt, type Spot, zoomed } from "./camera";
import { inside, nearestTo } from "./nearby";

const REACH = 12; // CSS pixels

/** Whether the last outline held no sound. */
export const missed = signal(false);

export function pan(right: number, down: number): void {
  if (camera.value) moved.value = panned(camera.value, right, down);
}

/** Of the middle, where no spot is said. */
export function zoom(factor: number, spot: Spot = middle()): void {
  if (camera.value) moved.value = zoomed(camera.value, factor, spot, size.value);
}

export function showAll(): void {
  moved.value = null;
}

export function hover(spot: Spot | null): void {
  hovered.value = spot ? soundAt(spot, REACH) : -1;
}

/** Opens the card of the sound there; where there is none, the open one closes. */
export function pin(spot: Spot): void {
  pinned.value = soundAt(spot, REACH);
}

/** Opens the card of the sound nearest to the middle, as far as is seen: for who has no pointer. */
export function pinMiddle(): void {
  const { x, y } = middle();
  pinned.value = soundAt({ x, y }, Math.hypot(x, y));
}

/** Selects what lies inside the outline. */
export function select(outline: readonly Spot[]): void {
  const view = camera.value;
  if (view === null || points.value === null || tree.value === null || outline.length < 3) return;
  const places = outline.map((spot) => placeAt(view, spot, size.value));
  selected.value = inside(places, tree.value, points.value, seen.value);
  missed.value = selected.value.length === 0;
}

export function clearSelection(): void {
  selected.value = new Uint32Array();
  missed.value = false;
}

function soundAt(spot: Spot, reach: number): number {
  if (camera.value === null || points.value === null || tree.value === null) return -1;
  const place = placeAt(camera.value, spot, size.value);
  return nearestTo(place, reach / camera.value.scale, tree.value, points.value, seen.value);
}

function middle(): Spot {
  return { x: size.value.width / 2, y: size.value.height / 2 };
}

// The map that was asked for, kept while the page lives; asked again when the library has changed.
import { batch, computed, signal } from "@preact/signals";
import { api, isAbort } from "../api/client";
import { insisted, sentenceOf } from "../page/connection";
import { library } from "../page/library";
import { reference, shown } from "../page/question";
import { type Camera, fitted, type Size } from "./camera";
import { layersOf, seenOf } from "./layers";
import { treeOf } from "./nearby";
import { boundsOf, countsByRole, idOf, type Points, pointsIn, positionsOf } from "./points";

export type Told = { state: "asking" } | { state: "told" } | { state: "failed"; sentence: string };
export const told = signal<Told>({ state: "asking" });
/** What was last told; stays while it is asked again. */
export const points = signal<Points | null>(null);

export const size = signal<Size>({ width: 0, height: 0 });
/** Null: all is shown. */
export const moved = signal<Camera | null>(null);
export const hiddenRoles = signal<ReadonlySet<string>>(new Set());
/** Positions that were selected by hand. */
export const selected = signal<Uint32Array>(new Uint32Array());
/** The position below the pointer, and the one whose card is open; -1 for none. */
export const hovered = signal(-1);
export const pinned = signal(-1);

const bounds = computed(() => points.value && boundsOf(points.value));
export const camera = computed(() => moved.value ?? (bounds.value && fitted(bounds.value, size.value)));
export const counts = computed(() => (points.value ? countsByRole(points.value) : new Uint32Array()));

/** 1 where a sample's role is not hidden. */
export const seen = computed(() => (points.value ? seenOf(points.value, hiddenRoles.value) : new Uint8Array()));

/** What the search of the moment found. */
export const hits = computed(() => {
  const ids = shown.value?.hits.map((hit) => hit.sample_id) ?? [];
  return points.value ? positionsOf(points.value, ids) : new Uint32Array();
});
/** Where the sound to be like stands; -1 for nowhere. */
export const referencePosition = computed(() => {
  const now = reference.value;
  if (points.value === null || now?.kind !== "sample") return -1;
  return positionsOf(points.value, [now.id])[0] ?? -1;
});

/** What is drawn over what. */
export const layers = computed(
  () => points.value && layersOf({ seen: seen.value, selected: selected.value, hits: hits.value }),
);
/** For what lies near the pointer; built when it is first needed. */
export const tree = computed(() => points.value && treeOf(points.value));

interface Asked {
  readonly library: string;
  readonly stop: AbortController;
}
let asked: Asked | null = null;

/** Asks for the map, unless the one of the library as it is now is there or under way. */
export async function ask(): Promise<void> {
  const now = library.peek();
  if (points.peek() && now?.running) return; // the indexer draws the map last
  const mine = { library: now ? `${now.version} ${now.mapped}` : "", stop: new AbortController() };
  if (asked && told.peek().state !== "failed") {
    if (asked.library === "") asked = { ...asked, library: mine.library }; // it was not known yet what it is of
    if (asked.library === mine.library) return;
  }
  asked?.stop.abort();
  asked = mine;
  told.value = { state: "asking" };
  try {
    take(pointsIn(await insisted(() => api.map(mine.stop.signal), mine.stop.signal)));
  } catch (error) {
    if (!isAbort(error)) told.value = { state: "failed", sentence: sentenceOf(error) };
  }
}

/** The view stays; what was selected and pinned is found again by its ids. */
function take(fresh: Points): void {
  const before = points.peek();
  const again = (positions: Iterable<number>) =>
    positionsOf(fresh, before ? Array.from(positions, (at) => idOf(before, at)) : []);
  batch(() => {
    told.value = { state: "told" };
    if (before?.version === fresh.version) return;
    selected.value = again(selected.peek());
    pinned.value = pinned.peek() < 0 ? -1 : (again([pinned.peek()])[0] ?? -1);
    hovered.value = -1;
    points.value = fresh;
  });
}

// The sound below the pointer: its name, and after a moment its sound.
import { useEffect } from "preact/hooks";
import { playsOnHover } from "../page/hovering";
import { playing, stop } from "../shared/player";
import { camera, hovered, pinned, points, size } from "./atlas";
import { type Spot, spotOf } from "./camera";
import { hear, useKnown } from "./known";
import { idOf } from "./points";

const REST_MS = 120;
/** A pointer on its way elsewhere asks for none of the points that it crosses. */
const CROSSED_MS = 50;

export function Pointed() {
  const at = hovered.value;
  const known = useKnown(at, CROSSED_MS);
  useHearing(at);
  const spot = spotFor(at);
  if (known === null || spot === null || at === pinned.value) return null;
  const across = spot.x > size.value.width / 2 ? "calc(-100% - 12px)" : "12px";
  const down = spot.y > size.value.height / 2 ? "calc(-100% - 8px)" : "8px";
  const style = { left: `${spot.x}px`, top: `${spot.y}px`, transform: `translate(${across}, ${down})` };
  return (
    <div class="map-tip" role="tooltip" style={style}>
      <b>{known.name}</b>
      {known.role && <span>{known.role}</span>}
    </div>
  );
}

/** Around what is pinned, or else pointed at. */
export function Ring() {
  const spot = spotFor(hovered.value < 0 ? pinned.value : hovered.value);
  return spot && <span class="map-ring" style={{ transform: `translate(${spot.x}px, ${spot.y}px)` }} />;
}

/** Plays what the pointer rests on until it leaves; what was clicked goes on. */
function useHearing(at: number): void {
  useEffect(() => {
    if (at < 0 || !playsOnHover.peek()) return;
    const left = new AbortController();
    const timer = setTimeout(() => {
      // Before the first click or key a browser lets nothing sound.
      if (navigator.userActivation.hasBeenActive) void hear(at, left.signal);
    }, REST_MS);
    return () => {
      left.abort();
      clearTimeout(timer);
      const map = points.peek();
      if (map && at !== pinned.peek() && playing.peek() === idOf(map, at)) stop();
    };
  }, [at]);
}

function spotFor(at: number): Spot | null {
  const map = points.value;
  if (map === null || camera.value === null || at < 0) return null;
  return spotOf(camera.value, { x: map.x[at] ?? 0, y: map.y[at] ?? 0 }, size.value);
}

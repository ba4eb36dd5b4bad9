// The canvas, and what lies over it: the outline being drawn, the name of what is pointed at, the card of what is pinned.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { count } from "../shared/words";
import { pinned, points, size } from "./atlas";
import { Card } from "./Card";
import type { Spot } from "./camera";
import { type Gestures, listen } from "./gestures";
import { hear } from "./known";
import { clearSelection, hover, pan, pin, pinMiddle, select, showAll, zoom } from "./moving";
import { Selection } from "./Selection";
import { showOn } from "./stage";
import { Pointed, Ring } from "./Tip";
import { lassoing } from "./Toolbar";

const drawn = signal<readonly Spot[]>([]);
/** Whether keys are at work: then the middle is marked, which they are about. */
const aimed = signal(false);

const GESTURES: Gestures = {
  pan,
  zoom,
  hover,
  tap: (spot, pointer) => {
    pin(spot);
    if (pointer !== "mouse") hear(pinned.value); // a mouse has heard it while it rested there
  },
  lassos: () => lassoing.value,
  outline: (spots, ended) => {
    drawn.value = ended ? [] : spots;
    if (ended) select(spots);
  },
};

const STEP = 80; // CSS pixels a key
const PACE = 1.3;
const KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => pan(STEP, 0),
  ArrowRight: () => pan(-STEP, 0),
  ArrowUp: () => pan(0, STEP),
  ArrowDown: () => pan(0, -STEP),
  "+": () => zoom(PACE),
  "=": () => zoom(PACE), // the same key without Shift
  "-": () => zoom(1 / PACE),
  "0": showAll,
  Enter: () => {
    pinMiddle();
    hear(pinned.value);
  },
  Escape: () => {
    clearSelection();
    pinned.value = -1;
  },
};

export function Frame({ onUndrawable }: { onUndrawable: () => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (frame.current === null || canvas.current === null) return;
    const shown = showOn(canvas.current);
    if (shown === null) return onUndrawable();
    const ends = [shown, listen(canvas.current, GESTURES), measured(frame.current)];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  return (
    <div ref={frame} class={`map-frame ${lassoing.value ? "lassoing" : ""} ${aimed.value ? "aimed" : ""}`}>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes the arrow keys, and says what they do */}
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label={`Map of ${count(points.value?.count ?? 0, "sound")}`}
        aria-describedby="map-keys"
        onKeyDown={press}
        onPointerDown={mark(false)}
        onFocus={(event) => mark(event.currentTarget.matches(":focus-visible"))()}
        onBlur={mark(false)}
      />
      {drawn.value.length > 1 && (
        <svg class="map-outline" aria-hidden="true">
          <polygon points={drawn.value.map(({ x, y }) => `${x},${y}`).join(" ")} />
        </svg>
      )}
      <Ring />
      <Pointed />
      <div class="map-dock">
        <Selection />
        <Card />
      </div>
    </div>
  );
}

function press(event: KeyboardEvent): void {
  const does = KEYS[event.key];
  if (does === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  aimed.value = true;
  does();
}

function mark(middle: boolean): () => void {
  return () => {
    aimed.value = middle;
  };
}

/** Keeps the map's size that of the frame. */
function measured(frame: HTMLElement): () => void {
  const observer = new ResizeObserver(() => {
    size.value = { width: frame.clientWidth, height: frame.clientHeight };
  });
  observer.observe(frame);
  return () => observer.disconnect();
}

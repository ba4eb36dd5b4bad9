// What a pointer does on the map: drag, pinch, wheel, double click, tap; the lasso.
import type { Spot } from "./camera";

export interface Gestures {
  pan(right: number, down: number): void;
  zoom(factor: number, spot: Spot): void;
  /** Null: it left. */
  hover(spot: Spot | null): void;
  tap(spot: Spot, pointer: string): void;
  /** Whether a drag draws an outline, as it does with Shift. */
  lassos(): boolean;
  /** The outline as far as it is drawn; empty: it was given up. */
  outline(spots: readonly Spot[], ended: boolean): void;
}

const TAP_REACH = 5;
const STROKE = 4; // CSS pixels between corners of the outline
const LINE_HEIGHT = 16;

/** Listens until the function that comes back is called. */
export function listen(canvas: HTMLCanvasElement, gestures: Gestures): () => void {
  const ends = new AbortController();
  const { signal } = ends;
  const drag = new Drag(canvas, gestures);
  canvas.addEventListener("pointerdown", (event) => drag.down(event), { signal });
  canvas.addEventListener("pointermove", (event) => drag.move(event), { signal });
  canvas.addEventListener("pointerup", (event) => drag.up(event), { signal });
  canvas.addEventListener("pointercancel", (event) => drag.cancel(event), { signal });
  canvas.addEventListener("pointerleave", () => gestures.hover(null), { signal });
  canvas.addEventListener("dblclick", (event) => gestures.zoom(event.shiftKey ? 0.5 : 2, spotOf(event)), { signal });
  canvas.addEventListener("wheel", (event) => wheel(event, gestures), { signal, passive: false });
  return () => ends.abort();
}

function wheel(event: WheelEvent, gestures: Gestures): void {
  event.preventDefault();
  const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1);
  const pace = event.ctrlKey ? 0.01 : 0.0025; // with Ctrl it is a pinch on a touch pad, in small steps
  gestures.zoom(Math.exp(-pace * Math.max(-200, Math.min(pixels, 200))), spotOf(event));
}

class Drag {
  readonly #canvas: HTMLCanvasElement;
  readonly #gestures: Gestures;
  readonly #pointers = new Map<number, Spot>();
  #start: Spot | null = null;
  #outline: readonly Spot[] | null = null;

  constructor(canvas: HTMLCanvasElement, gestures: Gestures) {
    this.#canvas = canvas;
    this.#gestures = gestures;
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    const spot = spotOf(event);
    this.#pointers.set(event.pointerId, spot);
    const alone = this.#pointers.size === 1;
    if (this.#outline) this.#gestures.outline([], true);
    this.#start = alone ? spot : null;
    this.#outline = alone && (event.shiftKey || this.#gestures.lassos()) ? [spot] : null;
  }

  move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId);
    const spot = spotOf(event);
    if (before === undefined) {
      if (event.pointerType !== "touch") this.#gestures.hover(spot);
      return;
    }
    if (this.#mayTap(spot)) return;
    this.#gestures.hover(null);
    if (this.#outline) this.#draw(this.#outline, spot);
    else this.#drag(event.pointerId, before, spot);
  }

  up(event: PointerEvent): void {
    const spot = spotOf(event);
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#mayTap(spot)) this.#gestures.tap(spot, event.pointerType);
    else if (this.#outline) this.#gestures.outline(this.#outline, true);
    this.#outline = null;
    this.#start = null;
  }

  cancel(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
    if (this.#outline) this.#gestures.outline([], true);
    this.#outline = null;
    this.#start = null;
  }

  #draw(outline: readonly Spot[], spot: Spot): void {
    if (distance(spot, outline.at(-1) ?? spot) < STROKE) return;
    this.#outline = [...outline, spot];
    this.#gestures.outline(this.#outline, false);
  }

  /** Whether it has stayed near where it went down, and may become a tap. */
  #mayTap(spot: Spot): boolean {
    if (this.#start && distance(spot, this.#start) > TAP_REACH) this.#start = null;
    return this.#start !== null;
  }

  #drag(id: number, before: Spot, spot: Spot): void {
    const other = [...this.#pointers].find(([one]) => one !== id)?.[1];
    this.#pointers.set(id, spot);
    if (other === undefined) {
      this.#gestures.pan(spot.x - before.x, spot.y - before.y);
      return;
    }
    const factor = distance(spot, other) / Math.max(distance(before, other), 1);
    this.#gestures.pan((spot.x - before.x) / 2, (spot.y - before.y) / 2);
    this.#gestures.zoom(factor, { x: (spot.x + other.x) / 2, y: (spot.y + other.y) / 2 });
  }
}

function distance(one: Spot, other: Spot): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function spotOf(event: MouseEvent): Spot {
  return { x: event.offsetX, y: event.offsetY };
}

// Keeps a canvas showing the map: draws a frame when something has changed, and none otherwise.
import { effect } from "@preact/signals";
import { camera, layers, points, referencePosition, size, tree } from "./atlas";
import type { Camera } from "./camera";
import { paintsOf } from "./colours";
import type { Points } from "./points";
import { contextOf } from "./program";
import { Renderer } from "./renderer";

const REST_MS = 200;

/** Shows the map until the function that comes back is called; null where the browser has no WebGL2. */
export function showOn(canvas: HTMLCanvasElement): (() => void) | null {
  const gl = contextOf(canvas);
  if (gl === null) return null;
  let ends = staged(gl, canvas);
  const lost = (event: Event) => {
    event.preventDefault(); // else it is never given back
    ends();
  };
  const restored = () => {
    ends = staged(gl, canvas);
  };
  canvas.addEventListener("webglcontextlost", lost);
  canvas.addEventListener("webglcontextrestored", restored);
  return () => {
    canvas.removeEventListener("webglcontextlost", lost);
    canvas.removeEventListener("webglcontextrestored", restored);
    ends();
    gl.getExtension("WEBGL_lose_context")?.loseContext(); // a browser has but a few
  };
}

function staged(gl: WebGL2RenderingContext, canvas: HTMLCanvasElement): () => void {
  const renderer = new Renderer(gl);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  let frame = 0;
  let rest = 0;
  let sized = { width: 0, height: 0 };
  let loaded: Points | null = null;

  const draw = () => {
    frame = 0;
    const view = camera.peek();
    if (loaded === null || view === null || size.peek().width === 0) return;
    if (sized !== size.peek()) renderer.resize(size.peek());
    sized = size.peek();
    renderer.draw(view);
    clearTimeout(rest);
    rest = setTimeout(settle, REST_MS, view);
    drawn();
  };
  const soon = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const settle = (view: Camera) => {
    if (renderer.settle(view)) soon();
  };
  const paint = () => {
    renderer.paint(paintsOf(canvas, loaded?.roles ?? []));
    soon();
  };
  const stopLoading = effect(() => {
    if (points.value === null || layers.value === null) return;
    if (loaded !== points.value) renderer.load(points.value);
    loaded = points.value;
    renderer.arrange(layers.value, referencePosition.value);
    paint();
  });
  const stopMoving = effect(() => {
    if (camera.value && size.value) soon();
  });
  scheme.addEventListener("change", paint);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(rest);
    stopLoading();
    stopMoving();
    scheme.removeEventListener("change", paint);
  };
}

let first = true;

/** After the first picture, when there is time: what finds the sound below the pointer. */
function drawn(): void {
  if (!first) return;
  first = false;
  performance.mark("map drawn");
  setTimeout(() => tree.value, 0);
}

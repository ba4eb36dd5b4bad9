// The map's buttons.
import { signal } from "@preact/signals";
import { showAll, zoom } from "./moving";

/** Whether a drag selects. */
export const lassoing = signal(false);

const STEP = 1.5;

export function Toolbar() {
  return (
    <div class="map-tools">
      <button
        type="button"
        aria-pressed={lassoing.value}
        title="Draw around sounds to select them"
        onClick={() => {
          lassoing.value = !lassoing.value;
        }}
      >
        <Sign path="M12 5c5 0 8 2 8 5s-3 5-8 5-8-2-8-5 3-5 8-5zM8 15c-2 1-1 3 0 3s1 2 0 3" />
        Lasso
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => zoom(STEP)}>
        <Sign path="M12 5v14M5 12h14" />
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => zoom(1 / STEP)}>
        <Sign path="M5 12h14" />
      </button>
      <button type="button" onClick={showAll}>
        Show all
      </button>
    </div>
  );
}

function Sign({ path }: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path d={path} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" />
    </svg>
  );
}

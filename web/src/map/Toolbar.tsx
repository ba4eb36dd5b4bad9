// The map's buttons.
import { signal } from "@preact/signals";
import { Icon } from "../shared/Icon";
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
        <Icon name="lasso" />
        Lasso
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => zoom(STEP)}>
        <Icon name="add" />
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => zoom(1 / STEP)}>
        <Icon name="less" />
      </button>
      <button type="button" onClick={showAll}>
        Show all
      </button>
    </div>
  );
}

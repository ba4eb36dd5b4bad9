// What was drawn around, and the palette that it can become.
import { signal } from "@preact/signals";
import { sentenceOf } from "../page/connection";
import { focusMap } from "../page/heading";
import { chosen, MOST_CHOSEN, placed, soundCount, supplant } from "../page/palette";
import { complain } from "../page/told";
import { points, selected } from "./atlas";
import { allKnown } from "./known";
import { clearSelection, missed } from "./moving";
import type { Points } from "./points";
import { variedOf } from "./variety";

const making = signal(false);

export function Selection() {
  const all = selected.value.length;
  const locked = chosen.value.filter((one) => one.locked).length;
  const taken = Math.min(all, MOST_CHOSEN - locked);
  const sentence = all > 0 ? `${soundCount(all)} selected` : missed.value ? "No sound lies in there." : "";
  return (
    <div class={`map-selection ${sentence ? "" : "none"}`}>
      <p role="status">{sentence}</p>
      {taken > 0 && (
        <button type="button" class="primary" disabled={making.value} onClick={make}>
          Make a palette of {taken < all ? `${taken} of ${soundCount(all)}` : soundCount(all)}
        </button>
      )}
      {all > 0 && (
        <button type="button" class="plain" onClick={clear}>
          Clear the selection
        </button>
      )}
    </div>
  );
}

function clear(): void {
  clearSelection();
  focusMap();
}

async function make(): Promise<void> {
  if (points.value === null) return;
  making.value = true;
  try {
    await makeOf(points.value, selected.value);
  } catch (error) {
    complain(`The palette was not made: ${sentenceOf(error)}`);
  } finally {
    making.value = false;
  }
}

/** What is locked stays, as when a palette is built from a brief. */
async function makeOf(map: Points, positions: Uint32Array): Promise<void> {
  const kept = chosen.value.filter((one) => one.locked);
  const asked = variedOf(map, positions, MOST_CHOSEN - kept.length);
  const found = await allKnown(map, asked);
  if (found.length === 0) throw new Error("none of these sounds is in the library any more.");
  const fresh = found.filter(({ id }) => !kept.some((one) => one.id === id));
  const made = `${soundCount(fresh.length)} from the map are in the palette now.`;
  supplant([...kept, ...fresh.map(placed)], [made, goneOf(asked.length - found.length)].filter(Boolean).join(" "));
}

function goneOf(number: number): string {
  return number > 0 ? `${soundCount(number)} ${number === 1 ? "is" : "are"} gone from the library.` : "";
}

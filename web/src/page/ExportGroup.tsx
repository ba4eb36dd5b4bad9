// The palette to take along.
import { api, type ExportFormat, exportUrl } from "../api/client";
import { asSentence } from "../shared/words";
import { insisted } from "./connection";
import { failing } from "./description";
import { focusPalette } from "./heading";
import { chosen, news, soundCount, supplant } from "./palette";
import { toClipboard } from "./sounds";

const FORMATS: readonly (readonly [ExportFormat, string])[] = [
  ["paths", "Paths"],
  ["json", "JSON"],
  ["m3u", "M3U"],
  ["zip", "ZIP"],
];

export function ExportGroup() {
  const ids = chosen.value.map(({ id }) => id);
  return (
    <>
      <fieldset class="export">
        <legend>Export</legend>
        {FORMATS.map(([format, label]) => (
          <a key={format} href={exportUrl(ids, format)} download>
            {label}
          </a>
        ))}
        <button type="button" onClick={() => void copyPaths(ids)}>
          Copy the paths
        </button>
      </fieldset>
      <button type="button" onClick={empty}>
        Empty the palette
      </button>
    </>
  );
}

async function copyPaths(ids: readonly string[]): Promise<void> {
  try {
    await toClipboard(await insisted(() => api.paths(ids)));
    news.value = `Copied the paths of ${soundCount(ids.length)}.`;
  } catch (error) {
    news.value = `The paths were not copied: ${asSentence(await failing(error))}`;
  }
}

function empty(): void {
  supplant([], "The palette is empty.");
  focusPalette();
}

// The palette to take along.
import { api, type ExportFormat, exportUrl } from "../api/client";
import { asSentence } from "../shared/words";
import { insisted } from "./connection";
import { failing } from "./description";
import { focusPalette } from "./heading";
import { chosen, news, refused, soundCount, supplant } from "./palette";
import { toClipboard } from "./sounds";

/** What stands on the link, and what it leads to. */
const FORMATS: readonly (readonly [ExportFormat, string, string])[] = [
  ["paths", "Paths", "list of paths"],
  ["json", "JSON", "JSON"],
  ["m3u", "M3U", "playlist"],
  ["zip", "ZIP", "ZIP"],
];
/** After which the browser has begun to write the file. */
const SAVED_MS = 60_000;

export function ExportGroup() {
  const ids = chosen.value.map(({ id }) => id);
  return (
    <>
      <fieldset class="export">
        <legend>Export</legend>
        {FORMATS.map(([format, label, file]) => (
          <a key={format} href={exportUrl(ids, format)} download onClick={(event) => press(event, ids, format, file)}>
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

/** A link alone would fail without a word; it stays one, to be dragged or opened elsewhere. */
function press(event: MouseEvent, ids: readonly string[], format: ExportFormat, file: string): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  void trying(`The ${file} was not exported`, async () => {
    news.value = `Exporting the ${file}…`;
    save(await insisted(() => api.exported(ids, format)));
    news.value = `The ${file} was exported.`;
  });
}

function copyPaths(ids: readonly string[]): Promise<void> {
  return trying("The paths were not copied", async () => {
    await toClipboard(await insisted(() => api.paths(ids)));
    news.value = `Copied the paths of ${soundCount(ids.length)}.`;
  });
}

async function trying(failed: string, work: () => Promise<void>): Promise<void> {
  refused.value = "";
  try {
    await work();
  } catch (error) {
    news.value = "";
    refused.value = `${failed}: ${asSentence(await failing(error))}`;
  }
}

/** Hands a file to the browser. A ZIP has up to 1 GiB, which browsers keep on disk, not in memory. */
function save(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_MS);
}

function empty(): void {
  supplant([], "The palette is empty.");
  focusPalette();
}

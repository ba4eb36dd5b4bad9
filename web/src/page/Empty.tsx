// What stands where there are no rows: what can be asked, or why nothing was found and what helps.
import "./Empty.css";
import { count } from "../shared/words";
import { isEmpty } from "./counting";
import { focusFilters, focusSearch } from "./heading";
import { library } from "./library";
import { facets, filters, query } from "./question";

const TRIES = [
  "punchy kick",
  "warm analogue bass",
  "crisp closed hi-hat",
  "dark evolving pad",
  "bright pluck",
  "vinyl texture",
];

export function Welcome() {
  if (isEmpty.value) return <NothingIndexed />;
  const known = facets.value?.matching;
  return (
    <div class="empty">
      <p>{known ? `${count(known, "sound")} to look through.` : "Your sounds, by what they sound like."}</p>
      <p class="quiet">Describe one above, drop a sound to find more like it, press a filter, or try one of these:</p>
      <div class="tries">
        {TRIES.map((words) => (
          <button
            type="button"
            class="chip"
            key={words}
            onClick={() => {
              query.value = words;
              focusSearch();
            }}
          >
            {words}
          </button>
        ))}
      </div>
    </div>
  );
}

/** The server's note says why, in the status line. */
export function NothingFound() {
  if (isEmpty.value) return <NothingIndexed />;
  if (Object.keys(filters.value).length === 0) {
    return (
      <div class="empty">
        <p>No sound fits.</p>
        <p class="quiet">Say it in other words, or leave out what is to be avoided.</p>
      </div>
    );
  }
  return (
    <div class="empty">
      <p>No sound fits with these filters.</p>
      <button
        type="button"
        class="chip"
        onClick={() => {
          filters.value = {};
          focusFilters();
        }}
      >
        Look again without filters
      </button>
    </div>
  );
}

function NothingIndexed() {
  if (library.value?.running) {
    return (
      <div class="empty">
        <p>Your sounds are being indexed.</p>
        <p class="quiet">They can be searched when the run is through; this page goes on by itself.</p>
      </div>
    );
  }
  return (
    <div class="empty">
      <p>No sounds are indexed yet.</p>
      <p class="quiet">
        Run <code>soundpalette index FOLDER</code> with the folder of your sounds; this page goes on by itself.
      </p>
    </div>
  );
}

// The page: looking for sounds on the left, the palette on the right; below 900 px one under the other.
import { connection } from "./connection";
import { FilterChips } from "./FilterChips";
import { LibraryPanel } from "./LibraryPanel";
import { MapPanel } from "./MapPanel";
import { PalettePanel } from "./PalettePanel";
import { Results } from "./Results";
import { SearchPanel } from "./SearchPanel";
import { Alert, StatusLine } from "./StatusLine";
import { TokenForm } from "./TokenForm";
import { type View, view } from "./view";

export function Page() {
  if (connection.value === "locked") return <TokenForm />;
  return (
    <>
      <header class="bar">
        <h1>
          <Mark /> SoundPalette
        </h1>
        <LibraryPanel />
      </header>
      {connection.value === "gone" && (
        <p class="gone" role="alert">
          The server cannot be reached. Start it again with <code>soundpalette open</code>; this page goes on by itself.
        </p>
      )}
      <main class="columns">
        <div class="finding">
          <SearchPanel />
          <FilterChips />
          <div class="view-bar">
            <ViewTabs />
            <StatusLine />
          </div>
          <Alert />
          <div id="view" role="tabpanel" aria-labelledby={`tab-${view.value}`}>
            {view.value === "list" ? <Results /> : <MapPanel />}
          </div>
        </div>
        <PalettePanel />
      </main>
    </>
  );
}

/** The sign of the tab's icon, in the page's own colours. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 28 28" aria-hidden="true">
      {[6, 16, 24, 12, 4].map((height, at) => (
        <rect key={height} x={5 * at + 2.5} y={14 - height / 2} width="3" height={height} rx="1.5" />
      ))}
    </svg>
  );
}

const VIEWS: readonly (readonly [View, string])[] = [
  ["list", "List"],
  ["map", "Map"],
];

function ViewTabs() {
  const turn = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    view.value = view.value === "list" ? "map" : "list";
    document.getElementById(`tab-${view.value}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="View" onKeyDown={turn}>
      {VIEWS.map(([name, label]) => (
        <button
          type="button"
          role="tab"
          id={`tab-${name}`}
          key={name}
          aria-selected={view.value === name}
          aria-controls="view"
          tabIndex={view.value === name ? 0 : -1}
          onClick={() => {
            view.value = name;
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

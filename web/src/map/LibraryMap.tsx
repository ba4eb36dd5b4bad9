// The map: what it shows, what can be done with it, what its colours mean.
import { useSignalEffect } from "@preact/signals";
import { useState } from "preact/hooks";
import { library } from "../page/library";
import { asSentence } from "../shared/words";
import { ask, points, told } from "./atlas";
import { Frame } from "./Frame";
import { Legend } from "./Legend";
import { Toolbar } from "./Toolbar";

export function LibraryMap() {
  const [drawable, setDrawable] = useState(true);
  useSignalEffect(() => {
    library.value; // asked again when it has changed
    void ask();
  });
  const now = told.value;
  return (
    <>
      {now.state === "failed" && <p role="alert">{asSentence(now.sentence)}</p>}
      {drawable ? <Told onUndrawable={() => setDrawable(false)} /> : <NoWebGl />}
    </>
  );
}

function Told({ onUndrawable }: { onUndrawable: () => void }) {
  if (points.value === null) return told.value.state === "asking" ? <p class="map-note">Loading the map…</p> : null;
  if (points.value.count === 0) return <NoMapYet />;
  return (
    <>
      <Toolbar />
      <Frame onUndrawable={onUndrawable} />
      <p class="map-keys" id="map-keys">
        Drag to move, turn the wheel to zoom, rest on a point to hear it, hold Shift and drag to select. Keys: arrows
        move, + and − zoom, 0 shows all, Enter names and plays the sound nearest to the middle. The list with its search
        and filters finds all that is here, too.
      </p>
      <Legend points={points.value} />
    </>
  );
}

function NoMapYet() {
  return (
    <div class="map-note">
      <p>There is no map of this library yet.</p>
      <p>
        {library.value?.running ? (
          "The indexer is at work, and draws it last."
        ) : (
          <>
            Run <code>soundpalette index</code>: it places sounds that sound alike near each other.
          </>
        )}{" "}
        This page shows the map as soon as it is there.
      </p>
    </div>
  );
}

function NoWebGl() {
  return (
    <div class="map-note">
      <p>This browser draws no WebGL2, which the map is drawn with.</p>
      <p>Switch on hardware acceleration in its settings, or take the list: it finds all that is on the map.</p>
    </div>
  );
}

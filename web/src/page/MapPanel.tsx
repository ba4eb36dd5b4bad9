// The map, loaded when it is first shown.
import "../map/map.css"; // here: a style sheet of the part that is loaded later is not asked for again after a failure
import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { ComponentType } from "preact";
import { connection, knock, sentenceOf } from "./connection";

const loaded: Signal<ComponentType | null> = signal(null);
const failed = signal("");

export function MapPanel() {
  useSignalEffect(() => {
    if (connection.value === "here") void load();
  });
  const Loaded = loaded.value;
  return (
    <section class="map" aria-label="Map of the library">
      {failed.value && <p role="alert">{failed.value}</p>}
      {Loaded ? <Loaded /> : !failed.value && <p>Loading the map…</p>}
    </section>
  );
}

async function load(): Promise<void> {
  try {
    loaded.value = (await import("../map/LibraryMap")).LibraryMap;
    failed.value = "";
  } catch (error) {
    failed.value = `The map could not be loaded (${sentenceOf(error)}). Reload the page.`;
    await knock(); // where the server is gone, its return loads the map
  }
}

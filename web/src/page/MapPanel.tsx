// The map, loaded when it is first shown.
import { type Signal, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { sentenceOf } from "./connection";

const loaded: Signal<ComponentType | null> = signal(null);
const failed = signal("");

export function MapPanel() {
  useEffect(() => void load(), []);
  const Loaded = loaded.value;
  return (
    <section class="map" aria-label="Map of the library">
      {failed.value && <p role="alert">{failed.value}</p>}
      {Loaded ? <Loaded /> : <p>Loading the map…</p>}
    </section>
  );
}

async function load(): Promise<void> {
  try {
    loaded.value = (await import("../map/LibraryMap")).LibraryMap;
    failed.value = "";
  } catch (error) {
    failed.value = `The map could not be loaded (${sentenceOf(error)}). Reload the page.`;
  }
}

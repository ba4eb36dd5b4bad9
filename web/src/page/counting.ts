// Asks how many samples each further choice of a filter would leave.
import { effect } from "@preact/signals";
import { api } from "../api/client";
import { connection, isAbort, reached, sentenceOf } from "./connection";
import { library } from "./library";
import { facets, filters } from "./question";
import { complain } from "./told";

const REST_MS = 100;

/** From now on the counts follow the filters, and the library. Returns what ends that. */
export function keepCounting(): () => void {
  let resting: ReturnType<typeof setTimeout> | undefined;
  let underWay = new AbortController();
  return effect(() => {
    const chosen = filters.value;
    void library.value?.version;
    if (connection.value !== "here") return;
    clearTimeout(resting);
    underWay.abort();
    underWay = new AbortController();
    const { signal } = underWay;
    resting = setTimeout(() => count(chosen, signal), facets.peek() ? REST_MS : 0);
  });
}

async function count(chosen: Parameters<typeof api.facets>[0], signal: AbortSignal): Promise<void> {
  try {
    const told = await reached(api.facets(chosen, signal));
    if (!signal.aborted) facets.value = told;
  } catch (error) {
    // While the server is gone or locked the page says so itself.
    if (!isAbort(error) && connection.value === "here") complain(sentenceOf(error));
  }
}

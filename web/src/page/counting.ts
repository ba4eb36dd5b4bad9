// Asks how many samples each further choice of a filter would leave.
import { computed, effect, signal } from "@preact/signals";
import { api } from "../api/client";
import type { Facets, Filters } from "../api/types";
import { connection, reached, sentenceOf } from "./connection";
import { library } from "./library";
import { facets, filters } from "./question";
import { complain } from "./told";

const REST_MS = 100;
const SUBJECTS = { role: "roles", kind: "kinds", key: "keys", genre: "genres", folder: "folders" } as const;
/** A filter that is one of the values there are. */
export type Subject = keyof typeof SUBJECTS;

/** All values that were counted, most frequent first; they keep their places while counts change. */
export const values = signal<Readonly<Record<Subject, readonly string[]>>>({
  role: [],
  kind: [],
  key: [],
  genre: [],
  folder: [],
});

/** There is nothing to be found at all; a first run publishes its index when it is through. */
export const isEmpty = computed(() => {
  if (library.value !== null) return library.value.indexed === 0;
  return Object.keys(filters.value).length === 0 && facets.value?.matching === 0;
});

let tellCounted = () => {};
/** Resolves once the first counts came, or failed to. */
export const counted = new Promise<void>((resolve) => {
  tellCounted = resolve;
});

/** How many samples would be left with a value of a subject, which may bear any name: "constructor", too. */
export function countOf(subject: Subject, value: string): number {
  const counts: Readonly<Record<string, number>> = facets.value?.[SUBJECTS[subject]] ?? {};
  return Object.hasOwn(counts, value) ? (counts[value] ?? 0) : 0;
}

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

async function count(chosen: Filters, signal: AbortSignal): Promise<void> {
  try {
    // Under filters the rarest may be missing, so that what there is at all is asked first.
    if (facets.peek() === null && Object.keys(chosen).length > 0) place(await reached(api.facets({}, signal)));
    const told = await reached(api.facets(chosen, signal));
    if (signal.aborted) return;
    place(told);
    facets.value = told;
  } catch (error) {
    // While the server is gone or locked the page says so itself.
    if (!signal.aborted && connection.value === "here") complain(sentenceOf(error));
  } finally {
    tellCounted();
  }
}

function place(told: Facets): void {
  const known = values.peek();
  const all = Object.entries(SUBJECTS).map(([subject, name]) => {
    const counts = told[name];
    const before = known[subject as Subject];
    const fresh = Object.keys(counts).filter((value) => !before.includes(value));
    fresh.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
    return [subject, [...before, ...fresh]] as const;
  });
  values.value = Object.fromEntries(all) as typeof known;
}

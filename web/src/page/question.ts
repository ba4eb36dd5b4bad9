// What is looked for, and what was found.
import { computed, signal } from "@preact/signals";
import type { Facets, Filters, SearchResult } from "../api/types";

/** The sound to be like: a sample of the library, or a file that was dropped. */
export type Reference = { kind: "sample"; id: string; name: string } | { kind: "file"; file: File };
/** What was found, and for which words of who asked. */
export type Found = SearchResult & { readonly words: string };
export type Answer =
  | { state: "none" }
  | { state: "asking"; before: Found | null }
  | { state: "told"; result: Found }
  | { state: "failed"; sentence: string; before: Found | null };

export const query = signal("");
export const avoid = signal("");
export const reference = signal<Reference | null>(null);
/** The words' share, 0 to 1, where both words and a reference are given. */
export const alpha = signal(0.5);
export const filters = signal<Filters>({});
export const answer = signal<Answer>({ state: "none" });
export const facets = signal<Facets | null>(null);

/** What there is to be seen: the last result, also while another is asked for. */
export const shown = computed<Found | null>(() => {
  const now = answer.value;
  if (now.state === "none") return null;
  return now.state === "told" ? now.result : now.before;
});

/** Sets a filter; undefined, "" and 0 take it away. */
export function setFilter<Name extends keyof Filters>(name: Name, value: Filters[Name] | undefined): void {
  const { [name]: _before, ...others } = filters.value;
  filters.value = value ? { ...others, [name]: value } : others;
}

// What the results app shows the answer to: first what the model asked, then what the user changes of it.
import type { CallToolResult } from "@modelcontextprotocol/client";
import { computed, signal } from "@preact/signals";
import type { SearchResult } from "../api/types";
import { count, fileName } from "../shared/words";
import { searchResult } from "./answers";
import { call } from "./host";
import { complain, say } from "./said";

/** A sound to find the like of: a sample's id or a path, and what to call it. */
export interface Reference {
  readonly sample: string;
  readonly name: string;
}

export const words = signal("");
export const reference = signal<Reference | null>(null);
/** The words' share in percent: 0 the sound alone, 100 the words alone. */
export const blend = signal(50);
export const answer = signal<SearchResult | null>(null);

/** What the answer is the answer to, as a sentence would say it. */
export const subject = signal("");
export const blendable = computed(() => words.value.trim() !== "" && reference.value !== null);

/** Filters and the like, which stay as the model set them. */
let rest: Readonly<Record<string, unknown>> = {};
let asking = new AbortController();

/** The model's call. */
export function take({ query, reference: sample, alpha, ...others }: Readonly<Record<string, unknown>>): void {
  rest = others;
  words.value = typeof query === "string" ? query : "";
  reference.value = typeof sample === "string" && sample ? { sample, name: nameOf(sample) } : null;
  blend.value = typeof alpha === "number" ? Math.round(100 * alpha) : words.value ? 50 : 0;
  subject.value = told();
  say("Searching…");
}

/** Its answer, or that to what the user asked. */
export function show(result: CallToolResult): void {
  const found = searchResult(result);
  answer.value = found;
  subject.value = told();
  say([found.hits.length ? count(found.hits.length, "sound") : "No sound", found.note].filter(Boolean).join(": "));
}

/** Asks for what words, sound and blend say now; what was asked before is not waited for any more. */
export async function ask(): Promise<void> {
  asking.abort();
  const mine = new AbortController();
  asking = mine;
  say("Searching…");
  try {
    show(await call(...request(), mine.signal));
  } catch (error) {
    if (mine.signal.aborted) return;
    say("");
    complain(error);
  }
}

/** New words: with a sound they count half at first, where they counted nothing. */
export function askWords(): void {
  if (!words.value.trim() && !reference.value) return;
  if (reference.value && blend.value === 0) blend.value = 50;
  void ask();
}

/** Sounds like a hit, by its sound alone at first. */
export function moreLike(sample: string, path: string): Promise<void> {
  reference.value = { sample, name: fileName(path) };
  blend.value = 0;
  return ask();
}

export function forgetSound(): void {
  reference.value = null;
  if (words.value.trim()) void ask();
}

function request(): [tool: string, given: Record<string, unknown>] {
  const query = words.value.trim();
  const sample = reference.value?.sample;
  if (sample && (!query || blend.value === 0)) return ["search_by_audio", { ...rest, reference: sample }];
  if (!sample || blend.value === 100) return ["search_by_text", { ...rest, query }];
  return ["hybrid_search", { ...rest, query, reference: sample, alpha: blend.value / 100 }];
}

function told(): string {
  const [tool, { query }] = request();
  const like = reference.value ? `sounds like "${reference.value.name}"` : "";
  if (tool === "search_by_audio") return like;
  return [`"${query}"`, tool === "hybrid_search" ? like : ""].filter(Boolean).join(" and ");
}

function nameOf(sample: string): string {
  const known = answer.value?.hits.find((hit) => hit.sample_id === sample);
  return fileName(known?.path ?? sample);
}

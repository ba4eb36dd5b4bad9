// What the results app shows the answer to: first what the model asked, then what the user changes of it.
import type { CallToolResult } from "@modelcontextprotocol/client";
import { computed, signal } from "@preact/signals";
import type { SearchResult } from "../api/types";
import { count, fileName } from "../shared/words";
import { searchResult } from "./answers";
import { call, quoted } from "./host";
import { complain, say } from "./said";
import { heard } from "./sounds";
import { inWords } from "./within";

export const words = signal("");
/** The sound to find the like of: a sample's id or a path; "" for none. */
export const reference = signal("");
/** The words' share in percent: 0 the sound alone, 100 the words alone. */
export const blend = signal(50);
export const answer = signal<SearchResult | null>(null);
export const blendable = computed(() => words.value.trim() !== "" && reference.value !== "");

/** Filters and the like, as the model set them, or none. */
const rest = signal<Readonly<Record<string, unknown>>>({});
/** The same in words; "" for none. */
export const within = computed(() => inWords(rest.value));
let asking = new AbortController();
/** What the answer is the answer to. */
let answered: Request = { tool: "search_by_text", given: {} };
/** Of sounds that were hits once. */
const paths = new Map<string, string>();

interface Request {
  readonly tool: string;
  readonly given: Readonly<Record<string, unknown>>;
}

/** The model's call. */
export function take({ query, reference: sample, alpha, ...others }: Readonly<Record<string, unknown>>): void {
  rest.value = others;
  words.value = typeof query === "string" ? query : "";
  reference.value = typeof sample === "string" ? sample : "";
  blend.value = typeof alpha === "number" ? Math.round(100 * alpha) : words.value ? 50 : 0;
  answered = request();
  say("Searching…");
}

/** Its answer, or that to what the user asked. */
export function show(result: CallToolResult): void {
  const found = searchResult(result);
  answer.value = found;
  for (const hit of found.hits) paths.set(hit.sample_id, hit.path);
  say([found.hits.length ? count(found.hits.length, "sound") : "No sound", found.note].filter(Boolean).join(": "));
}

/** Asks for what words, sound and blend say now; what was asked before is not waited for any more. */
export async function ask(): Promise<void> {
  asking.abort();
  const mine = new AbortController();
  asking = mine;
  say("Searching…");
  try {
    const wanted = request();
    const result = await call(wanted.tool, wanted.given, mine.signal);
    answered = wanted;
    show(result);
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
export function moreLike(sample: string): Promise<void> {
  reference.value = sample;
  blend.value = 0;
  return ask();
}

export function forgetSound(): void {
  reference.value = "";
  if (words.value.trim()) void ask();
}

/** Without the model's filters. */
export function askAnywhere(): void {
  const { top_k } = rest.value;
  rest.value = top_k === undefined ? {} : { top_k };
  if (words.value.trim() || reference.value) void ask();
}

/** The file's name of a sample that was a hit or heard; else what the model called it. */
export function nameOf(sample: string): string {
  return fileName(paths.get(sample) ?? (heard.value.get(sample)?.path || sample));
}

/** What the answer is the answer to, in words. */
export function subject(): string {
  const { query, reference: sample } = answered.given;
  const like = typeof sample === "string" ? `sounds like ${quoted(nameOf(sample))}` : "";
  return [typeof query === "string" ? quoted(query) : "", like].filter(Boolean).join(" and ");
}

function request(): Request {
  const query = words.value.trim();
  const sample = reference.value;
  if (sample && (!query || blend.value === 0))
    return { tool: "search_by_audio", given: { ...rest.value, reference: sample } };
  if (!sample || blend.value === 100) return { tool: "search_by_text", given: { ...rest.value, query } };
  return { tool: "hybrid_search", given: { ...rest.value, query, reference: sample, alpha: blend.value / 100 } };
}

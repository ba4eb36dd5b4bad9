// Asks the server whenever the question has changed: soon where it is being typed, at once where it was chosen.
import { batch, computed, effect, signal } from "@preact/signals";
import { api } from "../api/client";
import type { Filters, SearchResult, TextSearch } from "../api/types";
import { connection, reached, sentenceOf } from "./connection";
import { counted, isEmpty } from "./counting";
import { allowed, library } from "./library";
import { alpha, answer, avoid, filters, query, type Reference, reference, shown } from "./question";
import { forgetOutlines } from "./sounds";
import { hush } from "./told";

interface Question {
  readonly words: string;
  readonly avoid: string;
  readonly reference: Reference | null;
  readonly alpha: number;
  readonly filters: Filters;
}
type Request = (signal: AbortSignal) => Promise<SearchResult>;

/** How many hits are asked for, and how many more by and by. */
const STEPS = [20, 50, 100] as const;
const REST_MS = 250;
/** After which somebody who waits wants to hear that there is something to wait for. */
const SLOW_MS = 300;

const wanted = signal<number>(STEPS[0]);
export const asksFor = computed(() => allowed(wanted.value));
/** The next step; undefined: all that can be asked for was. */
export const nextStep = computed(() => STEPS.map(allowed).find((step) => step > asksFor.value));
/** An answer is taking long. */
export const slow = signal(false);

const question = computed<Question>(() => ({
  words: query.value.trim(),
  avoid: avoid.value.trim(),
  reference: reference.value,
  alpha: alpha.value,
  filters: filters.value,
}));

let resting: ReturnType<typeof setTimeout> | undefined;
let underWay = new AbortController();
/** The library has changed since what is under way was asked. */
let outdated = false;

/** From now on every change is asked. Returns what ends that. */
export function keepAsking(): () => void {
  let before: Question = { words: "", avoid: "", reference: null, alpha: alpha.peek(), filters: {} };
  const ends = [
    effect(() => {
      const now = question.value;
      if (same(before, now)) return;
      wanted.value = STEPS[0];
      clearTimeout(resting);
      resting = setTimeout(ask, isTyped(before, now) ? REST_MS : 0);
      before = now;
    }),
    onChange(
      () => connection.value,
      (was, is) => was !== "here" && is === "here",
      ask,
    ),
    onChange(
      () => library.value?.version,
      (was, is) => was !== undefined && is !== undefined,
      askAnew,
    ),
    onChange(
      () => allowed(STEPS[0]),
      () => true,
      ask,
    ),
  ];
  void ask();
  return () => {
    for (const end of ends) end();
  };
}

/** Asks at once. What is under way is given up: its answer is not drawn. */
export async function ask(): Promise<void> {
  clearTimeout(resting);
  underWay.abort();
  underWay = new AbortController();
  outdated = false;
  const { signal } = underWay;
  const now = question.peek();
  await counted; // an empty library has no index to ask: its search would be an error
  if (signal.aborted) return;
  const request = isEmpty.peek() ? null : requestOf(now, asksFor.peek());
  if (request !== null) return told(request, now.words, signal);
  answer.value = { state: "none" };
  slow.value = false;
}

/** What is under way is not given up for it: while an indexer commits every second, a slow answer would never come. */
function askAnew(): void {
  if (answer.peek().state === "asking") outdated = true;
  else void ask();
}

export function askForMore(): void {
  batch(() => {
    wanted.value = nextStep.value ?? wanted.value;
    answer.value = { state: "asking", before: shown.peek() }; // at once: the button that was pressed keeps its focus
  });
  void ask();
}

async function told(request: Request, words: string, signal: AbortSignal): Promise<void> {
  hush();
  answer.value = { state: "asking", before: shown.peek() };
  const waits = setTimeout(() => {
    slow.value = !signal.aborted;
  }, SLOW_MS);
  try {
    const result = await reached(request(signal));
    if (!signal.aborted) answer.value = { state: "told", result: { ...result, words } };
  } catch (error) {
    if (!signal.aborted) answer.value = { state: "failed", sentence: sentenceOf(error), before: shown.peek() };
  } finally {
    clearTimeout(waits);
    if (!signal.aborted) slow.value = false;
  }
  if (outdated && !signal.aborted) void ask();
}

/** Null: there is nothing to look for. */
function requestOf({ reference, alpha, ...asked }: Question, top_k: number): Request | null {
  const words = asked.words || (reference ? "" : wordsOf(asked.filters));
  const narrowed = { ...asked.filters, avoid: asked.avoid, top_k } as Omit<TextSearch, "query">;
  if (reference === null) return words ? (signal) => api.searchText({ ...narrowed, query: words }, signal) : null;
  if (reference.kind === "file") {
    const form = formOf({ ...narrowed, ...(words && { query: words, alpha }) }, reference.file);
    return (signal) => api.searchUpload(form, signal);
  }
  const like = { ...narrowed, sample_id: reference.id };
  if (words) return (signal) => api.searchHybrid({ ...like, query: words, alpha }, signal);
  return (signal) => api.searchAudio(like, signal);
}

/** Filters alone are looked for by their own words, so that a chip shows its sounds. */
function wordsOf(chosen: Filters): string {
  const named = [chosen.genre, chosen.role, chosen.kind].filter((word) => word && word !== "any");
  if (named.length > 0) return named.join(" ");
  return Object.keys(chosen).length > 0 ? "sound" : "";
}

function formOf(fields: Record<string, unknown>, file: File): FormData {
  const form = new FormData();
  form.append("file", file);
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  return form;
}

function same(a: Question, b: Question): boolean {
  return !isTyped(a, b) && a.reference === b.reference && a.filters === b.filters;
}

/** What comes letter by letter, or while a slider is drawn. */
function isTyped(a: Question, b: Question): boolean {
  const tempos = a.filters.min_bpm !== b.filters.min_bpm || a.filters.max_bpm !== b.filters.max_bpm;
  return tempos || a.words !== b.words || a.avoid !== b.avoid || a.alpha !== b.alpha;
}

/** Asks anew what was asked when a value changes so that the answer may be another. */
function onChange<T>(value: () => T, matters: (was: T, is: T) => boolean, then: () => void): () => void {
  let was = value();
  return effect(() => {
    const is = value();
    if (is === was) return;
    const asksAnew = matters(was, is);
    was = is;
    if (!asksAnew) return;
    forgetOutlines();
    then();
  });
}

// The state of the library, asked again while the page is seen.
import { computed, effect, signal } from "@preact/signals";
import { ApiError, api, isAbort } from "../api/client";
import type { LibraryState } from "../api/types";
import { connection, isLost, reached } from "./connection";
import { repeat, seen } from "./repeat";

const RUNNING_MS = 1000;
const IDLE_MS = 10_000;

/** null: not told yet. */
export const library = signal<LibraryState | null>(null);
/** Why the library cannot be read; empty: it can. */
export const trouble = signal("");
/** Changes when an answer may change: what was asked is to be asked again. Empty: not told yet. */
export const version = computed(() => library.value?.version ?? "");

/** As many hits of these as the server lets a search ask for. */
export function allowed(hits: number): number {
  return Math.min(hits, library.value?.max_top_k ?? hits);
}

/** Asks while the server is here and the page is seen, more often while an indexer is at work. */
export function watchLibrary(): () => void {
  return effect(() => {
    if (connection.value === "here" && seen.value) return repeat(look, pause);
  });
}

function pause(): number {
  return library.value?.running ? RUNNING_MS : IDLE_MS;
}

async function look(signal: AbortSignal): Promise<void> {
  try {
    library.value = await reached(api.state(signal));
    trouble.value = "";
  } catch (error) {
    if (isAbort(error)) return;
    if (!(error instanceof ApiError)) throw error;
    trouble.value = isLost(error) ? "" : error.message;
  }
}

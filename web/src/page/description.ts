// What the palette is, as the server tells it.
import { computed, signal } from "@preact/signals";
import { ApiError, api, isAbort } from "../api/client";
import type { PaletteDescription } from "../api/types";
import { insisted, sentenceOf } from "./connection";
import { brief, chosen } from "./palette";
import { reread } from "./paletteKept";

export type Telling =
  | { state: "none" }
  | { state: "asking" }
  | { state: "told"; of: string; description: PaletteDescription }
  | { state: "failed"; of: string; sentence: string };

export const telling = signal<Telling>({ state: "none" });
/** Whether the palette is another one by now than was asked about. */
export const isStale = computed(() => "of" in telling.value && telling.value.of !== idsOf());

let asking = new AbortController();

export async function describe(): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const samples = chosen.value.map(({ id }) => id);
  const of = idsOf();
  telling.value = { state: "asking" };
  try {
    const description = await insisted(() => api.describe(samples, brief.value.trim(), signal), signal);
    telling.value = { state: "told", of, description };
  } catch (error) {
    if (isAbort(error)) return;
    const sentence = await failing(error);
    telling.value = { state: "failed", of: idsOf(), sentence };
  }
}

/** The sentence of a failure; where a sound is gone the palette loses it. */
export async function failing(error: unknown): Promise<string> {
  const gone = error instanceof ApiError && error.status === 404 && (await reread());
  return gone ? `${gone} Press it again.` : sentenceOf(error);
}

function idsOf(): string {
  return chosen.value.map(({ id }) => id).join(" ");
}

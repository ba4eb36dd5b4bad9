// What the palette is, as the server tells it.
import { computed, signal } from "@preact/signals";
import { ApiError, api, isAbort } from "../api/client";
import type { PaletteDescription } from "../api/types";
import { insisted, sentenceOf } from "./connection";
import { brief, chosen, refused } from "./palette";
import { reread } from "./paletteKept";

export type Telling =
  | { state: "none" }
  | { state: "asking" }
  | { state: "told"; of: string; description: PaletteDescription };

export const telling = signal<Telling>({ state: "none" });
/** Whether the palette is another one by now than was asked about. */
export const isStale = computed(() => telling.value.state === "told" && telling.value.of !== idsOf());

let asking = new AbortController();

export async function describe(): Promise<void> {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const samples = chosen.value.map(({ id }) => id);
  const of = idsOf();
  telling.value = { state: "asking" };
  refused.value = "";
  try {
    const description = await insisted(() => api.describe(samples, brief.value.trim(), signal), signal);
    telling.value = { state: "told", of, description };
  } catch (error) {
    if (isAbort(error)) return;
    telling.value = { state: "none" };
    refused.value = await failing(error);
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

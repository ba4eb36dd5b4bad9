// Plays one sound at a time, each as loud as the others. (Owner: engineer D.)
import { signal } from "@preact/signals";

/** The id of what is playing; "" for nothing. */
export const playing = signal("");
/** How far it is, 0 to 1. */
export const progress = signal(0);

/** Where a sound comes from, and how loud it is, to be made as loud as others. */
export interface Sound {
  readonly id: string;
  /** Tried in turn until one can be played. */
  readonly urls: readonly string[];
  readonly loudness?: { readonly lufs: number; readonly peakDb: number };
}

export function play(_sound: Sound): void {}

export function stop(): void {}

// The chosen sounds.
import { signal } from "@preact/signals";

export interface Chosen {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** Stays when the others are chosen anew. */
  readonly locked: boolean;
  readonly alternatives: readonly { readonly id: string; readonly name: string }[];
}
export const MOST_CHOSEN = 64;
export const chosen = signal<readonly Chosen[]>([]);

export function isChosen(id: string): boolean {
  return chosen.value.some((one) => one.id === id);
}

/** Adds those that are not there yet, as many as have room. */
export function choose(...sounds: { id: string; name: string; role: string }[]): void {
  const fresh = sounds.filter(({ id }) => !isChosen(id));
  const added = fresh.map((sound) => ({ ...sound, locked: false, alternatives: [] }));
  chosen.value = [...chosen.value, ...added].slice(0, MOST_CHOSEN);
}

export function unchoose(id: string): void {
  chosen.value = chosen.value.filter((one) => one.id !== id);
}

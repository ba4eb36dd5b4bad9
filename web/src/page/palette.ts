// The chosen sounds.
import { batch, signal } from "@preact/signals";
import { count, fileName } from "../shared/words";

export interface Chosen {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** Stays when the others are chosen anew. */
  readonly locked: boolean;
  /** Why it was picked; empty where a person chose it. */
  readonly why: string;
  readonly alternatives: readonly Alternative[];
  /** Stays the same while the sound in this place is replaced. */
  readonly place: number;
}
export interface Alternative {
  readonly id: string;
  readonly name: string;
}
export const MOST_CHOSEN = 64;
export const chosen = signal<readonly Chosen[]>([]);
/** What the palette shall be, in words: the server builds from it, and holds its description against it. */
export const brief = signal("");
/** What happened to the palette, for a live region. */
export const news = signal("");
/** What could not be done with it and why, for an alert; goes with the next try or change. */
export const refused = signal("");
/** Roles that the last brief wanted and the library could not fill, with the reason. */
export const missing = signal<readonly string[]>([]);
/** The palette before all of it was exchanged, to be brought back until something else is done. */
export const before = signal<readonly Chosen[] | null>(null);

let places = 0;

export function isChosen(id: string): boolean {
  return chosen.value.some((one) => one.id === id);
}

/** Adds those that are not there yet, as many as have room; a name may be a path. */
export function choose(...wanted: { id: string; name: string; role: string }[]): void {
  const known = new Set(chosen.value.map(({ id }) => id));
  const fresh = wanted.filter(({ id }) => !known.has(id) && known.add(id));
  const room = MOST_CHOSEN - chosen.value.length;
  const added = fresh.slice(0, room).map((sound) => ({ ...sound, name: fileName(sound.name) }));
  const all = [...chosen.value, ...added.map(placed)];
  change(all, sentence(wanted.length, added, fresh.length - added.length));
}

export function unchoose(id: string): void {
  const gone = chosen.value.find((one) => one.id === id);
  if (!gone) return;
  const left = chosen.value.filter((one) => one !== gone);
  change(left, `${gone.name} removed; ${soundCount(left.length)} left.`);
}

export function toggleLock(id: string): void {
  const turned = chosen.value.map((one) => (one.id === id ? { ...one, locked: !one.locked } : one));
  change(turned, "");
}

/** Puts `next` in the place of the sound `id`, which becomes the last of its alternatives. */
export function exchange(id: string, next: Alternative, others: readonly Alternative[]): void {
  const old = chosen.value.find((one) => one.id === id);
  if (!old) return;
  const fresh = { ...old, ...next, why: "", alternatives: [...others, { id, name: old.name }] };
  const exchanged = chosen.value.map((one) => (one === old ? fresh : one));
  change(exchanged, `${old.name} was replaced with ${next.name}.`);
}

/** Exchanges all of it, so that it can be undone. */
export function supplant(all: readonly Chosen[], happened: string): void {
  const old = chosen.value;
  change(all, happened);
  missing.value = [];
  before.value = old.length ? old : null;
}

export function undo(): void {
  if (before.value) change(before.value, "The palette is as it was.");
  missing.value = [];
}

/** A sound in a place of its own, with what a palette keeps of it. */
export function placed(sound: { id: string; name: string; role: string } & Partial<Chosen>): Chosen {
  return { locked: false, why: "", alternatives: [], ...sound, place: ++places };
}

export function soundCount(number: number): string {
  return count(number, "sound");
}

function change(all: readonly Chosen[], happened: string): void {
  batch(() => {
    before.value = null;
    chosen.value = all;
    news.value = happened;
    refused.value = "";
  });
}

function sentence(asked: number, added: readonly { name: string }[], left: number): string {
  if (left && added.length === 0) return `No room: a palette holds ${MOST_CHOSEN} sounds at most.`;
  if (left) return `${soundCount(added.length)} added; ${left} found no room, a palette holds ${MOST_CHOSEN} at most.`;
  const [first] = added;
  if (!first) return asked === 1 ? "It is in the palette already." : "They are in the palette already.";
  return `${added.length === 1 ? first.name : soundCount(added.length)} added.`;
}

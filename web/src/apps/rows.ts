// The hits as rows: which of them is looked at, and what can be done with one.
import { computed, signal } from "@preact/signals";
import type { SearchHit } from "../api/types";
import { answer, moreLike } from "./question";
import { toggle } from "./speaker";

export const hits = computed(() => answer.value?.hits ?? []);
const current = signal("");
/** The hit whose picture is shown; none at first. */
export const looked = computed(() => hits.value.find((hit) => hit.sample_id === current.value));
/** The one that keys reach. */
export const reached = computed(() => looked.value ?? hits.value[0]);
/** Whether what has the focus may be gone with the next answer. */
let leaving = false;

export function look(id: string): void {
  current.value = id;
}

export function play(id: string): void {
  look(id);
  void toggle(id);
}

export function like(id: string): void {
  leave();
  void moreLike(id);
}

/** The focus goes to the first hit of the next answer: what has it now is about to go. */
export function leave(): void {
  leaving = true;
}

/** Another answer is shown. */
export function arrive(): void {
  current.value = "";
  if (leaving) focusRow(hits.value[0]);
  leaving = false;
}

export function move(event: KeyboardEvent): void {
  const at = looked.value ? hits.value.indexOf(looked.value) : -1;
  const last = hits.value.length - 1;
  const to = { ArrowUp: Math.max(0, at - 1), ArrowDown: Math.min(last, at + 1), Home: 0, End: last }[event.key];
  const hit = to === undefined ? undefined : hits.value[to];
  if (!hit) return;
  event.preventDefault();
  focusRow(hit);
}

function focusRow(hit: SearchHit | undefined): void {
  if (hit) document.getElementById(`hit-${hit.sample_id}`)?.focus();
}

// What is said beside the results: what was done for a while, what went wrong until something else is done.
import { signal } from "@preact/signals";

const SHOWN_MS = 4000;

export const told = signal("");
export const complaint = signal("");
let later: ReturnType<typeof setTimeout> | undefined;

/** Says in the live region what was done. */
export function tell(sentence: string): void {
  complaint.value = "";
  told.value = sentence;
  clearTimeout(later);
  later = setTimeout(() => {
    told.value = "";
  }, SHOWN_MS);
}

/** Says in an alert what could not be done. */
export function complain(sentence: string): void {
  told.value = "";
  complaint.value = sentence;
}

/** Something else is done: what was said before is over. */
export function hush(): void {
  told.value = "";
  complaint.value = "";
}

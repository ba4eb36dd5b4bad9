// What is asked again and again while somebody looks.
import { signal } from "@preact/signals";

/** Whether the page is seen: another tab may be in front of it. */
export const seen = signal(document.visibilityState === "visible");

export function watchSight(): () => void {
  const look = () => {
    seen.value = document.visibilityState === "visible";
  };
  document.addEventListener("visibilitychange", look);
  return () => document.removeEventListener("visibilitychange", look);
}

/** Does `work`, and again `pause()` ms after it has ended, until the function that comes back is called. */
export function repeat(work: (signal: AbortSignal) => Promise<void>, pause: () => number): () => void {
  const ended = new AbortController();
  let timer = 0;
  const turn = async () => {
    await work(ended.signal);
    if (!ended.signal.aborted) timer = window.setTimeout(turn, pause());
  };
  timer = window.setTimeout(turn); // not within the effect that began it
  return () => {
    ended.abort();
    window.clearTimeout(timer);
  };
}

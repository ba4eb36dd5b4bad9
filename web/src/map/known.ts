// What is known of the samples that were pointed at.
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, isAbort } from "../api/client";
import { isLost, reached, sentenceOf } from "../page/connection";
import { playSample } from "../page/sounds";
import { complain } from "../page/told";
import { playing } from "../shared/player";
import { fileName } from "../shared/words";
import { points } from "./atlas";
import { idOf, type Points, roleOf } from "./points";

export interface Known {
  readonly id: string;
  /** The absolute path: its end tells what a browser can play. */
  readonly path: string;
  readonly name: string;
  readonly role: string;
}

const MOST_KEPT = 1000;
const AT_ONCE = 3; // of the six connections that a browser has, so that searches and sounds get theirs

const kept = new Map<string, Known>();

/** Asked for once. */
export async function knownAt(map: Points, at: number, signal?: AbortSignal): Promise<Known> {
  const id = idOf(map, at);
  const before = kept.get(id);
  if (before) return before;
  const { path } = await reached(api.sample(id, signal));
  const known = { id, path, name: fileName(path), role: roleOf(map, at) };
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(id, known);
  return known;
}

/** In the order of `positions`, without those that the library has no more. */
export async function allKnown(map: Points, positions: readonly number[]): Promise<readonly Known[]> {
  const found: (Known | null)[] = [];
  let next = 0;
  const one = async () => {
    for (let turn = next++; turn < positions.length; turn = next++) {
      found[turn] = await knownAt(map, positions[turn] ?? 0).catch(nullIfGone);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return found.filter((one) => one !== null);
}

function nullIfGone(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

/** What is known of the sample at `at`, asked for after `rest` milliseconds; null for none, and until it is told. */
export function useKnown(at: number, rest = 0): Known | null {
  const [known, setKnown] = useState<Known | null>(null);
  const map = points.value;
  useEffect(() => {
    if (map === null || at < 0) return;
    const ends = new AbortController();
    const ask = () => void knownAt(map, at, ends.signal).then(setKnown, complainUnlessLeft);
    const timer = setTimeout(ask, rest);
    return () => {
      clearTimeout(timer);
      ends.abort();
    };
  }, [map, at]);
  return map && at >= 0 && known?.id === idOf(map, at) ? known : null;
}

/** Plays the sample at `at`, unless it is heard already, or was left before it could be. */
export async function hear(at: number, left?: AbortSignal): Promise<void> {
  const map = points.peek();
  if (map === null || at < 0 || playing.peek() === idOf(map, at)) return;
  try {
    const { id, path } = await knownAt(map, at, left);
    if (!left?.aborted) await playSample(id, path);
  } catch (error) {
    complainUnlessLeft(error);
  }
}

/** A connection that is lost tells of itself, and of its return. */
function complainUnlessLeft(error: unknown): void {
  if (!isAbort(error) && !isLost(error)) complain(sentenceOf(error));
}

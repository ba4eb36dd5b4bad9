// Files that could not be indexed, and why.
import { useEffect, useState } from "preact/hooks";
import { ApiError, api } from "../api/client";
import type { Failures } from "../api/types";
import { asSentence, count } from "../shared/words";
import { isAbort, isLost, reached, sentenceOf } from "./connection";

const PAGE = 100;

type Failure = Failures["failures"][number];

/** `failed` and `version` change when there may be others. */
export function FailureList({ failed, version }: { failed: number; version: string }) {
  const [shown, setShown] = useState<readonly Failure[]>([]);
  const [total, setTotal] = useState(failed);
  const [refused, setRefused] = useState("");
  const show = async (before: readonly Failure[], signal?: AbortSignal) => {
    try {
      const page = await reached(api.failures(before.length, PAGE, signal));
      setShown([...before, ...page.failures]);
      setTotal(page.total);
      setRefused("");
    } catch (error) {
      if (isAbort(error) || isLost(error)) return;
      if (!(error instanceof ApiError)) throw error;
      setRefused(sentenceOf(error));
    }
  };
  // They say when to ask, not what for.
  useEffect(() => {
    const left = new AbortController();
    void show([], left.signal);
    return () => left.abort();
  }, [failed, version]);
  return (
    <>
      <h2>{count(total, "file")} could not be indexed</h2>
      {refused && <p role="alert">{asSentence(refused)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
      <ul class="failures" aria-label="Files that could not be indexed" tabIndex={0}>
        {shown.map(({ path, reason }) => (
          <li key={path}>
            <span>{path}</span> <span class="quiet">{reason}</span>
          </li>
        ))}
      </ul>
      {shown.length < total && (
        <button type="button" onClick={() => void show(shown)}>
          More
        </button>
      )}
    </>
  );
}

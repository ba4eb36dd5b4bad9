// Files that could not be indexed, and why.
import { useEffect, useState } from "preact/hooks";
import { ApiError, api, isAbort } from "../api/client";
import type { Failures } from "../api/types";
import { asSentence, count } from "../shared/words";
import { isLost, reached, sentenceOf } from "./connection";

const PAGE = 100;
const MOST = 500; // that the server tells at once

type Failure = Failures["failures"][number];

/** `failed` and `version` change when there may be others. */
export function FailureList({ failed, version }: { failed: number; version: string }) {
  const [shown, setShown] = useState<readonly Failure[]>([]);
  const [total, setTotal] = useState(failed);
  const [refused, setRefused] = useState("");
  const show = async (before: readonly Failure[], limit: number, signal?: AbortSignal) => {
    try {
      const page = await reached(api.failures(before.length, limit, signal));
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
    void show([], Math.min(Math.max(PAGE, shown.length), MOST), left.signal); // as many as were seen
    return () => left.abort();
  }, [failed, version]);
  return (
    <>
      <h2>{count(total, "file")} could not be indexed</h2>
      {refused && <p role="alert">{asSentence(refused)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
      <ul class="failures" aria-label="Files that could not be indexed" tabIndex={0}>
        {shown.map(({ path, reason }, at) => (
          <li key={at /* two roots may hold one path */}>
            <span>{path}</span> <span class="quiet">{reason}</span>
          </li>
        ))}
      </ul>
      {shown.length < total && (
        <button type="button" onClick={() => void show(shown, PAGE)}>
          More
        </button>
      )}
    </>
  );
}

// The hits as rows, best first: arrow keys move, space plays, Enter looks for more like it.
import "./Results.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { SearchHit, SearchResult } from "../api/types";
import { askForMore, asksFor, nextStep } from "./asking";
import { NothingFound, Welcome } from "./Empty";
import { answer, shown } from "./question";
import { Row } from "./Row";
import { moreLike, turnChosen } from "./SoundButtons";
import { copyPath, playOrStop } from "./sounds";

/** By lower-case names of keys: Caps Lock gives capitals. */
const PRESSED: Readonly<Record<string, (hit: SearchHit) => void>> = {
  " ": ({ sample_id, path }) => playOrStop(sample_id, path),
  enter: ({ sample_id, path }) => moreLike(sample_id, path),
  p: ({ sample_id, path, role }) => turnChosen(sample_id, path, role),
  c: ({ sample_id, path }) => void copyPath(sample_id, path),
};

export function Results() {
  const result = shown.value;
  if (result === null) return answer.value.state === "none" ? <Welcome /> : null;
  if (result.hits.length === 0) return answer.value.state === "told" ? <NothingFound /> : null;
  return (
    <>
      <Grid result={result} />
      {nextStep.value && (answer.value.state === "asking" || result.hits.length >= asksFor.value) && (
        <button type="button" class="more" onClick={askForMore}>
          More sounds
        </button>
      )}
      <p class="keys quiet" id="keys">
        <kbd>↑</kbd> <kbd>↓</kbd> move, <kbd>Space</kbd> plays, <kbd>Enter</kbd> finds more like it, <kbd>P</kbd> adds
        to the palette, <kbd>C</kbd> copies the path, <kbd>/</kbd> describes another
      </p>
    </>
  );
}

function Grid({ result }: { result: SearchResult }) {
  const at = useSignal(""); // the id of the row that the tab key reaches: where an answer has it no more, its first
  const grid = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  const { hits } = result;
  const found = hits.findIndex((hit) => hit.sample_id === at.value);
  const current = Math.max(0, found);
  const focus = (row: number) => {
    const reached = Math.max(0, Math.min(row, hits.length - 1));
    grid.current?.querySelectorAll<HTMLElement>("[role=row]")[reached]?.focus();
  };
  useEffect(() => {
    // The row that had the focus may be gone with the old answer; a click beside the rows takes it away, too.
    if (found < 0 && hadFocus.current && document.activeElement === document.body) focus(0);
  }, [result]);

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, Home: -hits.length, End: hits.length };
    const move = moves[event.key];
    if (move !== undefined) focus(current + move);
    else if (!act(event, hits[current])) return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a table cannot be laid out anew on a narrow screen
    <div
      ref={grid}
      class={`results ${answer.value.state === "asking" ? "asking" : ""}`}
      role="grid"
      tabIndex={-1}
      aria-label="Results"
      aria-describedby="keys"
      aria-busy={answer.value.state === "asking"}
      onKeyDown={press}
      onFocusIn={() => {
        hadFocus.current = true;
      }}
      onFocusOut={(event) => {
        hadFocus.current = event.relatedTarget === null;
      }}
    >
      {hits.map((hit, row) => (
        <Row
          key={hit.sample_id}
          hit={hit}
          current={row === current}
          onReach={() => {
            at.value = hit.sample_id;
          }}
        />
      ))}
    </div>
  );
}

/** False for a key that means nothing, or something else on a button. */
function act(event: KeyboardEvent, hit: SearchHit | undefined): boolean {
  const onButton = event.target instanceof Element && event.target.closest("button") !== null;
  if (hit === undefined || (onButton && (event.key === " " || event.key === "Enter"))) return false;
  const action = PRESSED[event.key] ?? PRESSED[event.key.toLowerCase()];
  action?.(hit);
  return action !== undefined;
}

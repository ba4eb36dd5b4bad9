// The hits as rows, and below them the picture of the one that is looked at: there it moves no row.
import { useEffect } from "preact/hooks";
import { fileName } from "../shared/words";
import { HitRow } from "./HitRow";
import { callable } from "./host";
import { answer } from "./question";
import { arrive, hits, looked, move, reached } from "./rows";
import { Picture, useSeen } from "./Sound";
import { hearAhead } from "./sounds";

export function Hits() {
  const grid = useSeen<HTMLDivElement>(() => {
    if (callable.value) void hearAhead(hits.value.map((hit) => hit.sample_id));
  }, answer.value);
  useEffect(arrive, [answer.value]);
  if (!hits.value.length) return null;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table has no rows that can be focused */}
      <div role="grid" aria-label="Results" ref={grid} onKeyDown={move}>
        {hits.value.map((hit) => (
          <HitRow key={hit.sample_id} hit={hit} reached={hit === reached.value} />
        ))}
      </div>
      {callable.value && looked.value && <Picture id={looked.value.sample_id} name={fileName(looked.value.path)} />}
    </>
  );
}

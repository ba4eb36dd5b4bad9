// The hits as rows to be heard, taken as the measure of others, and chosen.
import { computed, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { SearchHit } from "../api/types";
import { SoundButton } from "../shared/SoundButton";
import { count, fileName, seconds, tempo } from "../shared/words";
import { callable } from "./host";
import { picks, use } from "./picks";
import { answer, moreLike } from "./question";
import { Outlined, Picture, PlayButton, useSeen } from "./Sound";
import { hearAhead } from "./sounds";
import { progressOf, toggle } from "./speaker";

/** The row that keys are meant for, and the one whose picture is shown. */
const current = signal("");
const opened = signal("");
const hits = computed(() => answer.value?.hits ?? []);
/** Whether the row that has the focus may be gone with the next answer. */
let leaving = false;

export function Hits() {
  const grid = useSeen<HTMLDivElement>(() => {
    if (callable.value) void hearAhead(hits.value.map((hit) => hit.sample_id));
  }, answer.value);
  useEffect(() => {
    opened.value = "";
    if (leaving) focusRow(hits.value[0]);
    leaving = false;
  }, [answer.value]);
  if (!hits.value.length) return null;
  const here = hits.value.find((hit) => hit.sample_id === current.value) ?? hits.value[0];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table has no rows that can be focused
    <div role="grid" aria-label="Results" ref={grid} onKeyDown={move}>
      {hits.value.map((hit) => (
        <HitRow key={hit.sample_id} hit={hit} reached={hit === here} />
      ))}
    </div>
  );
}

function HitRow({ hit, reached }: { hit: SearchHit; reached: boolean }) {
  const { sample_id: id, path, role } = hit;
  const open = () => {
    current.value = id;
    opened.value = id;
  };
  const play = () => {
    open();
    void toggle(id);
  };
  const like = () => {
    leaving = true;
    void moreLike(id);
  };
  const name = fileName(path);
  const tabIndex = reached ? 0 : -1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div
      role="row"
      class={callable.value ? "sound" : "sound unheard"}
      id={`hit-${id}`}
      tabIndex={tabIndex}
      aria-label={[name, ...facts(hit), `${hit.strength} match`].join(", ")}
      data-progress={progressOf(id).toFixed(2)}
      onClick={open}
      onFocusIn={(event) => event.target instanceof Element && event.target.matches(":focus-visible") && open()}
      onKeyDown={(event) => press(event, play, like)}
    >
      {callable.value && (
        <>
          <Cell>
            <PlayButton id={id} name={name} tabIndex={tabIndex} onPress={play} />
          </Cell>
          <Cell kind="outline">
            <Outlined id={id} role={role} />
          </Cell>
        </>
      )}
      <Cell>
        <div class="name" title={path}>
          {name}
        </div>
        <div class="facts">
          {[...facts(hit), seconds(hit.seconds)].join(" · ")}
          {hit.similar > 0 && ` · ${count(hit.similar, "near-duplicate")}`}
          <span class={`match ${hit.strength}`}>{hit.strength}</span>
        </div>
      </Cell>
      <Cell kind="does">
        {callable.value && <SoundButton icon="like" label={`More like ${name}`} tabIndex={tabIndex} onPress={like} />}
        <button
          type="button"
          class={picks.value.has(id) ? "plain strong" : "plain"}
          aria-label={`Use ${name}`}
          tabIndex={tabIndex}
          onClick={(event) => {
            event.stopPropagation(); // a picture that opens would move what is under the pointer
            void use(hit);
          }}
        >
          Use
        </button>
      </Cell>
      {callable.value && opened.value === id && (
        <Cell kind="wide">
          <Picture id={id} name={name} />
        </Cell>
      )}
    </div>
  );
}

function facts(hit: SearchHit): string[] {
  const loop = hit.kind === "loop" && !hit.role.includes("loop") ? "loop" : "";
  return [hit.role, loop, tempo(hit.bpm), hit.key].filter(Boolean);
}

function Cell({ kind = "", children }: { kind?: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    // biome-ignore lint/a11y/useFocusableInteractive: its row or what is in it has the focus
    <div role="gridcell" class={kind}>
      {children}
    </div>
  );
}

/** Keys of the row itself: in its buttons, they are the buttons'. */
function press(event: KeyboardEvent, play: () => void, like: () => void): void {
  if (event.target !== event.currentTarget || !callable.value) return;
  if (event.key === " ") play();
  else if (event.key === "Enter") like();
  else return;
  event.preventDefault();
}

function move(event: KeyboardEvent): void {
  const at = hits.value.findIndex((hit) => hit.sample_id === current.value);
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

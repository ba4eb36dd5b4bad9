// A hit to be heard, taken as the measure of others, and chosen.
import type { ComponentChildren } from "preact";
import type { SearchHit } from "../api/types";
import { SoundButton } from "../shared/SoundButton";
import { count, fileName, seconds, tempo } from "../shared/words";
import { callable } from "./host";
import { picks, use } from "./picks";
import { like, look, looked, play } from "./rows";
import { Outlined, PlayButton } from "./Sound";
import { progressOf } from "./speaker";

interface Part {
  readonly hit: SearchHit;
  /** 0 where keys reach the row. */
  readonly tabIndex: number;
}

export function HitRow({ hit, reached }: { hit: SearchHit; reached: boolean }) {
  const id = hit.sample_id;
  const tabIndex = reached ? 0 : -1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table has no rows that can be focused
    <div
      role="row"
      class={callable.value ? "sound" : "sound unheard"}
      id={`hit-${id}`}
      tabIndex={tabIndex}
      aria-label={[fileName(hit.path), ...facts(hit), `${hit.strength} match`].join(", ")}
      aria-current={hit === looked.value}
      data-progress={progressOf(id).toFixed(2)}
      onClick={() => look(id)}
      onFocusIn={(event) => event.target instanceof Element && event.target.matches(":focus-visible") && look(id)}
      onKeyDown={(event) => press(event, id)}
    >
      {callable.value && <Heard hit={hit} tabIndex={tabIndex} />}
      <Known hit={hit} />
      <Does hit={hit} tabIndex={tabIndex} />
    </div>
  );
}

function Heard({ hit, tabIndex }: Part) {
  const { sample_id: id, path, role } = hit;
  return (
    <>
      <Cell>
        <PlayButton id={id} name={fileName(path)} tabIndex={tabIndex} onPress={() => play(id)} />
      </Cell>
      <Cell kind="outline">
        <Outlined id={id} role={role} />
      </Cell>
    </>
  );
}

function Known({ hit }: { hit: SearchHit }) {
  return (
    <Cell>
      <div class="name" title={hit.path}>
        {fileName(hit.path)}
      </div>
      <div class="facts">
        {[...facts(hit), seconds(hit.seconds)].join(" · ")}
        {hit.similar > 0 && ` · ${count(hit.similar, "near-duplicate")}`}
        <span class={`match ${hit.strength}`}>{hit.strength}</span>
      </div>
    </Cell>
  );
}

function Does({ hit, tabIndex }: Part) {
  const id = hit.sample_id;
  const name = fileName(hit.path);
  return (
    <Cell kind="does">
      {callable.value && (
        <SoundButton icon="like" label={`More like ${name}`} tabIndex={tabIndex} onPress={() => like(id)} />
      )}
      <button
        type="button"
        class="plain"
        aria-label={`Use ${name}`}
        aria-pressed={picks.value.has(id)}
        tabIndex={tabIndex}
        onClick={(event) => {
          event.stopPropagation(); // who uses a sound has not asked to see it
          void use(hit);
        }}
      >
        Use
      </button>
    </Cell>
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
function press(event: KeyboardEvent, id: string): void {
  if (event.target !== event.currentTarget || !callable.value) return;
  if (event.key === " ") play(id);
  else if (event.key === "Enter") like(id);
  else return;
  event.preventDefault();
}

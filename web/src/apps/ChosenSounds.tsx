// The palette's sounds: heard, kept, replaced.
import { fileName } from "../shared/words";
import { busy, type Chosen, chosen, exchange, keep, type Other, replace } from "./chosen";
import { callable } from "./host";
import { Outlined, PlayButton, useSeen } from "./Sound";
import { hearAhead } from "./sounds";
import { progressOf, toggle } from "./speaker";

export function ChosenSounds() {
  const ids = chosen.value.map(({ id }) => id);
  const list = useSeen<HTMLUListElement>(() => callable.value && void hearAhead(ids), ids.join(" "));
  return (
    <ul class="chosen" aria-label="Chosen sounds" ref={list}>
      {chosen.value.map((one, place) => (
        // by place: a sound that is replaced leaves the focus where it was
        <Row key={place} one={one} />
      ))}
    </ul>
  );
}

function Row({ one }: { one: Chosen }) {
  const { id, path, role, facts, why } = one;
  const name = fileName(path);
  return (
    <li class={callable.value ? "sound" : "sound unheard"} data-progress={progressOf(id).toFixed(2)}>
      {callable.value && (
        <>
          <PlayButton id={id} name={name} onPress={() => toggle(id)} />
          <div class="outline">
            <Outlined id={id} role={role} />
          </div>
        </>
      )}
      <div>
        <div class="name" title={path}>
          {name}
        </div>
        <div class="facts">{[role, facts].filter(Boolean).join(" · ")}</div>
        {why && <div class="facts">{why}</div>}
      </div>
      {callable.value && <Changes one={one} name={name} />}
      {callable.value && !one.kept && one.others.length > 0 && <Others one={one} name={name} />}
    </li>
  );
}

function Changes({ one, name }: { one: Chosen; name: string }) {
  return (
    <div class="does">
      <button
        type="button"
        class="plain"
        aria-label={`Keep ${name}`}
        aria-pressed={one.kept}
        onClick={() => keep(one.id)}
      >
        Keep
      </button>
      <button
        type="button"
        class="plain"
        aria-label={`Replace ${name}`}
        disabled={one.kept}
        aria-busy={busy.value}
        onClick={() => replace(one)}
      >
        Replace
      </button>
    </div>
  );
}

function Others({ one, name }: { one: Chosen; name: string }) {
  return (
    <details class="wide facts">
      <summary>
        {one.others.length === 1 ? "1 other" : `${one.others.length} others`}
        <span class="unseen"> in the place of {name}</span>
      </summary>
      <ul>
        {one.others.map((other) => (
          <OtherSound key={other.id} one={one} other={other} />
        ))}
      </ul>
    </details>
  );
}

function OtherSound({ one, other }: { one: Chosen; other: Other }) {
  const name = fileName(other.path);
  return (
    <li class="other" data-progress={progressOf(other.id).toFixed(2)}>
      <PlayButton id={other.id} name={name} onPress={() => toggle(other.id)} />
      <span class="name" title={other.path}>
        {name}
      </span>
      <button type="button" class="plain" aria-label={`Take ${name}`} onClick={() => exchange(one, other)}>
        Take
      </button>
    </li>
  );
}

// The chosen sounds as a list: play, lock, replace, remove.
import { cssColour } from "../shared/roles";
import { SoundButton } from "../shared/SoundButton";
import { choosing, replace } from "./building";
import { focusPalette } from "./heading";
import { type Chosen, chosen, toggleLock, unchoose } from "./palette";
import { PlayButton } from "./SoundButtons";

export function ChosenSounds() {
  return (
    <ul class="chosen" aria-label="Chosen sounds">
      {chosen.value.map((one) => (
        <Row key={one.place} one={one} />
      ))}
    </ul>
  );
}

function Row({ one }: { one: Chosen }) {
  const { id, name, role, locked, why } = one;
  const isBusy = choosing.value !== "";
  return (
    <li class={locked ? "locked-sound" : ""} aria-busy={choosing.value === id}>
      <span class="role-colour" style={{ background: cssColour(role) }} />
      <PlayButton id={id} name={name} />
      <span class="sound" title={name}>
        <span class="name">{name}</span>
        <span class="quiet">{role || "role not known"}</span>
        {why && (
          <span class="quiet why" title={why}>
            {why}
          </span>
        )}
      </span>
      <SoundButton icon="lock" label={`Lock ${name}`} pressed={locked} onPress={() => toggleLock(id)} />
      <SoundButton icon="replace" label={`Replace ${name}`} disabled={isBusy} onPress={() => void replace(one)} />
      <SoundButton icon="close" label={`Remove ${name} from the palette`} onPress={remove(id)} />
    </li>
  );
}

/** The focus goes to the same button of the row that takes the place. */
function remove(id: string) {
  return (event: Event) => {
    const row = (event.currentTarget as Element).closest("li");
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    unchoose(id);
    if (next) next.querySelector<HTMLElement>("button:last-child")?.focus();
    else focusPalette();
  };
}

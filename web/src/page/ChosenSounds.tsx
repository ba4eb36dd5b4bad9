// The chosen sounds as a list: play, lock, replace, remove.
import { cssColour } from "../shared/roles";
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
      <RowButton sign="lock" label={`Lock ${name}`} pressed={locked} onPress={() => toggleLock(id)} />
      <RowButton sign="replace" label={`Replace ${name}`} busy={isBusy} onPress={() => void replace(one)} />
      <RowButton sign="remove" label={`Remove ${name} from the palette`} onPress={remove(id)} />
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

const SIGNS = {
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  replace: "M4 9h13l-3.5-3.5M20 15H7l3.5 3.5",
  remove: "M6 6l12 12M18 6L6 18",
} as const;

interface Pressed {
  readonly sign: keyof typeof SIGNS;
  readonly label: string;
  readonly pressed?: boolean;
  readonly busy?: boolean;
  readonly onPress: (event: Event) => void;
}

function RowButton({ sign, label, pressed, busy, onPress }: Pressed) {
  return (
    <button
      type="button"
      class="sound-button"
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={busy}
      title={label}
      onClick={onPress}
    >
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
        <path d={SIGNS[sign]} />
      </svg>
    </button>
  );
}

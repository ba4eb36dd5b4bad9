// A small round or square button in a row of a sound.
import "./SoundButton.css";
import { Icon, type IconName } from "./Icon";

export interface Button {
  readonly icon: IconName;
  readonly label: string;
  readonly kind?: string;
  readonly tabIndex?: number | undefined;
  readonly pressed?: boolean;
  /** It does nothing now, and keeps the focus. */
  readonly disabled?: boolean;
  readonly onPress: (event: Event) => void;
}

/** Its sign alone is seen; its label is what it does, and to what. */
export function SoundButton({ icon, label, kind = "", tabIndex = 0, pressed, disabled, onPress }: Button) {
  const press = (event: Event) => {
    event.stopPropagation();
    if (!disabled) onPress(event);
  };
  return (
    <button
      type="button"
      class={`sound-button ${kind}`}
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={disabled}
      title={label}
      tabIndex={tabIndex}
      onClick={press}
    >
      <Icon name={icon} />
    </button>
  );
}

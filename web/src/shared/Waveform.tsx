// The outline of a sound, drawn in the colour of its role, with the played part marked. (Owner: engineer D.)
export interface Outline {
  readonly lows: readonly number[];
  readonly highs: readonly number[];
}

/** `outline` null: not known yet; `progress` 0 to 1. Decorative: its row says in words what there is. */
export function Waveform(_props: { outline: Outline | null; role: string; progress: number }) {
  return <svg aria-hidden="true" />;
}

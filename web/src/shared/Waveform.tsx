// The outline of a sound, drawn in the colour of its role, with the played part marked.
import "./Waveform.css";
import { useMemo } from "preact/hooks";
import { cssColour } from "./roles";

export interface Outline {
  readonly lows: readonly number[];
  readonly highs: readonly number[];
}

const HEIGHT = 100;
const MIDDLE = HEIGHT / 2;
/** Of the height, for the loudest stretch; silence keeps a line of 2. */
const REACH = 46;
const THINNEST = 1;

/** `outline` null: not known yet; `progress` 0 to 1. Decorative: its row says in words what there is. */
export function Waveform({ outline, role, progress }: { outline: Outline | null; role: string; progress: number }) {
  const path = useMemo(() => (outline ? pathOf(outline) : ""), [outline]);
  const width = outline?.highs.length || 1;
  const rest = `inset(0 0 0 ${100 * progress}%)`;
  const played = `inset(0 ${100 - 100 * progress}% 0 0)`;
  return (
    <svg
      class={`waveform ${progress > 0 ? "playing" : ""}`}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ color: cssColour(role) }}
    >
      {outline ? (
        <>
          <path class="rest" d={path} style={progress > 0 ? { clipPath: rest } : {}} />
          {progress > 0 && <path class="played" d={path} style={{ clipPath: played }} />}
        </>
      ) : (
        <path class="unknown" d={`M0 ${MIDDLE - THINNEST}H${width}V${MIDDLE + THINNEST}H0Z`} />
      )}
    </svg>
  );
}

/** Along the highs and back along the lows. A quiet sound is drawn as large as others, for it is played as loud. */
function pathOf({ lows, highs }: Outline): string {
  const most = Math.max(1, ...highs, ...lows.map((low) => -low));
  const up = highs.map((high, at) => point(at, MIDDLE - Math.max(THINNEST, (REACH * high) / most)));
  const down = lows.map((low, at) => point(at, MIDDLE - Math.min(-THINNEST, (REACH * low) / most)));
  return `M${[...up, ...down.reverse()].join("L")}Z`;
}

function point(column: number, y: number): string {
  return `${column + 0.5} ${y.toFixed(1)}`;
}

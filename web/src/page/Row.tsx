// One hit: what it looks like, what is known of it, what can be done with it.
import "./Row.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SearchHit } from "../api/types";
import { playing, progress } from "../shared/player";
import { cssColour } from "../shared/roles";
import { type Outline, Waveform } from "../shared/Waveform";
import { fileName, folderName, seconds, tempo } from "../shared/words";
import { drag } from "./dragging";
import { useHover } from "./hovering";
import { CopyPathButton, MoreLikeButton, PaletteButton, PlayButton } from "./SoundButtons";
import { outlineOf, outlinesForgotten } from "./sounds";

interface Shown {
  readonly hit: SearchHit;
  /** The one row that the tab key reaches. */
  readonly current: boolean;
  readonly onReach: () => void;
}

export function Row({ hit, current, onReach }: Shown) {
  const { sample_id: id, path: name, role } = hit;
  const button = { id, name, tabIndex: current ? 0 : -1 };
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Results
    <div
      class={`row ${playing.value === id ? "playing" : ""}`}
      role="row"
      tabIndex={current ? 0 : -1}
      aria-label={labelOf(hit)}
      draggable
      onFocusIn={onReach}
      onDragStart={(event) => event.dataTransfer && drag(event.dataTransfer, { id, name, role })}
      {...useHover(id, name)}
    >
      <Cell of="play">
        <PlayButton {...button} />
      </Cell>
      <Cell of="wave">
        <Wave id={id} role={role} />
      </Cell>
      <Cell of="name">
        <b title={name}>{fileName(name)}</b>
        <span class="quiet">
          {folderName(name) && <bdi>{folderName(name)}</bdi>}
          {hit.similar > 0 && <em>+{hit.similar} similar</em>}
        </span>
      </Cell>
      <div class="facts" role="presentation">
        <Cell of="role">
          {role && <span class="dot" style={{ background: cssColour(role) }} />}
          {kindOf(hit)}
        </Cell>
        <Cell of="tempo">{tempo(hit.bpm)}</Cell>
        <Cell of="key">{hit.key}</Cell>
        <Cell of="seconds">{seconds(hit.seconds)}</Cell>
        <Cell of="match">
          <Strength word={hit.strength} />
        </Cell>
      </div>
      <Cell of="actions">
        <MoreLikeButton {...button} />
        <PaletteButton {...button} role={role} />
        <CopyPathButton {...button} />
      </Cell>
    </div>
  );
}

function Cell({ of, children }: { of: string; children: preact.ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see Results; rows take the focus
    <div class={`cell ${of}`} role="gridcell">
      {children}
    </div>
  );
}

const BARS = { weak: 1, fair: 2, strong: 3 } as const;

function Strength({ word }: { word: string }) {
  const full = BARS[word as keyof typeof BARS] ?? 0;
  return (
    <span class={`strength ${word}`} title={`${word} match`}>
      <svg viewBox="0 0 14 12" width="14" height="12" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <rect
            key={bar}
            class={bar <= full ? "full" : "open"}
            x={5 * bar - 5}
            y={12 - 4 * bar}
            width="3.5"
            height={4 * bar}
            rx="1"
          />
        ))}
      </svg>
      {word}
    </span>
  );
}

/** Asked for when it comes into view. */
function Wave({ id, role }: { id: string; role: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [outline, setOutline] = useState<Outline | null>(null);
  useEffect(() => {
    const ends = new AbortController();
    const draw = (known: Outline) => ends.signal.aborted || setOutline(known);
    const unknown = () => undefined; // a missing outline is no failure of the page; playing the sound tells why
    if (place.current) whenSeen(place.current, () => void outlineOf(id).then(draw, unknown));
    return () => ends.abort();
  }, [id, outlinesForgotten.value]);
  return (
    <div ref={place} class="wave-place">
      <Waveform outline={outline} role={role} progress={playing.value === id ? progress.value : 0} />
    </div>
  );
}

const unseen = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | undefined;

function whenSeen(element: Element, then: () => void): void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer?.unobserve(target);
        unseen.get(target)?.();
      }
    },
    { rootMargin: "200px" },
  );
  unseen.set(element, then);
  observer.observe(element);
}

function kindOf({ role, kind }: SearchHit): string {
  return kind === "loop" && !role.includes("loop") ? `${role} loop`.trim() : role;
}

function labelOf(hit: SearchHit): string {
  const similar = hit.similar ? `${hit.similar} similar` : "";
  const known = [fileName(hit.path), hit.role, tempo(hit.bpm), hit.key, similar, `${hit.strength} match`];
  return known.filter(Boolean).join(", ");
}

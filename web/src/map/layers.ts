// What is drawn over what.
import type { Points } from "./points";

/** Positions in the order they are drawn: first the dimmed, then the plain ones, then those with a ring. */
export interface Layers {
  readonly order: Uint32Array<ArrayBuffer>;
  readonly dimmed: number;
  readonly plain: number;
  readonly ringed: number;
}

export interface Emphasis {
  /** 1 where a sample is shown at all. */
  readonly seen: Uint8Array;
  /** What was selected by hand: the others are dimmed. Empty: nothing was. */
  readonly selected: Uint32Array;
  /** What a search found: ringed, and where nothing is selected the others are dimmed. */
  readonly hits: Uint32Array;
}

export function layersOf({ seen, selected, hits }: Emphasis): Layers {
  const rest = selected.length || hits.length ? DIMMED : PLAIN;
  const rank = seen.map((one) => (one ? rest : HIDDEN));
  for (const at of selected) if (seen[at]) rank[at] = PLAIN;
  for (const at of hits) if (seen[at]) rank[at] = RINGED;
  return sorted(rank);
}

/** 1 where a sample's role is not among the hidden ones; "" is the role of those of which none is known. */
export function seenOf({ role, roles }: Points, hidden: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const shown = Uint8Array.from({ length: 256 }, (_, one) => (hidden.has(roles[one] ?? "") ? 0 : 1));
  return role.map((one) => shown[one] ?? 0);
}

const DIMMED = 0;
const PLAIN = 1;
const RINGED = 2;
const HIDDEN = 3;

/** A counting sort: stable, so that what lies over what does not change with the selection. */
function sorted(rank: Uint8Array): Layers {
  const counts = [0, 0, 0, 0];
  for (const one of rank) counts[one] = (counts[one] ?? 0) + 1;
  const [dimmed = 0, plain = 0, ringed = 0] = counts;
  const order = new Uint32Array(dimmed + plain + ringed);
  const next = [0, dimmed, dimmed + plain];
  for (let at = 0; at < rank.length; at++) {
    const one = rank[at] ?? HIDDEN;
    if (one === HIDDEN) continue;
    const place = next[one] ?? 0;
    order[place] = at;
    next[one] = place + 1;
  }
  return { order, dimmed, plain, ringed };
}

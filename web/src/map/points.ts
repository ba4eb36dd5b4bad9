// The library's map as it comes over the wire (soundpalette/tools/maps.py has the layout), read in place.

/** Columns of `count` samples; a place is 0 to 65,535, one scale for both axes, y downwards. */
export interface Points {
  readonly count: number;
  readonly roles: readonly string[];
  readonly version: string;
  readonly x: Uint16Array<ArrayBuffer>;
  readonly y: Uint16Array<ArrayBuffer>;
  /** A position in `roles`; beyond its end where none is known. */
  readonly role: Uint8Array<ArrayBuffer>;
  /** Six bytes a sample. */
  readonly ids: Uint8Array<ArrayBuffer>;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const REACH = 65_535;
const MAGIC = 0x314d5053; // "SPM1"
const ID_BYTES = 6;
const BYTES = 2 + 2 + 1 + ID_BYTES;

/** Raises Error with a sentence for what is no map. */
export function pointsIn(buffer: ArrayBuffer): Points {
  const data = new DataView(buffer);
  if (buffer.byteLength < 8 || data.getUint32(0, true) !== MAGIC) throw notAMap();
  const start = 8 + data.getUint32(4, true);
  const { count, roles, version } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, start - 8)));
  if (buffer.byteLength !== start + BYTES * count) throw notAMap();
  return {
    count,
    roles,
    version,
    x: new Uint16Array(buffer, start, count),
    y: new Uint16Array(buffer, start + 2 * count, count),
    role: new Uint8Array(buffer, start + 4 * count, count),
    ids: new Uint8Array(buffer, start + 5 * count, ID_BYTES * count),
  };
}

function notAMap(): Error {
  return new Error("What the server sent is no map. Is this page older than the server? Reload it.");
}

export function idOf(points: Points, at: number): string {
  const bytes = points.ids.subarray(ID_BYTES * at, ID_BYTES * (at + 1));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function roleOf(points: Points, at: number): string {
  return points.roles[points.role[at] ?? -1] ?? "";
}

/** Where these samples stand, in the order of the map; who has no place is left out. */
export function positionsOf(points: Points, ids: Iterable<string>): Uint32Array<ArrayBuffer> {
  const wanted = new Set(Array.from(ids, (id) => Number.parseInt(id, 16)));
  const found: number[] = [];
  if (wanted.size) {
    for (let at = 0; at < points.count; at++) if (wanted.has(keyOf(points.ids, ID_BYTES * at))) found.push(at);
  }
  return Uint32Array.from(found);
}

/** An id as a number: its 48 bits fit. */
function keyOf(ids: Uint8Array, from: number): number {
  let key = 0;
  for (let place = from; place < from + ID_BYTES; place++) key = key * 256 + (ids[place] ?? 0);
  return key;
}

/** Around all of them; the whole plane where there are none. */
export function boundsOf({ count, x, y }: Points): Box {
  if (count === 0) return { left: 0, top: 0, right: REACH, bottom: REACH };
  const [left, right] = ends(x);
  const [top, bottom] = ends(y);
  return { left, top, right, bottom };
}

function ends(values: Uint16Array): readonly [number, number] {
  let least = REACH;
  let most = 0;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

/** How many samples a role has, by its position; the last of 256: of no known role. */
export function countsByRole({ role, roles }: Points): Uint32Array {
  const counts = new Uint32Array(roles.length + 1);
  for (const one of role) {
    const place = Math.min(one, roles.length);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

// Some of many, as different as can be.
import type { Points } from "./points";

/**
 * At most `most` of `positions`: one of each role in turn, and of a role the one that lies farthest from all taken so far
 * (Gonzalez 1985), for near places sound alike.
 */
export function variedOf(points: Points, positions: Uint32Array, most: number): number[] {
  if (positions.length <= most) return [...positions];
  const far = new Float64Array(points.count).fill(Number.POSITIVE_INFINITY);
  const byRole = grouped(points, positions);
  const taken: number[] = [];
  for (let turn = 0; taken.length < most; turn++) {
    const group = byRole[turn % byRole.length] ?? [];
    const next = farthest(group, far);
    if (next < 0) continue;
    taken.push(next);
    withdraw(points, positions, next, far);
  }
  return taken;
}

/** The roles with most samples first. */
function grouped({ role }: Points, positions: Uint32Array): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  for (const at of positions) {
    const one = role[at] ?? 0;
    const group = groups.get(one);
    if (group) group.push(at);
    else groups.set(one, [at]);
  }
  return [...groups.values()].sort((one, other) => other.length - one.length);
}

/** -1 where all are taken. */
function farthest(group: readonly number[], far: Float64Array): number {
  let best = -1;
  let most = -1;
  for (const at of group) {
    const here = far[at] ?? -1;
    if (here > most) {
      most = here;
      best = at;
    }
  }
  return best;
}

/** Notes how far each now lies from the taken ones; the taken itself is marked by -1. */
function withdraw({ x, y }: Points, positions: Uint32Array, taken: number, far: Float64Array): void {
  const [column, row] = [x[taken] ?? 0, y[taken] ?? 0];
  for (const at of positions) {
    const here = ((x[at] ?? 0) - column) ** 2 + ((y[at] ?? 0) - row) ** 2;
    if (here < (far[at] ?? 0)) far[at] = here;
  }
  far[taken] = -1;
}

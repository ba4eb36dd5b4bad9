// What the model set beside words and sound, in words.
import { count, seconds, tempo } from "../shared/words";

/** Of soundpalette/tools: filters.py and preferences.py. */
const SAID: ReadonlyMap<string, (value: unknown) => string> = new Map([
  ["min_bpm", (value: unknown) => `from ${tempo(Number(value))}`],
  ["max_bpm", (value: unknown) => `up to ${tempo(Number(value))}`],
  ["half_double", () => "also at half or double tempo"],
  ["key_match", (value: unknown) => `${value} keys too`],
  ["kind", (value: unknown) => `${value}s`],
  ["min_seconds", (value: unknown) => `from ${seconds(Number(value))}`],
  ["max_seconds", (value: unknown) => `up to ${seconds(Number(value))}`],
  ["diversity", () => "varied"],
  ["avoid", (value: unknown) => `without ${value}`],
  ["context", (value: unknown) => `to go with ${count(Array.isArray(value) ? value.length : 1, "other sound")}`],
]);
/** Values that set nothing. */
const DEFAULTS: ReadonlySet<unknown> = new Set([0, "", "any", "exact", false, null, undefined]);

export function inWords(given: Readonly<Record<string, unknown>>): string {
  const set = Object.entries(given).filter(([name, value]) => name !== "top_k" && !DEFAULTS.has(value));
  const some = set.filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return some.map(([name, value]) => SAID.get(name)?.(value) ?? `${name} ${value}`).join(", ");
}

// The palette that the app shows: first what the model's call gave, then what the user makes of it.
import type { CallToolResult } from "@modelcontextprotocol/client";
import { signal } from "@preact/signals";
import type { BuiltPalette, PaletteDescription } from "../api/types";
import { count, fileName, seconds, tempo } from "../shared/words";
import { builtPalette, description } from "./answers";
import { CallError, call, type Known, quoted, tell } from "./host";
import { complain, say, TELLING } from "./said";

/** A sound by its sample id, or by its path where it is not of the library. */
export interface Other {
  readonly id: string;
  readonly path: string;
}

export interface Chosen extends Other {
  readonly root: string;
  readonly role: string;
  readonly facts: string;
  readonly why: string;
  /** What could stand in its place, best first. */
  readonly others: readonly Other[];
  readonly kept: boolean;
}

/** Why a sound was chosen that was to stay, however the call named it (soundpalette/core/palette). */
const LOCKED = "locked";
const SAMPLE_ID = /^[0-9a-f]{12}$/;
const HAS = "The user has this palette:";

export const chosen = signal<readonly Chosen[]>([]);
export const brief = signal("");
export const summary = signal("");
/** Roles that the library could not fill, and why. */
export const missing = signal<readonly string[]>([]);
/** The palette described; null while only its summary is known. */
export const described = signal<PaletteDescription | null>(null);
export const busy = signal(false);

/** What the model asked for beside the brief: roles, tempo, key; and the brief that these belong to. */
let rest: Readonly<Record<string, unknown>> = {};
let first = "";
let samples: readonly string[] = [];
let turn = 0;
/** The roots of the last palette built. */
let below: readonly string[] = [];

/** The model's call of build_palette or describe_palette. */
export function take({ brief: built, target, locked: _, samples: given, ...others }: Record<string, unknown>): void {
  rest = others;
  brief.value = [built, target].find((text) => typeof text === "string") ?? "";
  first = brief.value.trim();
  samples = strings(given);
  say("Listening…");
}

/** Its answer. */
export function show(result: CallToolResult): void {
  turn++;
  const built = builtPalette(result);
  if (built) showBuilt(built);
  else showDescribed(description(result));
  if (chosen.value.length) say(count(chosen.value.length, "sound"));
  else say(summary.value);
}

function showBuilt(built: BuiltPalette): void {
  below = Object.values(built.roots);
  chosen.value = built.picks.map((pick) => ({
    id: pick.sample_id || pick.path,
    path: pick.path,
    root: built.roots[pick.root] ?? "",
    role: pick.role,
    facts: factsOf(pick),
    why: pick.why,
    others: pick.alternatives.map((other) => ({ id: other.sample_id, path: other.path })),
    kept: pick.why === LOCKED,
  }));
  summary.value = built.summary;
  missing.value = built.missing;
  described.value = null;
}

function showDescribed(told: PaletteDescription): void {
  below = [];
  chosen.value = told.samples.map((sample, place) => ({
    id: sample.sample_id || samples[place] || sample.name,
    path: sample.name,
    root: "",
    role: sample.role,
    facts: factsOf(sample),
    why: "",
    others: [],
    kept: false,
  }));
  summary.value = told.summary;
  missing.value = [];
  described.value = told;
}

export function keep(id: string): void {
  chosen.value = chosen.value.map((one) => (one.id === id ? { ...one, kept: !one.kept } : one));
}

/** Chooses anew whatever is not kept. */
export function build(): Promise<void> {
  return work("Choosing…", async () => {
    const locked = chosen.value.filter((one) => one.kept).map(({ id }) => id);
    // Another brief has a tempo and a key of its own.
    const asked = brief.value.trim() === first ? rest : { roles: strings(rest.roles) };
    show(await call("build_palette", { ...asked, brief: wanted(), locked }));
  });
}

/** The next best in the place of a sound; where none is known, another of its role that goes with the rest. */
export function replace(one: Chosen): Promise<void> {
  const next = unused(one.others)[0];
  if (next) return exchange(one, next);
  return work(`Choosing another ${one.role || "sound"}…`, async () => {
    const found = unused(await othersFor(one));
    if (!found[0]) throw new CallError(`The library has nothing else to put in the place of ${fileName(one.path)}.`);
    put({ ...one, others: found }, found[0]);
    await describe();
  });
}

/** Puts one of a sound's others in its place; what stood there becomes one of them. */
export function exchange(one: Chosen, next: Other): Promise<void> {
  return work("Exchanging…", () => {
    put(one, next);
    return describe();
  });
}

function put(one: Chosen, next: Other): void {
  const others = [...one.others.filter((other) => other.id !== next.id), { id: one.id, path: one.path }];
  const there: Chosen = { ...one, ...next, root: only(), facts: "", why: "", others, kept: false };
  chosen.value = chosen.value.map((other) => (other.id === one.id ? there : other));
}

async function othersFor(one: Chosen): Promise<Other[]> {
  if (!one.role) throw new CallError(`The role of ${fileName(one.path)} is not known; ask the chat for another sound.`);
  const locked = chosen.value.filter((other) => other.id !== one.id).map(({ id }) => id);
  const twins = chosen.value.filter((other) => other.role === one.role);
  // A locked sound fills its role: as many are asked for as there are of it.
  const roles = twins.map(() => one.role);
  const built = builtPalette(await call("build_palette", { ...rest, brief: wanted() || one.role, roles, locked }));
  const picks = built?.picks.filter((pick) => !locked.includes(pick.sample_id)) ?? [];
  return picks.flatMap((pick) => [pick, ...pick.alternatives]).map((pick) => ({ id: pick.sample_id, path: pick.path }));
}

/** What the palette is now. Only the last one asked for is shown. */
async function describe(): Promise<void> {
  const mine = ++turn;
  const told = description(
    await call("describe_palette", { samples: chosen.value.map(({ id }) => id), target: brief.value.trim() }),
  );
  if (mine !== turn) return;
  summary.value = told.summary;
  described.value = told;
  chosen.value = chosen.value.map((one, place) => {
    const sample = told.samples[place];
    return sample ? { ...one, facts: factsOf(sample) } : one;
  });
  say(count(chosen.value.length, "sound"));
}

/** One thing at a time. */
async function work(doing: string, task: () => Promise<void>): Promise<void> {
  if (busy.value) return;
  busy.value = true;
  say(doing);
  try {
    await task();
  } catch (error) {
    say("");
    complain(error);
  } finally {
    busy.value = false;
  }
}

/** The model is told of the whole palette. */
export async function use(): Promise<void> {
  const { context, structured } = palette();
  say(TELLING);
  say(await tell({ message: context.replace(HAS, "The user takes this palette:"), context, structured }));
}

/** The model is asked to find what the palette lacks. What it knows stays the palette: it outlives the question. */
export async function lookFor(role: string, query: string): Promise<void> {
  const message = `Find a sound for the role ${role} that goes with this palette: ${quoted(query)}.`;
  say(TELLING);
  say(await tell({ message, ...palette() }));
}

function palette(): Known {
  const lines = chosen.value.map(
    ({ role, path, id, root }) =>
      `- ${role || "sound"}: ${quoted(path)} (${named(id)})${root ? ` below ${quoted(root)}` : ""}`,
  );
  const sounds = chosen.value.map(({ id, path, root, role }) => ({ sample_id: id, path, root, role }));
  return { context: [HAS, ...lines].join("\n"), structured: { palette: sounds } };
}

/** What calls name a sound by. A path is a stranger's words. */
function named(id: string): string {
  return SAMPLE_ID.test(id) ? `sample_id ${id}` : `no sample_id, its path is ${quoted(id)}`;
}

function wanted(): string {
  return brief.value.trim() || (described.value?.words.join(", ") ?? "");
}

function unused(others: readonly Other[]): Other[] {
  return others.filter((other) => !chosen.value.some(({ id }) => id === other.id));
}

/** Where others are, which come without their root: told only where the answer knows one root alone. */
function only(): string {
  return below.length === 1 ? (below[0] ?? "") : "";
}

function factsOf(sound: { readonly seconds: number; readonly bpm: number; readonly key: string }): string {
  return [tempo(sound.bpm), sound.key, sound.seconds ? seconds(sound.seconds) : ""].filter(Boolean).join(" · ");
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

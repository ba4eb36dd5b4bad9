// Sounds that the server chooses: a palette from a brief, another sound in the place of one.
import { signal } from "@preact/signals";
import { api } from "../api/client";
import type { BuiltPalette, PalettePick } from "../api/types";
import { fileName, tempo } from "../shared/words";
import { insisted } from "./connection";
import { failing, telling } from "./description";
import { allowed } from "./library";
import {
  type Alternative,
  brief,
  type Chosen,
  chosen,
  exchange,
  MOST_CHOSEN,
  missing,
  news,
  placed,
  refused,
  soundCount,
  supplant,
} from "./palette";

const MOST_ROLES = 16;
const LIKE_IT = 12;

/** What is being chosen: "" nothing, "palette" all of it, else the id of the sound to be replaced. */
export const choosing = signal("");

/** Chooses anew whatever is not locked. */
export function build(): Promise<void> {
  return choosingFor("palette", async () => {
    const locked = chosen.value.filter((one) => one.locked).map(({ id }) => id);
    const known = new Set(chosen.value.map(({ id }) => id));
    const built = await insisted(() => api.build({ brief: brief.value.trim(), locked }));
    // What was locked or added meanwhile stays, too.
    const stays = chosen.value.filter((one) => one.locked || !known.has(one.id));
    const picks = built.picks.filter((pick) => !stays.some(({ id }) => id === pick.sample_id));
    supplant([...stays, ...picks.map((pick) => placed(soundOf(pick)))].slice(0, MOST_CHOSEN), sentenceFor(built));
    missing.value = built.missing;
  });
}

/** Puts the next alternative in the place of `one`, or another sound that goes with the rest. */
export function replace(one: Chosen): Promise<void> {
  return choosingFor(one.id, async () => {
    const known = unused(one.alternatives, one);
    const [next, ...others] = known.length ? known : unused(await alternatives(one), one);
    if (next) exchange(one.id, next, others);
    else news.value = `The library has nothing else to put in the place of ${one.name}.`;
  });
}

async function choosingFor(what: string, work: () => Promise<void>): Promise<void> {
  if (choosing.value) return;
  choosing.value = what;
  refused.value = "";
  try {
    await work();
  } catch (error) {
    refused.value = await failing(error);
  } finally {
    choosing.value = "";
  }
}

/** Sounds of the same role that go with the others, or where no role is known such as sound like it; best first. */
async function alternatives(one: Chosen): Promise<Alternative[]> {
  if (!one.role) {
    const { hits } = await insisted(() => api.searchAudio({ sample_id: one.id, top_k: allowed(LIKE_IT) }));
    return hits.map(named);
  }
  const twins = chosen.value.filter((other) => other !== one && other.role === one.role).slice(0, MOST_ROLES - 1);
  const others = chosen.value.filter((other) => other !== one && (other.role !== one.role || twins.includes(other)));
  // A locked sound fills its role: as many more are asked for as there are of the same.
  const roles = Array<string>(twins.length + 1).fill(one.role);
  const body = { brief: wordsFor(one), roles, locked: others.map(({ id }) => id) };
  const { picks } = await insisted(() => api.build(body));
  const locked = new Set(body.locked);
  return picks
    .filter((pick) => !locked.has(pick.sample_id))
    .flatMap((pick) => [named(pick), ...pick.alternatives.map(named)]);
}

function wordsFor(one: Chosen): string {
  const words = telling.value.state === "told" ? telling.value.description.words.join(", ") : "";
  return brief.value.trim() || words || one.role;
}

function unused(found: readonly Alternative[], one: Chosen): Alternative[] {
  const taken = new Set(chosen.value.map(({ id }) => id)).add(one.id);
  return found.filter(({ id }) => !taken.has(id));
}

function sentenceFor(built: BuiltPalette): string {
  const told = [soundCount(built.picks.length), tempo(built.bpm), built.key].filter(Boolean).join(", ");
  return `Built: ${told}.`;
}

function soundOf(pick: PalettePick) {
  const { role, why } = pick;
  return { ...named(pick), role, why, alternatives: pick.alternatives.map(named) };
}

function named(sound: { sample_id: string; path: string }): Alternative {
  return { id: sound.sample_id, name: fileName(sound.path) };
}

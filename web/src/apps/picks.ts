// What the user picked of the hits, told to the model.
import { signal } from "@preact/signals";
import type { SearchHit } from "../api/types";
import { type Known, know, quoted, tell } from "./host";
import { answer, subject } from "./question";
import { say, TELLING } from "./said";

interface Pick {
  readonly sample_id: string;
  readonly path: string;
  readonly root: string;
  readonly subject: string;
}

/** By sample id. */
export const picks = signal<ReadonlyMap<string, Pick>>(new Map());

/** Picks a hit, or takes the pick back. */
export function use(hit: SearchHit): Promise<void> {
  const others = new Map(picks.value);
  if (others.delete(hit.sample_id)) return become(others, () => takenBack(hit));
  const root = answer.value?.roots[hit.root] ?? "";
  const pick: Pick = { sample_id: hit.sample_id, path: hit.path, root, subject: subject() };
  return become(others.set(hit.sample_id, pick), () => picked(pick));
}

/** `telling` returns a sentence for the user; it is not said once another pick has been made. */
async function become(all: ReadonlyMap<string, Pick>, telling: () => Promise<string>): Promise<void> {
  picks.value = all;
  say(TELLING);
  const told = await telling();
  if (picks.value === all) say(told);
}

async function picked(pick: Pick): Promise<string> {
  return `You picked ${pick.path}. ${await tell({ message: sentence(pick), ...known() })}`;
}

/** No message: the model need not answer that. */
async function takenBack({ path, sample_id }: SearchHit): Promise<string> {
  const taken = `You took ${path} back.`;
  if (await know(known())) return `${taken} The chat knows it from your next message on.`;
  return `${taken} Apps cannot tell this chat. Write it yourself: not ${quoted(path)} (sample_id ${sample_id}).`;
}

function known(): Known {
  const all = [...picks.value.values()];
  return { context: all.map(sentence).join("\n") || "The user picked none of the hits.", structured: { picks: all } };
}

function sentence({ sample_id, path, root, subject }: Pick): string {
  const where = root ? ` below ${quoted(root)}` : "";
  const of = subject ? ` of the hits for ${subject}` : "";
  return `The user picked ${quoted(path)} (sample_id ${sample_id})${where}${of}.`;
}

// What the user picked of the hits, told to the model.
import { signal } from "@preact/signals";
import type { SearchHit } from "../api/types";
import { quoted, tell } from "./host";
import { answer, subject } from "./question";
import { say } from "./said";

interface Pick {
  readonly sample_id: string;
  readonly path: string;
  readonly root: string;
  readonly subject: string;
}

/** By sample id. */
export const picks = signal<ReadonlyMap<string, Pick>>(new Map());

export async function use(hit: SearchHit): Promise<void> {
  const root = answer.value?.roots[hit.root] ?? "";
  const pick: Pick = { sample_id: hit.sample_id, path: hit.path, root, subject: subject() };
  picks.value = new Map(picks.value).set(hit.sample_id, pick);
  const all = [...picks.value.values()];
  const context = all.map(sentence).join("\n");
  say(`You picked ${hit.path}. ${await tell({ message: sentence(pick), context, structured: { picks: all } })}`);
}

function sentence({ sample_id, path, root, subject }: Pick): string {
  const where = root ? ` below ${quoted(root)}` : "";
  const of = subject ? ` of the hits for ${subject}` : "";
  return `The user picked ${quoted(path)} (sample_id ${sample_id})${where}${of}.`;
}

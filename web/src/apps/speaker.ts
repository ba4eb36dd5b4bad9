// Plays one sound at a time, each as loud as the others.
import { signal } from "@preact/signals";
import { gainDb } from "../shared/player";
import { complain, complaint } from "./said";
import { type Heard, hear } from "./sounds";

/** The id of what plays or is about to; "" for nothing. */
export const playing = signal("");
/** How far it is, 0 to 1. */
export const progress = signal(0);

let output: AudioContext | null = null;
let source: AudioBufferSourceNode | null = null;
/** Counts what was pressed: who finds it changed after waiting has been overtaken. */
let turn = 0;

/** How far that sound is; 0 where it does not play. */
export function progressOf(id: string): number {
  return playing.value === id ? progress.value : 0;
}

/** Plays, or stops what plays. */
export async function toggle(id: string): Promise<void> {
  const stopping = playing.value === id;
  stop();
  if (stopping) return;
  const mine = turn;
  playing.value = id;
  complaint.value = "";
  output ??= new AudioContext(); // not before: browsers want it to answer a click or a key
  void output.resume();
  try {
    const sound = await hear(id);
    if (mine === turn) start(output, sound);
  } catch (error) {
    if (mine === turn) stop();
    complain(error);
  }
}

export function stop(): void {
  turn++;
  source?.stop();
  source = null;
  playing.value = "";
  progress.value = 0;
}

function start(context: AudioContext, sound: Heard): void {
  const node = new AudioBufferSourceNode(context, { buffer: sound.buffer });
  const gain = 10 ** (gainDb(sound.loudness) / 20);
  node.connect(new GainNode(context, { gain })).connect(context.destination);
  node.onended = () => {
    if (source === node) stop();
  };
  source = node;
  node.start();
  follow(node, context, context.currentTime);
}

function follow(node: AudioBufferSourceNode, context: AudioContext, since: number): void {
  if (source !== node) return;
  progress.value = Math.min(1, (context.currentTime - since) / (node.buffer?.duration ?? 1));
  requestAnimationFrame(() => follow(node, context, since));
}

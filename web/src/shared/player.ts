// Plays one sound at a time, each as loud as the others.
import { signal } from "@preact/signals";

/** How loud a sound is: BS.1770 loudness, and its peak relative to full scale. */
export interface Loudness {
  readonly lufs: number;
  readonly peakDb: number;
}

/** Where a sound comes from, and how loud it is, to be made as loud as others. */
export interface Sound {
  readonly id: string;
  /** Tried in turn until one can be played. */
  readonly urls: readonly string[];
  /** Undefined, or what a promise fails with: it is played as it is. */
  readonly loudness?: Loudness | Promise<Loudness | undefined> | undefined;
}

/** The id of what is playing; "" for nothing. */
export const playing = signal("");
/** How far it is, 0 to 1. */
export const progress = signal(0);

// ReplayGain's reference. A lower one makes more sounds equal, for fewer meet the ceiling on the way up, and all of them
// quieter. Standard deviation of loudness over the demo crate: 6.0 dB as it is, at -16 3.4, at -18 2.6, at -20 2.0.
const TARGET_LUFS = -18;
// Lossy previews overshoot the peak that was measured by a few tenths of a decibel.
const CEILING_DB = -1;
const MOST_GAIN_DB = 30;

interface Output {
  readonly element: HTMLAudioElement;
  /** Null before the first sound: a browser lets no audio begin before a gesture, and complains of one that tries. */
  chain: { readonly context: AudioContext; readonly gain: GainNode } | null;
}

let output: Output | null = null;
/** Counts what was asked for: who finds it changed after waiting has been overtaken. */
let turn = 0;

/** Puts the one audio element into the document. */
export function prepare(): HTMLAudioElement {
  if (output === null) {
    const element = document.createElement("audio");
    element.id = "player";
    element.addEventListener("ended", stop);
    document.body.append(element);
    output = { element, chain: null };
  }
  return output.element;
}

/** True once it plays, or was overtaken by another; false where none of its addresses can be played. */
export async function play(sound: Sound): Promise<boolean> {
  const mine = ++turn;
  const element = prepare();
  element.pause();
  playing.value = sound.id;
  progress.value = 0;
  const gain = gainDb(await known(sound.loudness));
  if (mine !== turn) return true;
  setGain(gain);
  for (const url of sound.urls) {
    const begun = await begin(element, url);
    if (mine !== turn) return true;
    if (begun) {
      follow(element, mine);
      return true;
    }
  }
  stop();
  return false;
}

export function stop(): void {
  turn++;
  output?.element.pause();
  playing.value = "";
  progress.value = 0;
}

/** The loudest that reaches neither the target nor the ceiling, in decibels. */
export function gainDb(loudness: Loudness | undefined): number {
  if (loudness === undefined) return 0;
  const gain = Math.min(TARGET_LUFS - loudness.lufs, CEILING_DB - loudness.peakDb);
  return Number.isFinite(gain) ? Math.min(gain, MOST_GAIN_DB) : 0;
}

async function known(loudness: Sound["loudness"]): Promise<Loudness | undefined> {
  try {
    return await loudness;
  } catch {
    return undefined; // better heard at its own loudness than not at all
  }
}

function setGain(decibels: number): void {
  if (output === null) return;
  output.chain ??= routed(output.element);
  const { context, gain } = output.chain;
  void context.resume();
  gain.gain.value = 10 ** (decibels / 20);
}

function routed(element: HTMLAudioElement) {
  const context = new AudioContext();
  const gain = context.createGain();
  context.createMediaElementSource(element).connect(gain).connect(context.destination);
  return { context, gain };
}

async function begin(element: HTMLAudioElement, url: string): Promise<boolean> {
  element.src = url;
  try {
    await element.play();
    return true;
  } catch {
    return false;
  }
}

function follow(element: HTMLAudioElement, mine: number): void {
  if (mine !== turn) return;
  if (element.duration > 0) progress.value = Math.min(1, element.currentTime / element.duration);
  if (element.error) stop();
  else requestAnimationFrame(() => follow(element, mine));
}

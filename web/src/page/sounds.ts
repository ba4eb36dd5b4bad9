// The library's sounds, seen, heard and taken along.
import { signal } from "@preact/signals";
import { api, audioUrl, previewUrl } from "../api/client";
import type { WaveformShown } from "../api/types";
import { type Loudness, play, playing, stop } from "../shared/player";
import { fileName } from "../shared/words";
import { connection, reached, sentenceOf } from "./connection";
import { complain, complaint, tell } from "./told";

/** What browsers do not decode, so that the preview is asked first; they try anything else, and then the preview. */
const UNPLAYABLE = /\.(aiff?|aifc|caf)$/i;
// A browser has six connections to a server: searches and the sound that is played must not wait for outlines.
const MOST_AT_ONCE = 3;

const outlines = new Map<string, Promise<WaveformShown>>();
const waiting: { readonly id: string; readonly go: () => void }[] = [];
let atOnce = 0;

/** The outline of a sample and how loud it is, asked for once. */
export function outlineOf(id: string): Promise<WaveformShown> {
  const known = outlines.get(id);
  if (known) return known;
  const asked = inTurn(id, () => reached(api.waveform(id)));
  outlines.set(id, asked);
  asked.catch(() => outlines.delete(id));
  return asked;
}

/** Changes when files may have: outlines that are seen are then asked for anew. */
export const outlinesForgotten = signal(0);

export function forgetOutlines(): void {
  outlines.clear();
  outlinesForgotten.value++;
}

/** Plays a sample as loud as others. `name` tells its format, and what a failure is about. */
export async function playSample(id: string, name: string): Promise<void> {
  complaint.value = "";
  const urls = UNPLAYABLE.test(name) ? [previewUrl(id), audioUrl(id)] : [audioUrl(id), previewUrl(id)];
  if (!(await play({ id, urls, loudness: loudnessOf(id) }))) await complainOf(id, name);
}

export function playOrStop(id: string, name: string): void {
  if (playing.value === id) stop();
  else void playSample(id, name);
}

/** Puts the absolute path into the clipboard and says so. */
export async function copyPath(id: string, name: string): Promise<boolean> {
  try {
    // Not the path that is shown: that has lost what a name may hide, and leads nowhere then.
    await toClipboard((await reached(api.paths([id]))).replace(/\n$/, ""));
    tell(`Copied the path of “${fileName(name)}”.`);
    return true;
  } catch (error) {
    complain(`The path of “${fileName(name)}” was not copied: ${sentenceOf(error)}`);
    return false;
  }
}

/** Raises Error with a sentence. */
export async function toClipboard(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copiedBySelection(text)) throw new Error("the browser does not let this page write to the clipboard.");
  }
}

/** For pages over plain HTTP from another machine, which have no navigator.clipboard. */
function copiedBySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

async function loudnessOf(id: string): Promise<Loudness | undefined> {
  const asked = outlineOf(id);
  hasten(id);
  const { loudness_lufs: lufs, peak_db: peakDb } = await asked;
  return { lufs, peakDb };
}

/** An audio element does not tell why it cannot play; the server does. */
async function complainOf(id: string, name: string): Promise<void> {
  try {
    await reached(api.touchAudio(id));
    complain(`“${fileName(name)}” cannot be played: this browser can read neither the file nor its preview.`);
  } catch (error) {
    if (connection.value === "here") complain(`“${fileName(name)}” cannot be played: ${sentenceOf(error)}`);
  }
}

/** The latest is asked first: it is what is looked at. */
async function inTurn<T>(id: string, ask: () => Promise<T>): Promise<T> {
  if (atOnce >= MOST_AT_ONCE) await new Promise<void>((go) => waiting.push({ id, go }));
  else atOnce++;
  try {
    return await ask();
  } finally {
    const next = waiting.pop();
    if (next) next.go();
    else atOnce--;
  }
}

/** What is to be heard waits for no outline of another. */
function hasten(id: string): void {
  const at = waiting.findLastIndex((one) => one.id === id);
  if (at >= 0) waiting.push(...waiting.splice(at, 1));
}

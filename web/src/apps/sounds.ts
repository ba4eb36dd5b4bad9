// Sounds to be heard in the chat: each asked for once, by the tool `audition`.
import { signal } from "@preact/signals";
import type { Outline } from "../shared/Waveform";
import { type Audition, audition } from "./answers";
import { CallError, call, read } from "./host";

/** A sound that can be played. */
export interface Heard extends Omit<Audition, "audio"> {
  readonly buffer: AudioBuffer;
  readonly outline: Outline;
}

const COLUMNS = 120;
const RATE = 48_000;
/** What full scale is in an outline. */
const FULL = 127;
const AHEAD = 5;

/** What was heard so far, by sample id. */
export const heard = signal<ReadonlyMap<string, Heard>>(new Map());
const asked = new Map<string, Promise<Heard>>();
/** Counts the answers: what an earlier one wanted ahead is wanted no more. */
let turn = 0;

/** Raises CallError with the sentence. */
export function hear(id: string): Promise<Heard> {
  const known = asked.get(id);
  if (known) return known;
  const sound = fetchSound(id);
  asked.set(id, sound);
  sound.catch(() => asked.delete(id)); // the next try may do better
  return sound;
}

/** Asks for the first few sounds of an answer before they are wanted: one at a time, and no more once one failed. */
export async function hearAhead(ids: readonly string[]): Promise<void> {
  const mine = ++turn;
  for (const id of ids.slice(0, AHEAD)) {
    try {
      await hear(id);
    } catch (error) {
      if (error instanceof CallError) return; // who wants to hear it is told why
      throw error;
    }
    if (mine !== turn) return;
  }
}

async function fetchSound(id: string): Promise<Heard> {
  const { audio: sent, ...told } = audition(await call("audition", { sample: id }));
  const audio = sent || (await read(`sample://${id}/audio`)); // some chats keep what else tools return
  if (!audio) throw new CallError(`This chat passes no sound on. The file is ${told.path || id}.`);
  const buffer = await decode(audio);
  const sound = { ...told, buffer, outline: outlineOf(buffer.getChannelData(0)) };
  heard.value = new Map(heard.value).set(id, sound);
  return sound;
}

/** Decoded by hand rather than by an <audio> element: hosts may forbid every URL that a sound could have. */
async function decode(base64: string): Promise<AudioBuffer> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  try {
    return await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes.buffer);
  } catch {
    throw new CallError("This browser cannot play Ogg Vorbis, which previews are in.");
  }
}

function outlineOf(sound: Float32Array): Outline {
  const lows: number[] = [];
  const highs: number[] = [];
  for (let column = 0; column < COLUMNS; column += 1) {
    const from = Math.floor((column * sound.length) / COLUMNS);
    const part = sound.subarray(from, Math.max(from + 1, Math.floor(((column + 1) * sound.length) / COLUMNS)));
    lows.push(FULL * part.reduce((low, value) => Math.min(low, value), 0));
    highs.push(FULL * part.reduce((high, value) => Math.max(high, value), 0));
  }
  return { lows, highs };
}

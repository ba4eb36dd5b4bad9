// The sound to be like: takes a file, dropped anywhere on the page or chosen, or a row dragged onto it.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { play, playing, stop } from "../shared/player";
import { SoundButton } from "../shared/SoundButton";
import { fileName } from "../shared/words";
import { draggedSample, isDragged } from "./dragging";
import { focusReference } from "./heading";
import { type Reference, reference } from "./question";
import { PlayButton } from "./SoundButtons";
import { complain, hush } from "./told";

/** What the server takes, if it was not told otherwise: server.max_upload_bytes. */
const MOST_BYTES = 64 * 2 ** 20;
const KEPT_MS = 60_000;
const ACCEPTED = "audio/*,.wav,.aif,.aiff,.flac,.ogg,.mp3,.caf";
/** Something that can be dropped here is being dragged over the page. */
const offered = signal(false);

export function ReferenceZone() {
  useEffect(takeDrops, []);
  const chosen = reference.value;
  return (
    <fieldset
      class={`zone ${offered.value ? "offered" : ""} ${chosen ? "filled" : ""}`}
      aria-label="Sound to be like"
      data-drop="reference"
      tabIndex={-1}
    >
      {chosen ? <Chosen {...{ chosen }} /> : <Empty />}
    </fieldset>
  );
}

function Empty() {
  const input = useRef<HTMLInputElement>(null);
  const take = () => {
    const file = input.current?.files?.[0];
    if (file) void takeFile(file);
  };
  return (
    <>
      <Icon name="like" />
      <span class="quiet">Drop a sound here, or</span>
      <button type="button" class="plain" onClick={() => input.current?.click()}>
        Choose a file
      </button>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept={ACCEPTED}
        aria-label="Audio file"
        tabIndex={-1}
        onChange={take}
      />
    </>
  );
}

function Chosen({ chosen }: { chosen: Reference }) {
  const name = chosen.kind === "sample" ? fileName(chosen.name) : chosen.file.name;
  return (
    <>
      {chosen.kind === "sample" ? <PlayButton id={chosen.id} name={chosen.name} /> : <PlayFile file={chosen.file} />}
      <span class="like-name" title={name}>
        <span class="quiet">like</span> {name}
      </span>
      <SoundButton icon="close" label="Remove the sound to be like" onPress={remove} />
    </>
  );
}

function PlayFile({ file }: { file: File }) {
  const id = fileId(file);
  const here = playing.value === id;
  const press = () => (here ? stop() : void playFile(id, file));
  const label = `${here ? "Stop" : "Play"} ${file.name}`;
  return <SoundButton kind="play" icon={here ? "stop" : "play"} label={label} onPress={press} />;
}

async function playFile(id: string, file: File): Promise<void> {
  const url = URL.createObjectURL(file);
  // As loud as it is: its loudness is measured by nobody here.
  const played = await play({ id, urls: [url] });
  // The element has the file open once it plays; another one is not begun with this address.
  setTimeout(() => URL.revokeObjectURL(url), played ? KEPT_MS : 0);
  if (!played) complain(`“${file.name}” cannot be played by this browser.`);
}

/** Its sound ends with it: there is no other button to stop it. */
function remove(): void {
  if (reference.value?.kind === "file" && playing.value === fileId(reference.value.file)) stop();
  take(null);
  focusReference();
}

function fileId(file: File): string {
  return `file ${file.name}`;
}

function take(chosen: Reference | null): void {
  hush();
  reference.value = chosen;
}

/** Read at once: the file may change or go while it is the reference. */
async function takeFile(file: File): Promise<void> {
  if (file.size > MOST_BYTES) return complain(tooLarge(file));
  try {
    take({ kind: "file", file: new File([await file.arrayBuffer()], file.name, { type: file.type }) });
  } catch {
    complain(`“${file.name}” cannot be read: is it a file, and still there?`);
  }
}

function tooLarge({ name, size }: File): string {
  const megabytes = Math.ceil(size / 2 ** 20);
  return `“${name}” has ${megabytes} MB, and a sound to be like may have ${MOST_BYTES / 2 ** 20}: choose a shorter one.`;
}

function takeDrops(): () => void {
  const ends = new AbortController();
  const on = <Name extends "dragover" | "dragleave" | "dragend" | "drop">(
    name: Name,
    heard: (event: DragEvent) => void,
  ) => document.addEventListener(name, heard, { signal: ends.signal });
  on("dragover", offer);
  on("dragleave", (event) => {
    if (event.relatedTarget === null) offered.value = false;
  });
  on("dragend", () => {
    offered.value = false;
  });
  on("drop", drop);
  return () => ends.abort();
}

function offer(event: DragEvent): void {
  if (event.defaultPrevented || event.dataTransfer === null) return;
  const isFile = event.dataTransfer.types.includes("Files");
  offered.value = isFile || isDragged(event.dataTransfer);
  if (isFile || (offered.value && isOverZone(event))) {
    event.preventDefault(); // a browser would leave the page for a file that is dropped
    event.dataTransfer.dropEffect = "copy";
  }
}

function drop(event: DragEvent): void {
  offered.value = false;
  if (event.defaultPrevented || event.dataTransfer === null) return;
  const sample = draggedSample(event.dataTransfer);
  const [file] = event.dataTransfer.files;
  if (sample && isOverZone(event)) take({ kind: "sample", id: sample.id, name: sample.name });
  else if (file && !sample) void takeFile(file);
  else return;
  event.preventDefault();
}

function isOverZone({ target }: DragEvent): boolean {
  return target instanceof Element && target.closest("[data-drop=reference]") !== null;
}

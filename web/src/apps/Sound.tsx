// What is heard and seen of a sound in a row of either app.
import { useEffect, useRef } from "preact/hooks";
import { SoundButton } from "../shared/SoundButton";
import { Waveform } from "../shared/Waveform";
import { complain } from "./said";
import { hear, heard } from "./sounds";
import { playing, progressOf } from "./speaker";

/** Keys that run over rows ask for nothing. */
const REST_MS = 250;

interface Play {
  readonly id: string;
  readonly name: string;
  readonly tabIndex?: number;
  readonly onPress: () => void;
}

export function PlayButton({ id, name, tabIndex = 0, onPress }: Play) {
  const here = playing.value === id;
  const label = `${here ? "Stop" : "Play"} ${name}`;
  return <SoundButton kind="play" icon={here ? "stop" : "play"} {...{ label, tabIndex, onPress }} />;
}

export function Outlined({ id, role }: { id: string; role: string }) {
  return <Waveform outline={heard.value.get(id)?.outline ?? null} role={role} progress={progressOf(id)} />;
}

/** Waveform over spectrogram, as the server draws them; asked for once the user rests on the sound. */
export function Picture({ id, name }: { id: string; name: string }) {
  const picture = heard.value.get(id)?.picture;
  useEffect(() => {
    const resting = setTimeout(() => hear(id).catch(complain), REST_MS);
    return () => clearTimeout(resting);
  }, [id]);
  if (picture === "") return null; // the chat keeps pictures
  return (
    <figure class="picture">
      <div>{picture && <img src={picture} alt={`Waveform and spectrogram of ${name}`} width="480" height="240" />}</div>
      <figcaption aria-hidden="true">{name}</figcaption>
    </figure>
  );
}

/** A ref to an element; `seen` is called once it comes into view, and again with each other `subject`. */
export function useSeen<Kind extends HTMLElement>(seen: () => void, subject: unknown) {
  const element = useRef<Kind>(null);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      seen();
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [subject]);
  return element;
}

// Plays what the mouse rests on, until it leaves.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { playing, stop } from "../shared/player";
import { playSample } from "./sounds";

/** Long enough to cross a row on the way to another one without a sound. */
const REST_MS = 150;

export const playsOnHover = signal(true);

// Whoever types or moves by keys brings rows under a mouse that only lies there: those are not to sound.
let mouseRests = false;

export function watchMouse(): () => void {
  const ended = new AbortController();
  const rests = (whether: boolean) => () => {
    mouseRests = whether;
  };
  const options = { capture: true, passive: true, signal: ended.signal };
  document.addEventListener("keydown", rests(true), options);
  for (const kind of ["pointermove", "pointerdown", "wheel"]) document.addEventListener(kind, rests(false), options);
  return () => ended.abort();
}

/** The listeners of what plays a sample while the mouse is over it. */
export function useHover(id: string, name: string) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const begun = useRef(false);
  const leave = () => {
    clearTimeout(timer.current);
    if (begun.current && playing.peek() === id) stop();
    begun.current = false;
  };
  useEffect(() => leave, [id]);
  return {
    onPointerEnter: ({ pointerType }: PointerEvent) => {
      if (pointerType !== "mouse" || mouseRests || !playsOnHover.peek()) return;
      timer.current = setTimeout(() => {
        // Before the first click or key a browser lets nothing sound.
        if (!navigator.userActivation.hasBeenActive || playing.peek() === id) return;
        begun.current = true;
        void playSample(id, name);
      }, REST_MS);
    },
    onPointerLeave: leave,
    // A click is about what is played; who clicks wants it to stay.
    onPointerDown: () => {
      clearTimeout(timer.current);
      begun.current = false;
    },
  };
}

// What a sound of a palette needs to fit the others, in words.
import type { PaletteDescription } from "../api/types";
import { tempo } from "./words";

type Sample = PaletteDescription["samples"][number];

// A stretch of up to 1 % goes unheard (soundpalette/core/palette/tempo.py).
const UNHEARD = 0.01;

/** How it meets tempo and key; "" for one that does. */
export function adviceFor(one: Sample, { bpm, key }: PaletteDescription): string {
  const needs = [
    one.stretch && Math.abs(one.stretch - 1) > UNHEARD && `play at ${one.stretch} × its speed for ${tempo(bpm)}`,
    one.semitones && `transpose by ${signed(one.semitones)} for ${key}`,
  ];
  return needs.filter(Boolean).join(", ");
}

function signed(semitones: number): string {
  return `${semitones > 0 ? "+" : "−"}${Math.abs(semitones)} semitone${Math.abs(semitones) > 1 ? "s" : ""}`;
}

// The map's colours: of its surroundings as the style sheet has them, of roles as rows have them.
import { colourOf } from "../shared/roles";
import type { Colour, Paints } from "./renderer";

/** The canvas's own style says the three: its background, its text, its accent. */
export function paintsOf(canvas: HTMLElement, roles: readonly string[]): Paints {
  const style = getComputedStyle(canvas);
  return {
    ground: parsed(style.backgroundColor),
    ink: parsed(style.color),
    accent: parsed(style.accentColor),
    roles: ramp(roles),
  };
}

function ramp(roles: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * 256);
  for (let one = 0; one < 256; one++) {
    const [red, green, blue] = colourOf(roles[one] ?? "");
    bytes.set([255 * red, 255 * green, 255 * blue, 255], 4 * one);
  }
  return bytes;
}

/** Of a computed colour: "rgb(22, 23, 26)". */
function parsed(colour: string): Colour {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => Number(part) / 255);
  return [red, green, blue];
}

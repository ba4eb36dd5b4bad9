// The colour of each role, on rows and on the map: families of instruments share a hue.

/** sRGB, 0 to 1. */
export type Rgb = readonly [number, number, number];

const HUES: Readonly<Record<string, number>> = {
  kick: 8,
  snare: 24,
  clap: 38,
  "hi-hat": 50,
  cymbal: 62,
  tom: 16,
  percussion: 44,
  "drum loop": 0,
  bass: 270,
  lead: 200,
  pad: 225,
  chord: 212,
  pluck: 188,
  keys: 172,
  guitar: 150,
  strings: 138,
  brass: 120,
  wind: 160,
  vocal: 320,
  fx: 340,
  texture: 250,
};

/** Of an unknown role a grey; mid-light, to be seen on both schemes. */
export function colourOf(role: string): Rgb {
  const hue = HUES[role];
  return hue === undefined ? [0.55, 0.55, 0.57] : fromHsl(hue, 0.68, 0.52);
}

export function cssColour(role: string): string {
  const [red, green, blue] = colourOf(role).map((part) => Math.round(255 * part));
  return `rgb(${red} ${green} ${blue})`;
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const part = (n: number) => {
    const k = (n + hue / 30) % 12;
    return lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [part(0), part(8), part(4)];
}

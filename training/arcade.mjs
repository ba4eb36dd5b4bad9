// Plays sounds of jsfxr and ZzFX for arcade.py. Arguments: the folders of the two packages. Standard input: a JSON list of
// {engine: "jsfxr", kind, mutations, seed} or {engine: "zzfx", parameters, seed}. Standard output: per sound the count of
// samples as uint32, then the samples as float32 at 44,100 Hz.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [jsfxrFolder, zzfxFolder] = process.argv.slice(2);
const load = createRequire(import.meta.url);
globalThis.RIFFWAVE = load(`${jsfxrFolder}/riffwave.js`);
const { sfxr } = load(`${jsfxrFolder}/sfxr.js`);
globalThis.AudioContext = class {};
const source = readFileSync(`${zzfxFolder}/ZzFX.js`, "utf8");
const { ZZFX } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

// Both packages draw from Math.random: mulberry32 in its place makes the sounds repeatable.
function seed(state) {
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function jsfxr({ kind, mutations }) {
  const parameters = sfxr.generate(kind);
  for (let k = 0; k < mutations; k++) parameters.mutate();
  return sfxr.toWave(parameters).buffer;
}

for (const sound of JSON.parse(readFileSync(0, "utf8"))) {
  seed(sound.seed);
  const samples = sound.engine === "zzfx" ? ZZFX.buildSamples(...sound.parameters) : jsfxr(sound);
  const packet = Buffer.alloc(4 + 4 * samples.length);
  packet.writeUInt32LE(samples.length, 0);
  samples.forEach((value, k) => packet.writeFloatLE(value, 4 + 4 * k));
  process.stdout.write(packet);
}

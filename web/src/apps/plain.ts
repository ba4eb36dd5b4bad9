// The tools' answers read from their text, for hosts that pass on nothing else. Their lines are those of
// SearchHit.line, PalettePick.text and PaletteSample.text (soundpalette/tools/schemas.py, palette_schemas.py).
import type { BuiltPalette, PaletteDescription, PalettePick, SearchHit, SearchResult } from "../api/types";

const HIT =
  /^(?<id>[0-9a-f]{12}) (?<score>-?\d\.\d+) (?<strength>\w+) (?<seconds>[\d.]+)s(?<known>[^"]*) "(?<path>[^"]*)"(?: \+(?<similar>\d+))?$/;
const BELOW = /^(?<hits>[0-9a-f ]+|Paths) below "(?<root>[^"]*)"$/;
const PICK = /^(?<role>[^:"]+): (?<id>[0-9a-f]{12}|-) "(?<path>[^"]*)" \((?<why>[^"]*)\)(?: or (?<others>.+))?$/;
const OTHER = /(?<id>[0-9a-f]{12}) "(?<path>[^"]*)"/g;
const KEY = /^(?:[A-G][#b]? (?:major|minor)|root [A-G].*)$/;
const SAMPLE = /^(?<id>[0-9a-f]{12}|-) "(?<name>[^"]*)": (?<facts>.*)$/;

type Groups = Readonly<Record<string, string | undefined>>;

export function searchFrom(text: string): SearchResult {
  const lines = text.split("\n");
  const hits = lines.flatMap((line) => matched(HIT, line, hitFrom));
  const roots: Record<string, string> = {};
  lines.forEach((line, place) => {
    const groups = BELOW.exec(line)?.groups;
    if (!groups) return;
    roots[place] = groups.root ?? "";
    for (const hit of hits) if (groups.hits === "Paths" || groups.hits?.includes(hit.sample_id)) hit.root = `${place}`;
  });
  const notes = lines.filter((line) => line.startsWith("(")).map((line) => line.slice(1, -1));
  return { roots, hits, pending: 0, note: hits.length ? notes.join("; ") : text };
}

function hitFrom(groups: Groups): SearchHit {
  const known = groups.known?.trim() ?? "";
  const tempo = /^([\d.]+)bpm ?/.exec(known);
  const rest = tempo ? known.slice(tempo[0].length) : known;
  const key = /^([A-G][#b]?)(m?)(?: |$)/.exec(rest);
  return {
    sample_id: groups.id ?? "",
    root: "",
    path: groups.path ?? "",
    score: Number(groups.score),
    strength: groups.strength ?? "",
    similar: Number(groups.similar ?? 0),
    seconds: Number(groups.seconds),
    bpm: Number(tempo?.[1] ?? 0),
    key: key ? `${key[1]} ${key[2] ? "minor" : "major"}` : "",
    ...roleIn(key ? rest.slice(key[0].length) : rest),
  };
}

/** The role, and "loop" behind it where the role does not say so itself. */
function roleIn(words: string): { role: string; kind: string } {
  const loop = /^(?!drum loop$)(.*?) ?loop$/.exec(words);
  return loop ? { role: loop[1] ?? "", kind: "loop" } : { role: words, kind: "" };
}

export function paletteFrom(text: string): BuiltPalette {
  const lines = text.split("\n");
  const picks = lines.flatMap((line) => matched(PICK, line, pickFrom));
  const roots = lines.flatMap((line) => matched(BELOW, line, (groups) => groups.root ?? ""));
  const root = roots.length === 1 ? (roots[0] ?? "") : ""; // of several the text does not say whose is which
  const summary = picks.length ? (lines.at(-1) ?? "") : text;
  return { roots: { "": root }, bpm: 0, key: "", picks, missing: [], cohesion: 0, summary };
}

function pickFrom(groups: Groups): PalettePick {
  const others = [...(groups.others ?? "").matchAll(OTHER)];
  return {
    role: groups.role === "-" ? "" : (groups.role ?? ""),
    sample_id: identity(groups.id),
    root: "",
    path: groups.path ?? "",
    seconds: 0,
    bpm: 0,
    key: "",
    why: groups.why ?? "",
    alternatives: others.map((other) => ({ sample_id: other.groups?.id ?? "", path: other.groups?.path ?? "" })),
  };
}

export function samplesFrom(text: string): PaletteDescription {
  const lines = text.split("\n");
  const samples = lines.flatMap((line) => matched(SAMPLE, line, sampleFrom));
  const summary = lines.filter((line) => !SAMPLE.test(line)).join("\n");
  const nothing = { bpm: 0, key: "", balance: {}, loudness_spread: 0, cohesion: 0, outlier: "", target_fit: {} };
  return { ...nothing, summary, samples, fights: [], duplicates: [], lacking: {}, words: [] };
}

function sampleFrom(groups: Groups): PaletteDescription["samples"][number] {
  const nothing = { stretch: 1, semitones: 0, brightness_hz: 0, loudness_lufs: 0, likeness: 0, tags: [] };
  const [what = "", length = "", ...facts] = groups.facts?.split(", ") ?? [];
  const [, role = "", kind = ""] = /^(.*?) ?(one-shot|loop)?$/.exec(what) ?? [];
  return {
    ...nothing,
    sample_id: identity(groups.id),
    name: groups.name ?? "",
    role,
    kind,
    seconds: Number.parseFloat(length) || 0,
    bpm: Number.parseFloat(facts.find((fact) => fact.endsWith(" BPM")) ?? "0"),
    key: facts.find((fact) => KEY.test(fact)) ?? "",
  };
}

/** A file outside the library has no id: its line has a dash instead. */
function identity(id: string | undefined): string {
  return id === "-" ? "" : (id ?? "");
}

function matched<T>(pattern: RegExp, line: string, make: (groups: Groups) => T): T[] {
  const groups = pattern.exec(line)?.groups;
  return groups ? [make(groups)] : [];
}

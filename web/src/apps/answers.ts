// What the tools answered: typed content, or their text where a host passes on text alone.
import type { CallToolResult } from "@modelcontextprotocol/client";
import type { BuiltPalette, PaletteDescription, SearchResult } from "../api/types";
import type { Loudness } from "../shared/player";
import { textOf } from "./host";
import { paletteFrom, samplesFrom, searchFrom } from "./plain";

export function searchResult(result: CallToolResult): SearchResult {
  return typed<SearchResult>(result, "hits") ?? searchFrom(textOf(result));
}

export function builtPalette(result: CallToolResult): BuiltPalette | null {
  const built = typed<BuiltPalette>(result, "picks") ?? paletteFrom(textOf(result));
  return built.picks.length ? built : null;
}

export function description(result: CallToolResult): PaletteDescription {
  return typed<PaletteDescription>(result, "samples") ?? samplesFrom(textOf(result));
}

/** A sound to be heard in the chat. */
export interface Audition {
  readonly path: string;
  /** Base64 of an encoded file; "" where the host kept it. */
  readonly audio: string;
  /** A data: URL of waveform and spectrogram, or "". */
  readonly picture: string;
  readonly loudness: Loudness | undefined;
}

interface Told {
  readonly path: string;
  readonly loudness_lufs: number;
  readonly peak_db: number;
}

export function audition(result: CallToolResult): Audition {
  const told = typed<Told>(result, "sample_id");
  const text = textOf(result);
  const audio = result.content.find((block) => block.type === "audio");
  const image = result.content.find((block) => block.type === "image");
  return {
    path: told?.path ?? /"([^"]*)"/.exec(text)?.[1] ?? "",
    audio: audio?.data ?? "",
    picture: image ? `data:${image.mimeType};base64,${image.data}` : "",
    loudness: told ? { lufs: told.loudness_lufs, peakDb: told.peak_db } : loudnessIn(text),
  };
}

function loudnessIn(text: string): Loudness | undefined {
  const found = /(-?[\d.]+) LUFS, peak (-?[\d.]+) dB/.exec(text);
  return found ? { lufs: Number(found[1]), peakDb: Number(found[2]) } : undefined;
}

/** The typed answer if it is there, told by a field that such an answer has. The server's schema vouches for the rest. */
function typed<T>(result: CallToolResult, field: string): T | null {
  const content: unknown = result.structuredContent;
  return typeof content === "object" && content !== null && field in content ? (content as T) : null;
}

// Rows that are dragged: out as a file, or within the page as a sample.
import { audioUrl } from "../api/client";
import { fileName } from "../shared/words";

const SAMPLE = "application/x-soundpalette-sample";
const TYPES: Readonly<Record<string, string>> = {
  wav: "audio/wav",
  flac: "audio/flac",
  aif: "audio/aiff",
  aiff: "audio/aiff",
  ogg: "audio/ogg",
  mp3: "audio/mpeg",
};

export interface Dragged {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/**
 * Fills what a drag carries. Chromium drops DownloadURL outside the browser as a file. The path is not among it: the
 * one that is shown has lost control characters of its names, and may lead nowhere; asking for the real one is too late.
 */
export function drag(carried: DataTransfer, { id, name, role }: Dragged): void {
  const file = fileName(name).replaceAll(":", "_");
  const type = TYPES[file.slice(file.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
  carried.effectAllowed = "copy";
  carried.setData("DownloadURL", `${type}:${file}:${new URL(audioUrl(id), document.baseURI)}`);
  carried.setData(SAMPLE, JSON.stringify({ id, name, role }));
}

export function isDragged(carried: DataTransfer): boolean {
  return carried.types.includes(SAMPLE);
}

/** The sample that was dropped; null for anything else. Another page may have made it up, so it is looked at. */
export function draggedSample(carried: DataTransfer): Dragged | null {
  const told = parsed(carried.getData(SAMPLE));
  if (typeof told !== "object" || told === null) return null;
  const { id, name, role } = told as Record<string, unknown>;
  if (typeof id !== "string" || typeof name !== "string" || typeof role !== "string") return null;
  return /^[0-9a-f]{12}$/.test(id) ? { id, name, role } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

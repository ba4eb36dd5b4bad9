// What the page asks of the server that it came from. Every failure is a sentence.
import type {
  AudioSearch,
  Build,
  BuiltPalette,
  Facets,
  Failures,
  Filters,
  HybridSearch,
  LibraryState,
  PaletteDescription,
  Problem,
  SampleShown,
  SearchResult,
  TextSearch,
  WaveformShown,
} from "./types";

/** The server refused or failed; `status` 0: it cannot be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
    this.name = "ApiError";
  }
}

/** Whether it was given up, by whoever asked. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** After which a server that says nothing counts as gone: one that hangs, or a cable that was pulled, refuses nothing. */
const PATIENCE_MS = 10_000;

export type ExportFormat = "paths" | "json" | "m3u" | "zip";

export const api = {
  searchText: (body: TextSearch, signal?: AbortSignal) => post<SearchResult>("search/text", body, signal),
  searchAudio: (body: AudioSearch, signal?: AbortSignal) => post<SearchResult>("search/audio", body, signal),
  searchHybrid: (body: HybridSearch, signal?: AbortSignal) => post<SearchResult>("search/hybrid", body, signal),
  searchUpload: (form: FormData, signal?: AbortSignal) =>
    json<SearchResult>("search/audio/upload", { method: "POST", body: form, ...(signal && { signal }) }),
  facets: (body: Filters, signal?: AbortSignal) => post<Facets>("library/facets", body, signal),
  state: (signal?: AbortSignal) => get<LibraryState>("library/state", withinPatience(signal)),
  failures: (offset: number, limit: number, signal?: AbortSignal) =>
    get<Failures>(`library/failures?offset=${offset}&limit=${limit}`, signal),
  map: async (signal?: AbortSignal) => (await asked("library/map", signal ? { signal } : {})).arrayBuffer(),
  sample: (id: string, signal?: AbortSignal) => get<SampleShown>(`samples/${id}`, signal),
  waveform: (id: string, signal?: AbortSignal) => get<WaveformShown>(`samples/${id}/waveform`, signal),
  /** Whether a sample's file can be had; fails with the reason where it cannot. */
  touchAudio: async (id: string) => {
    await asked(audioUrl(id), { headers: { Range: "bytes=0-0" } });
  },
  describe: (samples: string[], target: string, signal?: AbortSignal) =>
    post<PaletteDescription>("palette/describe", { samples, target }, signal),
  build: (body: Build, signal?: AbortSignal) => post<BuiltPalette>("palette/build", body, signal),
  /** Trades the token for a cookie. */
  openSession: async (token: string) => {
    await asked("session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  },
  /** Takes the cookie back. */
  closeSession: async () => {
    await asked("session", { method: "DELETE" });
  },
  /** Whether the server is there at all; asks for no token. */
  alive: async () => {
    await asked("health/live", { cache: "no-store", signal: withinPatience() });
  },
  /** A palette as a file, under the server's name for it. */
  exported: async (samples: readonly string[], format: ExportFormat) => {
    const response = await asked(exportUrl(samples, format), {});
    const content = await response.blob().catch(lost);
    return new File([content], nameOf(response), { type: content.type });
  },
  /** The text of an export, a path a line. */
  paths: async (samples: readonly string[]) => (await asked(exportUrl(samples, "paths"), {})).text().catch(lost),
};

export function audioUrl(id: string): string {
  return `samples/${id}/audio`;
}

export function previewUrl(id: string): string {
  return `samples/${id}/preview`;
}

export function exportUrl(samples: readonly string[], format: ExportFormat): string {
  const asked = new URLSearchParams(samples.map((id) => ["samples", id]));
  asked.set("format", format);
  return `palette/export?${asked}`;
}

function withinPatience(signal?: AbortSignal): AbortSignal {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return signal ? AbortSignal.any([signal, patience]) : patience;
}

function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return json<T>(path, signal ? { signal } : {});
}

function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return json<T>(path, { method: "POST", headers, body: JSON.stringify(body), ...(signal && { signal }) });
}

async function json<T>(path: string, init: RequestInit): Promise<T> {
  const response = await asked(path, init);
  return response.json().catch(lost);
}

async function asked(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch(lost);
  if (!response.ok) throw new ApiError(response.status, await sentence(response));
  return response;
}

/** What a connection comes to that was refused, said nothing for too long, or broke off within an answer. */
function lost(error: unknown): never {
  if (isAbort(error)) throw error;
  throw new ApiError(0, "The server cannot be reached.");
}

/** Of an attachment, as RFC 6266 tells it. */
function nameOf(response: Response): string {
  const told = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "");
  return decodeURIComponent(told?.[1] ?? "palette");
}

async function sentence(response: Response): Promise<string> {
  try {
    const told: Problem = await response.json();
    return told.detail ?? told.title;
  } catch (error) {
    if (isAbort(error)) throw error;
    return `The server answered ${response.status}.`;
  }
}

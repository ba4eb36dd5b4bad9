// The palette outlives a reload: kept by the tab, held against the library when it comes back.
import { effect } from "@preact/signals";
import { ApiError, api } from "../api/client";
import { fileName } from "../shared/words";
import { insisted } from "./connection";
import { type Alternative, brief, type Chosen, chosen, MOST_CHOSEN, news, placed } from "./palette";

const KEY = "soundpalette.palette";
const ID = /^[0-9a-f]{12}$/i;

/** Brings back what the tab had, and keeps what follows; ends with the function that comes back. */
export function keepPalette(): () => void {
  const kept = parsed(stored());
  if (isRecord(kept)) {
    brief.value = wordOf(kept.brief);
    chosen.value = soundsOf(kept.chosen);
    void reread().then((gone) => {
      if (gone) news.value = gone;
    });
  }
  return effect(() => write(JSON.stringify({ brief: brief.value, chosen: chosen.value })));
}

/** Asks for names and roles again, leaves out what the library has no more, and says so; empty: all is there. */
export async function reread(): Promise<string> {
  const fresh = new Map<number, Reread>();
  for (const one of chosen.value) fresh.set(one.place, await now(one)); // one by one: searches shall not wait for it
  const gone = [...fresh.values()].filter((one) => one.gone).map(({ name }) => name);
  chosen.value = chosen.value
    .filter((one) => !fresh.get(one.place)?.gone)
    .map((one) => {
      const { id, name, role } = fresh.get(one.place) ?? one;
      return one.id === id ? { ...one, name, role } : one;
    });
  return gone.length ? `No longer in the library, nor in the palette: ${gone.join(", ")}.` : "";
}

type Reread = Chosen & { gone?: true };

async function now(one: Chosen): Promise<Reread> {
  try {
    const { path, role } = await insisted(() => api.sample(one.id));
    return { ...one, name: fileName(path), role: role ? String(role.value) : one.role };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 404 ? { ...one, gone: true } : one;
  }
}

function soundsOf(kept: unknown): Chosen[] {
  return list(kept)
    .filter(isSound)
    .slice(0, MOST_CHOSEN)
    .map(({ id, name, role, why, locked, alternatives }) => {
      const others = list(alternatives).filter(isSound);
      return placed({ id, name, role: wordOf(role), why: wordOf(why), locked: locked === true, alternatives: others });
    });
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isSound(one: unknown): one is Alternative & Record<string, unknown> {
  return isRecord(one) && typeof one.id === "string" && ID.test(one.id) && typeof one.name === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function stored(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch (error) {
    if (error instanceof DOMException) return ""; // a browser that stores nothing
    throw error;
  }
}

function write(text: string): void {
  try {
    sessionStorage.setItem(KEY, text);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

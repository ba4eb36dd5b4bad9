// The palette outlives a reload: kept by the tab, held against the library when it comes back.
import { effect } from "@preact/signals";
import { ApiError, api } from "../api/client";
import { fileName } from "../shared/words";
import { insisted } from "./connection";
import { type Alternative, type Chosen, chosen, MOST_CHOSEN, news, placed } from "./palette";

const KEY = "soundpalette.palette";
const ID = /^[0-9a-f]{12}$/i;

/** Brings back what the tab had, and keeps what follows; ends with the function that comes back. */
export function keepPalette(): () => void {
  chosen.value = read();
  void reread();
  return effect(() => write(JSON.stringify(chosen.value)));
}

/** Asks for the names and roles again, and leaves out what the library has no more. */
export async function reread(): Promise<void> {
  const asked = await Promise.all(chosen.value.map(now));
  const fresh = new Map(asked.map((one) => [one.place, one]));
  const gone = asked.filter((one) => one.gone).map((one) => one.name);
  chosen.value = chosen.value
    .filter((one) => !fresh.get(one.place)?.gone)
    .map((one) => {
      const { id, name, role } = fresh.get(one.place) ?? one;
      return one.id === id ? { ...one, name, role } : one;
    });
  if (gone.length) news.value = `No longer in the library: ${gone.join(", ")}.`;
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

/** A sound that was dragged here, of which nothing is known for sure: another page may have made it. */
export function dragged(text: string): { id: string; name: string; role: string } | null {
  const one = parsed(text);
  return isSound(one) ? { id: one.id, name: one.name.slice(0, 320), role: wordOf(one.role) } : null;
}

function read(): Chosen[] {
  const kept = parsed(stored());
  if (!Array.isArray(kept)) return [];
  return kept
    .filter(isSound)
    .slice(0, MOST_CHOSEN)
    .map((one: Partial<Chosen> & Alternative) =>
      placed({
        id: one.id,
        name: one.name,
        role: wordOf(one.role),
        why: wordOf(one.why),
        locked: one.locked === true,
        alternatives: Array.isArray(one.alternatives) ? one.alternatives.filter(isSound) : [],
      }),
    );
}

function isSound(one: unknown): one is Alternative & Record<string, unknown> {
  if (typeof one !== "object" || one === null || !("id" in one) || !("name" in one)) return false;
  return typeof one.id === "string" && ID.test(one.id) && typeof one.name === "string";
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

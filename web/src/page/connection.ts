// Whether the server is there, and lets us in. Every part of the page asks through `reached` or `insisted`.
import { effect, signal } from "@preact/signals";
import { ApiError, api } from "../api/client";
import { repeat, seen } from "./repeat";

/** here: it answers; gone: it cannot be reached, and is asked again until it can; locked: it wants the token. */
export type Connection = "here" | "gone" | "locked";
export const connection = signal<Connection>("here");

const COOKIE_NOTED = "soundpalette.cookie";
const RETRY_MS = 2000;

/** Whether this browser holds a cookie for the token; the cookie itself is hidden from scripts. */
export const holdsCookie = signal(remembered());

/** What `asked` comes to; the connection follows from how it fails. */
export async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    const answer = await asked;
    connection.value = "here";
    return answer;
  } catch (error) {
    if (isGone(error)) connection.value = "gone";
    else if (isLost(error)) lock();
    throw error;
  }
}

/** As `reached`, for what a person asked: where the connection breaks it is asked again when that is back. */
export async function insisted<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let broken = 0; ; ) {
    try {
      return await reached(ask());
    } catch (error) {
      if (!isLost(error)) throw error;
      if (isGone(error) && ++broken > 1) throw error; // it may be this very request that breaks it
      await back(signal);
    }
  }
}

/** Trades the token for the cookie. Throws ApiError, 401 for a wrong token. */
export async function letIn(token: string): Promise<void> {
  await reached(api.openSession(token));
  note(true);
}

/** Gives the cookie back, and asks: a server with a token wants it again. */
export async function forgetToken(): Promise<void> {
  try {
    await reached(api.closeSession());
    note(false);
    await reached(api.state());
  } catch (error) {
    if (!isLost(error)) throw error;
  }
}

/** Asks whether the server is back while it is gone; ends with the function that comes back. */
export function watchConnection(): () => void {
  return effect(() => {
    if (connection.value === "gone" && seen.value) return repeat(knock, () => RETRY_MS);
  });
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The connection tells of it, and nothing else needs to. */
export function isLost(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 401);
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

/** Asks whether it is there, and notes it. */
export async function knock(): Promise<void> {
  try {
    await reached(api.alive());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Resolves once the server answers and lets us in. */
function back(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = connection.subscribe((now) => {
      if (now !== "here") return;
      resolve();
      queueMicrotask(() => stop());
    });
    signal?.addEventListener("abort", () => {
      stop();
      reject(signal.reason);
    });
  });
}

function lock(): void {
  connection.value = "locked";
  note(false);
}

function note(holds: boolean): void {
  holdsCookie.value = holds;
  try {
    if (holds) localStorage.setItem(COOKIE_NOTED, "yes");
    else localStorage.removeItem(COOKIE_NOTED);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // a browser that stores nothing
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(COOKIE_NOTED) !== null;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

// Whether the server is there, and lets us in. Every part of the page asks through `reached`.
import { signal } from "@preact/signals";
import { ApiError } from "../api/client";

/** here: it answers; gone: it cannot be reached, and is asked again until it can; locked: it wants the token. */
export type Connection = "here" | "gone" | "locked";
export const connection = signal<Connection>("here");

/** What `asked` comes to; the connection follows from how it fails. */
export async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    const answer = await asked;
    connection.value = "here";
    return answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 0) connection.value = "gone";
    if (error instanceof ApiError && error.status === 401) connection.value = "locked";
    throw error;
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

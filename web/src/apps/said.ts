// What is said to the user: how things are, and what went wrong.
import type { CallToolResult } from "@modelcontextprotocol/client";
import { signal } from "@preact/signals";
import { CallError, textOf } from "./host";

export const status = signal("Waiting for the chat…");
export const complaint = signal("");
/** Hosts may ask the user first, and take their time. */
export const TELLING = "Telling the chat…";

export function say(sentence: string): void {
  status.value = sentence;
  complaint.value = "";
}

/** Shows a sentence of a CallError; what else is thrown is a mistake of ours, and stays one. */
export function complain(error: unknown): void {
  if (!(error instanceof CallError)) throw error;
  complaint.value = error.message;
}

/** The model's call failed, or was given up. */
export function broken(sentence: string): void {
  status.value = "";
  complaint.value = sentence;
}

export function refused(result: CallToolResult): void {
  broken(textOf(result) || "The tool failed, and did not say why.");
}

// The chat that shows this app: what it asks of its host, and how it looks like it.
import "./jitless";

import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";
import {
  App,
  applyDocumentTheme,
  applyHostFonts,
  applyHostStyleVariables,
  type McpUiHostContext,
  type McpUiStyles,
} from "@modelcontextprotocol/ext-apps";
import { signal } from "@preact/signals";

/** The tool call that this app stands for. */
export interface Call {
  readonly asked: (given: Readonly<Record<string, unknown>>) => void;
  readonly answered: (result: CallToolResult) => void;
  readonly broken: (sentence: string) => void;
  /** The chat takes the app away. */
  readonly closed: () => void;
}

/** A tool could not be called, or refused; the message is a sentence for the user. */
export class CallError extends Error {}

/** Whether tools can be called through this host; false until it has said so. */
export const callable = signal(false);
/** Whether this is the whole window; null where the host offers no choice. */
export const large = signal<boolean | null>(null);

const MODES = ["inline", "fullscreen"] as const;
// Our colours, and the host's for the same. They come in pairs that can be read, hence all of them or none.
const THEIRS = {
  "--surface": "--color-background-primary",
  "--raised": "--color-background-secondary",
  "--sunken": "--color-background-tertiary",
  "--line": "--color-border-primary",
  "--text": "--color-text-primary",
  "--quiet": "--color-text-secondary",
} as const;
let app: App | null = null;

/** Shakes hands with the host; `call` is told what it sends. Whatever fails is told as well. */
export async function open(name: string, call: Call): Promise<void> {
  app = new App({ name, version: "1" }, { availableDisplayModes: [...MODES] }, { autoResize: true });
  app.ontoolinput = (told) => call.asked(told.arguments ?? {});
  app.ontoolresult = (result) => call.answered(result);
  app.ontoolcancelled = (told) => call.broken(`The call was cancelled${told.reason ? ` (${told.reason})` : ""}.`);
  app.onhostcontextchanged = () => dress(app?.getHostContext() ?? {});
  app.onteardown = async () => {
    call.closed();
    return {};
  };
  try {
    await app.connect();
  } catch {
    call.broken("This page belongs inside a chat: it shows what SoundPalette's tools find there.");
    return;
  }
  callable.value = app.getHostCapabilities()?.serverTools !== undefined;
  dress(app.getHostContext() ?? {});
}

/** The tool's result. Raises CallError with the sentence; what `signal` ends is no error of anybody's. */
export async function call(
  name: string,
  given: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<CallToolResult> {
  if (!app || !callable.value) throw new CallError("This chat lets no app call tools: ask in the chat instead.");
  let result: CallToolResult;
  try {
    result = await app.callServerTool({ name, arguments: { ...given } }, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw new CallError(`The chat did not carry out ${name}: ${error instanceof Error ? error.message : error}`);
  }
  if (result.isError) throw new CallError(textOf(result) || `${name} failed.`);
  return result;
}

/** A resource's bytes in base64; "" where the chat gives apps none. */
export async function read(uri: string): Promise<string> {
  if (!app?.getHostCapabilities()?.serverResources) return "";
  try {
    const [first] = (await app.readServerResource({ uri })).contents;
    return first && "blob" in first ? first.blob : "";
  } catch {
    return ""; // as good as none
  }
}

export function textOf(result: { readonly content?: readonly ContentBlock[] }): string {
  const texts = (result.content ?? []).map((block) => (block.type === "text" ? block.text : ""));
  return texts.filter(Boolean).join("\n");
}

/** What the model gets to know. */
export interface Known {
  /** All that was chosen so far: each context replaces the one before. */
  readonly context: string;
  readonly structured: Readonly<Record<string, unknown>>;
}

export interface Choice extends Known {
  /** Sent as the user's message, which the model answers. */
  readonly message: string;
}

/** Tells the model, and returns a sentence for the user. Hosts may support one way, both or neither, and not say so. */
export async function tell(choice: Choice): Promise<string> {
  const known = await know(choice);
  const sent = await accepted(() =>
    app?.sendMessage({ role: "user", content: [{ type: "text", text: choice.message }] }),
  );
  if (sent) return "The chat was told.";
  if (known) return "The chat knows it from your next message on.";
  return `This chat takes nothing from apps. Write it yourself: ${choice.message}`;
}

/** Lets the model know with the user's next message; returns whether the host takes that. */
export function know({ context, structured }: Known): Promise<boolean> {
  const content = [{ type: "text" as const, text: context }];
  return accepted(() => app?.updateModelContext({ content, structuredContent: { ...structured } }));
}

async function accepted(ask: () => Promise<Readonly<Record<string, unknown>>> | undefined): Promise<boolean> {
  try {
    const result = await ask();
    return result !== undefined && !result.isError;
  } catch {
    return false; // a host refuses in many ways, and all mean the same here
  }
}

/** In quotation marks that it cannot end itself, as the server puts names (soundpalette/tools/names.py). */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', "'")}"`;
}

/** Asks for the whole window, or to be a part of the chat again. */
export async function resize(): Promise<void> {
  const mode = large.value ? "inline" : "fullscreen";
  const result = await app?.requestDisplayMode({ mode }).catch(() => null);
  if (result) large.value = result.mode === "fullscreen";
}

function dress(context: McpUiHostContext): void {
  if (context.theme) applyDocumentTheme(context.theme);
  if (context.styles?.variables) wear(context.styles.variables);
  if (context.styles?.css?.fonts) applyHostFonts(context.styles.css.fonts);
  const { top = 0, right = 0, bottom = 0, left = 0 } = context.safeAreaInsets ?? {};
  document.body.style.padding = `${top}px ${right}px ${bottom}px ${left}px`;
  large.value = context.availableDisplayModes?.includes("fullscreen") ? context.displayMode === "fullscreen" : null;
}

function wear(variables: McpUiStyles): void {
  const { style } = document.documentElement;
  applyHostStyleVariables(variables);
  if (variables["--font-sans"]) style.setProperty("--font", variables["--font-sans"]);
  if (Object.values(THEIRS).some((theirs) => !variables[theirs])) return;
  for (const [ours, theirs] of Object.entries(THEIRS)) style.setProperty(ours, `var(${theirs})`);
}

// A chat in small, for tests of the apps: it calls a tool of a real server, shows the tool's app as the specification of
// MCP Apps (2026-01-26) wants it, and keeps what the app sends to the model.
//   ?server=http://127.0.0.1:8000&tool=search_by_text&arguments={"query":"kick"}
//   &theme=dark     its colours       &text=1   passes on the text of answers alone
//   &deaf=1         lets apps call no tools     &deny=audition   nor this one, though it said that it would
//   &mute=1         takes nothing for the model &drop=audio      keeps this kind of content from apps
//   &read=1         lets apps read resources

import { type CallToolResult, Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  AppBridge,
  getToolUiResourceUri,
  type McpUiHostCapabilities,
  type McpUiHostContext,
  PostMessageTransport,
  RESOURCE_MIME_TYPE,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import { CSP, VARIABLES } from "./policy";

export interface Kept {
  /** What the app sent as the user's message. */
  readonly messages: unknown[];
  /** What the app let the model know; a chat would use the last alone. */
  readonly contexts: unknown[];
  readonly calls: { readonly name: string; readonly arguments: unknown }[];
  readonly sizes: { width?: number; height?: number }[];
  /** What the app was sent first: its tool's result. */
  result: unknown;
  /** Tears the app down as a chat does; resolves once the app has answered. */
  close: () => Promise<unknown>;
  theme: (theme: "light" | "dark") => void;
}
declare global {
  interface Window {
    host: Kept;
  }
}

const asked = new URLSearchParams(location.search);
const tool = asked.get("tool") ?? "search_by_text";
const given: Record<string, unknown> = JSON.parse(asked.get("arguments") ?? "{}");
const frame = document.querySelector("iframe") as HTMLIFrameElement;
const kept: Kept = {
  messages: [],
  contexts: [],
  calls: [],
  sizes: [],
  result: null,
  close: () => Promise.reject(new Error("no app is shown yet")),
  theme: () => undefined,
};
window.host = kept;

async function connected(): Promise<Client> {
  const client = new Client(
    { name: "a chat, for tests", version: "1" },
    { capabilities: { extensions: { "io.modelcontextprotocol/ui": { mimeTypes: [RESOURCE_MIME_TYPE] } } } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", asked.get("server") ?? location.origin)));
  return client;
}

/** As the model sees it, or as an app does: some chats leave all but the content away. */
function passedOn(result: CallToolResult): CallToolResult {
  const { structuredContent, ...others } = result;
  const content = result.content.filter(({ type }) => type !== asked.get("drop"));
  return asked.has("text") ? { ...others, content } : { ...result, content };
}

async function callTool(client: Client, name: string, values: Record<string, unknown>): Promise<CallToolResult> {
  return passedOn((await client.callTool({ name, arguments: values })) as CallToolResult);
}

async function html(client: Client): Promise<string> {
  const { tools } = await client.listTools();
  const uri = getToolUiResourceUri(tools.find((one) => one.name === tool) ?? {});
  if (!uri) throw new Error(`${tool} has no app`);
  const [resource] = (await client.readResource({ uri })).contents;
  if (resource?.mimeType !== RESOURCE_MIME_TYPE || !("text" in resource)) throw new Error(`${uri} is no app`);
  return resource.text.replace("<head>", `<head><meta http-equiv="Content-Security-Policy" content="${CSP}" />`);
}

function bridge(client: Client): AppBridge {
  const modal = { text: {}, structuredContent: {} };
  const can: McpUiHostCapabilities = {
    ...(asked.has("deaf") ? {} : { serverTools: {} }),
    ...(asked.has("read") ? { serverResources: {} } : {}),
    ...(asked.has("mute") ? {} : { message: modal, updateModelContext: modal }),
  };
  const made = new AppBridge(null, { name: "a chat, for tests", version: "1" }, can, { hostContext: context() });
  made.oncalltool = async (params) => {
    kept.calls.push({ name: params.name, arguments: params.arguments });
    if (params.name === asked.get("deny")) throw new Error("the user said no");
    return callTool(client, params.name, params.arguments ?? {});
  };
  made.onreadresource = ({ uri }) => client.readResource({ uri });
  made.onsizechange = (size) => {
    kept.sizes.push(size);
    frame.style.height = `${size.height}px`;
  };
  if (!asked.has("mute")) listen(made);
  made.onrequestdisplaymode = async ({ mode }) => {
    made.setHostContext({ ...context(), displayMode: mode });
    return { mode };
  };
  return made;
}

function listen(made: AppBridge): void {
  made.onmessage = async (message) => {
    kept.messages.push(message);
    return {};
  };
  made.onupdatemodelcontext = async (told) => {
    kept.contexts.push(told);
    return {};
  };
}

function context(): McpUiHostContext {
  const theme = asked.get("theme") === "dark" ? "dark" : "light";
  document.documentElement.style.colorScheme = theme;
  return {
    theme,
    styles: { variables: VARIABLES },
    displayMode: "inline",
    availableDisplayModes: ["inline", "fullscreen"],
    containerDimensions: { width: frame.clientWidth, maxHeight: 6000 },
    platform: "web",
    safeAreaInsets: { top: 0, right: 0, bottom: 0, left: 0 },
  };
}

async function show(client: Client, result: Promise<CallToolResult>): Promise<void> {
  const page = await html(client);
  const made = bridge(client);
  const ready = new Promise<void>((resolve) => {
    made.oninitialized = () => resolve();
  });
  const target = frame.contentWindow as Window;
  await made.connect(new PostMessageTransport(target, target));
  frame.srcdoc = page;
  await ready;
  kept.close = () => made.teardownResource({});
  kept.theme = (theme) => made.setHostContext({ ...context(), theme });
  await made.sendToolInput({ arguments: given });
  const answer = await result;
  kept.result = answer;
  await made.sendToolResult(answer);
}

async function main(): Promise<void> {
  const client = await connected();
  await show(client, callTool(client, tool, given));
}

main().catch((error: unknown) => {
  const said = document.getElementById("said");
  if (said) said.textContent = String(error);
  throw error;
});

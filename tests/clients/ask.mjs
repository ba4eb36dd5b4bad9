// Lists and calls a server's tools through MCP's TypeScript SDK and prints what came, as one JSON object.
//   node ask.mjs sdk|client http://...        (version 1 or 2 of the SDK; Streamable HTTP, or SSE where the path is /sse)
//   node ask.mjs sdk|client COMMAND ARGUMENT...                                                        (stdio)
// Calls come on stdin: [[tool, arguments], ...].
import { text } from "node:stream/consumers";

const VERSIONS = {
  sdk: async () => ({
    ...(await import("@modelcontextprotocol/sdk/client/index.js")),
    ...(await import("@modelcontextprotocol/sdk/client/sse.js")),
    ...(await import("@modelcontextprotocol/sdk/client/stdio.js")),
    ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
  }),
  client: async () => ({
    ...(await import("@modelcontextprotocol/client")),
    ...(await import("@modelcontextprotocol/client/stdio")),
  }),
};

const [version, target, ...rest] = process.argv.slice(2);
const sdk = await VERSIONS[version]();
const client = new sdk.Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
await client.connect(transport());
const listed = (await client.listTools()).tools;
const tools = listed.map((tool) => tool.name);
const shownBy = Object.fromEntries(
  listed.flatMap((tool) => (tool._meta?.ui ? [[tool.name, tool._meta.ui.resourceUri]] : [])),
);
const apps = {};
for (const { uri } of (await client.listResources()).resources) {
  const [{ mimeType, _meta, text: html }] = (await client.readResource({ uri })).contents;
  apps[uri] = { mimeType, _meta, bytes: Buffer.byteLength(html) };
}
const prompts = (await client.listPrompts()).prompts.map((prompt) => prompt.name);
const templates = (await client.listResourceTemplates()).resourceTemplates.map((one) => one.uriTemplate);
const answers = [];
for (const [name, args] of JSON.parse(await text(process.stdin))) {
  answers.push(await client.callTool({ name, arguments: args }));
}
const protocol = client.getNegotiatedProtocolVersion?.() ?? client.transport.protocolVersion ?? null;
await client.close();
console.log(JSON.stringify({ protocol, tools, shownBy, apps, prompts, templates, answers }));

function transport() {
  if (!target.startsWith("http")) {
    return new sdk.StdioClientTransport({ command: target, args: rest, env: process.env, stderr: "inherit" });
  }
  const Transport = target.endsWith("/sse") ? sdk.SSEClientTransport : sdk.StreamableHTTPClientTransport;
  return new Transport(new URL(target));
}

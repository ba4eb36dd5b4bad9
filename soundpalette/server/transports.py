"""How the server is reached."""

import anyio

from soundpalette.server.mcp import SoundPaletteServer


def serve_stdio(server: SoundPaletteServer) -> None:
    """Speak MCP over stdin and stdout until stdin closes. The SDK sends whatever else prints to stdout to stderr."""
    anyio.run(server.run_stdio_async)

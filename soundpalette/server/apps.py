"""The apps inside the chat (MCP Apps): which app shows the answers of which tool, and the apps themselves.

A client that knows nothing of them sees the tools as they are; no answer depends on it.
"""

from pathlib import Path
from typing import Any, Final

from mcp.server.apps import APP_MIME_TYPE, Apps, ResourceCsp
from mcp.server.mcpserver.exceptions import ResourceError
from mcp.server.mcpserver.resources import FileResource

RESULTS: Final = "ui://soundpalette/results"
PALETTE: Final = "ui://soundpalette/palette"
SHOWN_BY: Final = {
    "search_by_text": RESULTS,
    "search_by_audio": RESULTS,
    "hybrid_search": RESULTS,
    "describe_palette": PALETTE,
    "build_palette": PALETTE,
}
BUILT: Final = Path(__file__).parent / "web"
"""Each app is one file with all that it needs, built by web/."""


def apps() -> Apps:
    """The extension with both apps; their files are read when a client asks for them."""
    extension = Apps()
    extension.add_resource(_app(RESULTS, "Sounds found", "Hears, blends and picks the hits of a search."))
    extension.add_resource(_app(PALETTE, "Palette", "Hears a palette, replaces its sounds and builds it again."))
    return extension


def shown_by(tool: str) -> dict[str, Any] | None:
    """The `_meta` of a tool whose answers an app shows. Apps may call all tools, as models may: the default."""
    app = SHOWN_BY.get(tool)
    return {"ui": {"resourceUri": app}} if app else None


class App(FileResource):
    """An app, read when a client asks for it."""

    async def read(self) -> str | bytes:
        """Raises ResourceError."""
        try:
            return await super().read()
        except OSError as error:
            raise ResourceError(
                f"the app {self.uri} is not built; reinstall SoundPalette, or run `npm run build` in web/"
            ) from error


def _app(uri: str, title: str, description: str) -> App:
    name = uri.rpartition("/")[2]
    nowhere = ResourceCsp(connect_domains=[], resource_domains=[])
    ui = {"csp": nowhere.model_dump(by_alias=True, exclude_none=True), "prefersBorder": True}
    return App(
        uri=uri,
        name=name,
        title=title,
        description=description,
        mime_type=APP_MIME_TYPE,
        path=BUILT / f"{name}.html",
        meta={"ui": ui},
    )

"""The tool that lets the user hear a sound, as the server publishes it."""

import base64
from collections.abc import Callable
from typing import Annotated, Any, Final

from mcp.server.mcpserver import Context
from mcp.types import Annotations, AudioContent, CallToolResult, ImageContent, TextContent

from soundpalette.server.calls import A_FILE, Calls
from soundpalette.tools.audition import Audition, Auditioned
from soundpalette.tools.audition import audition as made
from soundpalette.tools.schemas import Reference
from soundpalette.tools.workbench import Workbench

FOR_THE_USER: Final = Annotations(audience=["user"])
"""What a model cannot hear need not fill its context."""


def audition_tool(bench: Workbench, calls: Calls) -> Callable[..., Any]:
    """audition over one workbench."""

    async def audition(sample: Reference, context: Context[Any, Any]) -> Annotated[CallToolResult, Audition]:
        """Let the user hear a sample: a short preview, and its outline and spectrogram."""
        heard = await calls.work(context, lambda: made(bench, sample), A_FILE, "Reading the sound")
        return _told(heard)

    return audition


def _told(heard: Auditioned) -> CallToolResult:
    told = heard.told
    return CallToolResult(
        content=[
            TextContent(type="text", text=told.text()),
            AudioContent(type="audio", data=_text(heard.audio), mime_type=told.audio_type, annotations=FOR_THE_USER),
            ImageContent(type="image", data=_text(heard.image), mime_type=told.image_type),
        ],
        structured_content=told.model_dump(mode="json"),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

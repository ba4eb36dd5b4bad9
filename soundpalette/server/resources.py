"""Samples as resources: what is known of one, and a short preview to listen to."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from soundpalette.core.preview import MIME
from soundpalette.errors import RequestError, SoundPaletteError
from soundpalette.server.calls import A_FILE, Calls, sentence
from soundpalette.tools import library
from soundpalette.tools.names import clean
from soundpalette.tools.show import show
from soundpalette.tools.workbench import Workbench

LONGEST = 1000
T = TypeVar("T")


def add_resources(server: MCPServer[Any], bench: Workbench, calls: Calls) -> None:
    """Publish `sample://{id}` and `sample://{id}/audio`."""

    @server.resource("sample://{id}", mime_type="application/json")
    async def sample(id: str) -> str:  # noqa: A002 - the template's word
        """All that is known of a sample: tempo, key, role and the like, each with its source and confidence."""
        return await _told(calls, lambda: show(bench, bench.sample(id).id).model_dump_json())

    @server.resource("sample://{id}/audio", mime_type=MIME)
    async def sample_audio(id: str) -> bytes:  # noqa: A002
        """The first 8 seconds of a sample, mono, Ogg Vorbis, at most 160,000 bytes."""
        return await _told(calls, lambda: library.sample_preview(bench, id), A_FILE)


async def _told(calls: Calls, work: Callable[[], T], references: Sequence[str] = ()) -> T:
    try:
        return await calls.run(work, references)
    except RequestError as error:
        raise ResourceNotFoundError(clean(sentence(error), LONGEST)) from error
    except SoundPaletteError as error:
        raise ResourceError(clean(sentence(error), LONGEST)) from error

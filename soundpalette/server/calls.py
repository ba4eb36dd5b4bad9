"""How a tool call is run: in a thread, with progress, our errors as sentences."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import anyio
from anyio import to_thread
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent

from soundpalette.errors import AudioError, SoundPaletteError
from soundpalette.tools.names import quoted

PROGRESS_SECONDS: Final = 1.0


class Told(Protocol):
    """An answer: a typed object with a text beside it."""

    def text(self) -> str: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


async def answer(context: Context[Any, Any], work: Callable[[], Told]) -> CallToolResult:
    """Run `work` in a thread and report progress each second: the first call may wait for the encoder to load."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_report_progress, context)
        result = await to_thread.run_sync(_attempt, work)
        tasks.cancel_scope.cancel()
    if isinstance(result, SoundPaletteError):
        raise ToolError(sentence(result)) from result
    return CallToolResult(
        content=[TextContent(type="text", text=result.text())], structured_content=result.model_dump(mode="json")
    )


def sentence(error: SoundPaletteError) -> str:
    """An error in words; the name of a file stands in quotation marks, as data."""
    return f"{quoted(error.path)} {error.reason}" if isinstance(error, AudioError) else str(error)


def _attempt(work: Callable[[], Told]) -> Told | SoundPaletteError:
    try:
        return work()
    except SoundPaletteError as error:  # handed back, since a task group would wrap it
        return error


async def _report_progress(context: Context[Any, Any]) -> None:
    started = anyio.current_time()
    while True:
        await anyio.sleep(PROGRESS_SECONDS)
        await context.report_progress(anyio.current_time() - started, message="Loading the encoder and searching")

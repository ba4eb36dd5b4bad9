"""How work is done for whoever asks: in threads, a few at a time, with progress, our errors as sentences."""

import logging
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent

from soundpalette.core.threads import processors
from soundpalette.errors import BusyError, SoundPaletteError
from soundpalette.server.sentences import outward

PROGRESS_SECONDS: Final = 1.0
LEAST_AT_WORK: Final = 2
MOST_WAITING: Final = 256
log = logging.getLogger(__name__)
T = TypeVar("T")


class Told(Protocol):
    """An answer: a typed object with a text beside it."""

    def text(self) -> str: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


class Calls:
    """A few calls at work, one a processor; `waiting` more wait their turn; who comes then is told to come again.

    Over a `network` errors do not tell where the server keeps its own files: its log does.
    """

    def __init__(self, waiting: int = MOST_WAITING, *, network: bool = False) -> None:
        self._network = network
        self._limiter = CapacityLimiter(max(LEAST_AT_WORK, processors()))
        self._most = waiting

    @property
    def at_work(self) -> int:
        return self._limiter.statistics().borrowed_tokens

    @property
    def waiting(self) -> int:
        return self._limiter.statistics().tasks_waiting

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, done in a thread. Raises BusyError where too many wait."""
        if self.waiting >= self._most:
            raise BusyError(f"{self._most} calls are waiting; call again in a second")
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        except SoundPaletteError as error:
            told = outward(error) if self._network else error
            if told is error:
                raise
            log.warning("%s", error)
            raise told from error

    async def answer(self, context: Context[Any, Any], work: Callable[[], Told]) -> CallToolResult:
        """A tool's answer; progress is reported each second: the first call may wait for the encoder to load."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_report_progress, context)
            result = await self._attempt(work)
            tasks.cancel_scope.cancel()
        if isinstance(result, SoundPaletteError):
            raise ToolError(str(result)) from result
        return CallToolResult(
            content=[TextContent(type="text", text=result.text())], structured_content=result.model_dump(mode="json")
        )

    async def _attempt(self, work: Callable[[], Told]) -> Told | SoundPaletteError:
        try:
            return await self.run(work)
        except SoundPaletteError as error:  # handed back, since a task group would wrap it
            return error


async def _report_progress(context: Context[Any, Any]) -> None:
    started = anyio.current_time()
    while True:
        await anyio.sleep(PROGRESS_SECONDS)
        await context.report_progress(anyio.current_time() - started, message="Loading the encoder and searching")

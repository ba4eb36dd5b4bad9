"""How work is done for whoever asks: in threads, a few at a time, with progress, our errors as sentences."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent

from soundpalette.core.threads import processors
from soundpalette.errors import AudioError, BusyError, SoundPaletteError
from soundpalette.server.sentences import outward
from soundpalette.tools.names import quoted
from soundpalette.tools.workbench import is_sample_id

PROGRESS_SECONDS: Final = 1.0
SETTLED_SECONDS: Final = 0.05
LEAST_AT_WORK: Final = 2
MOST_WAITING: Final = 256
SEARCHING: Final = "Loading the encoder and searching"
A_FILE: Final = ("a file",)
"""The reference of a call that decodes a sample, so that it takes its place in the lane of files."""
log = logging.getLogger(__name__)
T = TypeVar("T")


class Told(Protocol):
    """An answer: a typed object with a text beside it."""

    def text(self) -> str: ...

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


class Lane:
    """`places` calls at work at once, first come, first served; `waiting` more wait; who comes then is refused."""

    def __init__(self, places: int, waiting: int) -> None:
        self._limiter = CapacityLimiter(places)
        self._waiting = waiting
        self._most = places + waiting
        self._held = 0

    @property
    def at_work(self) -> int:
        return self._limiter.statistics().borrowed_tokens

    @property
    def waiting(self) -> int:
        return self._held - self.at_work

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns, done in a thread. A call that is cancelled while it waits makes room at once.

        Raises BusyError.
        """
        # Counted here and not by the limiter: a call joins that one's queue later, and a burst would pass.
        if self._held >= self._most:
            raise BusyError(f"{self._waiting} calls are waiting; call again in a second")
        self._held += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._held -= 1


class Calls:
    """Three lanes of calls, so that sounds to be read and encoded, which may take seconds each, hold up no words, and
    archives, which may take a minute, hold up no sounds; one is put together at a time, on the disk.

    Over a `network` errors do not tell where the server keeps its own files: its log does.
    """

    def __init__(self, waiting: int = MOST_WAITING, *, network: bool = False) -> None:
        self._network = network
        self.words = Lane(max(LEAST_AT_WORK, processors()), waiting)
        self.files = Lane(max(1, processors() // 2), waiting)
        self.archives = Lane(1, waiting)

    @property
    def lanes(self) -> dict[str, Lane]:
        return {"words": self.words, "files": self.files, "archives": self.archives}

    async def run(self, work: Callable[[], T], references: Sequence[str] = ()) -> T:
        """What `work` returns, done in a thread; `references` are the sounds that it was given, by id or path.

        Raises BusyError where too many wait.
        """
        return await self._run(self.words if all(map(is_sample_id, references)) else self.files, work)

    async def archive(self, work: Callable[[], T]) -> T:
        """As `run`, for what copies whole files."""
        return await self._run(self.archives, work)

    async def _run(self, lane: Lane, work: Callable[[], T]) -> T:
        try:
            return await lane.run(work)
        except SoundPaletteError as error:
            told = outward(error) if self._network else error
            if told is error:
                raise
            log.warning("%s", error)
            raise told from error

    async def settled(self) -> None:
        """Return once no call is at work or waits."""
        while any(lane.at_work or lane.waiting for lane in self.lanes.values()):
            await anyio.sleep(SETTLED_SECONDS)

    async def answer(
        self, context: Context[Any, Any], work: Callable[[], Told], references: Sequence[str] = ()
    ) -> CallToolResult:
        """A tool's answer."""
        result = await self.work(context, work, references)
        return CallToolResult(
            content=[TextContent(type="text", text=result.text())], structured_content=result.model_dump(mode="json")
        )

    async def work(
        self, context: Context[Any, Any], work: Callable[[], T], references: Sequence[str] = (), doing: str = SEARCHING
    ) -> T:
        """As `run`, for a tool; progress is reported each second: the first call may wait for the encoder to load.

        Raises ToolError.
        """
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_report_progress, context, doing)
            result = await self._attempt(work, references)
            tasks.cancel_scope.cancel()
        if isinstance(result, SoundPaletteError):
            raise ToolError(sentence(result)) from result
        return result

    async def _attempt(self, work: Callable[[], T], references: Sequence[str]) -> T | SoundPaletteError:
        try:
            return await self.run(work, references)
        except SoundPaletteError as error:  # handed back, since a task group would wrap it
            return error


def sentence(error: SoundPaletteError) -> str:
    """An error in words; the name of a file stands in quotation marks, as data."""
    return f"{quoted(error.path)} {error.reason}" if isinstance(error, AudioError) else str(error)


async def _report_progress(context: Context[Any, Any], doing: str) -> None:
    started = anyio.current_time()
    while True:
        await anyio.sleep(PROGRESS_SECONDS)
        await context.report_progress(anyio.current_time() - started, message=doing)

"""How calls wait: bounds, order and room made by those who left, held by gates and not by clocks."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest
from anyio.abc import TaskGroup
from fastapi import FastAPI
from mcp.client import Client
from mcp.server.mcpserver.exceptions import ToolError

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.threads import processors
from soundpalette.errors import BusyError
from soundpalette.server.calls import A_FILE, LEAST_AT_WORK, Calls, Lane
from soundpalette.server.mcp import build
from soundpalette.server.rest import router
from soundpalette.tools.workbench import Workbench
from tests.conftest import index_store

pytestmark = pytest.mark.anyio
SECONDS: Final = 30
SAMPLE: Final = "0123456789ab"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def bench(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Workbench:
    return Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact)))


class Gate:
    """Work that stays at work until the gate opens."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self.done: list[str] = []

    def work(self, name: str) -> Callable[[], None]:
        def working() -> None:
            assert self._open.wait(SECONDS)
            self.done.append(name)

        return working

    def open(self) -> None:
        self._open.set()


async def until(reached: Callable[[], bool]) -> None:
    with anyio.fail_after(SECONDS):
        while not reached():
            await anyio.sleep(0.01)


def start(tasks: TaskGroup, lane: Lane | Calls, work: Callable[[], None], refused: list[str]) -> anyio.CancelScope:
    """A call of its own; the scope cancels it."""
    scope = anyio.CancelScope()

    async def call() -> None:
        with scope:
            try:
                await lane.run(work)
            except BusyError as error:
                refused.append(str(error))

    tasks.start_soon(call)
    return scope


async def test_of_a_burst_as_many_as_may_are_taken_and_the_others_told_to_come_again() -> None:
    lane, gate, refused = Lane(places=1, waiting=3), Gate(), list[str]()
    async with anyio.create_task_group() as tasks:
        for number in range(50):
            start(tasks, lane, gate.work(str(number)), refused)
        await until(lambda: len(refused) == 46)
        assert (lane.at_work, lane.waiting) == (1, 3)
        gate.open()
    assert refused[0] == "3 calls are waiting; call again in a second"
    assert gate.done == ["0", "1", "2", "3"]
    assert (lane.at_work, lane.waiting) == (0, 0)


async def test_a_cancelled_call_that_waits_makes_room_at_once() -> None:
    lane, gate, refused = Lane(places=1, waiting=1), Gate(), list[str]()
    async with anyio.create_task_group() as tasks:
        start(tasks, lane, gate.work("at work"), refused)
        await until(lambda: lane.at_work == 1)
        waiting = start(tasks, lane, gate.work("waiting"), refused)
        await until(lambda: lane.waiting == 1)
        waiting.cancel()
        await until(lambda: lane.waiting == 0)
        start(tasks, lane, gate.work("next"), refused)
        await until(lambda: lane.waiting == 1)
        gate.open()
    assert (gate.done, refused) == (["at work", "next"], [])


async def test_a_cancelled_call_at_work_holds_its_place_until_its_thread_is_done() -> None:
    lane, gate, refused = Lane(places=1, waiting=1), Gate(), list[str]()
    async with anyio.create_task_group() as tasks:
        at_work = start(tasks, lane, gate.work("at work"), refused)
        await until(lambda: lane.at_work == 1)
        at_work.cancel()
        start(tasks, lane, gate.work("next"), refused)
        await until(lambda: lane.waiting == 1)
        assert lane.at_work == 1
        gate.open()
    assert gate.done == ["at work", "next"]


async def test_work_that_fails_makes_room() -> None:
    lane = Lane(places=1, waiting=1)
    with pytest.raises(ZeroDivisionError):
        await lane.run(lambda: 1 // 0)
    assert (lane.at_work, lane.waiting) == (0, 0)


async def test_files_to_be_read_hold_up_no_words_and_no_indexed_sounds() -> None:
    calls, gate = Calls(waiting=2), Gate()
    async with anyio.create_task_group() as tasks:
        for number in range(2):
            tasks.start_soon(calls.run, gate.work(str(number)), [SAMPLE, "drums/kick.wav"])
        await until(lambda: calls.files.at_work + calls.files.waiting == 2)
        assert await calls.run(lambda: "words") == "words"
        assert await calls.run(lambda: "like this", [SAMPLE.upper()]) == "like this"
        gate.open()


async def test_a_zip_waits_for_other_zips_and_holds_up_no_sound(bench: Workbench) -> None:
    calls, gate, app = Calls(waiting=1), Gate(), FastAPI()
    app.include_router(router(bench, calls))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(calls.archive, gate.work("a ZIP"))
        await until(lambda: calls.archives.at_work == 1)
        tasks.start_soon(client.get, f"/palette/export?samples={SAMPLE}&format=zip")
        await until(lambda: calls.archives.waiting == 1)
        assert await calls.run(lambda: "a waveform", A_FILE) == "a waveform"
        gate.open()


async def test_calls_have_settled_once_the_last_one_is_answered() -> None:
    calls, gate, order = Calls(), Gate(), list[str]()

    async def settle() -> None:
        await calls.settled()
        order.append("settled")

    async def call(*references: str) -> None:
        await calls.run(gate.work("work"), references)
        order.append("answered")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        tasks.start_soon(call, "kick.wav")
        await until(lambda: calls.words.at_work + calls.files.at_work == 2)
        tasks.start_soon(settle)
        gate.open()
    assert order == ["answered", "answered", "settled"]


async def test_a_tools_answer_tells_in_words_that_too_many_wait() -> None:
    calls, gate = Calls(waiting=1), Gate()
    context: Any = None  # progress is reported after a second, which this call does not last
    async with anyio.create_task_group() as tasks:
        room = calls.files
        for number in range(2):
            tasks.start_soon(calls.run, gate.work(str(number)), ["kick.wav"])
        await until(lambda: room.at_work + room.waiting == 2)
        with pytest.raises(ToolError, match="1 calls are waiting; call again in a second"):
            await calls.answer(context, gate.work("third"), ["kick.wav"])  # type: ignore[arg-type]
        gate.open()


async def test_a_tool_call_that_the_client_cancels_makes_room(bench: Workbench) -> None:
    calls, gate = Calls(waiting=4), Gate()
    places = max(LEAST_AT_WORK, processors())
    async with Client(build(bench, calls)) as client, anyio.create_task_group() as tasks:
        for number in range(places):
            tasks.start_soon(calls.run, gate.work(str(number)))
        await until(lambda: calls.words.at_work == places)
        call = anyio.CancelScope()

        async def ask() -> None:
            with call:
                await client.call_tool("search_by_text", {"query": "kick"})

        tasks.start_soon(ask)
        await until(lambda: calls.words.waiting == 1)
        call.cancel()
        await until(lambda: calls.words.waiting == 0)
        gate.open()

"""A real server process, spoken to over its pipes."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines

COMMAND = [sys.executable, "-m", "soundpalette", "serve"]
HANDSHAKE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


class Server:
    """A `soundpalette serve` process and the lines that it wrote."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def read(self, wanted: int) -> dict[str, Any]:
        """The answer to request `wanted`; notifications before it are kept in `lines`."""
        while True:
            message = self.next()
            if message.get("id") == wanted:
                return message

    def next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the server closed its output"
        self.lines.append(line)
        message: dict[str, Any] = json.loads(line)
        return message

    def call(self, number: int, tool: str, arguments: dict[str, Any], **meta: Any) -> dict[str, Any]:
        self.send(a_call(number, tool, arguments, **meta))
        result: dict[str, Any] = self.read(number)["result"]
        return result

    def loaded(self, module: str) -> bool:
        """Whether the process has a shared library of this module mapped."""
        return module in Path(f"/proc/{self.process.pid}/maps").read_text()


def a_call(number: int, tool: str, arguments: dict[str, Any], **meta: Any) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


@contextmanager
def serving(command: list[str] = COMMAND) -> Iterator[Server]:
    process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, env=dict(os.environ))
    try:
        yield Server(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            assert process.wait(20) == 0
        finally:
            process.kill()
            for pipe in (process.stdout, process.stderr):
                assert pipe is not None
                pipe.close()


def test_nothing_but_protocol_comes_out_and_a_call_is_answered(indexer: Indexer, library: Path) -> None:
    indexer.run([library], Lines())
    with serving() as server:
        server.send(HANDSHAKE)
        assert server.read(1)["result"]["serverInfo"]["name"] == "soundpalette"
        server.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        result = server.call(2, "search_by_text", {"query": "kick drum", "top_k": 1}, progressToken="p")
        assert result["structuredContent"]["hits"][0]["path"].startswith("drums/kick")
        refused = server.call(3, "search_by_text", {"query": ""})
        assert refused["isError"] is True
    for line in server.lines:
        assert json.loads(line)["jsonrpc"] == "2.0"


PRINTING = """
import os, sys
from soundpalette.core import search
by_text = search.Searcher.by_text
def noisy(self, *arguments):
    print("a library prints to stdout")
    os.write(1, b"and another one past Python")
    return by_text(self, *arguments)
search.Searcher.by_text = noisy
from soundpalette.cli import main
sys.argv = ["soundpalette", "serve"]
main()
"""


def test_what_a_library_prints_to_stdout_stays_out_of_the_protocol(indexer: Indexer, library: Path) -> None:
    indexer.run([library], Lines())
    with serving([sys.executable, "-c", PRINTING]) as server:
        server.send(HANDSHAKE)
        server.read(1)
        server.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        hits = server.call(2, "search_by_text", {"query": "kick"})["structuredContent"]["hits"]
        assert sum(1 + hit["similar"] for hit in hits) == 6
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in server.lines)


class Gate:
    """A named pipe: whoever opens it to read waits until it is opened here. After 30 s it opens by itself, `forced`."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self.forced = False
        self.opened: list[int] = []
        self.timer = threading.Timer(30, self.force)
        self.timer.start()

    def force(self) -> None:
        self.forced = True
        self.open()

    def open(self) -> None:
        self.timer.cancel()
        self.opened.append(os.open(self.path, os.O_RDWR))  # and stays so: whoever comes later does not wait


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    made = Gate(tmp_path / "gate")
    yield made
    made.timer.cancel()
    for descriptor in made.opened:
        os.close(descriptor)


START = "import sys; sys.argv = ['soundpalette', 'serve']; from soundpalette.cli import main; main()"


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="reads Linux's /proc")
def test_the_handshake_is_answered_before_torch_is_imported(gate: Gate) -> None:
    # The warm-up holds the whole interpreter, as an import from a cold disk may: an answer after it would never come.
    held = (
        "import ctypes, os, soundpalette.core.search as s; "
        f"s.Searcher.warm_up = lambda self: ctypes.PyDLL(None).open({os.fsencode(gate.path)!r}, os.O_RDONLY); "
    )
    with serving([sys.executable, "-c", held + START]) as server:
        server.send(HANDSHAKE)
        server.read(1)
        assert not gate.forced
        assert not server.loaded("libtorch")
        assert not server.loaded("faiss")
        gate.open()
    with serving() as server:
        server.send(HANDSHAKE)
        server.read(1)
        deadline = time.monotonic() + 60
        while not server.loaded("libtorch") and time.monotonic() < deadline:
            time.sleep(0.1)
        assert server.loaded("libtorch")  # by itself, with no call


def test_an_early_call_waits_and_hears_of_progress(indexer: Indexer, library: Path, gate: Gate) -> None:
    indexer.run([library], Lines())
    held = (
        "import os, soundpalette.core.encoders.compact as c; made = c._TextSide.__init__; "
        f"c._TextSide.__init__ = lambda *a: (os.open({str(gate.path)!r}, os.O_RDONLY), made(*a))[1]; "
    )
    with serving([sys.executable, "-c", held + START]) as server:
        server.send(HANDSHAKE)
        server.read(1)
        server.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        server.send(a_call(2, "search_by_text", {"query": "kick"}, progressToken="p"))
        heard = server.next()
        assert heard["method"] == "notifications/progress"
        assert heard["params"]["progressToken"] == "p"
        gate.open()
        assert server.read(2)["result"]["structuredContent"]["hits"]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_sdk_client_lists_and_calls_in_both_eras(indexer: Indexer, library: Path, mode: Any) -> None:
    indexer.run([library], Lines())
    server = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=dict(os.environ))
    async with Client(server, mode=mode) as client:
        assert len((await client.list_tools()).tools) == 7
        result = await client.call_tool("search_by_audio", {"reference": "drums/kick 1.wav", "top_k": 1})
        assert isinstance(result.structured_content, dict)
        assert result.structured_content["hits"][0]["path"] == "drums/kick 2.flac"

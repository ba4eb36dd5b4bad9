"""What serving costs: a warm text query over stdio and HTTP, less the same call in process, in a drawn order.

Asked is by hand (JSON lines, http.client), so that no client's own cost is counted as the server's.
"""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from typing import IO, Any, Final

from bench.rows import Row
from bench.stopwatch import milliseconds

Ask = Callable[[str], object]
ROUNDS: Final = 300
FIRST: Final = "vinyl crackle"
WARM: Final = 20
TOP_K: Final = 10
SERVE: Final = (sys.executable, "-m", "soundpalette", "serve")
INITIALIZE: Final = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}
MCP_HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def rows(in_process: Ask) -> list[Row]:
    """A row a way, over the library that the environment names."""
    in_process(FIRST)
    with ExitStack() as stack:
        address = stack.enter_context(_http_server())
        ways = [  # each loads what it needs before the next one: the server ends connections that are idle for long
            ("in process", in_process),
            ("stdio", stack.enter_context(_stdio())),
            ("HTTP /mcp", stack.enter_context(_mcp(address))),
            ("HTTP /search/text", stack.enter_context(_rest(address))),
        ]
        taken: dict[str, list[float]] = {name: [] for name, _ in ways}
        order = random.Random(0)
        for number in range(ROUNDS):
            for name, ask in order.sample(ways, len(ways)):  # who comes after whom matters on a busy machine
                taken[name].append(milliseconds(partial(ask, f"dark kick drum number {number}")))
    alone = taken.pop("in process")
    return [_row(name, figures[WARM:], alone[WARM:]) for name, figures in taken.items()]


def _row(name: str, ours: list[float], alone: list[float]) -> Row:
    title = f"text query over {name} (less is better); baseline: in process"
    return Row(title, tuple(ours), tuple(alone), "ms", "difference <= 3")


@contextmanager
def _stdio() -> Iterator[Ask]:
    process = subprocess.Popen(SERVE, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True, env=_environment())
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    sending, receiving = process.stdin, process.stdout
    _exchange(sending, receiving, "initialize", INITIALIZE)
    yield _warm(lambda query: _checked(_exchange(sending, receiving, "tools/call", _call(query))))
    process.stdin.close()
    process.wait()
    process.stdout.close()


def _exchange(sending: IO[str], receiving: IO[str], method: str, params: dict[str, Any]) -> str:
    sending.write(_message(method, params) + "\n")
    sending.flush()
    while '"id"' not in (line := receiving.readline()):  # a notification, or the end
        if not line:
            raise RuntimeError("the server went away")
    return line


@contextmanager
def _http_server() -> Iterator[str]:
    command = [*SERVE, "--transport", "http", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_environment())
    if process.stderr is None:
        raise RuntimeError("no pipes")
    found = re.search(r"http://(\S+?)/mcp", process.stderr.readline())
    if found is None:
        raise RuntimeError("the server did not start")
    yield found[1]
    process.terminate()
    process.wait()
    process.stderr.close()


@contextmanager
def _mcp(address: str) -> Iterator[Ask]:
    connection = HTTPConnection(address)
    headers = dict(MCP_HEADERS)
    connection.request("POST", "/mcp", _message("initialize", INITIALIZE), headers)
    opened = connection.getresponse()
    opened.read()
    headers |= {"Mcp-Session-Id": opened.headers["mcp-session-id"], "Mcp-Protocol-Version": "2025-11-25"}
    yield _warm(lambda query: _checked(_posted(connection, "/mcp", _message("tools/call", _call(query)), headers)))
    connection.close()


@contextmanager
def _rest(address: str) -> Iterator[Ask]:
    connection = HTTPConnection(address)
    headers = {"Content-Type": "application/json"}
    yield _warm(lambda query: _checked(_posted(connection, "/search/text", json.dumps(_arguments(query)), headers)))
    connection.close()


def _warm(ask: Ask) -> Ask:
    ask(FIRST)
    return ask


def _posted(connection: HTTPConnection, path: str, body: str, headers: dict[str, str]) -> str:
    connection.request("POST", path, body, headers)
    return connection.getresponse().read().decode()


def _message(method: str, params: dict[str, Any]) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})


def _call(query: str) -> dict[str, Any]:
    return {"name": "search_by_text", "arguments": _arguments(query)}


def _arguments(query: str) -> dict[str, Any]:
    return {"query": query, "top_k": TOP_K}


def _checked(answer: str) -> None:
    if '"hits"' not in answer:
        raise RuntimeError(f"no answer: {answer[:200]!r}")


def _environment() -> dict[str, str]:
    """Without the threads that this process has set for itself: a server decides about its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OMP_")}

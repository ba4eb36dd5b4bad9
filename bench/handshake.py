"""Process start to answered initialize, beside a server of the bare SDK with one tool, each in turn."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final

from bench.rows import Row

ROUNDS: Final = 7
HANDSHAKE: Final = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}},
}
SERVE: Final = (sys.executable, "-m", "soundpalette", "serve")
BARE: Final = (
    "from mcp.server.mcpserver import MCPServer; server = MCPServer('bare')\n"
    "@server.tool()\n"
    "def add(a: int, b: int) -> int: return a + b\n"
    "server.run()"
)


def rows() -> Iterator[Row]:
    """One row, in seconds."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_answered(SERVE))
        bare.append(_answered((sys.executable, "-c", BARE)))
    yield Row("handshake (less is better); baseline: a bare SDK server", tuple(ours), tuple(bare), "s")


def _answered(command: tuple[str, ...]) -> float:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    process.stdin.write(json.dumps(HANDSHAKE) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    taken = time.perf_counter() - started
    process.communicate()
    if '"result"' not in answer:
        raise RuntimeError(f"{command} did not answer the handshake: {answer!r}")
    return taken

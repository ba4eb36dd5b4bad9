"""What an operator sees of a server: health, figures, logs, and how it ends. A real process, real clients."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
from mcp.client import Client

from soundpalette.core.encoders.base import Encoder
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.conftest import index_store
from tests.sounds import tone, write

SECONDS: Final = 60
ABSENT: Final = "cuda" if sys.platform == "darwin" else "mps"
"""A device that this machine cannot have."""
QUERY: Final = "a most peculiar query"
TOKEN: Final = "correct horse battery staple"
BEARER: Final = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Server:
    """A server process, its address and (once it has ended) what it wrote to stderr."""

    process: subprocess.Popen[str]
    address: str
    log: str = ""

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        self.process.send_signal(number)
        _, self.log = self.process.communicate(timeout=SECONDS)
        return self.process.returncode

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=SECONDS, headers=BEARER, **options)


@contextmanager
def serving(**environment: str) -> Iterator[Server]:
    given = {"SOUNDPALETTE_SERVER__TOKEN": TOKEN, "SOUNDPALETTE_SERVER__LOG_LEVEL": "info"} | environment
    command = [sys.executable, "-m", "soundpalette", "serve", "--transport", "http", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | given)
    try:
        assert process.stderr is not None
        found = re.search(r"http://\S+?(?=/mcp)", process.stderr.readline())
        assert found
        yield Server(process, found[0])
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def unready(client: httpx.Client) -> str:
    """Once it has loaded: why it is not ready; "" where it is."""
    for _ in range(SECONDS * 10):
        answer = client.get("/health/ready")
        told = "" if answer.status_code == 200 else str(answer.json()["detail"])
        if "being loaded" not in told:
            return told
        time.sleep(0.1)
    raise TimeoutError


def figures(client: httpx.Client) -> dict[str, float]:
    answer = client.get("/metrics").raise_for_status()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = [line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def search(client: httpx.Client, query: str = QUERY) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/search/text", json={"query": query}).raise_for_status().json()
    return found


def test_from_an_empty_library_on_figures_tell_what_was_asked_and_what_there_is(
    indexer: Indexer, library: Path
) -> None:
    with serving() as server, server.client() as client:
        assert httpx.get(f"{server.address}/metrics", timeout=SECONDS).status_code == 401
        assert unready(client) == ""
        answer = client.post("/search/text", json={"query": QUERY})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert answer.json()["detail"].startswith("nothing is indexed yet; run `soundpalette index FOLDER`")
        before = figures(client)
        assert (before["soundpalette_samples"], before["soundpalette_index_generation"]) == (0, 0)

        indexer.run([library], Lines())
        assert unready(client) == ""
        assert search(client) == search(client)
        for number in range(20):
            assert client.get(f"/nowhere/{number}").status_code == 404
            assert client.get(f"/samples/{number:012}").status_code == 404
            client.request(f"STRANGE{number}", "/library")
        seen = figures(client)
    requests = "soundpalette_http_requests_total"
    assert seen[requests + '{method="POST",route="/search/text",status="503"}'] == 1
    assert seen[requests + '{method="POST",route="/search/text",status="200"}'] == 2
    assert seen[requests + '{method="GET",route="other",status="404"}'] == 20
    assert seen[requests + '{method="GET",route="/samples/{sample_id}",status="404"}'] == 20
    assert seen[requests + '{method="other",route="/library",status="405"}'] == 20
    assert seen[requests + '{method="GET",route="/metrics",status="401"}'] == 1
    assert seen['soundpalette_http_request_seconds_count{method="POST",route="/search/text"}'] == 3
    assert (seen["soundpalette_cache_hits_total"], seen["soundpalette_cache_misses_total"]) == (1, 1)
    assert (seen["soundpalette_samples"], seen["soundpalette_pending"]) == (6, 0)
    assert seen["soundpalette_index_generation"] > 0
    for lane in ("words", "files", "archives"):
        assert seen[f'soundpalette_calls{{lane="{lane}",state="at_work"}}'] == 0
    assert not [name for name in seen if "nowhere" in name or "STRANGE" in name]


def test_an_encoder_that_cannot_be_loaded_is_not_ready_and_says_why_without_a_path() -> None:
    with serving(SOUNDPALETTE_PROCESSING__DEVICE=ABSENT) as server, server.client() as client:
        assert unready(client) == "the encoder cannot be used as it is configured; the server's log says why"
        assert client.get("/health/live").status_code == 200
        assert server.stop() == 0
    assert f"finds no {ABSENT} device; set [processing] device to auto or cpu" in server.log


def test_a_damaged_index_is_not_ready_until_it_is_built_anew(
    indexer: Indexer, library: Path, compact: Encoder, tmp_path: Path
) -> None:
    store = index_store(tmp_path, compact)
    indexer.run([library], Lines())
    next(store.folder.glob("*.faiss")).write_bytes(b"damage")
    with serving() as server, server.client() as client:
        assert unready(client) == "the index cannot be used; run `soundpalette index` to rebuild it"
        Indexer(indexer._catalogue, compact, store, Settings()).run([library], Lines())
        assert client.get("/health/ready").status_code == 200
        assert search(client)["hits"]


def test_logs_are_one_object_a_line_without_queries_and_tokens(indexer: Indexer, library: Path) -> None:
    indexer.run([library], Lines())
    given = {"SOUNDPALETTE_SERVER__LOG_FORMAT": "json", "SOUNDPALETTE_SERVER__LOG_LEVEL": "debug"}
    with serving(**given) as server, server.client() as client:
        answer = client.post("/search/text", json={"query": QUERY})
        client.post("/search/text", json={"query": QUERY, "top_k": -1, "folder": QUERY})
        anyio.run(ask_over_mcp, server.address)
        with client.stream("GET", "/sse") as stream:
            path = next(line for line in stream.iter_lines() if line.startswith("data: "))[6:]
            client.post(path, json={"jsonrpc": "2.0", "id": QUERY})
        assert server.stop(signal.SIGINT) == 0
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert QUERY not in server.log
    assert TOKEN not in server.log
    line = next(one for one in lines if one.get("request_id") == answer.headers["x-request-id"])
    assert {name: line[name] for name in ("level", "method", "route", "status")} == {
        "level": "INFO",
        "method": "POST",
        "route": "/search/text",
        "status": 200,
    }
    assert line["milliseconds"] > 0
    assert "uvicorn.error" in {one["logger"] for one in lines}


async def ask_over_mcp(address: str) -> None:
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client

    for mode in ("auto", "legacy"):
        async with create_mcp_http_client(headers=BEARER) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                await client.call_tool("search_by_text", {"query": QUERY})
                await client.call_tool("search_by_text", {"query": QUERY, "top_k": -1, "folder": QUERY})


def test_a_server_told_to_stop_answers_what_is_at_work_ends_streams_and_exits_with_0(
    indexer: Indexer, library: Path
) -> None:
    indexer.run([library], Lines())
    write(library / "long.wav", tone(110, seconds=300))
    with serving() as server:
        with server.client() as client:
            assert unready(client) == ""
        answer, ended = anyio.run(stopped_while_at_work, server)
        _, log = server.process.communicate(timeout=SECONDS)
        assert server.process.returncode == 0
    assert answer.raise_for_status().json()["hits"]
    assert ended
    assert "Traceback" not in log
    assert "was given up" not in log


async def stopped_while_at_work(server: Server) -> tuple[httpx.Response, bool]:
    """The answer to a call that was at work when the signal came, and whether a standing stream ended in order."""
    answers: list[httpx.Response] = []
    ended = False
    standing = anyio.Event()

    async def call() -> None:
        answers.append(await client.post("/search/audio", json={"audio_path": "long.wav"}))

    async def stand() -> None:
        nonlocal ended
        async with client.stream("GET", "/sse") as stream:
            async for _ in stream.aiter_lines():
                standing.set()
        ended = True

    async with (
        httpx.AsyncClient(base_url=server.address, timeout=SECONDS, headers=BEARER) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(stand)
        await standing.wait()
        tasks.start_soon(call)
        while 'soundpalette_calls{lane="files",state="at_work"} 1.0' not in (await client.get("/metrics")).text:
            assert not answers
        server.process.terminate()
    return answers[0], ended

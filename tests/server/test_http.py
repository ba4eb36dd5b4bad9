"""The real application behind a real server on a free port, asked by real clients."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client import Client
from mcp.client.sse import sse_client

from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.server.transports import bind

TOKEN = "correct horse battery staple"


COMMAND = ("-m", "soundpalette", "serve", "--transport", "http", "--port", "0")


@contextmanager
def http_server(
    *options: str, command: tuple[str, ...] = COMMAND, environment: dict[str, str] | None = None, **variables: str
) -> Iterator[str]:
    """The address of a `soundpalette serve --transport http` process that is ready."""
    started = [sys.executable, *command, *options]
    process = subprocess.Popen(
        started, stderr=subprocess.PIPE, text=True, env=(environment or dict(os.environ)) | variables
    )
    try:
        assert process.stderr is not None
        announced = process.stderr.readline()
        found = re.search(r"http://\S+?(?=/(mcp|sse))", announced)
        assert found, announced + process.stderr.read()
        yield found[0].replace("0.0.0.0", "127.0.0.1")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stderr is not None
        process.stderr.close()


@pytest.fixture
def address(indexer: Indexer, library: Path) -> Iterator[str]:
    indexer.run([library], Lines())
    with http_server() as started:
        yield started


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_rest_answers_what_the_tools_answer(address: str) -> None:
    with httpx.Client(base_url=address, timeout=30) as client:
        hits = client.post("/search/text", json={"query": "kick drum", "top_k": 1}).raise_for_status().json()["hits"]
        assert hits[0]["path"].startswith("drums/kick")
        sample = hits[0]["sample_id"]
        assert client.get(f"/samples/{sample}").raise_for_status().json()["sample_id"] == sample
        audio = client.get(f"/samples/{sample}/audio", headers={"Range": "bytes=0-3"})
        assert (audio.status_code, audio.content) == (
            206,
            b"RIFF" if audio.headers["content-type"] == "audio/wav" else b"fLaC",
        )
        upload = {"file": client.get(f"/samples/{sample}/audio").content}
        near = client.post("/search/audio/upload", files=upload).raise_for_status().json()["hits"]
        assert near[0]["path"].startswith("drums/kick")


def test_what_cannot_be_done_is_a_problem_with_a_sentence(address: str) -> None:
    with httpx.Client(base_url=address, timeout=30) as client:
        answer = client.post("/search/text", json={"query": ""})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert answer.json()["detail"].startswith("the query is empty; describe the sound")
        assert client.get("/samples/000000000000").status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_sdk_client_calls_the_tools_over_streamable_http(address: str, mode: Any) -> None:
    async with Client(f"{address}/mcp", mode=mode) as client:
        assert len((await client.list_tools()).tools) == 7
        result = await client.call_tool("search_by_text", {"query": "kick drum", "top_k": 1})
        assert isinstance(result.structured_content, dict)
        assert result.structured_content["hits"][0]["path"].startswith("drums/kick")


@pytest.mark.anyio
async def test_the_sdk_client_calls_the_tools_over_sse(address: str) -> None:
    async with Client(sse_client(f"{address}/sse"), mode="legacy") as client:
        result = await client.call_tool("search_by_text", {"query": "kick drum", "top_k": 1})
        assert isinstance(result.structured_content, dict)
        assert result.structured_content["hits"][0]["path"].startswith("drums/kick")


def test_with_a_token_nothing_but_health_is_answered_without_it(indexer: Indexer, library: Path) -> None:
    indexer.run([library], Lines())
    with http_server(SOUNDPALETTE_SERVER__TOKEN=TOKEN) as address, httpx.Client(base_url=address, timeout=30) as client:
        assert client.get("/health/live").status_code == 200
        for path in ("/library", "/mcp", "/sse", "/docs", "/openapi.json", "/nowhere"):
            assert client.get(path).status_code == 401
        assert client.get("/library", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert client.get("/library", headers=bearer).status_code == 200
        assert client.post("/session", headers=bearer).status_code == 204
        assert client.get("/library").status_code == 200  # by the cookie
        assert TOKEN not in str(client.cookies)


def test_an_open_address_without_a_token_is_refused() -> None:
    command = [sys.executable, "-m", "soundpalette", "serve", "--transport", "http", "--host", "0.0.0.0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "there is no token; set SOUNDPALETTE_SERVER__TOKEN" in done.stderr


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Host": "evil.example"}, 421), ({"Origin": "https://evil.example"}, 403), ({"Host": "localhost"}, 200)],
)
def test_other_names_and_pages_of_elsewhere_are_refused(address: str, headers: dict[str, str], status: int) -> None:
    assert httpx.get(f"{address}/library", headers=headers, timeout=30).status_code == status


async def _nodelay_of_a_connection() -> int:
    delays: asyncio.Queue[int] = asyncio.Queue()

    async def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        delays.put_nowait(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    with bind("127.0.0.1", 0) as bound:
        async with await asyncio.start_server(connected, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname())
            found = await delays.get()
            writer.close()
            await writer.wait_closed()
            return found


def test_no_answer_waits_for_the_clients_acknowledgement_of_its_first_part() -> None:
    assert asyncio.run(_nodelay_of_a_connection()) != 0

"""Every tool, resource and prompt through the SDK's own client: one answer, whatever the way and the protocol's era."""

import base64
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import soundfile
from mcp.client import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp.types import BlobResourceContents, TextContent, TextResourceContents

from soundpalette.server.mcp import build
from tests.server.conftest import BUILT, CALLS, REFUSALS, Served
from tests.server.test_http import http_server

pytestmark = pytest.mark.anyio
WAYS = [
    ("stdio", "auto"),
    ("stdio", "legacy"),
    ("http", "auto"),
    ("http", "legacy"),
    ("sse", "auto"),
    ("sse", "legacy"),
]
ERAS = {"auto": "2026-07-28", "legacy": "2025-11-25"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def connected(served: Served, way: str, mode: Any, code: str = "") -> AsyncIterator[Client]:
    """A client of the shared process, or of a new one over stdio that runs `code` first."""
    if way == "stdio":
        arguments = ["-c", code + STDIO]
        server: Any = StdioServerParameters(command=sys.executable, args=arguments, env=served.environment)
    else:
        server = f"{served.address}/mcp" if way == "http" else sse_client(f"{served.address}/sse")
    async with Client(server, mode=mode) as client:
        yield client


STDIO = "import sys; sys.argv = ['soundpalette', 'serve']; from soundpalette.cli import main; main()"
HTTP = STDIO.replace("'serve'", "'serve', '--transport', 'http', '--port', '0'")


def parts(content: Any) -> list[tuple[str, str | int]]:
    """What each part of an answer is, and its text; of a sound or a picture its length, for each Ogg has its own id."""
    return [(part.type, part.text if isinstance(part, TextContent) else len(part.data)) for part in content]


@pytest.mark.parametrize(("way", "mode"), WAYS)
async def test_every_tool_answers_the_same_on_every_way(served: Served, way: str, mode: str) -> None:
    async with Client(build(served.bench)) as near, connected(served, way, mode) as far:
        assert far.protocol_version == ERAS[mode]
        assert far.instructions == near.instructions
        assert (await far.list_tools()).tools == (await near.list_tools()).tools
        assert [tool.name for tool in (await far.list_tools()).tools] == [name for name, _ in CALLS]
        for name, arguments in CALLS:
            wanted, came = await near.call_tool(name, arguments), await far.call_tool(name, arguments)
            assert not came.is_error, came.content
            assert came.structured_content == wanted.structured_content
            assert parts(came.content) == parts(wanted.content)
        for name, arguments, sentence in REFUSALS:
            refused = await far.call_tool(name, arguments)
            assert refused.is_error
            ((_, text),) = parts(refused.content)
            assert str(text).startswith(sentence)


@pytest.mark.parametrize(("way", "mode"), WAYS)
async def test_resources_and_prompts_come_on_every_way(served: Served, way: str, mode: str) -> None:
    async with connected(served, way, mode) as client:
        found = (await client.call_tool("search_by_text", {"query": "kick drum", "top_k": 1})).structured_content
        assert isinstance(found, dict)
        hit = found["hits"][0]
        templates = (await client.list_resource_templates()).resource_templates
        assert [one.uri_template for one in templates] == ["sample://{id}", "sample://{id}/audio"]
        for uri, html in BUILT.items():
            (app,) = (await client.read_resource(uri)).contents
            assert isinstance(app, TextResourceContents)
            assert (app.mime_type, app.text) == ("text/html;profile=mcp-app", html.read_text("utf-8"))
        (told,) = (await client.read_resource(f"sample://{hit['sample_id']}")).contents
        assert isinstance(told, TextResourceContents)
        assert json.loads(told.text)["path"].endswith(hit["path"])
        (heard,) = (await client.read_resource(f"sample://{hit['sample_id']}/audio")).contents
        assert isinstance(heard, BlobResourceContents)
        sound, rate = soundfile.read(BytesIO(base64.b64decode(heard.blob)))
        assert len(sound) / rate == pytest.approx(hit["seconds"], abs=0.02)
        with pytest.raises(MCPError, match="there is no sample 0123456789ab"):
            await client.read_resource("sample://0123456789ab")
        assert [one.name for one in (await client.list_prompts()).prompts] == ["curate_palette", "replace_sample"]
        prompt = await client.get_prompt("replace_sample", {"palette": "a, b", "sample": "a", "wish": "drier"})
        assert 'The user wishes: "drier"' in str(parts([message.content for message in prompt.messages])[0])


HELD = """
import time
from pathlib import Path
from soundpalette.core.search import Searcher
by_text = Searcher.by_text
def held(self, query, *arguments):
    waited = time.monotonic() + 30
    while not Path(query).exists() and time.monotonic() < waited:
        time.sleep(0.02)
    return by_text(self, query, *arguments)
Searcher.by_text = held
"""


@pytest.fixture(scope="module")
def held(served: Served) -> Iterator[Served]:
    """A server whose text search waits until there is a file of the query's name, 30 s at most."""
    with http_server(command=("-c", HELD + HTTP), environment=served.environment) as address:
        yield Served(address, served.environment, served.bench)


@pytest.mark.parametrize(("way", "mode"), WAYS)
async def test_a_call_that_takes_long_tells_its_progress(held: Served, way: str, mode: str, tmp_path: Path) -> None:
    gate, heard = tmp_path / "gate", []

    async def listen(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message)
        gate.touch()

    async with connected(held, way, mode, HELD) as client:
        result = await client.call_tool("search_by_text", {"query": str(gate)}, progress_callback=listen)
        assert not result.is_error
        assert heard[0] == "Loading the encoder and searching"

"""MCP's TypeScript SDK, both of its lines, lists and calls the tools."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client

from soundpalette.server.apps import SHOWN_BY
from soundpalette.server.mcp import build
from tests.server.conftest import BUILT, CALLS, REFUSALS, Served

CLIENTS = Path(__file__).parent.parent / "clients"
PROTOCOLS = {"sdk": "2025-11-25", "client": "2026-07-28"}
SANDBOX = {"ui": {"csp": {"connectDomains": [], "resourceDomains": []}, "prefersBorder": True}}


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.fail("node is not there; install Node.js 20 or newer with npm: MCP's TypeScript client needs it", False)
    if not (CLIENTS / "node_modules").is_dir():
        pytest.fail("tests/clients/node_modules is not there; run `npm ci` in tests/clients, or `make test`", False)
    return found


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def asked(node: str, sdk: str, *target: str, environment: dict[str, str]) -> dict[str, Any]:
    """What tests/clients/ask.mjs prints."""
    calls = json.dumps([*CALLS, *((name, arguments) for name, arguments, _ in REFUSALS)])
    command = [node, str(CLIENTS / "ask.mjs"), sdk, *target]
    done = subprocess.run(command, input=calls, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["stdio", "/mcp", "/sse"])
@pytest.mark.parametrize("sdk", PROTOCOLS)
async def test_the_typescript_sdk_lists_and_calls_the_tools(node: str, served: Served, sdk: str, way: str) -> None:
    target = [sys.executable, "-m", "soundpalette", "serve"] if way == "stdio" else [served.address + way]
    found = asked(node, sdk, *target, environment=served.environment)
    assert found["tools"] == [name for name, _ in CALLS]
    assert found["prompts"] == ["curate_palette", "replace_sample"]
    assert found["apps"] == {
        uri: {"mimeType": "text/html;profile=mcp-app", "_meta": SANDBOX, "bytes": html.stat().st_size}
        for uri, html in BUILT.items()
    }
    assert found["shownBy"] == SHOWN_BY
    assert found["templates"] == ["sample://{id}", "sample://{id}/audio"]
    if way == "/mcp" or sdk == "client":  # the older one does not tell elsewhere
        assert found["protocol"] == PROTOCOLS[sdk]
    async with Client(build(served.bench)) as near:
        for (name, arguments), came in zip(CALLS, found["answers"], strict=False):
            wanted = await near.call_tool(name, arguments)
            assert came["structuredContent"] == wanted.structured_content
            assert [part["type"] for part in came["content"]] == [part.type for part in wanted.content]
            assert came["content"][0]["text"] == wanted.content[0].text  # type: ignore[union-attr]
    for (*_, sentence), came in zip(REFUSALS, found["answers"][len(CALLS) :], strict=True):
        assert came["isError"] is True
        assert came["content"][0]["text"].startswith(sentence)

"""The apps inside the chat: told to whoever knows of them, and no matter to whoever does not."""

import re
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from mcp.shared.exceptions import MCPError
from mcp.types import TextContent, TextResourceContents

from soundpalette.server import apps
from soundpalette.server.mcp import build
from tests.server.conftest import BUILT, CALLS, Served

pytestmark = pytest.mark.anyio
ABLE = [advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})]
"""What a client says that shows apps."""
LOADS = re.compile(r"""<(?:script|img|audio|iframe)[^>]*\ssrc=|<link[^>]*\shref=(?!["']data:)""")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_the_server_says_that_it_has_apps(served: Served) -> None:
    async with Client(build(served.bench), extensions=ABLE) as client:
        assert client.server_capabilities.extensions == {EXTENSION_ID: {}}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_every_app_that_a_tool_names_is_there_and_holds_all_that_it_needs(served: Served, mode: Any) -> None:
    async with Client(build(served.bench), mode=mode) as client:
        tools = (await client.list_tools()).tools
        named = {tool.name: tool.meta["ui"]["resourceUri"] for tool in tools if tool.meta}
        listed = {resource.uri: resource for resource in (await client.list_resources()).resources}
        assert set(named.values()) == set(listed) == set(BUILT)
        for uri, resource in listed.items():
            (app,) = (await client.read_resource(uri)).contents
            assert isinstance(app, TextResourceContents)
            assert app.mime_type == resource.mime_type == APP_MIME_TYPE
            assert app.meta == resource.meta
            assert app.meta is not None
            assert app.meta["ui"]["csp"] == {"connectDomains": [], "resourceDomains": []}
            assert app.text.lower().startswith("<!doctype html>")
            assert not LOADS.search(app.text)
    assert {name for name, uri in named.items() if uri.endswith("results")} == {
        "search_by_text", "search_by_audio", "hybrid_search",
    }  # fmt: skip
    assert {name for name, uri in named.items() if uri.endswith("palette")} == {"describe_palette", "build_palette"}


async def test_an_app_may_call_every_tool(served: Served) -> None:
    async with Client(build(served.bench)) as client:
        for tool in (await client.list_tools()).tools:
            assert "visibility" not in (tool.meta or {}).get("ui", {})  # whose default is model and app


async def test_answers_are_the_same_for_clients_that_show_apps_and_those_that_do_not(served: Served) -> None:
    async with Client(build(served.bench)) as plain, Client(build(served.bench), extensions=ABLE) as able:
        for name, arguments in CALLS:
            one, other = await plain.call_tool(name, arguments), await able.call_tool(name, arguments)
            assert one.structured_content == other.structured_content
            assert one.meta == other.meta
            for shown, again in zip(one.content, other.content, strict=True):
                assert type(shown) is type(again)
                assert not isinstance(shown, TextContent) or shown == again


async def test_an_app_is_read_when_it_is_asked_for(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apps, "BUILT", tmp_path)
    async with Client(build(served.bench)) as client:
        assert {resource.uri for resource in (await client.list_resources()).resources} == set(BUILT)
        (tmp_path / "results.html").write_text("<!doctype html><p>é")
        (app,) = (await client.read_resource("ui://soundpalette/results")).contents
        assert isinstance(app, TextResourceContents)
        assert app.text == "<!doctype html><p>é"
        with pytest.raises(MCPError, match="not built; reinstall SoundPalette, or run `npm run build` in web/"):
            await client.read_resource("ui://soundpalette/palette")

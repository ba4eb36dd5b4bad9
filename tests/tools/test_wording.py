"""The calls that a good client makes of written tasks, held against the published schemas."""

import tomllib
from pathlib import Path
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp.client import Client

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.vector_index import FaissStore
from soundpalette.server.mcp import INSTRUCTIONS, build
from soundpalette.tools.workbench import Workbench

TASKS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("wording.toml").read_text("utf-8"))["task"]


@pytest.fixture(scope="module")
def schemas(compact: Encoder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """By tool, its published input schema, as a client of an empty library sees it."""
    folder = tmp_path_factory.mktemp("empty")
    bench = Workbench(Searcher(Catalogue(folder / "catalogue.sqlite"), compact, FaissStore(folder, compact.space)))

    async def listed() -> dict[str, dict[str, Any]]:
        async with Client(build(bench)) as client:
            return {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}

    return anyio.run(listed)


@pytest.mark.parametrize("task", TASKS, ids=[task["task"] for task in TASKS])
def test_a_good_clients_call_keeps_to_the_schema(task: dict[str, Any], schemas: dict[str, dict[str, Any]]) -> None:
    schema = schemas[task["tool"]]
    assert sorted(set(task["arguments"]) - set(schema["properties"])) == []
    Draft202012Validator(schema).validate(task["arguments"])


def test_there_are_tasks_for_every_tool(schemas: dict[str, dict[str, Any]]) -> None:
    assert len(TASKS) >= 30
    assert {task["tool"] for task in TASKS} == set(schemas)
    assert len({task["task"] for task in TASKS}) == len(TASKS)


def test_every_tool_stands_in_the_instructions(schemas: dict[str, dict[str, Any]]) -> None:
    for name in schemas:
        assert f"\n- {name}: " in INSTRUCTIONS

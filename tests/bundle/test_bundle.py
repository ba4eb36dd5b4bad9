"""The bundle that a client installs, and the registry's description of the server."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import anyio
import pytest
from jsonschema import validators

from bundle.build import build
from soundpalette.app import App
from soundpalette.config import load_config
from tests.server.test_stdio import HANDSHAKE, serving

PROJECT = Path(__file__).parents[2]
SCHEMAS = PROJECT / "tests" / "data" / "schemas"
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]


def checked(path: str, schema: str) -> dict[str, Any]:
    """The file, valid by the published schema."""
    rules = json.loads((SCHEMAS / schema).read_text())
    value: dict[str, Any] = json.loads((PROJECT / path).read_text())
    validators.validator_for(rules)(rules).validate(value)
    return value


def test_the_manifest_is_valid_and_tells_what_the_server_has() -> None:
    manifest = checked("bundle/manifest.json", "mcpb-manifest-v0.4.schema.json")
    assert manifest["version"] == VERSION
    tools = anyio.run(App(load_config()).server().list_tools)
    assert [tool["name"] for tool in manifest["tools"]] == [tool.name for tool in tools]
    assert [f"${{user_config.{key}}}" for key in manifest["user_config"]] == manifest["server"]["mcp_config"]["args"][
        -1:
    ]


def test_the_registrys_description_is_valid_and_of_this_version() -> None:
    server = checked("server.json", "server.schema.json")
    assert server["version"] == VERSION
    (package,) = server["packages"]
    assert (package["identifier"], package["version"]) == ("soundpalette", VERSION)
    assert f"mcp-name: {server['name']} " in (PROJECT / "README.md").read_text()  # proves to the registry whose it is


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


def test_the_same_sources_give_the_same_bundle(bundle: Path, tmp_path: Path) -> None:
    assert bundle.name == f"soundpalette-{VERSION}.mcpb"
    assert build(tmp_path).read_bytes() == bundle.read_bytes()
    with ZipFile(bundle) as zipped:
        names = zipped.namelist()
        project = tomllib.loads(zipped.read("pyproject.toml").decode())
    assert {"manifest.json", "server.py", "README.md", "LICENSE", "NOTICE", "soundpalette/__init__.py"} <= set(names)
    assert "soundpalette/weights/compact/audio.safetensors" in names
    assert not [name for name in names if "__pycache__" in name]
    pins = (PROJECT / "constraints.txt").read_text().splitlines()[1:]
    assert project["tool"]["uv"]["constraint-dependencies"] == pins
    assert project["project"]["version"] == VERSION


def test_the_bundle_indexes_the_chosen_folders_and_serves_them(bundle: Path, tmp_path: Path, library: Path) -> None:
    ZipFile(bundle).extractall(tmp_path / "installed")
    with serving([sys.executable, str(tmp_path / "installed" / "server.py"), str(library)]) as server:
        server.send(HANDSHAKE)
        assert server.read(1)["result"]["serverInfo"]["version"] == VERSION
        server.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        assert server.process.stderr is not None
        assert next(line for line in server.process.stderr if line.startswith("seen ")).startswith("seen 6, added 6")
        hits = server.call(2, "search_by_text", {"query": "kick drum"})["structuredContent"]["hits"]
    assert hits[0]["path"] in ("drums/kick 1.wav", "drums/kick 2.flac")

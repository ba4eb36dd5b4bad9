"""A user's own vocabulary from the configuration to indexing, searching and the published tools."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client

from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.core.types import Filters
from soundpalette.errors import ConfigError
from soundpalette.indexing.pipeline import Report
from soundpalette.indexing.progress import Lines
from soundpalette.tools.palette import describe_palette
from soundpalette.tools.search import search_by_text
from soundpalette.tools.workbench import Reach
from tests.sounds import hat, kick, write

OWN = """
roles = ["boom", "tick"]
words = ["thunder", "flute", "rain", "speech", "organ", "violin"]
background = ["a dog", "a door"]
[prompts]
boom = ["kick drum", "bass drum"]
tick = ["hi-hat", "closed hi-hat"]
"""


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """Two sounds whose names say nothing, and one whose name says a role."""
    write(tmp_path / "sounds" / "x1.wav", kick())
    write(tmp_path / "sounds" / "x2.wav", hat())
    write(tmp_path / "sounds" / "snare.wav", hat(0.2, 5))
    return tmp_path / "sounds"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    return path


def indexed(folder: Path) -> Report:
    return App(load_config()).indexer().run([folder], Lines())


def roles(app: App) -> dict[str, str]:
    """By path, the role of every sample that has one."""
    found = app.catalogue.samples([f"{number:012x}" for number in app.catalogue.select(Filters()).tolist()])
    traits = app.catalogue.traits([*found])
    return {sample.path: known.role.value for i, sample in found.items() if (known := traits[i]).role}


def test_another_vocabulary_is_guessed_by_without_listening_again(
    monkeypatch: pytest.MonkeyPatch, sounds: Path, own: Path
) -> None:
    assert indexed(sounds).analysed == 3
    app = App(load_config())
    assert roles(app)["x1.wav"] == "kick"
    before = (app.catalogue.generation(), app.searcher.index().manifest.stamp)
    monkeypatch.setenv("SOUNDPALETTE_PATHS__VOCABULARY", str(own))
    report = indexed(sounds)
    assert (report.analysed, report.counts.unchanged, report.counts.failed) == (0, 3, 0)
    app = App(load_config())
    assert roles(app) == {"x1.wav": "boom", "x2.wav": "tick", "snare.wav": "snare"}
    assert (app.catalogue.generation(), app.searcher.index().manifest.stamp) == before  # each new vector would count
    own.write_text(OWN.replace("boom", "thud"))
    indexed(sounds)
    assert roles(App(load_config()))["x1.wav"] == "thud"


def test_searches_and_palettes_speak_the_users_vocabulary(
    monkeypatch: pytest.MonkeyPatch, sounds: Path, own: Path
) -> None:
    monkeypatch.setenv("SOUNDPALETTE_PATHS__VOCABULARY", str(own))
    indexed(sounds)
    bench = App(load_config()).workbench(Reach())
    for role, path in (("boom", "x1.wav"), ("snare", "snare.wav")):
        assert [hit.path for hit in search_by_text(bench, "hit", 5, Filters(role=role)).hits] == [path]
    words = {"boom", "tick", "thunder", "flute", "rain", "speech", "organ", "violin"}
    assert set(describe_palette(bench, ["x1.wav"]).words) < words

    async def published() -> list[dict[str, Any]]:
        async with Client(App(load_config()).server()) as client:
            return [tool.input_schema["properties"] for tool in (await client.list_tools()).tools]

    assert anyio.run(published)[0]["role"]["enum"][:4] == ["any", "boom", "tick", "kick"]


def test_a_vocabulary_that_cannot_be_used_is_told_wherever_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, own: Path
) -> None:
    own.write_text('roles = ["boom"')
    monkeypatch.setenv("SOUNDPALETTE_PATHS__VOCABULARY", str(own))
    uses: list[Callable[[App], object]] = [App.indexer, lambda app: app.searcher, App.server]
    for used in uses:
        with pytest.raises(ConfigError, match=r"own.toml cannot be read as TOML .*; mend it, or start again"):
            used(App(load_config()))

"""The whole way on Milvus Lite: indexed, searched, filtered, made into palettes, told by status and doctor."""

import socket
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from mcp.client import Client
from typer.testing import CliRunner

from soundpalette.app import App
from soundpalette.cli import cli
from soundpalette.config import load_config
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Filters
from soundpalette.doctor import Finding, State, examine
from soundpalette.indexing.progress import Lines
from soundpalette.tools.building import build_palette
from soundpalette.tools.search import search_by_text
from soundpalette.tools.workbench import Reach
from tests.conftest import CRATE
from tests.sounds import write_library

QUERIES = ("kick", "dark metallic loop", "soft pad")
WANTED = (
    Filters(),
    Filters(kind="loop", min_bpm=100, max_bpm=130, half_double=True),
    Filters(role="kick", max_seconds=1),
    Filters(folder="drums"),
    Filters(folder=str(CRATE / "percussion"), kind="one-shot"),
    Filters(key="A minor", key_match="compatible"),
)


@pytest.fixture
def on_milvus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDPALETTE_INDEX__BACKEND", "milvus")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, compact: Encoder) -> Iterator[tuple[App, App]]:
    """The demo crate, indexed once, behind FAISS and behind Milvus."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOUNDPALETTE_DATA_DIR", str(tmp_path_factory.mktemp("both")))
        patch.setenv("SOUNDPALETTE_CONFIG", "")
        faiss = App(load_config())
        patch.setenv("SOUNDPALETTE_INDEX__BACKEND", "milvus")
        milvus = App(load_config())
    for app in (faiss, milvus):
        app.__dict__["encoder"] = compact  # loaded once
        app.indexer().run([CRATE], Lines())
    yield faiss, milvus
    for app in (faiss, milvus):
        app.catalogue.close()


@pytest.mark.parametrize("wanted", WANTED)
def test_it_finds_what_faiss_finds(both: tuple[App, App], wanted: Filters) -> None:
    faiss, milvus = (app.workbench(Reach()) for app in both)
    for query in QUERIES:
        ours, exact = search_by_text(milvus, query, 20, wanted).hits, search_by_text(faiss, query, 20, wanted).hits
        assert [hit.sample_id for hit in ours] == [hit.sample_id for hit in exact] != []
        assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in exact], abs=1e-3)


def test_palettes_are_those_that_faiss_gives(both: tuple[App, App]) -> None:
    chosen = [build_palette(app.workbench(Reach()), "dark techno at 130 bpm").picks for app in both]
    assert [one.sample_id for one in chosen[1]] == [one.sample_id for one in chosen[0]] != []


def test_clients_search_through_it(both: tuple[App, App]) -> None:
    async def ask() -> list[str]:
        async with Client(both[1].server()) as client:
            result = await client.call_tool("search_by_text", {"query": "kick", "role": "kick"})
            assert result.structured_content is not None
            return [hit["sample_id"] for hit in result.structured_content["hits"]]

    expected = search_by_text(both[0].workbench(Reach()), "kick", 10, Filters(role="kick")).hits
    assert anyio.run(ask) == [hit.sample_id for hit in expected] != []


def test_a_run_that_only_analyses_brings_the_fields_up_to_date(
    on_milvus: None, tmp_path: Path, compact: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, folder = App(load_config()), write_library(tmp_path / "library")
    app.__dict__["encoder"] = compact
    app.indexer().run([folder], Lines())
    before = app.store.manifest()
    monkeypatch.setattr("soundpalette.indexing.analyse.REVISION", 10_000)
    assert app.indexer(analyse_only=True).run([], Lines()).analysed == 6
    after = app.store.manifest()
    assert before is not None
    assert after is not None
    assert (before.stamp, before.edition) != (after.stamp, after.edition)
    assert after.is_of(app.catalogue.holdings(compact.space).state())
    app.catalogue.close()


def test_a_milvus_that_is_down_is_told_before_anything_is_encoded_and_by_every_command(
    on_milvus: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    monkeypatch.setenv("SOUNDPALETTE_INDEX__MILVUS_URI", address)
    folder = write_library(tmp_path / "library")
    for command in (["index", str(folder)], ["status"], ["search", "kick"]):
        result = CliRunner().invoke(cli, command)
        assert result.exit_code == 1, command
        assert f"Milvus at {address} does not answer" in result.stderr
        assert result.stderr.strip().endswith("start it, or correct [index] milvus_uri")
    found = _index()
    assert found.state is State.FAULT
    assert address in found.told
    assert found.mend == "start it, or correct [index] milvus_uri"


def test_the_doctor_tells_where_an_index_is(both: tuple[App, App], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDPALETTE_DATA_DIR", str(both[1].config.data_dir))
    monkeypatch.setenv("SOUNDPALETTE_INDEX__BACKEND", "milvus")
    found = _index()
    assert found.state is State.OK
    assert found.told.endswith(f"whole, in {both[1].config.data_dir / 'milvus.db'}")


def _index() -> Finding:
    return next(finding for finding in examine(0) if finding.check == "index")

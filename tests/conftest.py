"""Isolation, and the things that many tests need."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders import load_encoder
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.vector_index import FaissStore
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.sounds import write_library

CRATE = Path(__file__).parent.parent / "demo" / "crate"


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No configuration and no home folder of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("SOUNDPALETTE_", "HF_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SOUNDPALETTE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def compact() -> Encoder:
    """The default encoder, loaded once."""
    return load_encoder("compact")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder of six sounds."""
    return write_library(tmp_path / "library")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue in the data folder that the command line uses, too."""
    catalogue = Catalogue(tmp_path / "data" / "catalogue.sqlite")
    yield catalogue
    catalogue.close()


@pytest.fixture
def indexer(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Indexer:
    """An indexer over that catalogue."""
    return Indexer(catalogue, compact, index_store(tmp_path, compact), Settings(batch_size=4))


@pytest.fixture
def lines() -> Lines:
    """Progress that nobody watches."""
    return Lines()


def index_store(tmp_path: Path, encoder: Encoder) -> FaissStore:
    """Where the command line publishes the index."""
    return FaissStore(tmp_path / "data" / "index" / encoder.space.key, encoder.space)

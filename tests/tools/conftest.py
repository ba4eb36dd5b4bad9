"""An indexed crate of loops and hits."""

from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.workbench import Workbench
from tests.conftest import index_store
from tests.tools.crates import write_crate


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    return write_crate(tmp_path / "crate")


@pytest.fixture
def crate_bench(indexer: Indexer, crate: Path, catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Workbench:
    indexer.run([crate], Lines())
    return Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact)))

"""What is told of one sample, from the catalogue or on the spot."""

from dataclasses import replace
from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.traits_table import TRAITS
from soundpalette.core.types import Fact, Sample
from soundpalette.errors import AudioError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.show import Known, show
from soundpalette.tools.workbench import Reach, Workbench
from tests.conftest import index_store
from tests.sounds import kick, tone, write


@pytest.fixture
def bench(indexer: Indexer, library: Path, catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Workbench:
    write(library / "loops" / "loop_124bpm.wav", kick(0.5))
    indexer.run([library], Lines())
    return Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact)), reach=Reach(anywhere=True))


def test_a_sample_is_told_with_the_source_of_each_value(bench: Workbench, library: Path) -> None:
    shown = show(bench, "loops/loop_124bpm.wav")
    sample = bench.resolve("loops/loop_124bpm.wav")
    assert isinstance(sample, Sample)
    assert (shown.sample_id, shown.path) == (sample.id, str(library / "loops" / "loop_124bpm.wav"))
    assert (shown.seconds, shown.kind) == (0.5, "loop")
    assert shown.bpm == Known(value=124.0, source="name", confidence=0.9)
    assert shown.key is None
    assert "bpm             124.0 (name, 0.9)" in shown.lines()
    assert "key             -" in shown.lines()


def test_what_the_catalogue_knows_is_not_read_again(bench: Workbench, library: Path) -> None:
    before = show(bench, "tonal/low.wav")
    (library / "tonal" / "low.wav").unlink()
    sample = bench.searcher.catalogue.sample_at(bench.searcher.catalogue.roots()[0].id, "tonal/low.wav")
    assert sample is not None
    assert show(bench, sample.id) == before


def test_a_file_outside_the_library_is_analysed_on_the_spot(bench: Workbench, tmp_path: Path) -> None:
    shown = show(bench, str(write(tmp_path / "mine_90bpm.wav", tone(2000, 1.0))))
    assert shown.sample_id == ""
    assert shown.bpm == Known(value=90.0, source="name", confidence=0.9)
    assert shown.brightness_hz == pytest.approx(2000, rel=0.05)
    (tmp_path / "notes.wav").write_text("no audio")
    with pytest.raises(AudioError, match="is not readable audio"):
        show(bench, str(tmp_path / "notes.wav"))


def test_strangers_words_are_cleaned(bench: Workbench) -> None:
    catalogue = bench.searcher.catalogue
    sample = bench.resolve("tonal/low.wav")
    assert isinstance(sample, Sample)
    evil = "ignore\n\u202eall " + "x" * 100
    known = replace(catalogue.traits([sample.id])[sample.id], genre=Fact(evil, "file", 0.95), tags=(evil,))
    with catalogue._connected() as connection:
        connection.execute(
            "UPDATE facts SET traits = ? WHERE sample_id = ?", (TRAITS.dump_json(known).decode(), sample.id)
        )
    shown = show(bench, sample.id)
    assert shown.genre is not None
    for word in (shown.genre.value, shown.tags[0]):
        assert str(word).startswith("ignoreall xxx")
        assert len(str(word)) <= 64

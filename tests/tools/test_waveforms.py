"""Waveforms of samples: what is drawn, and what is not opened."""

from pathlib import Path

import pytest

from soundpalette.errors import AudioError, RequestError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.waveforms import COLUMNS, waveform
from soundpalette.tools.workbench import Workbench
from tests.sounds import tone, write


def tone_of(bench: Workbench) -> str:
    catalogue = bench.searcher.catalogue
    found = catalogue.sample_at(catalogue.roots()[0].id, "tone.wav")
    assert found is not None
    return found.id


@pytest.fixture
def bench(crate_bench: Workbench, indexer: Indexer, crate: Path) -> Workbench:
    """With a steady sine at half of full scale."""
    write(crate / "tone.wav", tone(440, 1.0))
    indexer.run([crate], Lines())
    return crate_bench


def test_a_steady_tone_is_a_steady_band(bench: Workbench) -> None:
    shown = waveform(bench, tone_of(bench))
    assert (len(shown.lows), len(shown.highs)) == (COLUMNS, COLUMNS)
    assert set(shown.highs) <= {62, 63, 64}
    assert set(shown.lows) <= {-62, -63, -64}
    assert (shown.seconds, shown.peak_db) == (1.0, -6.0)
    assert -10 < shown.loudness_lufs < -8


def test_a_waveform_is_drawn_once(bench: Workbench) -> None:
    first, misses = waveform(bench, tone_of(bench)), bench.outlines.uses.misses
    assert waveform(bench, tone_of(bench)) == first
    assert bench.outlines.uses.misses == misses


def test_a_file_that_became_a_link_or_is_gone_is_not_opened(bench: Workbench, crate: Path, tmp_path: Path) -> None:
    (crate / "tone.wav").rename(tmp_path / "elsewhere.wav")
    with pytest.raises(AudioError, match="cannot be read"):
        waveform(bench, tone_of(bench))
    (crate / "tone.wav").symlink_to(tmp_path / "elsewhere.wav")
    with pytest.raises(RequestError, match="has become a link out of its root"):
        waveform(bench, tone_of(bench))


def test_only_an_id_names_a_sample(bench: Workbench) -> None:
    with pytest.raises(RequestError, match="is no sample_id"):
        waveform(bench, "tone.wav")

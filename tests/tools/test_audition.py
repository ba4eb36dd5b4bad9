"""What is heard of a sample, and told beside it."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.errors import AudioError, RequestError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.audition import audition
from soundpalette.tools.workbench import Workbench
from tests.conftest import index_store
from tests.sounds import RATE, kick, tone, write


@pytest.fixture
def bench(indexer: Indexer, library: Path, catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Workbench:
    quiet_start = np.concatenate([np.zeros(70 * RATE // 10, np.float32), tone(220, 20)])
    write(library / "loops" / "pad_124bpm_Am.flac", quiet_start)
    indexer.run([library], Lines())
    return Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact)))


def test_a_sample_is_heard_seen_and_told(bench: Workbench, library: Path) -> None:
    heard = audition(bench, "loops/pad_124bpm_Am.flac")
    told = heard.told
    assert told.path == str(library / "loops" / "pad_124bpm_Am.flac")
    assert bench.sample(told.sample_id).path == "loops/pad_124bpm_Am.flac"
    assert (told.seconds, told.preview_seconds) == (27.0, 6.0)
    assert (told.role, told.kind, told.bpm, told.key) == ("pad", "loop", 124, "A minor")
    assert told.start_seconds == pytest.approx(7, abs=0.02)
    assert told.peak_db == pytest.approx(-6, abs=0.1)
    assert told.loudness_lufs == pytest.approx(-9.7, abs=0.5)  # a sine's power is 3 dB below its peak
    assert (told.audio_type, told.audio_bytes) == ("audio/ogg", len(heard.audio))
    assert (told.image_type, told.image_bytes) == ("image/png", len(heard.image))
    assert told.text() == (
        f'{told.sample_id} "{told.path}": pad, loop, 124 BPM, A minor, 27.00 s, {told.loudness_lufs:.0f} LUFS, peak '
        "-6.0 dB. 6.0 s from 7.0 s on come with this to be heard, and a picture of them (outline above spectrogram); "
        "where the client plays no sound, the user can open the file."
    )


def test_the_loudness_told_is_that_of_what_is_played(bench: Workbench, library: Path) -> None:
    wide = np.stack([kick(), 0 * kick()], axis=1)
    write(library / "wide.wav", wide)
    told = audition(bench, "wide.wav").told
    assert told.sample_id == ""
    assert told.peak_db == pytest.approx(20 * np.log10(0.9 / 2), abs=1)


def test_the_text_names_a_file_by_its_whole_path_however_deep_it_lies(bench: Workbench, library: Path) -> None:
    folder = library / ("a" * 200) / ("b" * 200)
    folder.mkdir(parents=True)
    told = audition(bench, str(write(folder / "kick.wav", kick()))).told
    assert f'"{folder / "kick.wav"}"' in told.text()


def test_silence_is_called_silent(bench: Workbench, library: Path) -> None:
    write(library / "silence.wav", np.zeros(RATE, np.float32))
    heard = audition(bench, "silence.wav")
    assert heard.told.loudness_lufs == -70
    assert " s, silent. 1.0 s come with this" in heard.told.text()


def test_a_file_whose_sound_begins_after_the_first_minute_is_not_called_silent(bench: Workbench, library: Path) -> None:
    write(library / "late.wav", np.concatenate([np.zeros(62 * RATE, np.float32), kick()]))
    assert " s, silent in this part. 6.0 s come with this" in audition(bench, "late.wav").told.text()


def test_a_file_that_is_no_audio_is_named(bench: Workbench, library: Path) -> None:
    (library / "new.wav").write_text("no audio")
    with pytest.raises(AudioError, match="is not readable audio"):
        audition(bench, "new.wav")


def test_a_sample_whose_file_is_gone_is_named(bench: Workbench, library: Path) -> None:
    (library / "drums" / "hat.aiff").unlink()
    with pytest.raises(AudioError, match=r"hat\.aiff cannot be read"):
        audition(bench, "drums/hat.aiff")


@pytest.mark.skipif(os.name == "nt", reason="links want rights there")
def test_a_sample_that_became_a_link_out_of_its_root_is_refused(
    bench: Workbench, library: Path, tmp_path: Path
) -> None:
    hat = library / "drums" / "hat.aiff"
    shutil.move(hat, tmp_path / "elsewhere.aiff")
    hat.symlink_to(tmp_path / "elsewhere.aiff")
    sample = bench.searcher.catalogue.sample_at(bench.searcher.catalogue.roots()[0].id, "drums/hat.aiff")
    assert sample is not None
    with pytest.raises(RequestError, match="has become a link out of its root"):
        audition(bench, sample.id)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reference=st.text(max_size=60) | st.sampled_from(["../../etc/passwd", "drums", "\0", "//host/a.wav", "0" * 12]))
def test_what_names_nothing_within_reach_is_one_sentence(bench: Workbench, reference: str) -> None:
    with pytest.raises(RequestError) as caught:
        audition(bench, reference)
    assert "\n" not in str(caught.value)

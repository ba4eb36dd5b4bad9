"""Previews: what comes out can be heard, and is small."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundpalette.core.preview import BEGINNING, RATE, preview
from soundpalette.errors import AudioError
from tests.sounds import noise, tone, write


def test_a_short_sound_comes_whole(tmp_path: Path) -> None:
    audio, rate = soundfile.read(BytesIO(preview(write(tmp_path / "a.wav", tone(440, 0.5)))))
    assert rate == RATE
    assert len(audio) == pytest.approx(0.5 * RATE, abs=64)
    spectrum = np.abs(np.fft.rfft(audio))
    assert np.argmax(spectrum) * rate / len(audio) == pytest.approx(440, abs=3)


def test_a_long_one_is_cut_faded_and_small(tmp_path: Path) -> None:
    data = preview(write(tmp_path / "a.wav", np.clip(noise(20) * 4, -1, 1)))
    assert len(data) <= BEGINNING.max_bytes
    audio, rate = soundfile.read(BytesIO(data))
    assert len(audio) / rate == pytest.approx(8, abs=0.01)
    assert np.abs(audio[-40:]).max() < 0.05 < np.abs(audio[: rate // 2]).max()


def test_what_hardly_compresses_is_shown_shorter(tmp_path: Path) -> None:
    flips = np.sign(noise(9, rate=RATE)).astype(np.float32)
    chopped = np.where(np.arange(len(flips)) // 400 % 2, flips, np.float32(0))
    for sound in (flips, chopped):
        data = preview(write(tmp_path / "a.wav", sound, rate=RATE))
        assert len(data) <= BEGINNING.max_bytes
        assert soundfile.info(BytesIO(data)).duration > 4


def test_what_is_no_audio_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no audio")
    with pytest.raises(AudioError, match="is not readable audio"):
        preview(tmp_path / "a.wav")

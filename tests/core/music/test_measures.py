"""Measures against sounds whose level and brightness are known."""

from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.music.measures import SILENCE_DB, brightness_hz, loudness_db, measure
from tests.sounds import RATE, noise, tone, write


def test_a_sine_at_half_scale_has_its_level_and_its_frequency(tmp_path: Path) -> None:
    measures = measure(write(tmp_path / "a.wav", tone(1000, 2.0)))
    assert measures.seconds == pytest.approx(2.0)
    assert measures.loudness_db == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.05)
    assert measures.brightness_hz == pytest.approx(1000, rel=0.02)


def test_white_noise_is_as_bright_as_half_the_band() -> None:
    assert brightness_hz(noise(2.0), RATE) == pytest.approx(RATE / 4, rel=0.03)


def test_silence_and_a_clip_shorter_than_a_frame_are_measured() -> None:
    assert loudness_db(np.zeros(100, np.float32)) == SILENCE_DB
    assert brightness_hz(np.zeros(100, np.float32), RATE) == 0
    assert brightness_hz(tone(4000, 0.005), RATE) == pytest.approx(4000, rel=0.1)

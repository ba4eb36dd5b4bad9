"""Measures against sounds whose level and brightness are known."""

import numpy as np
import pytest

from soundpalette.core.music.measures import (
    SILENCE_DB,
    brightness_hz,
    decay_seconds,
    envelope,
    loudness_db,
    spectrum,
)
from tests.sounds import RATE, noise, tone


def test_a_sine_at_half_scale_has_its_level_and_its_frequency() -> None:
    sine = tone(1000, 2.0)
    assert loudness_db(sine) == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.05)
    assert brightness_hz(sine, RATE) == pytest.approx(1000, rel=0.02)


def test_white_noise_is_as_bright_as_half_the_band() -> None:
    assert brightness_hz(noise(2.0), RATE) == pytest.approx(RATE / 4, rel=0.03)


def test_silence_and_a_clip_shorter_than_a_frame_are_measured() -> None:
    assert loudness_db(np.zeros(100, np.float32)) == SILENCE_DB
    assert brightness_hz(np.zeros(100, np.float32), RATE) == 0
    assert brightness_hz(tone(4000, 0.005), RATE) == pytest.approx(4000, rel=0.1)


def test_noise_is_noisy_in_any_band_and_a_sine_is_not() -> None:
    assert spectrum(noise(2.0)[:, None], RATE).noisiness > 0.95
    assert spectrum(np.diff(noise(2.0), n=3)[:, None], RATE).noisiness > 0.9
    assert spectrum(tone(1000, 2.0)[:, None], RATE).noisiness < 0.05


@pytest.mark.parametrize(("hz", "band"), [(50, 0), (200, 1), (1000, 2), (8000, 3)])
def test_a_tone_lies_in_its_band(hz: float, band: int) -> None:
    assert spectrum(tone(hz, 1.0)[:, None], RATE).bands[band] > 0.98


def test_a_deep_sine_has_no_gaps_and_decays_as_it_was_made() -> None:
    time = np.arange(2 * RATE) / RATE
    audio = (np.sin(2 * np.pi * 30 * time) * np.exp(-time * 5)).astype(np.float32)[:, None]
    assert decay_seconds(envelope(audio, RATE)) == pytest.approx(np.log(10) / 5, abs=0.03)

"""Frames and their power."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.music.spectra import circle, hann, power, spectra
from tests.sounds import noise

SINGLE = 1e-5
"""Of the largest power: float32 through an FFT of some thousand values."""


@pytest.mark.parametrize("length", [1024, 2048, 8192])
def test_the_power_of_frames_is_that_of_an_exact_transform(length: int) -> None:
    audio = noise(1.0)
    starts = np.array([0, 5, 777, audio.size - length] * 20)
    found = spectra(audio, starts, length)
    frames = np.stack([audio[start : start + length] for start in starts]).astype(np.float64) * hann(length)
    exact = np.abs(np.fft.rfft(frames)) ** 2
    np.testing.assert_allclose(found, exact, rtol=0, atol=SINGLE * exact.max())


def test_frames_are_filled_with_zeros() -> None:
    frame = noise(0.05)[None, :1000]
    np.testing.assert_allclose(power(frame, 1536), power(np.pad(frame, ((0, 0), (0, 536)))), rtol=SINGLE)


@given(st.integers(1, 40), st.integers(0, 60), st.integers(0, 60))
def test_a_circle_goes_on_at_both_ends(length: int, before: int, after: int) -> None:
    audio = np.arange(length, dtype=np.float32)
    np.testing.assert_array_equal(circle(audio, before, after), np.pad(audio, (before, after), mode="wrap"))

"""Loudness against the standard's own figures."""

import numpy as np
import pytest
from pyloudnorm import Meter

from soundpalette.core.music.loudness import SILENCE_LUFS, loudness_lufs
from tests.sounds import RATE, kick, noise, tone

THROUGH_FLOAT32 = 1e-4
"""dB; the Meter rounds what it has filtered to float32, ours does not."""


def test_a_sine_at_full_scale_has_the_loudness_that_the_standard_gives_it() -> None:
    """BS.1770: 997 Hz at 0 dBFS in one channel is -3.01 LUFS, in two channels 0."""
    sine = 2 * tone(997, 3.0)[:, None]
    assert loudness_lufs(sine, RATE) == pytest.approx(-3.01, abs=0.1)
    assert loudness_lufs(np.hstack([sine, sine]), RATE) == pytest.approx(0, abs=0.1)


def test_a_hit_is_as_loud_with_silence_behind_it_as_without() -> None:
    hit = kick(0.2)[:, None]
    alone, followed = loudness_lufs(hit, RATE), loudness_lufs(np.pad(hit, ((0, RATE // 5), (0, 0))), RATE)
    assert alone == pytest.approx(followed, abs=0.05)
    assert alone > -30


def test_what_is_below_the_gate_has_the_gate_as_its_loudness() -> None:
    assert loudness_lufs(np.zeros((RATE, 1), np.float32), RATE) == SILENCE_LUFS
    assert loudness_lufs(1e-5 * tone(1000, 1.0)[:, None], RATE) == SILENCE_LUFS


def test_quiet_passages_are_gated() -> None:
    loud, quiet = noise(2.0)[:, None], 0.01 * noise(8.0)[:, None]
    assert loudness_lufs(np.vstack([loud, quiet]), RATE) == pytest.approx(loudness_lufs(loud, RATE), abs=0.7)


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
@pytest.mark.parametrize("seconds", [0.3, 0.41, 1.234, 7.0])
def test_the_loudness_is_that_of_pyloudnorm_s_own_meter(rate: int, seconds: float) -> None:
    swell = np.linspace(0.001, 1, round(seconds * rate), dtype=np.float32) ** 3
    sides = np.stack([swell * noise(seconds, 1, rate), 0.3 * tone(300, seconds, rate)], axis=1)
    for audio in (sides, sides[:, :1]):
        filled = np.pad(audio, ((0, max(0, round(0.4 * rate) + 1 - len(audio))), (0, 0)))
        assert loudness_lufs(audio, rate) == pytest.approx(Meter(rate).integrated_loudness(filled), abs=THROUGH_FLOAT32)

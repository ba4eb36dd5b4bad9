"""Loudness against the standard's own figures, and against pyloudnorm's."""

import numpy as np
import pytest
from pyloudnorm import Meter

from soundpalette.core.music.loudness import SILENCE_LUFS, loudness_lufs
from tests.rendered import loops, one_shots
from tests.sounds import RATE, kick, noise, tone


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


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 12_345])
def test_it_is_as_loud_as_pyloudnorm_says(rate: int) -> None:
    for item in (*loops(5)[:5], *one_shots(5)):
        audio = np.stack([item.audio, 0.1 + 0.1 * noise(len(item.audio) / RATE)[: len(item.audio)]], axis=1)
        padded = np.pad(audio, ((0, max(0, round(0.4 * rate) + 1 - len(audio))), (0, 0)))
        assert loudness_lufs(audio, rate) == pytest.approx(Meter(rate).integrated_loudness(padded), abs=0.001)


def test_quiet_passages_are_gated() -> None:
    loud, quiet = noise(2.0)[:, None], 0.01 * noise(8.0)[:, None]
    assert loudness_lufs(np.vstack([loud, quiet]), RATE) == pytest.approx(loudness_lufs(loud, RATE), abs=0.7)

"""Tempo against loops rendered at a known one."""

import numpy as np
import pytest
import soxr

from soundpalette.core.music.chroma import find_chroma
from soundpalette.core.music.onsets import find_onsets
from soundpalette.core.music.tempo import Tempo, candidates, find_free_tempo, find_tempo
from tests.rendered import loops
from tests.sounds import RATE, Audio, kick, noise

LOW_RATE = 22_050


def heard(audio: Audio) -> Tempo | None:
    low = soxr.resample(audio, RATE, LOW_RATE)
    return find_tempo(find_onsets(low, LOW_RATE), find_chroma(low, LOW_RATE))


def test_most_rendered_loops_have_their_tempo_and_nearly_all_the_rest_are_octaves() -> None:
    found = [(item, heard(item.audio)) for seed in range(2) for item in loops(seed)]
    ratios = np.array([tempo.bpm / (item.bpm or 0) for item, tempo in found if tempo])
    assert len(ratios) == len(found)
    assert np.mean(np.abs(ratios - 1) < 0.04) >= 0.9
    assert np.isclose(ratios[:, None], [0.5, 1, 2], rtol=0.01).any(axis=1).mean() >= 0.95


def test_confidence_is_higher_where_the_tempo_is_right() -> None:
    found = [(item, heard(item.audio)) for item in loops(2)]
    right = [tempo.confidence for item, tempo in found if tempo and tempo.beats == item.beats]
    assert np.mean(right) > 0.85


def test_no_number_of_beats_fits_a_click() -> None:
    assert candidates(0.1).size == 0
    assert heard(kick(0.1)) is None
    assert candidates(4.0).tolist() == list(range(3, 17))


def test_a_part_of_a_longer_sound_has_the_tempo_of_its_rhythm_and_no_beats() -> None:
    item = loops(1)[0]
    part = np.resize(item.audio, round(1.37 * len(item.audio)))
    low = soxr.resample(np.tile(part, 2)[: 20 * RATE], RATE, LOW_RATE)
    tempo = find_free_tempo(find_onsets(low, LOW_RATE))
    assert tempo.beats is None
    assert tempo.confidence <= 0.5


def test_a_steady_pulse_is_found_without_knowing_where_it_ends() -> None:
    audio = np.zeros(RATE * 21 + 777, np.float32)
    for start in range(0, len(audio) - RATE, round(60 / 132 * RATE)):
        audio[start : start + 4410] += kick(0.1)
    low = soxr.resample(audio, RATE, LOW_RATE)
    assert find_free_tempo(find_onsets(low, LOW_RATE)).bpm == pytest.approx(132, rel=0.01)


def test_noise_is_no_sure_tempo() -> None:
    low = soxr.resample(noise(30.0), RATE, LOW_RATE)
    assert find_free_tempo(find_onsets(low, LOW_RATE)).confidence < 0.2

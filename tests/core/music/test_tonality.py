"""Keys and roots against what was rendered."""

import numpy as np
import pytest
import soxr

from soundpalette.core.music.chroma import find_chroma
from soundpalette.core.music.notes import PITCH_CLASSES
from soundpalette.core.music.pitch import find_pitch
from soundpalette.core.music.tonality import find_key
from tests import voices
from tests.rendered import SCALES, loops
from tests.sounds import RATE, Audio, kick, noise, tone

LOW_RATE = 22_050


def low(audio: Audio) -> Audio:
    return np.asarray(soxr.resample(audio, RATE, LOW_RATE), np.float32)


def cadence(tonic: int, mode: str, cents: float = 0) -> Audio:
    """Tonic, subdominant, dominant, tonic on an organ."""
    rng = np.random.default_rng(0)
    scale, organ = SCALES[mode], voices.TIMBRES["organ"]
    chords = [
        [60 + tonic + 12 * ((degree + third) // 7) + scale[(degree + third) % 7] for third in (0, 2, 4)]
        for degree in (0, 3, 4, 0)
    ]
    played = [sum(voices.note(organ, midi + cents / 100, 0.8, rng) for midi in chord) for chord in chords]
    return np.concatenate(played).astype(np.float32)


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", range(12))
def test_each_of_the_24_keys_is_heard_in_its_cadence(tonic: int, mode: str) -> None:
    key = find_key(find_chroma(low(cadence(tonic, mode)), LOW_RATE))
    assert key is not None
    assert key.name == f"{PITCH_CLASSES[tonic]} {mode}"


def test_a_tuning_40_cents_flat_changes_nothing() -> None:
    chroma = find_chroma(low(cadence(7, "minor", cents=-40)), LOW_RATE)
    assert chroma.tuning == pytest.approx(-0.4, abs=0.05)
    key = find_key(chroma)
    assert key is not None
    assert key.name == "G minor"


def test_drum_loops_and_noise_have_no_key() -> None:
    for item in loops(3)[:8]:
        assert find_key(find_chroma(low(item.audio), LOW_RATE)) is None, item.name
    assert find_key(find_chroma(low(noise(4.0)), LOW_RATE)) is None


@pytest.mark.parametrize("midi", [24, 33, 45, 60, 69, 81, 95])
@pytest.mark.parametrize("timbre", ["saw", "bell", "keys"])
def test_a_note_has_its_pitch_from_the_first_octave_to_the_sixth(timbre: str, midi: int) -> None:
    audio = voices.note(voices.TIMBRES[timbre], midi, 0.8, np.random.default_rng(midi))
    pitch = find_pitch(low(audio), LOW_RATE)
    assert pitch is not None
    assert pitch.midi == pytest.approx(midi, abs=0.1)
    assert pitch.confidence > 0.9


def test_a_short_note_has_a_pitch_and_a_click_has_none() -> None:
    pitch = find_pitch(low(tone(440, 0.05)), LOW_RATE)
    assert pitch is not None
    assert pitch.midi == pytest.approx(69, abs=0.1)
    assert find_pitch(low(tone(440, 0.001)), LOW_RATE) is None


def test_noise_and_a_falling_kick_and_silence_are_no_note() -> None:
    assert find_pitch(low(noise(1.0)), LOW_RATE) is None
    assert find_pitch(low(kick()), LOW_RATE) is None
    assert find_pitch(np.zeros(LOW_RATE, np.float32), LOW_RATE) is None

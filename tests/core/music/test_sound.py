"""What the sound alone tells, on real files."""

import math
import tracemalloc
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from soundpalette.core.music.sound import Sound, analyse, analyse_file
from soundpalette.errors import AudioError
from tests.rendered import loops, one_shots
from tests.sounds import RATE, Audio, hat, kick, noise, tone, write


def numbers(value: object) -> list[float]:
    """Every number in a sound, however deep."""
    if isinstance(value, dict):
        return [number for inner in value.values() for number in numbers(inner)]
    if isinstance(value, (list, tuple)):
        return [number for inner in value for number in numbers(inner)]
    return [float(value)] if isinstance(value, (int, float)) else []


def assert_sound(sound: Sound) -> None:
    assert all(math.isfinite(number) for number in numbers(asdict(sound)))
    assert sound.kind.value in ("loop", "one-shot")
    assert 0 <= sound.kind.confidence <= 1
    assert 0 <= sound.noisiness <= 1
    assert 0 <= sound.width <= 1
    assert sound.loudness_lufs >= -70
    assert sum(sound.bands) == pytest.approx(1, abs=1e-6) or sum(sound.bands) == 0


@pytest.mark.parametrize("style", ["four", "boombap", "waltz", "arpeggio"])
def test_a_rendered_loop_has_its_tempo_and_its_beats(tmp_path: Path, style: str) -> None:
    true = next(item for item in loops(1) if item.name == style)
    sound = analyse_file(write(tmp_path / "a.wav", true.audio))
    assert sound.kind.value == "loop"
    assert sound.bpm is not None
    assert sound.beats is not None
    assert sound.bpm.value == pytest.approx(true.bpm, abs=0.02)
    assert sound.beats.value == true.beats
    assert sound.bpm.source == "sound"
    assert sound.root is None


def test_notes_have_their_root_and_no_key_and_no_tempo() -> None:
    for true in one_shots(3):
        if true.root and not true.key and true.name not in ("pad", "strings"):
            sound = analyse(true.audio, RATE)
            assert sound.root is not None, true.name
            assert (true.name, sound.root.value) == (true.name, true.root)
            assert (sound.key, sound.bpm, sound.beats) == (None, None, None)


def test_drums_have_neither_key_nor_root() -> None:
    for true in one_shots(4)[:6]:
        sound = analyse(true.audio, RATE)
        assert (true.name, sound.kind.value) == (true.name, "one-shot")
        assert (sound.key, sound.root, sound.bpm) == (None, None, None)


def test_a_chord_has_a_key_and_no_single_root() -> None:
    true = one_shots(5)[-1]
    sound = analyse(true.audio, RATE)
    assert sound.key is not None
    assert sound.key.value == true.key
    assert sound.root is None


def test_a_kick_is_low_and_a_hat_is_bright_and_noisy() -> None:
    low, high = analyse(kick(), RATE), analyse(hat(), RATE)
    assert low.bands[0] > 0.6
    assert high.bands[3] > 0.8
    assert low.brightness_hz < 150 < 8_000 < high.brightness_hz
    assert low.noisiness < 0.2 < 0.8 < high.noisiness


def test_a_swell_has_a_long_attack_and_a_hit_a_short_one() -> None:
    swell = tone(440, 2.0) * np.minimum(1, np.arange(2 * RATE) / RATE).astype(np.float32)
    assert analyse(swell, RATE).attack_seconds == pytest.approx(0.8, abs=0.02)
    hit = analyse(kick(), RATE)
    assert hit.attack_seconds < 0.01
    assert hit.decay_seconds == pytest.approx(math.log(10) / 9, abs=0.03)


def test_width_tells_mono_from_opposite_channels_whose_pitch_is_heard_all_the_same() -> None:
    mono = tone(220, 1.0)
    assert analyse(mono, RATE).width == 0
    opposite = analyse(np.stack([mono, -mono], axis=1), RATE)
    assert opposite.width == pytest.approx(1)
    assert opposite.root is not None
    assert opposite.root.value == "A3"


def test_silence_has_a_floor_and_nothing_else() -> None:
    sound = analyse(np.zeros((RATE, 2), np.float32), RATE)
    assert_sound(sound)
    assert (sound.loudness_lufs, sound.peak_db, sound.brightness_hz) == (-70, -120, 0)
    assert sound.kind.value == "one-shot"
    assert (sound.bpm, sound.key, sound.root) == (None, None, None)


def test_a_constant_is_no_note(tmp_path: Path) -> None:
    sound = analyse_file(write(tmp_path / "dc.wav", np.full(2 * RATE, 0.5, np.float32)))
    assert_sound(sound)
    assert (sound.bpm, sound.key, sound.root) == (None, None, None)


def test_five_milliseconds_are_analysed_and_less_is_refused(tmp_path: Path) -> None:
    assert_sound(analyse_file(write(tmp_path / "a.wav", tone(1000, 0.005))))
    with pytest.raises(AudioError, match="from 5 ms on"):
        analyse_file(write(tmp_path / "b.wav", tone(1000, 0.004)))


@pytest.mark.parametrize("rate", [1, 300, 8_000, 96_000, 192_000, 384_000])
def test_any_rate_is_analysed(tmp_path: Path, rate: int) -> None:
    audio = noise(1.0, rate=max(rate, 4))
    assert_sound(analyse_file(write(tmp_path / "a.wav", audio, rate)))


def test_eight_channels_are_heard_as_their_mean(tmp_path: Path) -> None:
    channels = np.zeros((RATE, 8), np.float32)
    channels[:, 5] = 0.8 * tone(440, 1.0)
    sound = analyse_file(write(tmp_path / "a.wav", channels))
    assert sound.peak_db == pytest.approx(20 * math.log10(0.05), abs=0.1)
    assert sound.root is not None
    assert sound.root.value == "A4"


def test_what_is_no_number_is_silence(tmp_path: Path) -> None:
    audio = np.stack([tone(440, 1.0), tone(440, 1.0)], axis=1)
    audio[1000:2000, 1] = np.nan
    audio[5000, 0] = np.inf
    assert_sound(analyse_file(write(tmp_path / "a.wav", audio, subtype="FLOAT")))


def test_nothing_but_what_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no finite value"):
        analyse_file(write(tmp_path / "a.wav", np.full((RATE, 2), np.nan, np.float32), subtype="FLOAT"))


def test_of_three_hours_the_first_minute_is_heard(tmp_path: Path) -> None:
    true = next(item for item in loops(1) if item.name == "four")
    minute = np.resize(true.audio, 90 * RATE)
    path = tmp_path / "set.flac"
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        file.write(minute)
        for _ in range(178):
            file.write(np.zeros(60 * RATE, np.int16))
    tracemalloc.start()
    sound = analyse_file(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sound.seconds == pytest.approx(90 + 178 * 60)
    assert sound.bpm is not None
    assert sound.bpm.value == pytest.approx(true.bpm, rel=0.01)
    assert sound.beats is None
    assert peak < 250 << 20


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.float32, st.tuples(st.integers(1, 6000), st.integers(1, 2)), elements=st.floats(-1e6, 1e6, width=32)),
    st.sampled_from([8_000, 44_100, 48_000]),
)
def test_whatever_comes_is_told_in_finite_numbers(audio: Audio, rate: int) -> None:
    assert_sound(analyse(audio, rate))

"""Previews: what comes out can be heard, and is small."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundpalette.core.audio import probe
from soundpalette.core.preview import BEGINNING, EXCERPT, RATE, excerpt, preview
from soundpalette.errors import AudioError
from tests.conftest import CRATE
from tests.sounds import RATE as SOUNDS
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


def test_an_excerpt_begins_at_the_sound_and_keeps_its_attack(tmp_path: Path) -> None:
    late = np.concatenate([np.zeros(2 * SOUNDS, np.float32), tone(440, 10)])
    heard = excerpt(write(tmp_path / "a.wav", late))
    assert heard.start_seconds == pytest.approx(1.99, abs=0.005)
    assert heard.seconds == 6
    audio, rate = soundfile.read(BytesIO(heard.data))
    assert (rate, len(audio)) == (RATE, 6 * RATE)
    assert np.abs(audio[: RATE // 200]).max() < 0.05 < 0.4 < np.abs(audio[RATE // 50 : RATE // 10]).max()
    assert np.abs(audio[-40:]).max() < 0.05


@pytest.mark.parametrize("channels", [1, 2, 8])
def test_an_excerpt_of_the_worst_noise_is_small(channels: int, tmp_path: Path) -> None:
    loud = np.sign(np.stack([noise(7, seed, RATE) for seed in range(channels)], axis=1)).astype(np.float32)
    heard = excerpt(write(tmp_path / "a.wav", loud, RATE))
    assert len(heard.data) <= EXCERPT.max_bytes
    assert heard.seconds > 4


def test_opposite_channels_do_not_cancel_each_other_out(tmp_path: Path) -> None:
    sound = tone(440, 0.5)
    path = write(tmp_path / "a.wav", np.stack([sound, -sound], axis=1))
    for data in (preview(path), excerpt(path).data):
        assert np.abs(soundfile.read(BytesIO(data))[0]).max() > 0.4


def test_silence_and_a_clip_of_ten_milliseconds_come_whole(tmp_path: Path) -> None:
    for sound in (np.zeros(SOUNDS, np.float32), tone(1000, 0.01)):
        heard = excerpt(write(tmp_path / "a.wav", sound))
        assert heard.start_seconds == 0
        assert heard.seconds == pytest.approx(len(sound) / SOUNDS, abs=0.001)
        assert soundfile.info(BytesIO(heard.data)).frames == len(heard.audio)


def test_what_is_beyond_full_scale_is_scaled_down_to_it(tmp_path: Path) -> None:
    heard = excerpt(write(tmp_path / "a.wav", 8 * tone(440), subtype="FLOAT"))
    assert np.abs(heard.audio).max() == 1


@pytest.mark.parametrize("path", sorted(CRATE.rglob("*.flac"))[::6], ids=lambda path: path.name)
def test_of_the_crate_every_excerpt_is_as_long_as_it_may_be(path: Path) -> None:
    heard = excerpt(path)
    assert len(heard.data) <= EXCERPT.max_bytes
    assert heard.seconds == pytest.approx(min(EXCERPT.seconds, probe(path).seconds - heard.start_seconds), abs=0.001)

"""Audio in: what decodes, to what, and what is refused."""

import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundpalette.core.audio import Limits, decode, probe, recording, stream
from soundpalette.core.stereo import Width
from soundpalette.errors import AudioError
from tests.sounds import RATE, noise, tone, write

RESAMPLED_LEVEL = 0.01
"""Relative tolerance on the level of a sine after resampling."""


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("a.wav", "PCM_16"), ("a.wav", "FLOAT"), ("a.aiff", "PCM_24"), ("a.flac", "PCM_16"), ("a.ogg", "VORBIS"),
     ("a.mp3", "MPEG_LAYER_III"), ("a.caf", "PCM_16")],
)  # fmt: skip
def test_every_format_decodes_to_the_same_sine(tmp_path: Path, name: str, subtype: str) -> None:
    path = write(tmp_path / name, tone(440, 1.0), subtype=subtype)
    header = probe(path)
    assert (header.rate, header.channels) == (RATE, 1)
    assert header.seconds == pytest.approx(1.0, abs=0.06)  # MP3 pads its frames
    audio = decode(path, 24_000)
    spectrum = np.abs(np.fft.rfft(audio))
    assert spectrum.argmax() * 24_000 / len(audio) == pytest.approx(440, abs=2)
    assert np.abs(audio[6000:18000]).max() == pytest.approx(0.5, rel=0.05)


def test_mono_is_the_mean_of_the_channels(tmp_path: Path) -> None:
    channels = np.stack([tone(200), noise(), np.zeros(RATE // 2, np.float32)], axis=1)
    path = write(tmp_path / "three.wav", channels, subtype="FLOAT")
    np.testing.assert_allclose(decode(path, RATE), channels.mean(axis=1), atol=1e-6)


def test_thirty_two_channels_decode(tmp_path: Path) -> None:
    path = write(tmp_path / "many.wav", np.tile(tone(300)[:, None], (1, 32)), subtype="FLOAT")
    assert probe(path).channels == 32
    np.testing.assert_allclose(decode(path, RATE), tone(300), atol=1e-6)


def test_blocks_join_to_what_one_resampling_gives(tmp_path: Path) -> None:
    audio = noise(20.0)
    path = write(tmp_path / "long.wav", audio, subtype="FLOAT")
    blocks = list(stream(path, 24_000))
    assert len(blocks) > 2
    assert abs(sum(len(block) for block in blocks) - 20 * 24_000) <= 1
    import soxr

    np.testing.assert_allclose(np.concatenate(blocks), soxr.resample(audio, RATE, 24_000)[: 20 * 24_000], atol=1e-5)


def test_an_odd_rate_is_resampled(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.wav", tone(440, 1.0, 44_101), 44_101)
    audio = decode(path, 24_000)
    assert len(audio) == pytest.approx(24_000, abs=2)
    assert np.abs(audio[1000:-1000]).max() == pytest.approx(0.5, rel=RESAMPLED_LEVEL)


def test_two_hours_cost_a_bounded_buffer_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "two hours.flac"
    with soundfile.SoundFile(path, "w", 8000, 1, "PCM_16") as file:
        for _ in range(120):
            file.write(np.zeros(60 * 8000, np.int16))
    tracemalloc.start()
    frames = sum(len(block) for block in stream(path, 24_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert frames == 2 * 3600 * 24_000
    assert peak < 16 << 20


def test_five_milliseconds_are_enough_and_less_is_not(tmp_path: Path) -> None:
    assert len(decode(write(tmp_path / "a.wav", tone(1000, 0.005)), RATE)) == 220
    with pytest.raises(AudioError, match="from 5 ms on"):
        probe(write(tmp_path / "b.wav", tone(1000, 0.004)))


def test_not_a_number_becomes_silence_and_nothing_else_is_refused(tmp_path: Path) -> None:
    audio = tone(440)
    audio[100:200] = np.nan
    audio[300] = np.inf
    decoded = decode(write(tmp_path / "some.wav", audio, subtype="FLOAT"), RATE)
    assert np.isfinite(decoded).all()
    assert decoded[150] == 0
    with pytest.raises(AudioError, match="no finite value"):
        decode(write(tmp_path / "all.wav", np.full(1000, np.nan, np.float32), subtype="FLOAT"), RATE)


def test_opposite_infinities_of_two_channels_are_silence(tmp_path: Path) -> None:
    sides = np.stack([tone(440), tone(440)], axis=1)
    sides[100] = np.inf, -np.inf
    width = Width()
    blocks = list(stream(write(tmp_path / "hurt.wav", sides, subtype="FLOAT"), RATE, width=width))
    assert blocks[0][100] == 0
    assert width.value == 0


def test_values_far_beyond_full_scale_are_refused(tmp_path: Path) -> None:
    huge = write(tmp_path / "huge.wav", tone(440) * np.float32(1e38), subtype="FLOAT")
    with pytest.raises(AudioError, match="far beyond full scale"):
        decode(huge, RATE)
    loud = write(tmp_path / "loud.wav", tone(440) * np.float32(100), subtype="FLOAT")
    assert np.abs(decode(loud, RATE)).max() == pytest.approx(50, rel=0.01)


def test_a_path_longer_than_libsndfile_takes_is_opened_all_the_same(tmp_path: Path) -> None:
    path = tmp_path.joinpath(*["deep" * 50] * 6) / "a.wav"
    write(tmp_path / "a.wav", tone(440))
    path.parent.mkdir(parents=True)
    (tmp_path / "a.wav").rename(path)
    assert len(str(path)) > 1200
    assert len(decode(path, RATE)) == RATE // 2
    path.write_text("no audio")
    with pytest.raises(AudioError, match="is not readable audio"):
        probe(path)


def test_a_name_that_is_not_utf8_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="x"):
        probe(tmp_path / "x\udcff.wav")


def test_each_limit_is_a_sentence_with_the_value_and_the_mend(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", np.zeros((RATE, 2), np.float32))
    for limits, words in [
        (Limits(max_seconds=0.5), "seconds; up to"),
        (Limits(max_channels=1), "2 channels; up to 1"),
        (Limits(max_rate=8000), "44,100 Hz; 1 to 8,000"),
        (Limits(max_bytes=100), "more than the 100 allowed"),
    ]:
        with pytest.raises(AudioError, match=words):
            probe(path, limits)


def test_a_text_file_named_wav_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("buy strings\n" * 50)
    with pytest.raises(AudioError, match="is not readable audio"):
        probe(path)


def test_empty_missing_and_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioError, match="is empty"):
        probe(tmp_path / "empty.wav")
    with pytest.raises(AudioError, match="cannot be read"):
        probe(tmp_path / "missing.wav")
    with pytest.raises(AudioError, match="is not readable audio|cannot be read"):
        probe(tmp_path)


def test_a_wav_cut_to_its_header_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "cut.wav", tone(440, 2.0))
    path.write_bytes(path.read_bytes()[:44])
    with pytest.raises(AudioError):
        decode(path, RATE)


def test_a_flac_from_a_pipe_with_no_length_in_its_header_is_told_as_such(tmp_path: Path) -> None:
    path = write(tmp_path / "piped.flac", tone(440, 0.5))
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0  # STREAMINFO's 36 bits of total samples: 0 means unknown
    data[22:26] = bytes(4)
    path.write_bytes(data)
    with pytest.raises(AudioError, match="does not tell its length"):
        probe(path)


@pytest.mark.parametrize("name", ["half.wav", "half.aiff", "half.flac"])
def test_a_file_cut_in_the_middle_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, tone(440, 2.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match=r"breaks off"):
        decode(path, RATE)


def with_data_bytes(path: Path, claimed: int) -> Path:
    data = bytearray(path.read_bytes())
    data[40:44] = struct.pack("<I", claimed)
    path.write_bytes(data)
    return path


def test_a_header_that_claims_hours_is_held_against_what_is_there(tmp_path: Path) -> None:
    path = with_data_bytes(write(tmp_path / "liar.wav", tone(440, 0.5)), 0x40000000)
    with pytest.raises(AudioError, match="of the 1,073,741,824 bytes that its header claims 44,100 are there"):
        probe(path)


def test_a_header_that_counts_itself_is_no_damage(tmp_path: Path) -> None:
    path = with_data_bytes(write(tmp_path / "sloppy.wav", tone(440, 0.5)), RATE + 44)
    assert len(decode(path, RATE)) == RATE // 2


def test_a_file_without_rights_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.wav", tone(440))

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)  # as root no chmod takes the right away
    with pytest.raises(AudioError, match="cannot be read .Permission denied.; check that"):
        probe(path)


def test_a_wav_from_a_pipe_with_no_length_in_its_header_decodes(tmp_path: Path) -> None:
    for unknown in (0xFFFFFFFF, 0xFFFFFFDB, 0x80000000, 0x7FFFFFFF, 0x7FFFFF00, 0x7FFFF000):
        path = with_data_bytes(write(tmp_path / "piped.wav", tone(440, 0.5)), unknown)
        assert len(decode(path, RATE)) == RATE // 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_decode_to_finite_audio_or_are_refused(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["x.wav", "x.flac", "x.aiff", "x.ogg", "x.caf", "x.mp3"]))
    original = write(tmp_path / name, tone(440, 0.1)).read_bytes()
    damaged = bytearray(original[: data.draw(st.integers(0, len(original)))])
    for position, value in data.draw(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=8)):
        if position < len(damaged):
            damaged[position] = value
    path = tmp_path / ("damaged" + name)
    path.write_bytes(damaged)
    try:
        total = 0
        for block in stream(path, 24_000, Limits(max_seconds=600)):
            assert np.isfinite(block).all()
            total += len(block)
            if total > 24_000 * 60:
                break
    except AudioError as error:
        assert str(path) in str(error)


def test_width_is_gathered_while_a_file_streams(tmp_path: Path) -> None:
    sides = np.stack([noise(8.0, seed=1), noise(8.0, seed=2)], axis=1)
    sides[100, 0] = np.nan
    path = write(tmp_path / "wide.wav", sides, subtype="FLOAT")
    width = Width()
    assert sum(block.size for block in stream(path, RATE, width=width)) == 8 * RATE
    assert width.value == pytest.approx(0.5**0.5, abs=0.01)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_where_a_file_was_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "kick.wav")
    with pytest.raises(AudioError):
        probe(tmp_path / "kick.wav")


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.aiff"])
def test_a_short_recording_is_decoded_once_for_all_who_share_it(tmp_path: Path, name: str) -> None:
    sides = np.stack([tone(440, 2.0), noise(2.0)], axis=1)
    path = write(tmp_path / name, sides)
    alone = [decode(path, 24_000), decode(path, 32_000)]
    with path.open("r+b") as writer, recording(path, shared=True) as shared:
        path.unlink()  # opened once
        first, width = np.concatenate(list(shared.stream(24_000))), Width()
        writer.truncate(0)  # decoded once
        second, channels = np.concatenate(list(shared.stream(32_000, width))), shared.channels(RATE)
    np.testing.assert_array_equal(first, alone[0])
    np.testing.assert_array_equal(second, alone[1])
    assert channels.shape[1] == 2
    assert width.value == pytest.approx(0.7, abs=0.05)


def test_a_recording_can_be_gone_through_again_however_long_it_is_and_wherever_it_was_left(tmp_path: Path) -> None:
    audio = noise(40.0, rate=16_000)
    for name in ("a.wav", "a.flac", "a.mp3", "a.ogg"):
        with recording(write(tmp_path / name, audio, 16_000), shared=True) as shared:
            next(shared.stream(16_000))
            head = shared.channels(16_000, 10.0)[:, 0]
            whole, again = (np.concatenate(list(shared.stream(16_000))) for _ in range(2))
        np.testing.assert_array_equal(whole, again)
        np.testing.assert_array_equal(whole[: head.size], head)


def test_a_long_recording_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "an hour.flac"
    with soundfile.SoundFile(path, "w", 8000, 1, "PCM_16") as file:
        for _ in range(60):
            file.write(np.zeros(60 * 8000, np.int16))
    tracemalloc.start()
    with recording(path, shared=True) as shared:
        frames = sum(len(block) for block in shared.stream(24_000))
        peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert frames == 3600 * 24_000
    assert peak < 16 << 20

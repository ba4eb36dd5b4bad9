"""Outlines against brute force."""

from pathlib import Path

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.audio import decode
from soundpalette.core.outline import LONG_SECONDS, outline, read_outline
from tests.sounds import kick, tone, write


@given(st.lists(st.integers(1, 400), min_size=1, max_size=6), st.integers(1, 40), st.integers(1, 30), st.integers(0, 9))
def test_each_column_holds_the_extremes_of_its_stretch(
    blocks: list[int], columns: int, bin_frames: int, seed: int
) -> None:
    sound = np.random.default_rng(seed).uniform(-1, 1, sum(blocks)).astype(np.float32)
    drawn = outline(iter(np.split(sound, np.cumsum(blocks)[:-1])), columns, bin_frames)
    bins = -(-len(sound) // bin_frames)
    for column in range(columns):
        first = column * bins // columns
        last = max((column + 1) * bins // columns, first + 1)
        stretch = sound[first * bin_frames : last * bin_frames]
        assert (drawn.lows[column], drawn.highs[column]) == (stretch.min(), stretch.max())


def test_a_file_is_drawn_as_it_sounds(tmp_path: Path) -> None:
    path = write(tmp_path / "kick.flac", np.column_stack([kick(), kick()]))
    sound = decode(path, 44_100)
    drawn = read_outline(path, 160)
    assert drawn.highs.max() == sound.max()
    assert drawn.lows.min() == sound.min()
    assert drawn.highs[0] > 0.5
    assert abs(drawn.highs[-1]) < 0.05


def test_a_file_shorter_than_the_columns_is_drawn_in_steps(tmp_path: Path) -> None:
    path = write(tmp_path / "click.wav", tone(500, 0.01, 8_000), 8_000)
    drawn = read_outline(path, 160)
    assert len(drawn.highs) == 160
    assert (drawn.highs[0], drawn.highs[1]) == (drawn.lows[0], drawn.highs[0])


def test_a_long_file_is_skimmed_and_keeps_its_shape(tmp_path: Path) -> None:
    rate, half = 2_000, round(LONG_SECONDS * 2_000 * 0.51)
    sound = np.concatenate([0.1 * np.ones(half), 0.8 * np.ones(half)]).astype(np.float32)
    drawn = read_outline(write(tmp_path / "long.flac", sound, rate), 160)
    assert np.allclose(drawn.highs[:79], 0.1, atol=1e-3)
    assert np.allclose(drawn.highs[81:], 0.8, atol=1e-3)


def test_a_long_mp3_is_drawn_behind_the_silence_that_its_decoder_seeks_through(tmp_path: Path) -> None:
    path, rate = tmp_path / "long.mp3", 24_000
    with soundfile.SoundFile(path, "w", rate, 1, format="MP3") as file:
        for _ in range(round(LONG_SECONDS) + 20):
            file.write(tone(440, 1.0, rate))
    drawn = read_outline(path, 160)
    assert drawn.highs.min() > 0.4
    assert drawn.lows.max() < -0.4


def test_silence_stands_where_values_are_no_numbers(tmp_path: Path) -> None:
    rate, frames = 1_000, round(LONG_SECONDS * 1_000) + 1_000
    sound = np.full(frames, 0.5, np.float32)
    sound[: frames // 2] = np.nan
    drawn = read_outline(write(tmp_path / "broken.wav", sound, rate, "FLOAT"), 160)
    assert (drawn.highs[0], drawn.lows[-1]) == (0, 0.5)

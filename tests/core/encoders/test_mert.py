"""Windows of MERT: how a file is cut, and that a window's features are its own."""

import tracemalloc
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from soundpalette.core.encoders import mert
from soundpalette.errors import AudioError

PARITY = Path(__file__).parents[2] / "data" / "parity"


def write(path: Path, sound: npt.NDArray[np.float32], rate: int = mert.RATE, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, sound, rate, subtype=subtype)
    return path


def noise(seconds: float, rate: int = mert.RATE) -> npt.NDArray[np.float32]:
    return np.random.default_rng(1).standard_normal(round(seconds * rate)).astype(np.float32) * 0.1 + 0.05


def lengths(path: Path) -> list[int]:
    return [window.size for window in mert.windows(path)]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.999, [24_000]),
        (1.0, [24_000]),
        (4.2, [100_800]),
        (5.0, [120_000]),
        (5.999, [120_000]),
        (6.0, [120_000, 24_000]),
        (10.0, [120_000, 120_000]),
    ],
)
def test_a_last_window_under_a_second_is_dropped_unless_alone(
    tmp_path: Path, seconds: float, expected: list[int]
) -> None:
    assert lengths(write(tmp_path / "a.wav", noise(seconds))) == expected


def test_a_short_file_is_normalised_and_then_padded_with_silence(tmp_path: Path) -> None:
    sound = noise(0.25)
    (window,) = mert.windows(write(tmp_path / "kick.wav", sound))
    expected = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
    np.testing.assert_allclose(window[: sound.size], expected, atol=1e-5)
    assert window.size == mert.SHORTEST
    assert not window[sound.size :].any()


@pytest.mark.parametrize("rate", [8_000, 24_000, 44_101, 192_000])
def test_five_milliseconds_make_one_finite_window_at_any_rate(tmp_path: Path, rate: int) -> None:
    (window,) = mert.windows(write(tmp_path / "click.wav", noise(0.0051, rate), rate))
    assert window.size == mert.SHORTEST
    assert np.isfinite(window).all()


def test_silence_stays_silence(tmp_path: Path) -> None:
    (window,) = mert.windows(write(tmp_path / "silence.wav", np.zeros(mert.RATE, np.float32)))
    assert not window.any()


def test_loudness_plays_no_part(tmp_path: Path) -> None:
    (quiet,) = mert.windows(write(tmp_path / "quiet.wav", noise(2.0)))
    (loud,) = mert.windows(write(tmp_path / "loud.wav", noise(2.0) * np.float32(1e5)))
    np.testing.assert_allclose(loud, quiet, atol=1e-4)


@pytest.mark.filterwarnings("ignore:overflow")
def test_values_that_overflow_while_resampling_are_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "burst.wav", np.tile(np.array([3.4e38] * 64 + [-3.4e38] * 64, np.float32), 400), 48_000)
    with pytest.raises(AudioError, match=r"burst\.wav holds values far beyond full scale"):
        list(mert.windows(path))


@pytest.mark.parametrize("name", ["tail_kept", "exact_two_windows", "tail_dropped"])
def test_a_file_read_twice_gives_the_windows_of_one_that_was_kept(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    kept = list(mert.windows(PARITY / f"{name}.flac"))
    monkeypatch.setattr(mert, "KEPT", 0)
    streamed = list(mert.windows(PARITY / f"{name}.flac"))
    np.testing.assert_array_equal(np.concatenate(streamed), np.concatenate(kept))


def test_a_long_file_costs_a_bounded_buffer(tmp_path: Path) -> None:
    path = write(tmp_path / "long.wav", np.tile(noise(60.0), 12), subtype="PCM_16")
    tracemalloc.start()
    try:
        assert sum(window.size for window in mert.windows(path)) == 720 * mert.RATE
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16e6  # the whole would be 69 MB


def test_whole_file_is_brought_to_zero_mean_and_unit_variance(tmp_path: Path) -> None:
    path = write(tmp_path / "offset.wav", noise(70.0) + 0.4)
    whole = np.concatenate(list(mert.windows(path))).astype(np.float64)
    assert abs(whole.mean()) < 1e-5
    assert abs(whole.std() - 1) < 1e-4

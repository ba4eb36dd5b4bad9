"""Pictures: what they show is where it belongs, whatever the sound."""

from io import BytesIO

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont

from soundpalette.core.picture import BOTTOM, CELL, COLUMNS, LEFT, LINE, OUTLINE, RIGHT, ROWS, TEXT, picture
from tests.sounds import kick, noise, tone

RATE = 32_000
MOST_BYTES = 12_000


def pixels(audio: npt.NDArray[np.float32], start: float = 0.0) -> npt.NDArray[np.uint8]:
    """The index of each pixel's colour [height, width]."""
    data = picture(audio, RATE, start)
    assert len(data) < MOST_BYTES
    image = Image.open(BytesIO(data))
    assert (image.format, image.mode, image.size) == ("PNG", "P", (480, 240))
    return np.asarray(image)


def spectrogram(audio: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Shades [ROWS, COLUMNS]."""
    return pixels(audio)[OUTLINE:BOTTOM:CELL, LEFT:RIGHT:CELL]


@pytest.mark.parametrize("hz", [60, 440, 3_000, 12_000])
@pytest.mark.parametrize("seconds", [0.3, 6])
def test_a_tone_is_a_line_at_its_pitch(hz: float, seconds: float) -> None:
    shades = spectrogram(tone(hz, seconds, RATE))
    assert shades.shape == (ROWS, COLUMNS)
    loudest = ROWS - 1 - int(shades[:, COLUMNS // 2].argmax())
    octave = ROWS / np.log2(16_000 / 40)
    assert loudest + 0.5 == pytest.approx(np.log2(hz / 40) * octave, abs=max(1.5, octave * 40 / hz))


def test_what_sounds_later_stands_further_right() -> None:
    shown = pixels(np.concatenate([np.zeros(RATE, np.float32), tone(1000, 1, RATE)]))
    middle = (LEFT + RIGHT) // 2
    outline = (shown[:OUTLINE, LEFT:RIGHT] == LINE).sum(axis=0)
    assert outline[: middle - LEFT - 2].max() <= 2
    assert outline[middle - LEFT + 2 :].min() > OUTLINE - 3
    assert shown[OUTLINE:BOTTOM, LEFT : middle - 6].max() == 0 < shown[OUTLINE:BOTTOM, middle + 6 : RIGHT].max()


def test_the_outline_is_one_unbroken_line_of_the_sounds_own_height() -> None:
    for sound in (kick(), noise(0.01), 0.01 * kick(0.1)):
        line = pixels(sound)[:OUTLINE, LEFT:RIGHT] == LINE
        assert line.any(axis=0).all()
        assert line[0].any() or line[-1].any()


def test_silence_is_a_flat_line_over_nothing() -> None:
    shown = pixels(np.zeros(RATE, np.float32))
    assert set(np.flatnonzero((shown[:OUTLINE] == LINE).any(axis=1))) <= {OUTLINE // 2 - 1, OUTLINE // 2}
    assert not shown[OUTLINE:BOTTOM, LEFT:RIGHT].any()


def test_time_is_marked_as_the_file_counts_it() -> None:
    shown = pixels(noise(6, rate=RATE), 12.3)
    ticks = LEFT + np.flatnonzero(shown[BOTTOM + 1, LEFT:] == TEXT)
    assert np.diff(ticks) == pytest.approx((RIGHT - LEFT) / 6, abs=1)
    for tick, word in zip(ticks, ("13", "14", "15", "16", "17"), strict=False):
        assert stands(word, shown[BOTTOM:, tick - 15 : tick + 15])
    for word in ("100", "1k", "10k"):
        assert stands(word, shown[OUTLINE:BOTTOM, :LEFT])


def stands(word: str, shown: npt.NDArray[np.uint8]) -> bool:
    """Whether a word is written somewhere."""
    font = ImageFont.load_default_imagefont()
    _, _, width, height = font.getbbox(word)
    letters = np.asarray(font.getmask(word)).reshape(round(height), round(width)) > 0
    places = np.lib.stride_tricks.sliding_window_view(shown == TEXT, letters.shape)
    return bool((places == letters).all(axis=(2, 3)).any())


def test_marks_stand_out_from_their_ground() -> None:
    image = Image.open(BytesIO(picture(kick(), RATE)))
    colours = np.asarray(image.getpalette()).reshape(-1, 3)
    brightness = colours @ [0.2126, 0.7152, 0.0722]
    assert brightness[TEXT] - brightness[0] > 150
    assert brightness[LINE] - brightness[0] > 120
    assert (np.diff(brightness[:LINE]) > 0).all()


@settings(deadline=None, max_examples=25)
@given(
    frames=st.integers(1, 40_000),
    level=st.floats(0, 1, width=32),
    start=st.floats(0, 60),
    seed=st.integers(0, 99),
)
def test_any_sound_has_a_small_picture(frames: int, level: float, start: float, seed: int) -> None:
    sound = level * np.random.default_rng(seed).uniform(-1, 1, frames).astype(np.float32)
    pixels(sound.astype(np.float32), start)

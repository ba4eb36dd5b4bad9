"""A sound to look at: its outline above its spectrogram, as a small PNG with marks for time and pitch.

Its own dark background makes it readable wherever it is shown.
"""

import math
from io import BytesIO
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.spectra import Floats, spectra
from soundpalette.core.outline import outline
from soundpalette.core.types import Waveform

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

MIME: Final = "image/png"
WIDTH: Final = 480
HEIGHT: Final = 240
LEFT: Final = 28
"""Pixels for the marks of pitch; those of time stand below."""
COLUMNS: Final = 224
ROWS: Final = 64
CELL: Final = 2
"""Pixels a value of the spectrogram: one a pixel would cost 30 kB of noise."""
OUTLINE: Final = 92
"""Pixels that the outline is high."""
BOTTOM: Final = OUTLINE + CELL * ROWS
RIGHT: Final = LEFT + CELL * COLUMNS
LOWEST_HZ: Final = 40.0
FRAMES: Final = (256, 2048)
"""The shortest and the longest frame in samples; a short sound's are shorter than a sixteenth of it."""
RANGE_DB: Final = 70.0
SHADES: Final = 24
RAMP: Final = ((13, 17, 28), (63, 32, 110), (178, 54, 100), (248, 140, 60), (255, 246, 190))
"""From silence to the loudest, spread evenly over the shades."""
LINE_COLOUR: Final = (96, 190, 235)
TEXT_COLOUR: Final = (205, 210, 220)
LINE: Final = SHADES
TEXT: Final = SHADES + 1
MARKS_HZ: Final = {100: "100", 1_000: "1k", 10_000: "10k"}
STEPS_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
MOST_MARKS: Final = 7
TICK: Final = 4
UNDER: Final = BOTTOM + 12
"""The height of what is written below the spectrogram."""
ROOM: Final = 30
"""Pixels at the right that belong to the unit of time."""

Pixels = npt.NDArray[np.uint8]


def picture(audio: Waveform, rate: int, start_seconds: float = 0.0) -> bytes:
    """PNG, 480 x 240, of `audio` [frames] at `rate` Hz, finite, not empty; it begins at `start_seconds` of its file."""
    from PIL import Image, ImageDraw

    pixels = np.zeros((HEIGHT, WIDTH), np.uint8)
    pixels[:OUTLINE, LEFT:RIGHT] = _outline(audio)
    pixels[OUTLINE:BOTTOM, LEFT:RIGHT] = _spectrogram(audio, rate).repeat(CELL, 0).repeat(CELL, 1)
    image = Image.frombytes("P", (WIDTH, HEIGHT), pixels.tobytes())
    image.putpalette(_colours())
    draw = ImageDraw.Draw(image)
    _mark_pitch(draw, rate)
    _mark_time(draw, start_seconds, len(audio) / rate)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _outline(audio: Waveform) -> Pixels:
    """The lowest to the highest value of each column, as high as there is room."""
    shape = outline(iter([audio]), RIGHT - LEFT, 1)
    peak = max(float(np.abs(audio).max()), 1e-9)
    lows, highs = shape.lows / peak, shape.highs / peak
    lows[1:], highs[1:] = np.minimum(lows[1:], highs[:-1]), np.maximum(highs[1:], lows[:-1])  # one unbroken line
    heights = np.linspace(1, -1, OUTLINE)[:, None]
    half = 1 / (OUTLINE - 1)
    return np.where((heights <= highs + half) & (heights >= lows - half), np.uint8(LINE), np.uint8(0))


def _spectrogram(audio: Waveform, rate: int) -> Pixels:
    """Shades [ROWS, COLUMNS] of the power in rows of equal musical width, the highest first."""
    shortest, longest = FRAMES
    frame = min(longest, max(shortest, 1 << (len(audio) // 16).bit_length()))
    centres = ((np.arange(COLUMNS) + 0.5) * len(audio) / COLUMNS).astype(np.int64)
    power = spectra(np.pad(audio, frame // 2), centres, frame)
    density = _by_pitch(power, rate / frame)
    level = 10 * np.log10(np.maximum(density / max(float(density.max()), 1e-20), 1e-12))
    shades = (level / RANGE_DB + 1).clip(0, 1) * (SHADES - 1)
    return np.asarray(shades.round().astype(np.uint8).T[::-1])


def _by_pitch(power: Floats, bin_hz: float) -> npt.NDArray[np.float64]:
    """Mean power [frames, ROWS] of rows that divide LOWEST_HZ to the highest bin evenly by pitch."""
    bins = power.shape[1]
    edges = np.geomspace(LOWEST_HZ / bin_hz, bins - 1, ROWS + 1) + 0.5
    whole = edges.astype(np.int64).clip(max=bins - 1)
    below = np.cumsum(np.pad(power.astype(np.float64), ((0, 0), (1, 0))), axis=1)
    until = below[:, whole] + (edges - whole) * power[:, whole]
    return np.asarray(np.diff(until, axis=1) / np.diff(edges))


def _colours() -> bytes:
    """Red, green, blue of each shade, of the outline and of the marks."""
    anchors = np.array(RAMP)
    places = np.linspace(0, len(anchors) - 1, SHADES)
    ramp = [np.interp(places, range(len(anchors)), channel) for channel in anchors.T]
    return bytes(np.stack(ramp, axis=1).round().astype(np.uint8).tobytes()) + bytes((*LINE_COLOUR, *TEXT_COLOUR))


def _mark_pitch(draw: "ImageDraw", rate: int) -> None:
    octaves = math.log2(rate / 2 / LOWEST_HZ)
    for hz, word in MARKS_HZ.items():
        y = BOTTOM - round(CELL * ROWS * math.log2(hz / LOWEST_HZ) / octaves)
        draw.line((LEFT - TICK, y, LEFT - 1, y), TEXT)
        _write(draw, LEFT - TICK - 2, y, word, 1)
    _write(draw, LEFT - TICK - 2, UNDER, "Hz", 1)


def _mark_time(draw: "ImageDraw", start: float, seconds: float) -> None:
    """Where in its file each moment is."""
    step = next((step for step in STEPS_SECONDS if seconds / step <= MOST_MARKS), STEPS_SECONDS[-1])
    for number in range(math.ceil(start / step), math.floor((start + seconds) / step) + 1):
        x = LEFT + round((number * step - start) / seconds * (RIGHT - LEFT - 1))
        draw.line((x, BOTTOM, x, BOTTOM + TICK), TEXT)
        if x < RIGHT - ROOM:
            _write(draw, x, UNDER, f"{round(number * step, 3):g}", 0.5)
    _write(draw, RIGHT, UNDER, "s", 1)


def _write(draw: "ImageDraw", x: float, y: float, word: str, before: float) -> None:
    """`word` with its middle at the height y and a share of it `before` x."""
    from PIL import ImageFont

    font = ImageFont.load_default_imagefont()
    _, _, width, height = font.getbbox(word)
    draw.text((round(x - before * width), round(y - height / 2)), word, TEXT, font)

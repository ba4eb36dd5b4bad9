"""The outline of a sample, to be drawn, and how loud it is, to be played as loud as others."""

from typing import Final

from pydantic import Field

from soundpalette.tools.schemas import Answer
from soundpalette.tools.workbench import Workbench

COLUMNS: Final = 160
FULL_SCALE: Final = 127


class WaveformShown(Answer):
    """The lowest and the highest value in each of 160 stretches of equal length, -127 to 127."""

    sample_id: str
    seconds: float
    lows: list[int]
    highs: list[int]
    loudness_lufs: float
    peak_db: float = Field(description="Relative to full scale")


def waveform(bench: Workbench, sample_id: str) -> WaveformShown:
    """The outline of a whole sample. Raises SoundPaletteError with a sentence for the caller."""
    raise NotImplementedError

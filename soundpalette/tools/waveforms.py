"""The outline of a sample, to be drawn, and how loud it is, to be played as loud as others."""

from typing import Final

import numpy as np
from pydantic import Field

from soundpalette.core.outline import Values
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
    sample = bench.sample(sample_id)
    drawn = bench.outline_of(sample, COLUMNS)
    (traits,) = bench.traits_of([sample])
    return WaveformShown(
        sample_id=sample.id,
        seconds=round(sample.seconds, 3),
        lows=_steps(drawn.lows),
        highs=_steps(drawn.highs),
        loudness_lufs=round(traits.loudness_lufs, 1),
        peak_db=round(traits.peak_db, 1),
    )


def _steps(values: Values) -> list[int]:
    """Values beyond full scale are drawn at its edge."""
    steps: list[int] = np.rint(FULL_SCALE * values.clip(-1, 1)).astype(int).tolist()
    return steps

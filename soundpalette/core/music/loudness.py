"""Integrated loudness after ITU-R BS.1770-4, by pyloudnorm."""

from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.measures import loudness_db

SILENCE_LUFS: Final = -70.0
"""The absolute gate of ITU-R BS.1770-4: what is quieter has no loudness."""
BLOCK_SECONDS: Final = 0.4
"""The block of ITU-R BS.1770-4, whose mean power is taken as one."""
MOST_GAIN: Final = 10.0
"""K-weighting adds 4 dB at most, a second channel 3: what is further below the gate cannot pass it."""


def loudness_lufs(audio: npt.NDArray[np.float32], rate: int) -> float:
    """Integrated loudness of [frames, 1 or 2]; never below -70, the gate.

    A clip under 400 ms is heard in silence until 400 ms are full, the length of one block: a hit has the loudness that
    a meter shows for it, and the same with and without silence behind it.
    """
    if loudness_db(audio.ravel()) < SILENCE_LUFS - MOST_GAIN:
        return SILENCE_LUFS
    from pyloudnorm import Meter  # imports scipy.signal

    block = round(BLOCK_SECONDS * rate) + 1
    padded = np.pad(audio, ((0, max(0, block - len(audio))), (0, 0)))
    return max(SILENCE_LUFS, float(Meter(rate, block_size=BLOCK_SECONDS).integrated_loudness(padded)))

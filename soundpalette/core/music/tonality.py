"""The key of what has harmony: correlation with key profiles, the beginning counting again."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.chroma import Chroma
from soundpalette.core.music.notes import PITCH_CLASSES

KRUMHANSL: Final = np.array(
    [
        [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
        [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
    ]
)
"""Major and minor from the tonic on: Krumhansl and Kessler 1982, what listeners feel to fit."""
ALBRECHT: Final = np.array(
    [
        [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081],
        [0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052],
    ]
)
"""Major and minor from the tonic on: Albrecht and Shanahan 2013, what 490 pieces contain."""
# Fitted by bench/fit_music.py on the rendered loops of seeds 0 to 299: logarithms of odds of the 24 keys.
WEIGHTS: Final = np.array([10.26, 2.45, 4.63, 0.63])
STEADY: Final = 0.2
"""Less than this share of power in steady partials, and there are no notes to have a key."""
FITTING: Final = 0.5
"""What fits the best key's profile less than this (correlation) is in none."""

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Key:
    """Such as "A minor", sharps never flats, and how sure that is, 0 to 1."""

    name: str
    confidence: float


def find_key(chroma: Chroma) -> Key | None:
    """The key by Krumhansl and Schmuckler's correlation with two families of profiles; None for what is unpitched.

    The first eighth counts again and its bass, since loops tend to begin on the tonic.
    """
    if chroma.steadiness < STEADY:
        return None
    found = evidence(chroma)
    odds = found @ WEIGHTS
    best = int(odds.argmax())
    if found[best, :2].mean() < FITTING:
        return None
    return Key(
        f"{PITCH_CLASSES[best % 12]} {'major' if best < 12 else 'minor'}", 1 / float(np.exp(odds - odds[best]).sum())
    )


def evidence(chroma: Chroma) -> Series:
    """What speaks for each of the 24 keys, float64 [24, 4], C major first, C minor thirteenth."""
    start = max(2, len(chroma.notes) // 8)
    whole, opening = np.sqrt(chroma.notes.sum(axis=0)), np.sqrt(chroma.notes[:start].sum(axis=0))
    bass = chroma.bass[:start].sum(axis=0)
    return np.column_stack(
        [
            _correlation(whole, KRUMHANSL),
            _correlation(whole, ALBRECHT),
            _correlation(opening, KRUMHANSL),
            np.tile(bass / max(bass.sum(), 1e-9), 2),
        ]
    )


def _correlation(notes: Series, profiles: Series) -> Series:
    """Pearson's correlation of twelve strengths with both profiles on each tonic, [24]."""
    turned = np.stack([np.roll(profile, tonic) for profile in profiles for tonic in range(12)])
    turned = turned - turned.mean(axis=1, keepdims=True)
    centred = notes - notes.mean()
    return np.asarray(turned @ centred / np.maximum(np.linalg.norm(turned, axis=1) * np.linalg.norm(centred), 1e-12))

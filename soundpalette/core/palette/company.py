"""How well sounds found go with sounds already chosen: by likeness, tempo and key."""

from collections.abc import Sequence

import numpy as np

from soundpalette.core.palette import harmony, tempo
from soundpalette.core.ranking import Marks, scaled
from soundpalette.core.types import Traits, Vectors


def fit(vectors: Vectors, known: Sequence[Traits | None], chosen: Vectors, company: Sequence[Traits]) -> Marks:
    """How well candidates [n, dimension] go with the `chosen` [m, dimension], 0 to 1 [n].

    The mean of what is known of three: nearness to the middle of the chosen (brought to 0..1 over the candidates), fit
    of tempo, fit of key. No tempo or key on either side is neither a fit nor a clash.
    """
    tempos = np.array([_tempo(one, company) if one else np.nan for one in known])
    keys = np.array([_key(one, company) if one else np.nan for one in known])
    return np.asarray(np.nanmean(np.stack([scaled(vectors @ chosen.mean(axis=0)), tempos, keys]), axis=0))


def _tempo(one: Traits, company: Sequence[Traits]) -> float:
    bpm = one.bpm
    return _mean(
        [tempo.fit(tempo.stretch(bpm.value, other.bpm.value)) for other in company if other.bpm] if bpm else []
    )


def _key(one: Traits, company: Sequence[Traits]) -> float:
    fits = [harmony.fit(one, other.key.value) for other in company if other.key]
    return _mean([fit for fit in fits if fit is not None])


def _mean(fits: Sequence[float]) -> float:
    return float(np.mean(fits)) if fits else np.nan

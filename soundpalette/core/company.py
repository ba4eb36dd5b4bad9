"""How well sounds found go with sounds already chosen: by likeness, tempo and key."""

from collections.abc import Callable, Sequence

import numpy as np

from soundpalette.core.music.notes import compatible, read_key
from soundpalette.core.ranking import Marks, company_fit, tempo_fit
from soundpalette.core.types import Traits, Vectors


def fit(vectors: Vectors, known: Sequence[Traits | None], chosen: Vectors, company: Sequence[Traits]) -> Marks:
    """How well candidates [n, dimension] go with the `chosen` [m, dimension], 0 to 1 [n], by what is known of both."""
    return company_fit(vectors, chosen, _tempo(known, company), _key(known, company))


def _tempo(known: Sequence[Traits | None], company: Sequence[Traits]) -> Marks:
    tempi = np.array([one.bpm.value if one and one.bpm else np.nan for one in known])
    return _mean(len(known), [tempo_fit(other.bpm.value, tempi) for other in company if other.bpm])


def _key(known: Sequence[Traits | None], company: Sequence[Traits]) -> Marks:
    fits = [_fits(other.key.value) for other in company if other.key]
    keys = [one.key.value if one and one.key else "" for one in known]
    return _mean(len(known), [np.array([one(key) for key in keys]) for one in fits])


def _fits(wanted: str) -> Callable[[str], float]:
    """1 for a key that mixes with `wanted`, 0 for one that does not, NaN where there is none."""
    own = read_key(wanted)

    def of(text: str) -> float:
        other = read_key(text)
        return float(compatible(own, other)) if own and other else np.nan

    return of


def _mean(count: int, marks: Sequence[Marks]) -> Marks:
    """The mean [count] over those chosen; NaN where nothing is known of either side."""
    return np.asarray(np.mean(marks, axis=0)) if marks else np.full(count, np.nan)

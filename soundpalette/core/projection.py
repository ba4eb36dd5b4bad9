"""A library in the plane: sounds that are alike lie near each other.

PaCMAP (Wang, Huang, Rudin, Shaposhnik: "Understanding how dimension reduction tools work", JMLR 22, 2021), with its
authors' implementation. What comes later is placed beside what it sounds like, and a plane that is made anew is turned,
mirrored and scaled to lie on the older one.
"""

import logging
from typing import Final

import numpy as np

from soundpalette.core.types import Places, Vectors
from soundpalette.core.vector_index.nearest import Near, Nearest

FEW: Final = 40
"""Vectors that PaCMAP draws no pairs from: each has ten neighbours, five that are half near and twenty far ones."""
SEED: Final = 6
STEPS: Final = (100, 100, 250)
"""PaCMAP's own: of the whole, of the whole and of neighbours, of neighbours."""
STEPS_ONWARDS: Final = (0, 100, 250)
"""From older places on: the first would arrange the whole anew."""
NEIGHBOURS: Final = 5
"""Beside how many a later sound is placed."""
MARGIN: Final = 0.05
TWIN: Final = 1e-4
"""Distance below which two sounds are one: the other neighbours then have no say."""


def project(vectors: Vectors, older: Places | None = None) -> Places:
    """Places of unit vectors [n, dimension] within 0 to 1; the same for the same vectors.

    Where some have `older` places [n, 2] (NaN: none), the plane begins with these and is laid on them.
    """
    different, first, which = np.unique(vectors, axis=0, return_index=True, return_inverse=True)
    if len(different) < FEW:
        plane = _principal(different)
    else:
        plane = _pacmap(different, None if older is None else _start(vectors, older)[first])
    places = plane[which.ravel()]
    return scaled(places) if older is None else within(aligned(places, older))


def aligned(places: Places, older: Places) -> Places:
    """`places` moved, turned, mirrored and scaled to lie as near as they can to `older` places [n, 2] (NaN: none).

    Orthogonal Procrustes analysis (Schönemann 1966; Gower and Dijksterhuis 2004).
    """
    both = np.isfinite(older).all(axis=1)
    if both.sum() < 2:
        return scaled(places)
    middle, goal = places[both].mean(axis=0), older[both].mean(axis=0)
    mine, theirs = places[both] - middle, older[both] - goal
    left, singular, right = np.linalg.svd(mine.T @ theirs)
    size = (mine**2).sum()
    scale = singular.sum() / size if size else 1.0
    return np.asarray((places - middle) @ (left @ right) * (scale or 1.0) + goal)


def within(places: Places) -> Places:
    """As they are where all lie within 0 to 1, else scaled."""
    return places if ((places >= 0) & (places <= 1)).all() else scaled(places)


def scaled(places: Places) -> Places:
    """Moved and scaled to fill 0 to 1 but for a margin, one scale for both axes."""
    least, greatest = places.min(axis=0), places.max(axis=0)
    span = (greatest - least).max() or 1.0
    return np.asarray((places - (least + greatest) / 2) / span * (1 - 2 * MARGIN) + 0.5)


def beside(near: Near, places: Places) -> Places:
    """Places of sounds by their nearest ones, which have `places` [n, 2]: the mean, weighted by nearness."""
    there = near.positions >= 0
    distances = np.maximum(2 - 2 * near.cosines.astype(np.float64), TWIN**2)  # squared
    weights = np.where(there, 1 / distances, 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray((places[near.positions] * weights[:, :, None]).sum(axis=1))


def _principal(vectors: Vectors) -> Places:
    """The plane of the two principal components."""
    plane = np.zeros((len(vectors), 2))
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    found = (left * singular)[:, :2]
    plane[:, : found.shape[1]] = found
    return plane


def _start(vectors: Vectors, older: Places) -> Places:
    """The older places, and those of the others beside them."""
    known = np.isfinite(older).all(axis=1)
    start = older.copy()
    if not known.all():
        near = Nearest(vectors[known]).query(vectors[~known], min(NEIGHBOURS, int(known.sum())))
        start[~known] = beside(near, older[known])
    return start


def _pacmap(vectors: Vectors, start: Places | None) -> Places:
    logging.getLogger("pacmap").setLevel(logging.ERROR)  # it warns that it was given a seed
    from pacmap import PaCMAP

    steps = STEPS if start is None else STEPS_ONWARDS
    return np.asarray(PaCMAP(random_state=SEED, num_iters=steps).fit_transform(vectors, init=start), np.float64)

"""Retrieval figures on a labelled folder: how well words, and sounds, find what they should."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Vectors
from soundpalette.errors import RequestError

NEAREST: Final = 10
ROUNDS: Final = 2000
"""Resamples of a bootstrap interval."""
SHUFFLES: Final = 100
"""Orders over which equal scores are averaged."""
SEED: Final = 7
_WORD: Final = re.compile(r"[^\W_]+")
Right = npt.NDArray[np.bool_]
"""Which samples answer which query, bool [queries, samples]."""
Scores = npt.NDArray[np.float32]
"""float32 [queries, samples]; higher is earlier."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What each file is: `queries`, and for each file (absolute) the positions of the queries that it answers."""

    queries: tuple[str, ...]
    files: dict[Path, frozenset[int]]

    def right(self, files: Sequence[Path]) -> Right:
        """bool [queries, files]."""
        table = np.zeros((len(self.queries), len(files)), np.bool_)
        for column, file in enumerate(files):
            table[list(self.files[file]), column] = True
        return table


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over queries and the 95 % bootstrap interval around it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class QueryFigures:
    """One query: how many samples are right, average precision, precision at 10 (of as many as there can be), the
    reciprocal rank of the first right one, and whether that is the first."""

    query: str
    right: int
    average_precision: float
    precision_at_10: float
    reciprocal_rank: float
    hit_at_1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One way of ranking: the queries' figures and their means."""

    each: tuple[QueryFigures, ...]
    mean_average_precision: Interval
    precision_at_10: Interval
    mean_reciprocal_rank: Interval
    hit_at_1: Interval


def labels_by_folder(root: Path, files: Iterable[Path]) -> Labels:
    """The folder that a file lies in is its label, and its words are the query: `hi_hats` asks "hi hats"."""
    return _labels((file, " ".join(_WORD.findall(file.parent.name.lower()))) for file in files if file.parent != root)


def labels_by_csv(root: Path, table: Path, files: Iterable[Path]) -> Labels:
    """Labels from a CSV with the columns `path` (relative to root) and `query`, a row a pair. Raises RequestError."""
    known = {file.relative_to(root).as_posix(): file for file in files}
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            if not {"path", "query"} <= set(reader.fieldnames or ()):
                raise RequestError(f"{table} has the columns {reader.fieldnames}; path and query are wanted")
            rows = [(row["path"] or "", (row["query"] or "").strip()) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RequestError(f"{table} cannot be read as CSV ({error}); save it as UTF-8 with a header") from error
    missing = [path for path, _ in rows if path not in known]
    if missing:
        raise RequestError(
            f"{table} names {missing[0]!r}, which is no audio file of {root} (one of {len(missing)}); mend the table"
        )
    return _labels((known[path], query) for path, query in rows if query)


def judge(queries: Sequence[str], scores: Scores, right: Right) -> Figures:
    """Rank by `scores` and hold each ranking against `right`. Equal scores are shuffled, and the shuffles averaged:
    scores that are all equal give what chance gives."""
    each = tuple(_judge(query, row, truth) for query, row, truth in zip(queries, scores, right, strict=True))
    return Figures(
        each,
        interval([q.average_precision for q in each]),
        interval([q.precision_at_10 for q in each]),
        interval([q.reciprocal_rank for q in each]),
        interval([q.hit_at_1 for q in each]),
    )


def name_scores(queries: Sequence[str], names: Sequence[str]) -> Scores:
    """What a search over file names gives: the share of the query's words that stand in the name (not its folder)."""
    found = [set(_words(name).split()) for name in names]
    table = [[len(set(_words(query).split()) & name) for name in found] for query in queries]
    return np.asarray(table, np.float32)


def same_class(vectors: Vectors, right: Right) -> Interval:
    """Among the ten nearest sounds of each labelled sound, the share that answers a query which it answers, too.

    `vectors` are unit, [samples, dimension]. Where a class has fewer than ten others, as many as it has.
    """
    alike = (right.T.astype(np.int32) @ right.astype(np.int32)) > 0
    np.fill_diagonal(alike, False)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    shares = []
    for row, others in zip(cosines, alike, strict=True):
        reach = min(NEAREST, int(others.sum()))
        if reach:
            shares.append(float(others[np.argsort(-row, kind="stable")[:reach]].mean()))
    return interval(shares)


def interval(values: Sequence[float]) -> Interval:
    """The mean and its 95 % bootstrap interval; all 0 for no values."""
    if not values:
        return Interval(0.0, 0.0, 0.0)
    table = np.asarray(values, np.float64)
    drawn = np.random.default_rng(SEED).integers(0, len(table), (ROUNDS, len(table)))
    low, high = np.percentile(table[drawn].mean(axis=1), [2.5, 97.5])
    return Interval(float(table.mean()), float(low), float(high))


def _judge(query: str, scores: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> QueryFigures:
    generator = np.random.default_rng(SEED)
    rounds = SHUFFLES if len(np.unique(scores)) < len(scores) else 1
    rows = [_ranked(right[np.lexsort((generator.random(len(scores)), -scores))]) for _ in range(rounds)]
    precision, at_ten, reciprocal, first = np.mean(rows, axis=0).tolist()
    return QueryFigures(query, int(right.sum()), precision, at_ten, reciprocal, first)


def _ranked(right: npt.NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Average precision, precision at 10, reciprocal rank, hit at 1 of one ranking with at least one right sample."""
    places = np.flatnonzero(right)
    precision = float(np.mean(np.arange(1, len(places) + 1) / (places + 1)))
    at_ten = float(right[:NEAREST].sum() / min(NEAREST, len(places)))
    return precision, at_ten, 1 / float(places[0] + 1), float(right[0])


def _labels(pairs: Iterable[tuple[Path, str]]) -> Labels:
    queries: dict[str, int] = {}
    files: dict[Path, set[int]] = {}
    for file, query in pairs:
        files.setdefault(file, set()).add(queries.setdefault(query, len(queries)))
    return Labels(tuple(queries), {file: frozenset(found) for file, found in files.items()})


def _words(name: str) -> str:
    """`BD_Kick-02b.wav` as words: "bd kick b"."""
    return " ".join(re.findall(r"[^\W\d_]+", Path(name).stem.lower()))

"""How well an encoder finds what it should, on a labelled folder of the user's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core import evaluation
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.evaluation import Figures, Interval
from soundpalette.errors import AudioError, RequestError
from soundpalette.indexing.progress import Progress
from soundpalette.indexing.scan import scan
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import Answer

DIGITS: Final = 4


class Figure(Answer):
    """A mean over the queries (or sounds) and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


class Ranking(Answer):
    """One way of ranking, over all queries."""

    name: str
    mean_average_precision: Figure
    precision_at_10: Figure
    mean_reciprocal_rank: Figure
    hit_at_1: Figure


class QueryResult(Answer):
    """One query, ranked by the encoder; `chance` is the average precision of a shuffled list."""

    query: str
    right: int
    average_precision: float
    precision_at_10: float
    reciprocal_rank: float
    hit_at_1: float
    chance: float


class Evaluation(Answer):
    """The encoder beside chance and a search over file names; `same_class_at_10` is audio to audio."""

    space: str
    files: int
    rankings: list[Ranking]
    same_class_at_10: Figure
    queries: list[QueryResult]
    failures: dict[str, str]


def evaluate(encoder: Encoder, folder: Path, labels: Path | None, progress: Progress) -> Evaluation:
    """Embed every labelled file below `folder` and ask every label as a query. Raises RequestError, ScanError.

    Labels are the folders that the files lie in, or a CSV with the columns path and query.
    """
    root = folder.expanduser().resolve()
    files = [root / file.path for file in scan(root, "", []).files]
    told = evaluation.labels_by_csv(root, labels, files) if labels else evaluation.labels_by_folder(root, files)
    progress.begin(len(told.files))
    found, vectors, failures = [], [], {}
    for file in told.files:
        try:
            vectors.append(encoder.embed_audio_files([file])[0])
            found.append(file)
        except AudioError as error:
            failures[clean(file.relative_to(root).as_posix())] = error.reason
        progress.advance(1)
    right = told.right(found)
    asked = [n for n, row in enumerate(right) if row.any()]
    if not asked:
        raise RequestError(
            f"{root} holds no labelled audio; put files into folders named by what they are, or give --labels"
        )
    queries, right = [told.queries[n] for n in asked], right[asked]
    audio = np.stack(vectors)
    ours = evaluation.judge(queries, encoder.embed_text(queries) @ audio.T, right)
    names = evaluation.judge(queries, evaluation.name_scores(queries, [file.name for file in found]), right)
    chance = evaluation.judge(queries, np.zeros(right.shape, np.float32), right)
    return Evaluation(
        space=encoder.space.key,
        files=len(found),
        rankings=[_ranking(encoder.space.encoder, ours), _ranking("file names", names), _ranking("chance", chance)],
        same_class_at_10=_figure(evaluation.same_class(audio, right)),
        queries=_queries(ours, chance),
        failures=failures,
    )


def lines(result: Evaluation) -> Iterator[str]:
    """The result as a table in plain text."""
    yield f"{'query':32} {'right':>5} {'AP':>6} {'P@10':>6} {'RR':>6} {'hit@1':>6} {'chance':>6}"
    for q in result.queries:
        figures = (q.average_precision, q.precision_at_10, q.reciprocal_rank, q.hit_at_1, q.chance)
        yield f"{q.query:32.32} {q.right:5} " + " ".join(f"{figure:6.3f}" for figure in figures)
    yield ""
    yield f"{len(result.queries)} queries, {result.files} files, {result.space}; 95 % bootstrap intervals"
    yield f"{'':12} {'mAP':^20} {'P@10':^20} {'MRR':^20} {'hit@1':^20}"
    for r in result.rankings:
        row = (r.mean_average_precision, r.precision_at_10, r.mean_reciprocal_rank, r.hit_at_1)
        yield f"{r.name:12} " + " ".join(_told(figure) for figure in row)
    yield f"audio to audio: {_told(result.same_class_at_10)} of the ten nearest sounds are of the same class"
    for path, reason in result.failures.items():
        yield f"failed: {path}: {reason}"


def _told(figure: Figure) -> str:
    return f"{figure.mean:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def _queries(ours: Figures, chance: Figures) -> list[QueryResult]:
    return [
        QueryResult(
            query=clean(mine.query),
            right=mine.right,
            average_precision=round(mine.average_precision, DIGITS),
            precision_at_10=round(mine.precision_at_10, DIGITS),
            reciprocal_rank=round(mine.reciprocal_rank, DIGITS),
            hit_at_1=mine.hit_at_1,
            chance=round(other.average_precision, DIGITS),
        )
        for mine, other in zip(ours.each, chance.each, strict=True)
    ]


def _ranking(name: str, figures: Figures) -> Ranking:
    return Ranking(
        name=name,
        mean_average_precision=_figure(figures.mean_average_precision),
        precision_at_10=_figure(figures.precision_at_10),
        mean_reciprocal_rank=_figure(figures.mean_reciprocal_rank),
        hit_at_1=_figure(figures.hit_at_1),
    )


def _figure(interval: Interval) -> Figure:
    return Figure(mean=round(interval.mean, DIGITS), low=round(interval.low, DIGITS), high=round(interval.high, DIGITS))

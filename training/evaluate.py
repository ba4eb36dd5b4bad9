"""Stage 4: figures on the validation splits. `python -m training.evaluate NAME... [--split S...] [--each]`.

NAME is a run or a folder of weights. The splits: `sonic-pi` (its samples, which never train, by validation.toml)
and those that training/splits.py builds in DATA: `validation2`, and `test-split`, which is never asked while tuning.
"""

import argparse
import json
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.evaluation import Figures, Interval, judge, same_class
from soundpalette.core.types import Vectors, Window
from training.export import export
from training.places import DATA

SAMPLES = DATA / "pk/samples/package/samples"
TRUTH = Path(__file__).parent / "validation.toml"
TUNING = ("sonic-pi", "validation2")
Answers = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Split:
    """Labelled files: which of `files` answer a query or a class; `attributes` are queries whose truth is measured."""

    files: list[Path]
    names: list[str]
    queries: Answers
    attributes: Answers
    classes: Answers


def read_split(name: str) -> Split:
    """A split by its name; raises FileNotFoundError where it is not built."""
    return _sonic_pi() if name == "sonic-pi" else _built(DATA / name)


def _sonic_pi() -> Split:
    files = sorted(SAMPLES.glob("*.flac"))
    names = [f.stem for f in files]
    truth = tomllib.loads(TRUTH.read_text())
    first = {n: next((c for c, p in truth["classes"].items() if re.search(p, n)), "") for n in names}
    classes = {c: {n for n in names if first[n] == c} for c in truth["classes"]}
    return Split(
        files, names, {q: {n for n in names if re.search(p, n)} for q, p in truth["queries"].items()}, {}, classes
    )


def _built(folder: Path) -> Split:
    if not folder.exists():
        raise FileNotFoundError(f"{folder}: not built; `python -m training.splits {folder.name}` does it")
    labels = json.loads((folder / "labels.json").read_text())
    queries, attributes = ({q: set(f) for q, f in labels[k].items()} for k in ("queries", "attributes"))
    classes: Answers = {}
    for name, kind in labels["classes"].items():
        classes.setdefault(kind, set()).add(name)
    return Split([folder / n for n in labels["files"]], labels["files"], queries, attributes, classes)


@dataclass(frozen=True, slots=True)
class Result:
    queries: Figures
    attributes: Figures | None
    alike: Interval
    order: dict[str, list[str]]
    """For each query its five first hits, right ones with a star."""


def evaluate(encoder: CompactEncoder, split: Split, windows: list[list[Window]]) -> Result:
    """`windows` are the encoder's, a list a file of the split."""
    vectors = np.stack([encoder.pool(encoder.embed_windows(w)) for w in windows])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    order: dict[str, list[str]] = {}
    queries = _judged(encoder, split, vectors, split.queries, order)
    attributes = _judged(encoder, split, vectors, split.attributes, order) if split.attributes else None
    of_class = np.array([[n in own for n in split.names] for own in split.classes.values()])
    return Result(queries, attributes, same_class(vectors, of_class), order)


def _judged(
    encoder: CompactEncoder, split: Split, vectors: Vectors, answers: Answers, order: dict[str, list[str]]
) -> Figures:
    scores = encoder.embed_text(list(answers)) @ vectors.T
    for query, row in zip(answers, scores, strict=True):
        best = [split.names[k] for k in np.argsort(-row)[:5]]
        order[query] = ["*" * (n in answers[query]) + n for n in best]
    right = np.array([[n in own for n in split.names] for own in answers.values()])
    return judge(list(answers), scores, right)


def encoder_of(name: str) -> CompactEncoder:
    """The encoder with a run's weights, or a folder's."""
    if Path(name).is_dir():
        return CompactEncoder(Path(name))
    with tempfile.TemporaryDirectory() as scratch:
        export(name, Path(scratch))
        encoder = CompactEncoder(Path(scratch))
        encoder.load_audio()
        encoder.load_text()
    return encoder


def row_of(result: Result) -> str:
    """The figures in a row, the queries' mAP with its interval."""
    q = result.queries
    alone = f"  attributes {result.attributes.mean_average_precision.mean:.3f}" if result.attributes else ""
    return (
        f"mAP {_told(q.mean_average_precision)}  P@10 {q.precision_at_10.mean:.3f}  hit@1 {q.hit_at_1.mean:.3f}{alone}"
        f"  same class {result.alike.mean:.3f}"
    )


def _told(figure: Interval) -> str:
    return f"{figure.mean:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--split", nargs="*", default=TUNING)
    parser.add_argument("--each", action="store_true", help="also every query with its five first hits")
    given = parser.parse_args()
    for where in given.split:
        split = read_split(where)
        windows = [list(CompactEncoder().windows(path)) for path in split.files]
        for name in given.names:
            result = evaluate(encoder_of(name), split, windows)
            print(f"{where:11} {name}: {row_of(result)}", flush=True)
            for figure in [*result.queries.each, *(result.attributes.each if result.attributes else ())] * given.each:
                print(f"  {figure.average_precision:.2f} {figure.query:36} {' '.join(result.order[figure.query])}")


if __name__ == "__main__":
    main()

# ruff: noqa: E501  (tables and formulas read better in one row)
"""Stage 4: figures on the validation split. `python -m training.evaluate NAME... [--each]`; NAME is a run or a weights folder.

mAP, P@10 and hit@1 over the queries of validation.toml beside chance (the mean share of right files); the share of the
same class among the ten nearest sounds; and hit@3, which the demo asks for.
"""

import argparse
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.types import Window
from training.clips import DATA
from training.export import export

SAMPLES = DATA / "pk/samples/package/samples"
TRUTH = Path(__file__).parent / "validation.toml"


@dataclass(frozen=True, slots=True)
class Figures:
    mean_precision: float
    at_ten: float
    first: float
    three: float
    chance: float
    same_class: float
    each: dict[str, tuple[float, list[str]]]


def evaluate(encoder: CompactEncoder, windows: dict[str, list[Window]]) -> Figures:
    truth = tomllib.loads(TRUTH.read_text())
    names = sorted(windows)
    vectors = np.stack([encoder.pool(encoder.embed_windows(windows[n])) for n in names])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = encoder.embed_text(list(truth["queries"]))
    rows, each = [], {}
    for (query, pattern), text in zip(truth["queries"].items(), texts, strict=True):
        order = np.argsort(-(vectors @ text))
        right = np.array([bool(re.search(pattern, names[k])) for k in order])
        spots = np.flatnonzero(right)
        precision = float(np.mean((np.arange(spots.size) + 1) / (spots + 1)))
        rows.append((precision, right[:10].sum() / min(10, spots.size), right[0], right[:3].any(), right.mean()))
        each[query] = (precision, [("*" if r else "") + names[k] for k, r in zip(order[:5], right[:5], strict=True)])
    mean = np.mean(np.array(rows, float), axis=0)
    return Figures(*(float(v) for v in mean), _same_class(vectors, names, truth["classes"]), each)


def _same_class(vectors: npt.NDArray[np.float32], names: list[str], classes: dict[str, str]) -> float:
    """Share of the same class among the min(10, class size - 1) nearest, the mean over files with a class."""
    kind = [next((c for c, p in classes.items() if re.search(p, n)), None) for n in names]
    shares = []
    for row, own in enumerate(kind):
        size = kind.count(own) - 1
        if own is not None and size > 0:
            order = [k for k in np.argsort(-(vectors @ vectors[row])) if k != row][: min(10, size)]
            shares.append(np.mean([kind[k] == own for k in order]))
    return float(np.mean(shares))


def validation_windows() -> dict[str, list[Window]]:
    encoder = CompactEncoder()
    return {path.stem: list(encoder.windows(path)) for path in sorted(SAMPLES.glob("*.flac"))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--each", action="store_true", help="also every query with its five first hits")
    given = parser.parse_args()
    windows = validation_windows()
    for name in given.names:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(name)
            if not folder.is_dir():
                folder = Path(scratch)
                export(name, folder)
            figures = evaluate(CompactEncoder(folder), windows)
        print(f"{name}: mAP {figures.mean_precision:.3f}  P@10 {figures.at_ten:.3f}  hit@1 {figures.first:.3f}  hit@3 {figures.three:.3f}"
              f"  chance {figures.chance:.3f}  same class {figures.same_class:.3f}", flush=True)  # fmt: skip
        if given.each:
            for query, (precision, hits) in figures.each.items():
                print(f"  {precision:.2f} {query:32} {' '.join(hits)}")


if __name__ == "__main__":
    main()

"""How well the strength of the best hit tells what a library has from what it lacks: leave one class out.

`python -m bench.strength [--split test-split]`, or `validation2` and `sonic-pi`, by which it was made
(training/evaluate.py says how splits are built).
Each query that belongs to a class (more than half of what answers it does) is asked twice: of the whole split, and of
the split without that class and without what else answers it. Each sound of a class is asked as a reference, of the
split without itself, and of the split without its class. Printed: the area under the ROC curve of the best hit's
evidence, and how often the best hit is called strong, fair and weak; and the same for those alone whose first hit is
right with the class there, since no strength can tell what the encoder does not hear.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bench.rows import Row
from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.music.words import load_vocabulary
from soundpalette.core.strength import Bank, Calibration, calibrate, make_bank, strength
from soundpalette.core.types import Vector, Vectors
from training.evaluate import Split, encoder_of, read_split

TEST: Final = "test-split"
SHOWN: Final = 10
REFERENCES: Final = 8
"""Sounds of each class that are asked."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trial:
    """A query, which samples of the split answer it, and which stay when its class is taken out."""

    query: str
    right: Mask
    left: Mask


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best hit's evidence a trial, with the class there and with it gone; whether the first hit is right there."""

    there: list[float]
    gone: list[float]
    heard: list[bool]

    def understood(self) -> "Outcome":
        """The trials whose first hit is right."""
        rows = [k for k, right in enumerate(self.heard) if right]
        return Outcome([self.there[k] for k in rows], [self.gone[k] for k in rows], [True] * len(rows))


def trials(split: Split) -> list[Trial]:
    """The queries that belong to a class."""
    classes = [_mask(split, own) for own in split.classes.values()]
    found = []
    for query, answers in split.queries.items():
        right = _mask(split, answers)
        own = max(classes, key=lambda c: int((c & right).sum()))
        if 2 * int((own & right).sum()) > int(right.sum()):
            found.append(Trial(query, right, ~(own | right)))
    return found


def asked_in_words(bank: Bank, vectors: Vectors, texts: Vectors, tests: list[Trial]) -> Outcome:
    """Texts [trials, dimension] asked of sounds [samples, dimension]."""
    whole = calibrate(bank, vectors)
    outcome = Outcome([], [], [])
    for text, test in zip(texts, tests, strict=True):
        left = vectors[test.left]
        outcome.there.append(_best_of_text(whole, text, vectors))
        outcome.gone.append(_best_of_text(calibrate(bank, left), text, left))
        outcome.heard.append(bool(test.right[np.argmax(vectors @ text)]))
    return outcome


def _best_of_text(calibration: Calibration, text: Vector, library: Vectors) -> float:
    hits = library[np.argsort(-(library @ text))[:SHOWN]]
    return float(calibration.of_text(text, hits).max())


def asked_by_sound(bank: Bank, split: Split, vectors: Vectors) -> Outcome:
    """Some sounds of each class, asked of the others."""
    whole = calibrate(bank, vectors)
    outcome = Outcome([], [], [])
    for names in split.classes.values():
        own = _mask(split, names)
        members = np.flatnonzero(own)
        without = calibrate(bank, vectors[~own])
        for row in members[:: max(1, len(members) // REFERENCES)] if len(members) > 1 else ():
            others = np.delete(vectors, row, axis=0)
            outcome.there.append(float(whole.of_audio(vectors[row], others).max()))
            outcome.gone.append(float(without.of_audio(vectors[row], vectors[~own]).max()))
            outcome.heard.append(bool(np.delete(own, row)[np.argmax(others @ vectors[row])]))
    return outcome


def area(there: Sequence[float], gone: Sequence[float]) -> float:
    """The area under the ROC curve: how often a query with its class there has the stronger best hit."""
    a, b = np.array(there)[:, None], np.array(gone)
    return float((a > b).mean() + (a == b).mean() / 2)


def told(name: str, outcome: Outcome) -> str:
    """The figures in words."""
    lines = [f"{name}: AUC {area(outcome.there, outcome.gone):.3f} ({len(outcome.there)} asked, with and without)"]
    for label, values in (("there", outcome.there), ("taken out", outcome.gone)):
        counts = Counter(strength(value) for value in values)
        lines.append(f"  {label:10}" + "  ".join(f"{word} {counts[word]}" for word in ("strong", "fair", "weak")))
    return "\n".join(lines)


def rows() -> Iterator[Row]:
    """Rows for the table of `bench/run.py`, of the test split. Raises FileNotFoundError where it is not built."""
    for name, outcome in outcomes(CompactEncoder(), read_split(TEST)).items():
        there, gone = outcome.there, outcome.gone
        yield Row(f"asked {name}: area under the ROC curve", (area(there, gone),), (), "")
        for word in ("strong", "weak"):
            shares = [sum(strength(value) == word for value in values) / len(values) for values in (there, gone)]
            title = f"asked {name}: best hits called {word}; baseline: with their class taken out"
            yield Row(title, (shares[0],), (shares[1],), "share")


def outcomes(encoder: CompactEncoder, split: Split) -> dict[str, Outcome]:
    """What was asked by text and by audio."""
    vectors = encoder.embed_audio_files(split.files)
    bank = make_bank(encoder.embed_text(load_vocabulary().background), encoder.cohort())
    tests = trials(split)
    texts = encoder.embed_text([test.query for test in tests])
    return {
        "by text": asked_in_words(bank, vectors, texts, tests),
        "by audio": asked_by_sound(bank, split, vectors),
    }


def _mask(split: Split, names: set[str]) -> Mask:
    return np.array([name in names for name in split.names])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default=TEST)
    parser.add_argument("--weights", help="a run or a folder of weights; without: those of the package")
    given = parser.parse_args()
    encoder = encoder_of(given.weights) if given.weights else CompactEncoder()
    split = read_split(given.split)
    found = len(trials(split))
    print(f"{given.split}: {len(split.files)} files, {found} of {len(split.queries)} queries belong to a class")
    for name, outcome in outcomes(encoder, split).items():
        print(told(name, outcome))
        print(told("  whose first hit is right", outcome.understood()))


if __name__ == "__main__":
    main()

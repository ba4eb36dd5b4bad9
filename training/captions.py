# ruff: noqa: E501  (tables and formulas read better in one row)
"""From a clip's words and measurements to tags, and from tags to captions.

A caption is a text with the tags that it asks for: it is right for every clip that has them all. That makes the
multi-positive pairs: "dark kick" fits each clip tagged kick and, among kicks, dark.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from soundpalette.core.encoders.compact_frontend import DESCRIPTORS
from training.dsp import Rng

HERE = Path(__file__).parent
VOCABULARY = HERE.parent / "soundpalette/core/vocabulary.toml"
RELATIVE = ("dark", "bright", "short", "long", "noisy", "punchy", "deep", "high", "low", "swelling")
"""Adjectives that before a noun compare with others of that noun: a long hi-hat is shorter than a short pad."""

AFTER = ("with", "in ", "ringing", "fading", "dying", "opening", "played")
"""How adjectives begin that stand behind their noun."""
THINGS = ("sound", "sound", "sample", "", "one", "tone", "hit", "noise")
FRAMES = ("{} sound", "{} sample", "{} one shot", "a {}", "sound of a {}", "{} noise", "recording of {}", "some {}")


@dataclass(frozen=True, slots=True)
class Language:
    parents: dict[str, list[str]]
    phrases: dict[str, list[str]]
    adjectives: dict[str, list[str]]
    alone: dict[str, list[str]]
    roles: list[str]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Clips as a matrix: `has` bool [clips, tags]; `own` the clip's most special noun tags, for choosing captions."""

    tags: list[str]
    has: npt.NDArray[np.bool_]
    own: list[list[int]]
    adjectives: list[list[int]]


@cache
def language() -> Language:
    """What phrases.toml and the package's vocabulary say."""
    table = tomllib.loads((HERE / "phrases.toml").read_text())
    roles = tomllib.loads(VOCABULARY.read_text())["roles"]
    return Language(table["parents"], table["phrases"], table["adjectives"], table["alone"], roles)


def with_parents(words: list[str]) -> set[str]:
    """The words, all that includes them, and so on up."""
    seen: set[str] = set()
    queue = list(words)
    while queue:
        word = queue.pop()
        if word not in seen:
            seen.add(word)
            queue += language().parents.get(word, [])
    return seen


def measured(d: npt.NDArray[np.float32], quantile: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.bool_]]:
    """Adjectives from descriptors [n, 32] and their ranks in 0..1 [n, 32] (within everything, or within a role)."""
    at = {name: k for k, name in enumerate(DESCRIPTORS)}
    seconds = 2.0 ** d[:, at["log_file_seconds"]]
    attack = 2.0 ** d[:, at["log_attack"]] * 0.005
    decay = 2.0 ** d[:, at["log_decay"]] * 0.005
    rank = {name: quantile[:, k] for name, k in at.items()}
    return {
        "dark": rank["centroid"] < 0.22, "bright": rank["centroid"] > 0.78,
        "short": (rank["log_file_seconds"] < 0.25) & (seconds < 0.8), "long": (rank["log_file_seconds"] > 0.75) & (seconds > 0.4),
        "noisy": (rank["flatness"] > 0.78) & (d[:, at["pitch_strength"]] < 0.6),
        "tonal": (d[:, at["pitch_strength"]] > 0.9) & (rank["flatness"] < 0.5),
        "deep": rank["low_share"] > 0.8, "low": (rank["low_share"] > 0.75) | ((rank["log_pitch"] < 0.12) & (d[:, at["pitch_strength"]] > 0.7)),
        "high": (rank["high_share"] > 0.85) | ((rank["log_pitch"] > 0.85) & (d[:, at["pitch_strength"]] > 0.7)),
        "airy": rank["high_share"] > 0.85,
        "punchy": (attack < 0.03) & (decay < 0.35) & (rank["crest"] > 0.35) & (rank["low_share"] > 0.4),
        "boomy": (d[:, at["low_share"]] > 0.5) & (decay > 0.4) & (attack < 0.15),
        "swelling": (attack > 0.35) & (rank["log_attack"] > 0.8),
        "sharp attack": (attack <= 0.015) & (rank["crest"] > 0.5),
        "sustained": (rank["late_energy"] > 0.7) & (seconds > 1.0) & (d[:, at["crest"]] < 0.8),
        "decaying": (attack < 0.05) & (decay > 0.6),
        "busy": (d[:, at["onsets_per_second"]] > np.log2(4.5)) & (seconds > 1.0),
        "sparse": (d[:, at["onsets_per_second"]] < np.log2(3.0)) & (attack < 0.1) & (seconds < 1.5),
        "loud": rank["crest"] < 0.15, "soft": (rank["flux"] < 0.25) & (rank["centroid"] < 0.5),
        "stereo": d[:, at["width"]] > 0.3, "mono": d[:, at["width"]] < 0.02,
        "falling": rank["centroid_drift"] < 0.1, "opening": rank["centroid_drift"] > 0.93,
    }  # fmt: skip


def _ranks(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    order = values.argsort(axis=0).argsort(axis=0)
    return (order / max(1, len(values) - 1)).astype(np.float32)


def tag(words: list[list[str]], descriptors: npt.NDArray[np.float32]) -> Tagged:
    """Tags of every clip: its words, their parents, what is measured against all, and (`X of its kind`) against its role."""
    book = language()
    d = descriptors[:, : len(DESCRIPTORS)]
    sets = [with_parents(w) for w in words]
    for name, mask in measured(d, _ranks(d)).items():
        for k in np.flatnonzero(mask):
            sets[k].add(name)
    kinds = [next((r for r in reversed(book.roles) if r in s), "") for s in sets]
    for role in set(kinds):
        rows = np.flatnonzero(np.array([k == role for k in kinds]))
        for name, mask in measured(d[rows], _ranks(d[rows])).items():
            if name in RELATIVE:
                for k in rows[mask]:
                    sets[k].add(f"{name} of its kind")
    for s in sets:
        s |= {
            f"{name} of its kind"
            for name in RELATIVE
            if name in s and name not in ("dark", "bright", "short", "long", "noisy", "high", "low")
        }
    tags = sorted(set().union(*sets))
    number = {t: k for k, t in enumerate(tags)}
    has = np.zeros((len(sets), len(tags)), bool)
    for row, s in enumerate(sets):
        has[row, [number[t] for t in s]] = True
    nouns = {t for t in tags if t not in book.adjectives and not t.endswith(" of its kind")}
    own = [
        [number[t] for t in dict.fromkeys(w) if t in nouns] or [number[t] for t in s if t in nouns]
        for w, s in zip(words, sets, strict=True)
    ]
    adjectives = [[number[t] for t in s if t in book.adjectives] for s in sets]
    return Tagged(tags, has, own, adjectives)


def _shares(counts: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
    """How often to name each of a clip's adjectives: rarer ones more often, by the root of how many clips have them."""
    weights = np.sqrt(1.0 / counts)
    return np.asarray(weights / weights.sum())


class Captioner:
    """Draws captions for clips: (text, indices of the tags it asks for)."""

    def __init__(self, tagged: Tagged) -> None:
        self.tagged = tagged
        self.number = {t: k for k, t in enumerate(tagged.tags)}
        book = language()
        # What the book knows as a tag does not also name another: "warm pad" asks for warm pads, never for any pad.
        known = {*book.parents, *book.phrases}
        self.names = {
            k: [t.removesuffix(" of its kind"), *(w for w in book.phrases.get(t, []) if w not in known)]
            for k, t in enumerate(tagged.tags)
        }
        self.adjective_names = {self.number[t]: names for t, names in book.adjectives.items() if t in self.number}
        counts = tagged.has.sum(0)
        self.adjective_weights = [_shares(counts[own]) for own in tagged.adjectives]
        self.nouns = [np.flatnonzero(row & self._noun_mask()) for row in tagged.has]

    def _noun_mask(self) -> npt.NDArray[np.bool_]:
        book = language()
        return np.array([t not in book.adjectives and not t.endswith(" of its kind") for t in self.tagged.tags])

    def draw(self, rng: Rng, clip: int) -> tuple[str, list[int]]:
        noun = int(rng.choice(self.tagged.own[clip] if rng.random() < 0.6 else self.nouns[clip]))
        name = self._noun(rng, noun)
        wanted = [noun]
        form = rng.random()
        adjectives = self.tagged.adjectives[clip]
        if adjectives and form > 0.84:
            pick = int(rng.choice(adjectives, p=self.adjective_weights[clip]))
            return self._quality(rng, pick), [pick]
        if adjectives and form > 0.42:
            words = []
            for _ in range(1 if form < 0.68 else 2):
                pick = int(rng.choice(adjectives, p=self.adjective_weights[clip]))
                words.append(str(rng.choice(self.adjective_names[pick])))
                wanted.append(self._of_kind(clip, pick))
            name = self._join(rng, words, name)
        elif form < 0.14:
            second = int(rng.choice(self.nouns[clip]))
            name = " ".join(rng.permutation([name, str(rng.choice(self.names[second]))]))
            wanted.append(second)
        return name, wanted

    def _quality(self, rng: Rng, adjective: int) -> str:
        """A quality and nothing else: "dark sound", "thin and tinny", "no high frequencies"."""
        names, alone = self.adjective_names[adjective], language().alone.get(self.tagged.tags[adjective], [])
        form = rng.random()
        if alone and form > 0.5:
            return str(rng.choice(alone))
        if len(names) > 1 and form > 0.35:
            return " and ".join(rng.choice(names, 2, replace=False))
        return f"{rng.choice(names)} {rng.choice(THINGS)}".strip()

    def _noun(self, rng: Rng, noun: int) -> str:
        names = self.names[noun]
        name = names[0] if rng.random() < 0.35 else str(rng.choice(names))
        return name if rng.random() < 0.78 else str(rng.choice(FRAMES)).format(name)

    def _of_kind(self, clip: int, adjective: int) -> int:
        relative = self.number.get(f"{self.tagged.tags[adjective]} of its kind")
        return relative if relative is not None and self.tagged.has[clip, relative] else adjective

    @staticmethod
    def _join(rng: Rng, words: list[str], name: str) -> str:
        before = [w for w in words if not w.startswith(AFTER)]
        after = [w for w in words if w not in before]
        comma = ", " if rng.random() < 0.1 else " "
        return comma.join([*before, name, *after])

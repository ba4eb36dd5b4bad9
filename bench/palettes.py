"""Over 50 written briefs, the joint choice of a palette beside the best hit of each role.

tempo fit   of the sounds with a tempo, how well they bear the stretch to the brief's (1: none; 0.6: 3.5 %)
key fit     of the sounds with a key, the share that goes with the brief's by the circle of fifths
cohesion    mean pairwise cosine
match       a sound's score between that of an average sample (0) and the role's best (1)
"""

import os
import statistics
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

import numpy as np

from bench.palette_library import render
from bench.rows import Row
from soundpalette.core.palette import Brief, Candidate, Slot, choose, cohesion, harmony, parse, tempo
from soundpalette.core.palette.build import match
from soundpalette.core.types import Vector
from soundpalette.tools.building import Wish, average_vector, slot_of
from soundpalette.tools.workbench import Reach, Workbench

BRIEFS: Final = Path(__file__).parent / "palette_briefs.toml"
TOLD: Final = {"tempo": "tempo fit", "key": "key fit", "cohesion": "cohesion", "match": "match", "cosine": "cosine"}


@dataclass(frozen=True, slots=True)
class Figures:
    """One palette's figures; nan where it has no sound with a tempo or key."""

    tempo: float
    key: float
    cohesion: float
    match: float
    cosine: float


def rows() -> Iterator[Row]:
    """Rows for the table of `bench/run.py`: render, index, choose. Changes the environment."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _indexed(Path(folder))
        joint, best = [], []
        average = average_vector(bench)
        for entry in tomllib.loads(BRIEFS.read_text("utf-8"))["brief"]:
            brief = parse(entry["text"])
            slots = [_slot(bench, role, brief, average) for role in entry["roles"]]
            joint.append(_figures(slots, _jointly(bench, slots, brief), brief))
            best.append(_figures(slots, [slot.candidates[0] for slot in slots], brief))
        yield from _rows(joint, best)


def _indexed(folder: Path) -> Workbench:
    """A workbench over the rendered library, in the default configuration."""
    os.environ["SOUNDPALETTE_DATA_DIR"] = str(folder / "data")
    from soundpalette.app import App
    from soundpalette.config import load_config
    from soundpalette.indexing.progress import Lines

    app = App(load_config())
    with redirect_stderr(StringIO()):  # its progress lines would stand before the table
        app.indexer().run([render(folder / "library")], Lines())
    return app.workbench(Reach())


def _jointly(bench: Workbench, slots: list[Slot], brief: Brief) -> list[Candidate]:
    picks = choose(slots, brief.bpm, brief.key, brief.genres, bench.searcher.distance())
    return [pick.chosen for pick in picks]


def _slot(bench: Workbench, role: str, brief: Brief, average: Vector) -> Slot:
    slot = slot_of(bench, Wish(role, f"{brief.words} {role}", brief.genres), average)
    if not slot.candidates:
        sys.exit(f"the rendered library has no {role}")
    return slot


def _figures(slots: list[Slot], chosen: list[Candidate], brief: Brief) -> Figures:
    sounds = [candidate.member.traits for candidate in chosen]
    stretches = [tempo.stretch(sound.bpm.value, brief.bpm) for sound in sounds if sound.bpm and brief.bpm]
    keyed = [harmony.fits(sound, brief.key) for sound in sounds if sound.key]
    matches = [float(match(slot)[slot.candidates.index(one)]) for slot, one in zip(slots, chosen, strict=True)]
    return Figures(
        tempo=statistics.fmean(tempo.fit(stretch) for stretch in stretches) if stretches else np.nan,
        key=statistics.fmean(keyed) if keyed else np.nan,
        cohesion=cohesion(np.stack([candidate.member.vector for candidate in chosen])).mean,
        match=statistics.fmean(matches),
        cosine=statistics.fmean(candidate.score for candidate in chosen),
    )


def _rows(joint: list[Figures], best: list[Figures]) -> Iterator[Row]:
    """Two rows a figure: means of the briefs where both palettes have it; in how many which one is better."""
    for figure, told in TOLD.items():
        ours = np.array([getattr(figures, figure) for figures in joint])
        theirs = np.array([getattr(figures, figure) for figures in best])
        known = ~np.isnan(ours) & ~np.isnan(theirs)
        signs = np.sign((ours - theirs)[known].round(6))
        baseline = "baseline: best hit a role"
        means = float(ours[known].mean()), float(theirs[known].mean())
        yield Row(f"{told}, mean (more is better); {baseline}", means[:1], means[1:], "")
        better, worse = (float((signs == sign).sum()) for sign in (1, -1))
        yield Row(f"{told}, the better palette of {known.sum()}; {baseline}", (better,), (worse,), "briefs")

# ruff: noqa: E501  (a table)
"""What the splits play on soundfonts: notes, chords, lines and drums, with the tags of `split_fonts.toml`."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from training.dsp import Rng
from training.pitch import chords
from training.split_player import Phrase

CHORDS = chords("major chord", "minor chord", "seventh chord")
KEYS = {"bass": (26, 50), "tuba": (30, 55), "cello": (38, 66), "doublebass": (28, 50), "celesta": (64, 94), "mallet": (60, 92),
        "bell": (60, 90), "piccolo": (74, 96), "flute": (60, 88), "violin": (56, 90), "bassoon": (36, 62), "percussion": (50, 76),
        "fx": (50, 70), "guitar": (42, 74)}  # fmt: skip
Table = dict[str, Any]


@cache
def words() -> dict[str, dict[str, str]]:
    """Tags by General MIDI's programs and by its drum keys."""
    return tomllib.loads((Path(__file__).parent / "split_fonts.toml").read_text())


def font_phrases(rng: Rng, font: Table) -> Iterator[Phrase]:
    """All that a split plays on one font, as its table says."""
    if "notes" in font:
        for number, tags in words()["programs"].items():
            if int(number) not in font.get("programs", range(128)):
                continue
            yield from program_phrases(rng, int(number), tags.split(), font["notes"])
    for place, tags in font.get("variations", {}).items():
        program, bank = place.split(":")
        for phrase in program_phrases(rng, int(program), tags.split(), 1):
            phrase.bank = int(bank)
            yield phrase
    for kit, kind in font["kits"].items():
        for key, tags in words()["keys"].items():
            if int(key) in font.get("keys", range(128)):
                yield drum_phrase(rng, font, int(kit), int(key), [*tags.split(), *kind.split()])
        for _ in range(font.get("patterns", 0)):
            yield pattern_phrase(rng, int(kit))


def program_phrases(rng: Rng, program: int, tags: list[str], notes: int) -> Iterator[Phrase]:
    """`notes` single notes from low to high, short and long by turns, and where the tags say so a chord and a line."""
    low, high = next((KEYS[t] for t in tags if t in KEYS), (45, 80))
    kept = [t for t in tags if not t.startswith("plays-")]
    edges = np.linspace(low, high, notes + 1)
    for number in range(notes):
        key = int(rng.integers(int(edges[number]), int(edges[number + 1])))
        length = float(rng.uniform(0.2, 0.6) if (number + program) % 2 else rng.uniform(1.2, 3.0))
        if "pad" in tags or "slowstrings" in tags or "nature" in tags:
            length = max(length, 2.0)
        yield Phrase(program, [(0.0, length, key, int(rng.integers(70, 120)))], length + 0.9, [*kept, "note"])
    if "plays-chords" in tags:
        name = str(rng.choice(list(CHORDS)))
        root, length = int(rng.integers(48, 62)), float(rng.uniform(1.0, 2.5))
        chord = [(0.0, length, root + step, 95) for step in CHORDS[name]]
        yield Phrase(program, chord, length + 0.8, [*kept, "chord"])
    if "plays-line" in tags:
        beat, keys = float(rng.uniform(0.15, 0.3)), (low + high) // 2 + rng.choice([-7, -5, -2, 0, 0, 3, 5, 7], 8)
        line = [(k * beat, beat * 0.9, int(key), 95) for k, key in enumerate(keys)]
        yield Phrase(program, line, beat * 8 + 0.5, [*kept, "line"])


def drum_phrase(rng: Rng, font: Table, kit: int, key: int, tags: list[str]) -> Phrase:
    seconds = 2.5 if "cymbal" in tags or "openhat" in tags else 1.2
    hit = [(0.0, 1.0, key, int(rng.integers(75, 120)))]
    return Phrase(kit, hit, seconds, tags, drums=font.get("drums", True))


def pattern_phrase(rng: Rng, kit: int) -> Phrase:
    """Two bars of drums, or of hand percussion: every row hits its own steps."""
    percussion = bool(rng.random() < 0.4)
    rows = (
        [rng.choice([60, 61, 63, 64]), rng.choice([69, 70, 82, 54]), rng.choice([56, 76, 77, 67])]
        if percussion
        else [36, 38, 42]
    )
    steps = (
        [{0, 3, 6, 10}, set(range(0, 16, 2)), {4, 12, 14}]
        if percussion
        else [{0, 6, 8, 10}, {4, 12}, set(range(0, 16, 2))]
    )
    step, notes = float(rng.uniform(0.085, 0.15)), []
    for row, hits in zip(rows, steps, strict=True):
        own = {(h + int(rng.integers(0, 3)) * 2) % 16 for h in hits} if row != 38 else hits
        notes += [(k * step, step, int(row), int(rng.integers(70, 118))) for k in range(32) if k % 16 in own]
    tags = ["loop", "percloop", "rhythm"] if percussion else ["loop", "drumloop", "rhythm"]
    return Phrase(kit, notes, min(4.5, 32 * step + 0.2), tags, drums=True)

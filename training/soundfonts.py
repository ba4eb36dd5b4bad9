# ruff: noqa: PERF401  (formulas read better in one row; loops with conditions better as loops)
"""General MIDI soundfonts rendered with fluidsynth: notes, chords, strums, stabs, lines, drum hits, drum patterns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from training.dsp import RATE, Rng, faded
from training.effects import with_effects
from training.figures import Figure, figure, named
from training.fluidsynth import play_font
from training.gm import DRUM_KEYS, PROGRAMS, Instrument
from training.midi import Event, Note
from training.pitch import chords
from training.places import DATA
from training.registry import Made

FONTS = {
    "fluidr3": Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"),
    "musescore": Path("/usr/share/sounds/sf3/MuseScore_General_Full.sf3"),
    "sonivox": DATA / "pk/@coderline/alphatab/package/dist/soundfont/sonivox.sf2",
}
KITS = {
    0: "acoustic",
    8: "acoustic",
    16: "acoustic",
    24: "electronic",
    25: "electronic",
    32: "acoustic",
    40: "brush",
    48: "orchestral",
}
FONT_KITS = {"sonivox": (0, 8, 32, 40)}
"""Where a font has but some of the kits: fluidsynth would play its first kit for the others."""
CHORDS = chords("major chord", "minor chord", "seventh chord", "minor seventh chord", "fifths")


@dataclass
class Phrase:
    """What one clip plays, on channel 9 where it is drums.

    `layers` are programs that play the same notes on channels of their own; `events` are MIDI messages at seconds.
    """

    program: int
    notes: list[Note]
    seconds: float
    words: list[str]
    drums: bool = False
    bank: int = 0
    layers: tuple[int, ...] = ()
    events: list[Event] = field(default_factory=list)


def render(font: Path, phrases: list[Phrase]) -> Iterator[Made]:
    """Play all phrases one after another in a single pass and cut them apart; stereo, as the font places its sounds."""
    events: list[Event] = []
    spots, now = [], 0.2
    for phrase in phrases:
        events += [(now + start, message) for start, message in _messages(phrase)]
        spots.append(now)
        now += phrase.seconds + 0.25
    audio = play_font(font, events, RATE)
    for spot, phrase in zip(spots, phrases, strict=True):
        cut = audio[int(spot * RATE) : int((spot + phrase.seconds) * RATE)]
        if len(cut):
            yield faded(cut, RATE // 50), phrase.words


def _messages(phrase: Phrase) -> Iterator[Event]:
    """A phrase as MIDI messages, its notes first: at the same time a note ends before the next begins."""
    for place, program in enumerate((phrase.program, *phrase.layers)):
        channel = 9 if phrase.drums else place
        if not phrase.drums:
            yield -0.1, bytes([0xB0 | channel, 0, phrase.bank])
        yield -0.09, bytes([0xC0 | channel, program])
        for start, length, key, velocity in phrase.notes:
            yield start, bytes([0x90 | channel, key, velocity])
            yield start + length, bytes([0x80 | channel, key, 0])
        yield phrase.seconds, bytes([0xB0 | channel, 120, 0])
    yield from phrase.events


def instrument_phrases(rng: Rng, program: int, instrument: Instrument, count: int) -> Iterator[Phrase]:
    """Single notes, and where the instrument allows chords, strums and short lines."""
    low, high = instrument.range
    for _ in range(count):
        key, velocity = int(rng.integers(low, high)), int(rng.integers(50, 127))
        length = float(np.exp(rng.uniform(np.log(0.15), np.log(2.5))))
        bank = int(rng.choice([0, 0, 0, 8]))
        form = rng.random()
        words = list(instrument.words)
        if form < 0.2 and instrument.chords:
            name = str(rng.choice(list(CHORDS)))
            gap = rng.uniform(0.01, 0.05) if "guitar" in instrument.role or rng.random() < 0.2 else 0.0
            keys = [min(120, min(key, 66) + k) for k in CHORDS[name]]
            notes = [(i * gap, length, k, velocity) for i, k in enumerate(keys)]
            words += ["chord", name, *(["strummed"] if gap else [])]
        elif form < 0.34 and instrument.lines:
            beat = 60 / rng.uniform(80, 160) / rng.choice([1, 2, 4])
            steps = int(min(16, max(3, 3.0 / beat)))
            keys = [key + int(rng.choice([-12, -5, -3, 0, 0, 2, 3, 5, 7, 12])) for _ in range(steps)]
            notes = [(i * beat, beat * 0.95, min(max(k, 20), 110), velocity) for i, k in enumerate(keys)]
            words += ["melody", "loop", f"{instrument.role} loop"]
            length = beat * steps
        else:
            notes = [(0.0, length, key, velocity)]
        yield Phrase(program, notes, min(4.0, length + rng.uniform(0.3, 1.2)), words, bank=bank)


FIGURES = {
    "piano": "keys", "mallet": "pluck", "organ": "keys", "guitar": "guitar", "bass": "bass", "strings": "strings",
    "choir": "choir", "brass": "brass", "synth": "synth", "pad": "pad", "atmosphere": "pad",
}  # fmt: skip
"""Roles of gm.py as those of figures.py."""
LOOPED = ("piano", "organ", "guitar", "bass", "strings", "brass", "synth")
TUTTI = ((48, 61, 47), (48, 60, 56), (49, 52, 61), (44, 57, 47), (48, 45, 61, 47))
"""Orchestras: strings, brass, timpani, choir."""


def figure_phrases(rng: Rng, program: int, instrument: Instrument, count: int) -> Iterator[Phrase]:
    """Strums, stabs, progressions, bass lines and slides, as the instrument's role has them."""
    role = _figure_role(instrument)
    for _ in range(count if role else 0):
        made = figure(rng, role)
        words = [*instrument.words, *named(role, made.words)]
        if "loop" in made.words and instrument.role in LOOPED:
            words.append(f"{instrument.role} loop")
        notes = [(start, length, min(max(key, 21), 108), velocity) for start, length, key, velocity in made.notes]
        bank = int(rng.choice([0, 0, 8]))
        yield Phrase(program, notes, min(made.seconds, 4.2), words, bank=bank, events=list(_bend(made)))


def _figure_role(instrument: Instrument) -> str:
    if not (instrument.chords or instrument.role == "bass") or "orchestra hit" in instrument.words:
        return ""
    special = {"distorted": "distorted guitar", "harp": "pluck", "pizzicato strings": "pluck", "slow strings": "choir"}
    return next((role for word, role in special.items() if word in instrument.words), FIGURES.get(instrument.role, ""))


def _bend(made: Figure) -> Iterator[Event]:
    """The wheel, with a range of an octave, from where the glide starts to the pitch; then the range as it was."""
    if made.glide:
        yield from ((-0.08, bytes(message)) for message in ([0xB0, 101, 0], [0xB0, 100, 0], [0xB0, 6, 12]))
        for place in np.linspace(0, 1, 40):
            wheel = int(8192 + 8191 * np.clip(made.glide / 12, -1, 1) * (1 - place) * -1)
            yield -0.01 + float(place) * made.glide_seconds, bytes([0xE0, wheel & 127, wheel >> 7])
        yield made.seconds + 0.05, bytes([0xB0, 6, 2])


def tutti_phrases(rng: Rng, count: int) -> Iterator[Phrase]:
    """Many instruments of an orchestra at once, short: stabs and hits."""
    for _ in range(count):
        first, *rest = TUTTI[int(rng.integers(len(TUTTI)))]
        root, third = int(rng.integers(43, 56)), int(rng.choice([3, 4]))
        keys = [root - 12, root, root + third, root + 7, root + 12, *([root + 19] if rng.random() < 0.5 else [])]
        length = rng.uniform(0.1, 0.45)
        notes = [(0.0, length, key, int(rng.integers(110, 127))) for key in keys]
        words = ["orchestra hit", "chord", "minor chord" if third == 3 else "major chord"]
        yield Phrase(first, notes, length + rng.uniform(0.5, 1.4), words, layers=tuple(rest))


def drum_phrases(rng: Rng, count: int, kits: dict[int, str]) -> Iterator[Phrase]:
    """`count` hits of every key of every kit."""
    for kit, kind in kits.items():
        for key, words in DRUM_KEYS.items():
            for _ in range(count):
                colour = (
                    [kind]
                    if kind in ("acoustic", "electronic") and words[0] in ("kick", "snare", "tom", "clap")
                    else []
                )
                extra = ["brush snare"] if kind == "brush" and "snare" in words else []
                yield Phrase(
                    kit,
                    [(0.0, 1.0, key, int(rng.integers(45, 127)))],
                    2.2 if "cymbal" in words[0] else 1.2,
                    [*words, *colour, *extra],
                    drums=True,
                )


GROOVES = {
    "four on the floor": ("x...x...x...x...", "....x.......x...", "..x...x...x...x."),
    "breakbeat": ("x.x.......xx....", "....x..x.x..x..x", "x.x.x.x.x.x.x.x."),
    "hip hop beat": ("x.....x...x.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "rock beat": ("x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "drum and bass": ("x.........x.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "trap beat": ("x......x..x.....", "........x.......", "xxxxxxxxxxxxxxxx"),
}


def pattern_phrases(rng: Rng, count: int) -> Iterator[Phrase]:
    """Drum loops and, with hand percussion alone, percussion loops."""
    for _ in range(count):
        name = str(rng.choice(list(GROOVES)))
        percussion = rng.random() < 0.3
        step = 60 / (rng.uniform(80, 175)) / 4
        rows = (
            [
                str(rng.choice(k))
                for k in (
                    ["60", "61", "62", "63", "64"],
                    ["54", "69", "70", "82", "75", "76"],
                    ["56", "77", "67", "68", "73"],
                )
            ]
            if percussion
            else [rng.choice(["35", "36"]), rng.choice(["38", "40", "39"]), rng.choice(["42", "44", "46", "51"])]
        )
        notes = []
        for row, pattern in zip(rows, GROOVES[name], strict=True):
            for k in range(int(3.6 / step)):
                if (pattern[k % 16] == "x") != (rng.random() < 0.08):
                    notes.append((k * step, step, int(row), int(rng.integers(60, 120))))
        words = ["percussion loop", "loop"] if percussion else ["drum loop", "loop", name]
        if notes:
            yield Phrase(int(rng.choice(list(KITS))), notes, 3.6, words, drums=True)


def font_clips(font: str, seed: int, per_program: int) -> Iterator[Made]:
    """Clips of every program and kit of a font, with effects."""
    rng = np.random.default_rng(seed)
    phrases = [
        p for number, instrument in PROGRAMS.items() for p in instrument_phrases(rng, number, instrument, per_program)
    ]
    for number, instrument in PROGRAMS.items():
        phrases += figure_phrases(rng, number, instrument, per_program // 2)
    phrases += list(tutti_phrases(rng, per_program * 3))
    kits = {number: kind for number, kind in KITS.items() if number in FONT_KITS.get(font, KITS)}
    phrases += list(drum_phrases(rng, max(1, per_program // 5), kits)) + list(pattern_phrases(rng, per_program * 12))
    for start in range(0, len(phrases), 1500):
        for audio, words in render(FONTS[font], phrases[start : start + 1500]):
            yield with_effects(rng, audio, words)

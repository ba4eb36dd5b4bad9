"""Loops and one-shots rendered at a known tempo and key: the ground truth of tempo, key, root and kind.

Seeds 0 to 299 are for fitting, up to 999 for trying out, from 1000 on for judging. A style's tempo lies where that
style is played, and the finest notes follow the tempo as players do (sixteenths in slow music, eighths in fast):
without such customs a loop of 4 beats at 70 BPM and one of 8 beats at 140 BPM are the same sound. Loops start on the
beat and last a whole number of beats; what rings beyond their end is cut off or wrapped to the start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tests import voices
from tests.sounds import RATE, Audio

NOTES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
SCALES: Final = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
PROGRESSIONS: Final = {
    "major": ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (1, 4, 0, 0), (0, 3, 0, 4), (0, 2, 3, 4)),
    "minor": ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 6), (0, 3, 5, 4), (0, 0, 5, 6), (0, 3, 0, 6), (0, 5, 3, 4)),
}
PAIRS: Final = {"major": ((0, 3), (0, 4), (0, 5), (3, 0)), "minor": ((0, 5), (0, 6), (0, 3), (5, 0))}
"""What two chords say of a key is little: the tonic is one of them, and mostly the first."""
DRUMS: Final = {"kick": voices.kick, "snare": voices.snare, "clap": voices.clap, "hat": voices.hat, "tom": voices.tom}


@dataclass(frozen=True)
class Rendered:
    """A sound at 44.1 kHz and what is true of it; `key` such as "A minor", `root` such as "C#3"."""

    name: str
    audio: Audio
    kind: str
    bpm: float | None = None
    beats: int | None = None
    key: str | None = None
    root: str | None = None


class Score:
    """A loop being written: events are added at positions in beats."""

    def __init__(self, rng: np.random.Generator, low: float, high: float, bar: int = 4, fewest: int = 1) -> None:
        self.rng = rng
        self.bpm = round(float(np.exp(rng.uniform(np.log(low), np.log(high)))), int(rng.random() < 0.2))
        bars = max(fewest, int(rng.choice([1, 2, 4, 8], p=[0.2, 0.35, 0.35, 0.1])))
        self.bar, self.beats = bar, bar * bars
        self.audio = np.zeros(round(self.beats * 60 / self.bpm * RATE), np.float32)
        self.wraps = bool(rng.random() < 0.5)
        self.swing = 0.0
        self.mode = "major" if rng.random() < 0.45 else "minor"
        self.tonic = int(rng.integers(12))
        self.cents = float(rng.normal(0, 8))
        self.tonal = False

    def finest(self) -> float:
        """The length of the finest notes in beats."""
        return 0.25 if self.bpm < 90 or (self.bpm < 140 and self.rng.random() < 0.5) else 0.5

    def add(self, beat: float, sound: Audio, gain: float = 1.0) -> None:
        """Place `sound`: off-beat sixteenths late by the swing, everything up to 4 ms late, as loud as it happens."""
        late = self.swing * 0.25 if round(beat * 4) % 2 else 0.0
        start = round((beat + late) * 60 / self.bpm * RATE + self.rng.uniform(0, 0.004) * RATE)
        sound = (sound * gain * self.rng.uniform(0.8, 1.0)).astype(np.float32)
        room = len(self.audio) - start
        self.audio[start : start + len(sound)] += sound[: max(0, room)]
        if self.wraps and 0 <= room < len(sound):
            rest = sound[room : room + len(self.audio)]
            self.audio[: len(rest)] += rest

    def pattern(self, drum: str, hits: Sequence[float], gain: float = 1.0, drop: float = 0.0) -> None:
        """The hits (beats within a bar) in every bar, some left out."""
        sound = DRUMS[drum](self.rng)
        for bar in range(self.beats // self.bar):
            for hit in hits:
                if self.rng.random() >= drop:
                    self.add(bar * self.bar + hit, sound, gain)

    def degree(self, degree: int, octave: int = 4) -> float:
        """The MIDI number of a degree of the scale, 0 the tonic."""
        scale = SCALES[self.mode]
        return 12 * (octave + 1 + degree // 7) + self.tonic + scale[degree % 7] + self.cents / 100

    def chords(self) -> list[int]:
        """The degree of the scale under each bar: the tonic alone, two chords or four, one or two bars each."""
        bars = self.beats // self.bar
        slow = 2 if bars >= 4 and self.rng.random() < 0.3 else 1
        options = PROGRESSIONS[self.mode] if bars // slow >= 4 else PAIRS[self.mode]
        chosen = options[self.rng.integers(len(options))]
        return [chosen[bar // slow % len(chosen)] for bar in range(bars)] if bars > 1 else [0]

    def play(self, timbre: str, beat: float, notes: Sequence[float], beats: float, gain: float = 1.0) -> None:
        """Notes together for a time in beats."""
        self.tonal = True
        seconds = beats * 60 / self.bpm
        for midi in notes:
            self.add(beat, voices.note(voices.TIMBRES[timbre], midi, seconds, self.rng), gain)

    def triad(self, degree: int, octave: int = 4) -> list[float]:
        """Its three notes, at times a seventh, at times inverted."""
        notes = [self.degree(degree + third, octave) for third in (0, 2, 4)]
        if self.mode == "minor" and degree == 4 and self.rng.random() < 0.5:
            notes[1] += 1  # the leading note of harmonic minor
        if self.rng.random() < 0.25:
            notes.append(self.degree(degree + 6, octave))
        return [note - 12 if i == 2 and self.rng.random() < 0.4 else note for i, note in enumerate(notes)]

    def done(self, style: str) -> Rendered:
        noise = 10 ** self.rng.uniform(-5, -3.3) * self.rng.standard_normal(len(self.audio))
        audio = self.audio + noise
        audio *= self.rng.uniform(0.2, 0.95) / np.abs(audio).max()
        key = f"{NOTES[self.tonic]} {self.mode}" if self.tonal else None
        return Rendered(style, audio.astype(np.float32), "loop", self.bpm, self.beats, key)


def four(rng: np.random.Generator) -> Score:
    """House and techno: a kick on each beat."""
    score = Score(rng, 110, 150)
    score.pattern("kick", (0, 1, 2, 3))
    score.pattern("clap" if rng.random() < 0.5 else "snare", (1, 3), 0.7)
    score.pattern("hat", (0.5, 1.5, 2.5, 3.5) if rng.random() < 0.6 else np.arange(0, 4, 0.25).tolist(), drop=0.05)
    return score


def backbeat(rng: np.random.Generator) -> Score:
    """Rock and pop: kick on one and three, snare on two and four."""
    score = Score(rng, 60, 180)
    extra = [(), (2.5,), (0.5,), (3.5,), (1.5, 2.5)][rng.integers(5)]
    score.pattern("kick", (0, 2, *extra))
    score.pattern("snare", (1, 3), 0.9)
    score.pattern("hat", np.arange(0, 4, score.finest()).tolist(), 0.8, drop=0.03)
    return score


def boombap(rng: np.random.Generator) -> Score:
    """Hip-hop: swung sixteenths."""
    score = Score(rng, 70, 105)
    score.swing = float(rng.uniform(0.15, 0.66))
    score.pattern("kick", (0, *rng.choice([0.75, 1.75, 2.25, 2.5, 2.75, 3.75], 3, replace=False)))
    score.pattern("snare", (1, 3))
    score.pattern("hat", np.arange(0, 4, 0.5 if rng.random() < 0.4 else 0.25).tolist(), 0.8, drop=0.1)
    return score


def breakbeat(rng: np.random.Generator) -> Score:
    """Jungle, drum and bass: syncopated kicks, ghost snares."""
    score = Score(rng, 125, 180)
    score.pattern("kick", ((0, 2.5), (0, 0.5, 2.5), (0, 1.5, 2.5))[rng.integers(3)])
    score.pattern("snare", (1, 3))
    score.pattern("snare", (1.75, 2.25, 3.75), 0.3, drop=0.4)
    score.pattern("hat", np.arange(0, 4, 0.5).tolist(), 0.8, drop=0.05)
    return score


def halftime(rng: np.random.Generator) -> Score:
    """Trap: the snare on three, hats in eighths and sixteenths with rolls."""
    score = Score(rng, 130, 160)
    score.pattern("kick", (0, *rng.choice([0.75, 1.5, 2.5, 2.75, 3.5], 2, replace=False)))
    score.pattern("clap", (2,))
    score.pattern("hat", np.arange(0, 4, 0.5).tolist(), 0.9)
    score.pattern("hat", (1.25, 3.25, 3.75, 3.125), 0.8, drop=0.4)
    return score


def shuffle(rng: np.random.Generator) -> Score:
    """Blues and swing: triplets."""
    score = Score(rng, 80, 150)
    score.pattern("kick", (0, 2) if rng.random() < 0.6 else (0, 1, 2, 3))
    score.pattern("snare", (1, 3))
    score.pattern("hat", [beat + part for beat in range(4) for part in (0, 2 / 3)], 0.9, drop=0.05)
    return score


def percussion(rng: np.random.Generator) -> Score:
    """Congas and a shaker."""
    score = Score(rng, 90, 135)
    score.pattern("tom", rng.permutation([0, 0.75, 1.5, 2, 2.5, 3, 3.5, 3.75])[:5].tolist())
    score.pattern("tom", (0, 1.5, 3), 0.8, drop=0.1)
    score.pattern("hat", np.arange(0, 4, 0.25 if score.bpm < 120 else 0.5).tolist(), 0.6)
    score.pattern("hat", (0, 1, 2, 3), 0.8)
    return score


def hats(rng: np.random.Generator) -> Score:
    """Hats alone: the tempo shows in their accents."""
    score = Score(rng, 100, 145)
    for beat in np.arange(0, score.beats, 0.25):
        gain = 1.0 if beat % 1 == 0.5 else 0.5 if beat % 1 == 0 else 0.25
        score.add(float(beat), voices.hat(rng, is_open=beat % 1 == 0.5 and rng.random() < 0.8), gain)
    return score


def bassline(rng: np.random.Generator) -> Score:
    """A bass in eighths or sixteenths around each bar's root."""
    score = Score(rng, 60, 180)
    timbre, step = ("saw", "square", "sub", "pluck")[rng.integers(4)], score.finest()
    octave = 1 if score.tonic >= 4 else 2
    rhythm = [0.0, *(beat for beat in np.arange(step, 4, step) if rng.random() < 0.6)]
    for bar, root in enumerate(score.chords()):
        moves = [0, *rng.choice([0, 0, 0, 4, 7, 2], len(rhythm) - 1), 2]  # a third at the end, or there is no mode
        for beat, move in zip(rhythm, moves[: len(rhythm) - 1] + moves[-1:], strict=True):
            score.play(timbre, 4 * bar + beat, [score.degree(root + move, octave)], step * rng.uniform(0.6, 1))
    return score


def stabs(rng: np.random.Generator) -> Score:
    """Chord stabs in one rhythm that comes again each bar."""
    score = Score(rng, 70, 180)
    timbre, step = ("saw", "keys", "organ", "square")[rng.integers(4)], score.finest()
    rhythm = [0.0, *(beat for beat in np.arange(step, 4, step) if rng.random() < 0.35)]
    for bar, root in enumerate(score.chords()):
        notes = score.triad(root)
        for beat in rhythm:
            score.play(timbre, 4 * bar + beat, notes, step * rng.uniform(0.6, 1), 0.6)
    return score


def pad(rng: np.random.Generator) -> Score:
    """A chord a bar, or two, with a slow attack; of one bar it would be a long note without a tempo."""
    score = Score(rng, 80, 150, fewest=2)
    timbre = ("pad", "strings", "organ")[rng.integers(3)]
    for bar, root in enumerate(score.chords()):
        notes = score.triad(root)
        score.play(timbre, 4 * bar, [*notes, notes[0] - 12], 4.2, 0.5)
    return score


def arpeggio(rng: np.random.Generator) -> Score:
    """The chord's notes one after the other."""
    score = Score(rng, 60, 180)
    timbre, step = ("pluck", "saw", "bell", "square")[rng.integers(4)], score.finest()
    order = rng.permutation([0, 1, 2, 3])
    for bar, root in enumerate(score.chords()):
        notes = [score.degree(root + third, 4) for third in (0, 2, 4, 7)]
        for i, beat in enumerate(np.arange(0, 4, step)):
            score.play(timbre, 4 * bar + beat, [notes[order[i % 4]]], step * 0.9, 1.0 if beat % 1 == 0 else 0.8)
    return score


def melody(rng: np.random.Generator) -> Score:
    """A plucked melody over soft chords or alone, coming home at the end of each phrase."""
    score = Score(rng, 60, 180)
    timbre, step = ("pluck", "keys", "bell")[rng.integers(3)], score.finest() * 2
    alone = rng.random() < 0.4
    for bar, root in enumerate(score.chords()):
        if not alone:
            score.play("organ", 4 * bar, score.triad(root, 3), 4, 0.25)
        for beat in np.arange(0, 4, step):
            move = 0 if beat == 0 else int(rng.choice([0, 1, 2, 4, -1, 2, 4]))
            if beat == 0 or rng.random() < 0.8:
                score.play(timbre, 4 * bar + beat, [score.degree(root + move, 5)], step)
    return score


def waltz(rng: np.random.Generator) -> Score:
    """Three beats a bar: bass, chord, chord."""
    score = Score(rng, 90, 170, bar=3)
    for bar, root in enumerate(score.chords()):
        score.play("keys", 3 * bar, [score.degree(root, 2)], 1, 1.2)
        for beat in (1, 2):
            score.play("keys", 3 * bar + beat, score.triad(root), 0.8, 0.4)
    return score


def full(rng: np.random.Generator) -> Score:
    """Drums, bass and chords."""
    score = Score(rng, 80, 175)
    for bar, root in enumerate(score.chords()):
        score.play("organ", 4 * bar, score.triad(root), 4, 0.3)
        for beat in (0, 1.5, 2.5):
            score.play("sub", 4 * bar + beat, [score.degree(root, 2)], 0.9, 0.8)
    score.pattern("kick", (0, 2))
    score.pattern("snare", (1, 3), 0.8)
    score.pattern("hat", np.arange(0, 4, 0.5).tolist(), 0.8)
    return score


DRUM_STYLES: Final[tuple[Callable[[np.random.Generator], Score], ...]] = (
    four, backbeat, boombap, breakbeat, halftime, shuffle, percussion, hats,
)  # fmt: skip
TONAL_STYLES: Final[tuple[Callable[[np.random.Generator], Score], ...]] = (
    bassline, stabs, pad, arpeggio, melody, waltz, full,
)  # fmt: skip
UNPITCHED: Final = {
    "kick": voices.kick, "snare": voices.snare, "clap": voices.clap, "hat": voices.hat,
    "cymbal": voices.cymbal, "riser": voices.riser,
}  # fmt: skip


def loops(seed: int) -> list[Rendered]:
    """One loop of each style."""
    styles = (*DRUM_STYLES, *TONAL_STYLES)
    return [style(np.random.default_rng([seed, i])).done(style.__name__) for i, style in enumerate(styles)]


def loosened(item: Rendered, seed: int) -> Audio:
    """The loop's audio with 3 to 20 % of it cut off, or as much silence behind it."""
    rng = np.random.default_rng(seed)
    share = float(rng.uniform(0.03, 0.2)) * float(rng.choice([-1, 1]))
    frames = round((1 + share) * len(item.audio))
    return np.pad(item.audio, (0, max(0, frames - len(item.audio))))[:frames]


def one_shots(seed: int) -> list[Rendered]:
    """One hit of each drum, one note of each timbre (C1 to B6 as fits it) and one chord."""
    rng = np.random.default_rng([seed, 99])
    drums = [Rendered(name, drum(rng), "one-shot") for name, drum in UNPITCHED.items()]
    notes = []
    for name, timbre in voices.TIMBRES.items():
        midi = int(rng.integers(26, 50) if name == "sub" else rng.integers(36, 85))
        seconds = float(rng.uniform(2, 5) if timbre.attack > 0.1 else rng.uniform(0.3, 2))
        audio = voices.note(timbre, midi, seconds, rng)
        notes.append(Rendered(name, audio, "one-shot", root=f"{NOTES[midi % 12]}{midi // 12 - 1}"))
    return [*drums, *notes, _chord(rng)]


def _chord(rng: np.random.Generator) -> Rendered:
    midi, mode = int(rng.integers(48, 66)), ("major", "minor")[rng.integers(2)]
    notes = [midi + SCALES[mode][i] for i in (0, 2, 4)]
    audio = voices.chord(voices.TIMBRES[("saw", "keys", "organ")[rng.integers(3)]], notes, 1.5, rng)
    key = f"{NOTES[midi % 12]} {mode}"
    return Rendered("chord", audio, "one-shot", key=key, root=f"{NOTES[midi % 12]}{midi // 12 - 1}")

"""csound plays our orchestra (training/csound/*.orc): struck bodies, strings, winds, voices, synths and textures.

A player draws one clip as a score; all clips of a player are rendered in one run of csound and cut apart.
"""

import importlib
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import soundfile
import soxr

from training import dsp
from training.dsp import Audio, Rng, faded
from training.effects import with_effects
from training.registry import Made, register, runs

FOLDER = Path(__file__).parent / "csound"
PARTS = ("head", "bodies", "strings", "synths", "outputs")
MODULES = (
    *("bodies", "bars", "shakers", "drums", "cymbals", "guitars", "strings"),
    *("winds", "synths", "basses", "keys", "textures"),
)
"""In the order in which their clips are numbered: the number decides over a stereo image."""
RATE = 48_000
GAP = 0.15
Note = tuple[str | float, ...]
"""An instrument's name, its start and length in seconds, then its own values from p4 on."""


@dataclass(frozen=True, slots=True)
class Take:
    """One clip: its notes, how long it lasts, what describes it, and the output instrument with its values."""

    notes: Sequence[Note]
    seconds: float
    words: list[str]
    output: Note = ("Dry",)


Player = Callable[[Rng], Take]
PLAYERS: dict[str, tuple[Player, int]] = {}


def player(count: int) -> Callable[[Player], Player]:
    """A decorator that has a player make `count` clips."""
    return register(PLAYERS, count)


def later(notes: Sequence[Note], start: float) -> list[Note]:
    """The same notes `start` seconds later."""
    return [(name, float(at) + start, *rest) for name, at, *rest in notes]


def perform(takes: Sequence[Take], seed: int) -> Iterator[Audio]:
    """The audio of every take at 32 kHz, from one run of csound."""
    rows, spots, now = [], [], 0.1
    for take in takes:
        fitting = [n for n in take.notes if float(n[1]) < take.seconds]
        for name, at, wanted, *values in [*fitting, (take.output[0], 0.0, take.seconds, *take.output[1:])]:
            length = min(float(wanted), take.seconds - float(at))
            rows.append(f'i "{name}" {now + float(at):.5f} {length:.5f} ' + " ".join(f"{v:.6g}" for v in values))
        spots.append((now, take.seconds))
        now += take.seconds + GAP
    audio = _run("\n".join([f'i "Clear" 0 {now:.3f}', *rows, ""]), seed)
    for start, seconds in spots:
        yield _cut(audio, start, seconds)


def _run(score: str, seed: int) -> Audio:
    with tempfile.TemporaryDirectory() as folder:
        orchestra, notes, wav = (Path(folder) / name for name in ("all.orc", "all.sco", "all.wav"))
        orchestra.write_text("".join((FOLDER / f"{part}.orc").read_text() for part in PARTS))
        notes.write_text(score)
        options = ["-d", "-m0", "-W", "-f", "-o", str(wav), f"--omacro:SEED={seed % 2**31 + 1}"]
        subprocess.run(["csound", *options, str(orchestra), str(notes)], check=True, capture_output=True)
        return np.asarray(soundfile.read(wav)[0], float)


def _cut(audio: Audio, start: float, seconds: float) -> Audio:
    part = audio[int(start * RATE) : int((start + seconds) * RATE)]
    return np.asarray(soxr.resample(faded(part, int(0.012 * RATE)), RATE, dsp.RATE), float)


def takes_of(name: str, seed: int, share: float) -> list[Take]:
    """A player's takes, each drawn from a random stream of its own."""
    return [play(rng) for rng, play in runs({name: PLAYERS[name]}, seed, share)]


def clips(seed: int, share: float) -> Iterator[Made]:
    for module in MODULES:
        importlib.import_module(f"training.csound_{module}")
    for name in PLAYERS:
        takes = takes_of(name, seed, share)
        rng = np.random.default_rng([seed, crc32(name.encode())])
        for take, audio in zip(takes, perform(takes, crc32(name.encode()) + seed), strict=True):
            if np.abs(audio).max() > 1e-4:
                yield with_effects(rng, audio, take.words, 0.35)

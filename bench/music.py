"""Tempo, key, root and kind of rendered sounds against what is true of them, beside plain librosa on the same files.

The seeds are judging seeds: nothing was fitted or looked at on them (bench/fit_music.py takes seeds 0 to 299).
"""

import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np

from bench.rows import Row
from bench.stopwatch import milliseconds
from soundpalette.core.music.notes import PITCH_CLASSES
from soundpalette.core.music.sound import Sound, analyse_file
from soundpalette.core.music.tonality import KRUMHANSL
from tests.rendered import Rendered, loops, loosened, one_shots
from tests.sounds import RATE, write

SEEDS: Final = range(2000, 2020)
WITHIN: Final = 0.04
OCTAVES: Final = (1, 2, 1 / 2, 3, 1 / 3)
"""What MIREX allows as an octave error: double, half, triple and a third of the tempo."""


@dataclass(frozen=True)
class Judged:
    """A rendered loop, what we say of it and what librosa's defaults say: two tempos and a key."""

    true: Rendered
    ours: Sound
    tempo: float
    beat_track: float
    key: str


def rows() -> Iterator[Row]:
    """Rows for the table of `bench/run.py`; what is found is a share of what is there."""
    with tempfile.TemporaryDirectory() as folder:
        judged = [_judged(item, Path(folder)) for seed in SEEDS for item in loops(seed)]
        shots = [(item, analyse_file(_file(item, Path(folder)))) for seed in SEEDS for item in one_shots(seed)]
        yield from _tempos(judged)
        yield from _loose(Path(folder))
        yield from _keys(judged)
        yield from _kinds(judged, shots)
        yield from _costs(Path(folder))


def mirex(found: str | None, true: str) -> float:
    """The score of MIREX's key detection: same 1, fifth 0.5, relative 0.3, parallel 0.2, else 0."""
    if found is None or found == true:
        return float(found == true)
    (note, mode), (true_note, true_mode) = found.split(), true.split()
    distance = (PITCH_CLASSES.index(true_note) - PITCH_CLASSES.index(note)) % 12
    if mode == true_mode:
        return 0.5 if distance in (5, 7) else 0.0
    relative = 9 if mode == "major" else 3
    return {relative: 0.3, 0: 0.2}.get(distance, 0.0)


def is_near(found: float | None, true: float, factors: Sequence[float] = (1,)) -> bool:
    """Whether a tempo is within 4 % of the true one times one of the factors."""
    return found is not None and any(abs(found / (true * factor) - 1) <= WITHIN for factor in factors)


def _tempos(judged: list[Judged]) -> Iterator[Row]:
    for name, factors in (("", (1.0,)), (", octave errors allowed", OCTAVES)):
        ours = fmean(
            is_near(one.ours.bpm.value if one.ours.bpm else None, one.true.bpm or 0, factors) for one in judged
        )
        plain = fmean(is_near(one.tempo, one.true.bpm or 0, factors) for one in judged)
        tracked = fmean(is_near(one.beat_track, one.true.bpm or 0, factors) for one in judged)
        of = f"tempo of {len(judged)} rendered loops within 4 %{name}; baseline: librosa's"
        yield _row(f"{of} tempo", ours, plain)
        yield _row(f"{of} beat_track", ours, tracked)


def _loose(folder: Path) -> Iterator[Row]:
    """Loops that were cut or have silence behind them: no number of beats fits their length."""
    items = [item for seed in SEEDS for item in loops(seed)]
    found = []
    for place, item in enumerate(items):
        path = write(folder / "sound.wav", loosened(item, place), subtype="PCM_16")
        ours = analyse_file(path).bpm
        found.append((item.bpm or 0, ours.value if ours else None, _librosa(path).tempo))
    ours_right, plain_right = (fmean(is_near(one[column], one[0]) for one in found) for column in (1, 2))
    yield _row("tempo of the same cut or with silence behind them; baseline: librosa's tempo", ours_right, plain_right)


def _keys(judged: list[Judged]) -> Iterator[Row]:
    pitched = [(one, one.true.key) for one in judged if one.true.key]
    drums = [one for one in judged if not one.true.key]
    ours = fmean(mirex(one.ours.key.value if one.ours.key else None, key) for one, key in pitched)
    plain = fmean(mirex(one.key, key) for one, key in pitched)
    yield _row(f"key of {len(pitched)} loops, MIREX score; baseline: librosa's chroma_cqt and Krumhansl", ours, plain)
    none = fmean(one.ours.key is None for one in drums)
    yield _row(f"drum loops that get no key, of {len(drums)}; librosa has no such answer", none)


def _kinds(judged: list[Judged], shots: list[tuple[Rendered, Sound]]) -> Iterator[Row]:
    pairs = [*((one.true, one.ours) for one in judged), *shots]
    kinds = fmean(true.kind == ours.kind.value for true, ours in pairs)
    yield _row(f"loop or one-shot, {len(pairs)} sounds", kinds)
    notes = [(true, ours) for true, ours in shots if true.root and not true.key]
    roots = fmean(ours.root is not None and ours.root.value == true.root for true, ours in notes)
    yield _row(f"root of {len(notes)} notes, octave and all", roots)
    hits = [ours for true, ours in shots if not true.root]
    yield _row(f"drum hits that get no root, of {len(hits)}", fmean(ours.root is None for ours in hits))


def _costs(folder: Path) -> Iterator[Row]:
    noise = np.random.default_rng(0).normal(0, 0.1, (8 * RATE, 2)).astype(np.float32)
    for name, seconds in (("1 s", 1), ("8 s", 8)):
        path = write(
            folder / "cost.wav",
            noise[: seconds * RATE] * np.geomspace(1, 0.01, seconds * RATE)[:, None].astype(np.float32),
        )
        ours = tuple(milliseconds(partial(analyse_file, path)) for _ in range(15))
        plain = tuple(milliseconds(partial(_librosa, path)) for _ in range(15))
        title = f"analysing {name} of stereo (less is better); baseline: librosa's tempo and key alone"
        yield Row(title, ours, plain, "ms")


@dataclass(frozen=True)
class _Librosa:
    tempo: float
    beat_track: float
    key: str


def _librosa(path: Path) -> _Librosa:
    """Its defaults, and the key whose profile correlates best with the mean of its chroma."""
    with warnings.catch_warnings():  # by its defaults it looks at more at once than short loops have
        warnings.filterwarnings("ignore", r"n_fft=\d+ is too large", UserWarning)
        return _librosa_defaults(path)


def _librosa_defaults(path: Path) -> _Librosa:
    import librosa
    from librosa.beat import beat_track

    audio, rate = librosa.load(path)
    tempo = librosa.feature.tempo(y=audio, sr=rate)
    tracked, _ = beat_track(y=audio, sr=rate)
    chroma = librosa.feature.chroma_cqt(y=audio, sr=rate).mean(axis=1)
    fits = [np.corrcoef(chroma, np.roll(profile, tonic))[0, 1] for profile in KRUMHANSL for tonic in range(12)]
    best = int(np.nanargmax(fits)) if not np.isnan(fits).all() else 0
    key = f"{PITCH_CLASSES[best % 12]} {'major' if best < 12 else 'minor'}"
    return _Librosa(float(np.ravel(tempo)[0]), float(np.ravel(tracked)[0]), key)


def _judged(item: Rendered, folder: Path) -> Judged:
    path = _file(item, folder)
    plain = _librosa(path)
    return Judged(item, analyse_file(path), plain.tempo, plain.beat_track, plain.key)


def _file(item: Rendered, folder: Path) -> Path:
    return write(folder / "sound.wav", item.audio, subtype="PCM_16")


def _row(name: str, ours: float, baseline: float | None = None) -> Row:
    return Row(name, (ours,), () if baseline is None else (baseline,), "share")

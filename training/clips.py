# ruff: noqa: E501  (tables and formulas read better in one row)
"""Clips on disk: what training reads. A shard holds encoder windows as float16 and one JSON line of words a clip."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from soundpalette.core.encoders.compact_frontend import BANDS, RATE, WINDOW_SAMPLES, make_window, normalise
from soundpalette.core.stereo import Width
from training.places import DATA
from training.teacher import heard

LESSON = 64
"""Windows that the teacher hears at once."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Windows of many clips: `frames` float16 [sum of lengths, 64], `starts` [n + 1], `descriptors` [n, 64], `taught` [n, 512], `words` n lists."""

    frames: npt.NDArray[np.float16]
    starts: npt.NDArray[np.int64]
    descriptors: npt.NDArray[np.float32]
    taught: npt.NDArray[np.float16]
    words: list[list[str]]


def save_shard(name: str, clips: Iterable[tuple[npt.NDArray[np.floating], list[str]]]) -> int:
    """Turn (audio at 32 kHz, words) into windows: the first 3 s, and of a longer clip also the last 3 s. Returns the count.

    Audio is mono [n] or stereo [n, 2]; the encoder, too, hears the mean of the channels and their width.
    """
    frames, descriptors, taught, words, waiting = [], [], [], [], []
    for audio, tags in clips:
        if audio.size < 32 or not np.isfinite(audio).all() or np.abs(audio).max() < 1e-4:
            continue
        width = Width()
        width.add(audio)
        sound = normalise(np.asarray(audio if audio.ndim == 1 else audio.mean(axis=1), np.float32))
        parts = [sound[:WINDOW_SAMPLES]]
        if sound.size > WINDOW_SAMPLES * 1.5:
            parts.append(sound[-WINDOW_SAMPLES:])
        for part in parts:
            window = make_window(part, sound.size / RATE, width.value)
            descriptors.append(window[0])
            frames.append(window[1:].astype(np.float16))
            words.append(sorted({t for t in tags if t}))
            waiting.append(part)
        if len(waiting) >= LESSON:
            taught.append(heard(waiting))
            waiting.clear()
    taught.append(heard(waiting))
    if not frames:
        raise ValueError(f"{name}: not one clip that sounds")
    starts = np.concatenate([[0], np.cumsum([len(f) for f in frames])])
    shard = Shard(np.concatenate(frames), starts, np.array(descriptors), np.concatenate(taught), words)
    _write(shard_file(name), shard)
    return len(frames)


def _write(path: Path, shard: Shard) -> None:
    """The numbers as NumPy's archive, under another name until it is whole; the words beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # an old shard never stands beside new words
    path.with_suffix(".jsonl").write_text("".join(json.dumps(w) + "\n" for w in shard.words))
    part = path.with_suffix(".part.npz")
    np.savez(part, frames=shard.frames, starts=shard.starts, descriptors=shard.descriptors, taught=shard.taught)
    part.rename(path)


def shard_file(name: str) -> Path:
    return DATA / "shards" / f"{name}.npz"


def load_shards(names: list[str] | None = None) -> Iterator[Shard]:
    """The shards of `names`, or all, in the order of their names; raises ValueError for other bands than the encoder's."""
    for path in sorted(p for p in (DATA / "shards").glob("*.npz") if ".part" not in p.name):
        if names is None or path.stem in names:
            held = np.load(path)
            words = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
            if held["frames"].shape[1] != BANDS:
                raise ValueError(f"{path} has {held['frames'].shape[1]} bands, expected {BANDS}; render it again")
            yield Shard(held["frames"], held["starts"], held["descriptors"], held["taught"], words)

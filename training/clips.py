# ruff: noqa: E501  (tables and formulas read better in one row)
"""Clips on disk: what training reads. A shard holds encoder windows as float16 and one JSON line of words a clip."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from soundpalette.core.audio import Width
from soundpalette.core.encoders.compact_frontend import BANDS, RATE, WINDOW_SAMPLES, make_window, normalise

DATA = Path(os.environ.get("COMPACT_DATA", "/tmp/compact-data"))


@dataclass(frozen=True, slots=True)
class Shard:
    """Windows of many clips: `frames` float16 [sum of lengths, 64], `starts` [n + 1], `descriptors` [n, 64], `words` n lists."""

    frames: npt.NDArray[np.float16]
    starts: npt.NDArray[np.int64]
    descriptors: npt.NDArray[np.float32]
    words: list[list[str]]


def save_shard(name: str, clips: Iterable[tuple[npt.NDArray[np.floating], list[str]]]) -> int:
    """Turn (audio at 32 kHz, words) into windows: the first 3 s, and of a longer clip also the last 3 s. Returns the count.

    Audio is mono [n] or stereo [n, 2]; the encoder, too, hears the mean of the channels and their width.
    """
    frames, descriptors, words = [], [], []
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
    folder = DATA / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    starts = np.concatenate([[0], np.cumsum([len(f) for f in frames])])
    np.savez(folder / f"{name}.npz", frames=np.concatenate(frames), starts=starts, descriptors=np.array(descriptors))
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(w) + "\n" for w in words))
    return len(frames)


def load_shards(names: list[str] | None = None) -> Iterator[Shard]:
    for path in sorted((DATA / "shards").glob("*.npz")):
        if names is None or path.stem in names:
            held = np.load(path)
            words = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
            assert held["frames"].shape[1] == BANDS
            yield Shard(held["frames"], held["starts"], held["descriptors"], words)

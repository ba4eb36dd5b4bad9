"""What indexing costs in memory: `python -m bench.memory WEIGHTS`, WEIGHTS made by bench/make_clamp3_weights.py.

`soundpalette index` runs as a process of its own, with CLaMP3 in bfloat16, over clips of 0.05 to 10 s and one file of
ten minutes. Whatever it and its workers hold is added up: anonymous memory, and pages of files (libraries, weights)
apart, which the system can drop and read again (what several processes map counts several times). Linux alone.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from bench.make_clamp3_weights import made
from bench.rows import Row
from soundpalette.core.encoders.weights import CHECKPOINT

RATE: Final = 44_100
CLIPS: Final = 24
LONG_SECONDS: Final = 600.0
EVERY: Final = 0.02
"""Seconds between two looks."""
GIGABYTE: Final = 1e9


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes that a process and its children hold at one moment: of their own, and of mapped files."""

    own: int = 0
    files: int = 0

    @property
    def all(self) -> int:
        return self.own + self.files


@dataclass(frozen=True, slots=True)
class Peaks:
    """The most at any moment: own memory, mapped files, both together; and how many files were indexed."""

    own: int
    files: int
    all: int
    added: int


def main() -> None:
    """Print the peaks of both profiles."""
    for row in rows(*map(Path, sys.argv[1:])):
        sys.stdout.write(f"{row.title}: {row.ours[0]:.2f} {row.unit}  {row.goal}  met: {row.met}\n")


def rows(weights: Path | None = None) -> Iterator[Row]:
    """Gigabytes of both profiles; the goal is that of the memory-safe one."""
    weights = weights or made()
    with tempfile.TemporaryDirectory() as folder:
        library = make_library(Path(folder, "library"))
        models = Path(folder, "models")
        index(weights, models, Path(folder, "first"), library / "clips" / "0", "sequential")  # converts the weights
        for profile in ("sequential", "parallel"):
            peaks = index(weights, models, Path(folder, profile), library, profile)
            if peaks.added != CLIPS + 1:
                raise RuntimeError(f"{peaks.added} of {CLIPS + 1} files were indexed by the profile {profile}")
            goal = "ours <= 1.2" if profile == "sequential" else ""
            yield Row(f"peak of own memory, clamp3 in bfloat16, {profile}", (peaks.own / GIGABYTE,), (), "GB", goal)
            yield Row(f"peak of mapped files, {profile}", (peaks.files / GIGABYTE,), (), "GB")
            yield Row(f"peak of both, {profile}", (peaks.all / GIGABYTE,), (), "GB")


def make_library(folder: Path) -> Path:
    """Noise and tones of 0.05 to 10 s, and one file of ten minutes."""
    rng = np.random.default_rng(0)
    for number, seconds in enumerate(np.geomspace(0.05, 10.0, CLIPS)):
        _write(folder / "clips" / str(number // 8) / f"{number}.wav", rng, float(seconds))
    _write(folder / "long.flac", rng, LONG_SECONDS)
    return folder


def _write(path: Path, rng: np.random.Generator, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    times = np.arange(round(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * rng.uniform(60, 2_000) * times) * np.exp(-times / seconds)
    soundfile.write(path, 0.5 * tone[:, None] + 0.05 * rng.standard_normal((times.size, 2)), RATE)


def index(weights: Path, models: Path, data: Path, library: Path, profile: str) -> Peaks:
    """Index `library` into an empty catalogue in a process of its own, and watch it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDPALETTE_")}
    settings = {
        "DATA_DIR": data,
        "CONFIG": "",
        "ENCODER__NAME": "clamp3",
        "ENCODER__DTYPE": "bfloat16",
        "MODELS__MERT": weights / "mert",
        "MODELS__TEXT": weights / "text",
        "MODELS__CLAMP3": weights / CHECKPOINT,
        "MODELS__CACHE_DIR": models,
        "PROCESSING__PROFILE": profile,
    }
    environment = own | {f"SOUNDPALETTE_{name}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "soundpalette", "index", str(library), "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        seen = [Held()]
        while process.poll() is None:
            seen.append(held(process.pid))
            time.sleep(EVERY)
        answer, _ = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"indexing ended with status {process.returncode}; run the command by hand: {command}")
    added = json.loads(answer)["added"]
    return Peaks(max(h.own for h in seen), max(h.files for h in seen), max(h.all for h in seen), added)


def held(pid: int) -> Held:
    """What a process and all its children hold now; nothing of those that ended meanwhile."""
    try:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        threads = [*Path(f"/proc/{pid}/task").iterdir()]
        children = [child for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:  # it ended
        return Held()
    kilobytes = {name: int(status[name].split()[0]) for name in ("RssAnon", "RssFile", "RssShmem") if name in status}
    below = [held(int(child)) for child in children]
    own = 1024 * (kilobytes.get("RssAnon", 0) + kilobytes.get("RssShmem", 0)) + sum(one.own for one in below)
    return Held(own, 1024 * kilobytes.get("RssFile", 0) + sum(one.files for one in below))


if __name__ == "__main__":
    main()

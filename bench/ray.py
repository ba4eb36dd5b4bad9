"""Indexing on Ray on this machine, beside the engine without Ray: `python -m bench.run ray` or `python -m bench.ray`.

A cluster of one machine shows what spreading costs, not what it gains: the same cores do the same work, and Ray beside.
"""

import os
import pickle
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from bench.rows import Row, told
from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.core.audio import decode
from soundpalette.indexing.cluster import joined
from soundpalette.indexing.progress import Lines
from soundpalette.indexing.work import Done, Engine, Task

CRATE: Final = Path(__file__).parent.parent / "demo" / "crate"
COPIES: Final = 4
RATE: Final = 44_100
RUNS: Final = 3


def rows() -> Iterator[Row]:
    """Files a second, start-up and bytes; the cluster is up before a run is timed, its actors are not."""
    with tempfile.TemporaryDirectory() as folder:
        files = _copies(Path(folder))
        ours, here, starts, sizes = [], [], [], []
        for _ in range(RUNS):
            here.append(_rate(files, Path(folder), None))
            before = time.perf_counter()
            with joined("local"), redirect_stderr(StringIO()):
                starts.append(time.perf_counter() - before)
                ours.append(_rate(files, Path(folder), ""))
        with joined("local"):
            sizes.append(_bytes(Path(folder)))
    name = f"indexing {files} files on Ray, this machine (more is better); baseline: without Ray"
    yield Row(name, tuple(ours), tuple(here), "files/s")
    yield Row("Ray's start on this machine", tuple(starts), (), "s")
    yield Row("what a sample sends to the driver", tuple(sizes), (), "bytes")


def _copies(folder: Path) -> int:
    """The crate some times over, no content twice: each copy a little quieter."""
    sources = [path for path in sorted(CRATE.rglob("*")) if path.suffix.lower() in {".flac", ".wav", ".aiff"}]
    for number, path in enumerate(sources):
        sound = decode(path, RATE)
        for copy in range(COPIES):
            soundfile.write(folder / f"{number}-{copy}.wav", sound * np.float32(1 - copy / 50), RATE, subtype="PCM_16")
    return len(sources) * COPIES


def _rate(files: int, folder: Path, ray: str | None) -> float:
    with _empty() as app, redirect_stderr(StringIO()):
        before = time.perf_counter()
        app.indexer(ray=ray).run([folder], Lines())
        return files / (time.perf_counter() - before)


def _bytes(folder: Path) -> float:
    """Of what comes back for a sample, as it is pickled."""
    with _empty() as app:
        sizes = [len(pickle.dumps(done)) for done in _done(app.ray_engine(""), sorted(folder.glob("*-0.wav")))]
    return float(np.mean(sizes))


def _done(engine: Engine, paths: Iterable[Path]) -> Iterator[Done]:
    return engine.work([Task(f"{number}", str(path), True, True) for number, path in enumerate(paths)])


@contextmanager
def _empty() -> Iterator[App]:
    before = os.environ.get("SOUNDPALETTE_DATA_DIR", "")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SOUNDPALETTE_DATA_DIR"] = folder
        yield App(load_config())
    os.environ["SOUNDPALETTE_DATA_DIR"] = before


if __name__ == "__main__":
    for row in rows():
        print(f"{row.title}: {told(row.ours)} {row.unit}; baseline {told(row.baseline)}")

"""`soundpalette index`, killed (-9) at random moments and run again, held against an undisturbed run."""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.served import SECONDS
from soundpalette.app import CATALOGUE, App
from soundpalette.config import Config, PathsSection
from soundpalette.tools.search import search_by_text
from soundpalette.tools.workbench import Reach

CRATE: Final = Path(__file__).parent.parent / "demo" / "crate"
TOLERANCE: Final = 1e-5
"""Of vectors and of what is computed from them: another cut into batches may round otherwise."""
COUNTING: Final = frozenset({"changed", "generation", "stamp", "version"})
"""Columns that count commits, or are drawn with each: a run that was killed commits in other batches."""
RUNS: Final = frozenset({"editions", "meta", "runs", "stamps"})
"""Tables that tell of runs and commits rather than of sounds."""
ASKED: Final = ("kick", "a warm pad", "bright cymbal", "someone talking")
Table = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Run:
    """A library, and folders of its own for data and temporary files."""

    library: Path
    data: Path
    temporary: Path

    @classmethod
    def below(cls, folder: Path, library: Path) -> "Run":
        run = cls(library, folder / "data", folder / "tmp")
        run.temporary.mkdir(parents=True)
        return run

    def start(self) -> "subprocess.Popen[str]":
        """`soundpalette index`."""
        return subprocess.Popen(
            [sys.executable, "-m", "soundpalette", "index", str(self.library)],
            env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        own = {"SOUNDPALETTE_DATA_DIR": str(self.data), "SOUNDPALETTE_PROCESSING__BATCH_SIZE": "4"}
        return os.environ | own | {"TMPDIR": str(self.temporary)}

    def finish(self) -> None:
        """Run to the end. Raises RuntimeError where it fails."""
        process = self.start()
        told, _ = process.communicate(timeout=SECONDS)
        if process.returncode:
            raise RuntimeError(f"the indexer ended with {process.returncode}: {told}")

    def forget(self) -> None:
        """Begin anew."""
        shutil.rmtree(self.data, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class State:
    """What a finished run leaves: the catalogue's tables, score by sample id for each query, and its files' kinds."""

    tables: Mapping[str, Table]
    answers: Mapping[str, Mapping[str, float]]
    files: frozenset[str]

    @classmethod
    def of(cls, run: Run) -> "State":
        return cls(tables(run.data / CATALOGUE), answers(run.data), files(run))

    def differences(self, other: "State") -> Iterator[str]:
        """What is not the same in `other`, in words."""
        for name in sorted(self.tables.keys() | other.tables.keys()):
            ours, theirs = self.tables.get(name, []), other.tables.get(name, [])
            if len(ours) != len(theirs):
                yield f"{name}: {len(ours)} rows, then {len(theirs)}"
            else:
                pairs = zip(ours, theirs, strict=True)
                yield from (f"{name}: {a!r}, then {b!r}" for a, b in pairs if not alike(a, b))
        yield from (f"{q!r} is answered otherwise" for q in ASKED if not alike(self.answers[q], other.answers[q]))
        yield from (f"{name} is left behind" for name in sorted(other.files - self.files))
        yield from (f"{name} is missing" for name in sorted(self.files - other.files))


@dataclass(frozen=True, slots=True)
class Kills:
    """How often the indexer was killed, by what stood there then; how often it came to its end and was compared; what
    differed from the undisturbed run; and how many processes outlived their indexer."""

    moments: Counter[str]
    compared: int
    differences: tuple[str, ...]
    outlived: int

    @property
    def held(self) -> bool:
        return not self.differences and not self.outlived


def make_library(folder: Path, sounds: int | None = None) -> Path:
    """The crate (or so many of its sounds), two files of one content, and four that cannot be indexed."""
    crate = sorted(path for path in CRATE.rglob("*") if path.suffix in {".flac", ".wav", ".aiff"})
    chosen = crate[:: max(1, len(crate) // sounds)] if sounds else crate
    for path in chosen:
        copy = folder / path.relative_to(CRATE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    shutil.copy2(chosen[0], folder / f"copy{chosen[0].suffix}")
    whole = chosen[0].read_bytes()
    for name, data in (("cut", whole[: len(whole) // 2]), ("empty", b""), ("words", b"hello"), ("head", whole[:60])):
        (folder / f"{name}{chosen[0].suffix}").write_bytes(data)
    return folder


def soak(folder: Path, rounds: int = 100, seed: int = 0) -> Kills:
    """Over the whole crate, and told."""
    print(f"indexing: kill -9 at {rounds} moments drawn from seed {seed}", flush=True)
    killed = kills(folder, make_library(folder / "crate"), rounds, seed)
    found = ", ".join(f"{count} x {name}" for name, count in killed.moments.most_common())
    print(f"          {found}; {killed.compared} libraries compared with an undisturbed one: ", end="")
    print(f"{len(killed.differences)} differences, {killed.outlived} processes outlived theirs", flush=True)
    print("".join(f"          {difference[:300]}\n" for difference in killed.differences), end="")
    return killed


def kills(folder: Path, library: Path, rounds: int, seed: int) -> Kills:
    """Kill `rounds` runs, each at a moment drawn from the length of an undisturbed one, start-up included.

    Where a run is through before its moment comes, what it left is compared and the next one begins anew.
    """
    undisturbed, run = Run.below(folder / "undisturbed", library), Run.below(folder / "killed", library)
    began = time.monotonic()
    undisturbed.finish()
    length, expected = time.monotonic() - began, State.of(undisturbed)
    draw, moments, compared, differences = random.Random(seed), Counter[str](), 0, list[str]()
    while moments.total() < rounds:
        process = run.start()
        try:
            process.wait(draw.uniform(0, length))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            moments[moment(run, expected)] += 1
            if moments.total() % 10 == 0:
                print(f"killed {moments.total()} of {rounds}", file=sys.stderr, flush=True)
        else:
            differences += expected.differences(State.of(run))
            compared += 1
            run.forget()
        finally:
            _close(process)
    run.finish()
    differences += expected.differences(State.of(run))
    return Kills(moments, compared + 1, tuple(differences), outlived(run))


def _close(process: "subprocess.Popen[str]") -> None:
    """Leave what it wrote unread: workers that live on may hold its end of the pipe open."""
    if process.stdout:
        process.stdout.close()


def moment(run: Run, expected: State) -> str:
    """What stood there when the run was killed, read from a copy: the next run is to find it as it was."""
    if any(run.data.rglob("manifest.json")):
        return "index published"
    with tempfile.TemporaryDirectory() as copy:
        for path in run.data.glob(f"{CATALOGUE}*"):
            shutil.copy(path, copy)
        there = tables(Path(copy) / CATALOGUE) if any(Path(copy).iterdir()) else {}
    done, whole = (
        {name: len(each.get(name, [])) for name in ("samples", "failures")} for each in (there, expected.tables)
    )
    if not any(done.values()):
        return "nothing committed"
    return "everything committed" if done == whole else "some batches committed"


def tables(catalogue: Path) -> dict[str, Table]:
    """Every row of every table that tells of sounds, sorted; vectors as arrays, JSON read."""
    with closing(sqlite3.connect(catalogue)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: _rows(connection, name) for name in sorted(names) if name not in RUNS}


def _rows(connection: sqlite3.Connection, table: str) -> Table:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in COUNTING]
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    return [tuple(map(_read, row)) for row in sorted(rows, key=lambda row: tuple(map(str, row)))]


def _read(value: object) -> object:
    if isinstance(value, bytes):
        return np.frombuffer(value, "<f4")
    return json.loads(value) if isinstance(value, str) and value.startswith(("{", "[")) else value


def alike(a: Any, b: Any) -> bool:
    """Whether two values are the same, numbers that were computed within the tolerance."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=TOLERANCE)
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= TOLERANCE * max(1.0, abs(a))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    return bool(a == b)


def answers(data: Path) -> dict[str, dict[str, float]]:
    """What the published index answers: every hit's score by its id."""
    app = App(Config(paths=PathsSection(data_dir=str(data))))
    bench = app.workbench(Reach())
    found = {query: {hit.sample_id: hit.score for hit in search_by_text(bench, query, 100).hits} for query in ASKED}
    app.catalogue.close()
    return found


def files(run: Run) -> frozenset[str]:
    """What lies in the data folder, numbers and digests left out of the names, and whatever is temporary."""
    kept = (path.relative_to(run.data) for path in run.data.rglob("*"))
    shapes = {re.sub(r"[0-9a-f]{12,}|\d+", "N", str(path)) for path in kept}
    return frozenset(shapes) | {f"tmp/{path.name}" for path in run.temporary.iterdir()}


def outlived(run: Run, seconds: float = 60) -> int:
    """How many processes of this run are still there after `seconds`; those that end meanwhile are waited for."""
    deadline = time.monotonic() + seconds
    while (left := _alive(run)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def _alive(run: Run) -> int:
    """Told by their environment, since workers may have sessions of their own; none is found without /proc."""
    marks = {f"{name}={run.environment[name]}".encode() for name in ("TMPDIR", "SOUNDPALETTE_DATA_DIR")}
    return sum(marks <= _variables(path) for path in Path("/proc").glob("[0-9]*/environ"))


def _variables(environment: Path) -> set[bytes]:
    """Of a process; none where it ended meanwhile, or is somebody else's."""
    try:
        return set(environment.read_bytes().split(b"\0"))
    except OSError:
        return set()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        sys.exit(0 if soak(Path(place)).held else 1)

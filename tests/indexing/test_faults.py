"""What becomes of a library whose indexer is killed, or finds no room: `soundpalette index` in processes of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.soak_indexing import kills, make_library, tables
from tests.indexing.small_disk import PLENTY, Disk, small_disk
from tests.sounds import tone, write

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL, limits and file systems are POSIX's"),
    pytest.mark.timeout(600),  # many processes, each of which loads torch
]
LITTLE = 160
"""KiB in which a batch or two can be committed."""
TOO_LITTLE = 48
"""KiB in which SQLite can note that a run began, and the index has no room."""
KILLS = 10
SEED = 6


def index(disk: Disk, data: Path, library: Path) -> "subprocess.CompletedProcess[str]":
    own = {"SOUNDPALETTE_DATA_DIR": str(data), "SOUNDPALETTE_PROCESSING__BATCH_SIZE": "4"}
    return disk.run([sys.executable, "-m", "soundpalette", "index", str(library), "--json"], os.environ | own)


def write_tones(library: Path, numbers: Sequence[int]) -> None:
    for number in numbers:
        write(library / f"{number}.wav", tone(100 + 10 * number, 0.1))


def committed(data: Path, copy: Path) -> set[str]:
    """Paths in the catalogue, read from a copy: who looks must not mend anything."""
    copy.mkdir()
    for path in data.glob("catalogue.sqlite*"):
        shutil.copy(path, copy)
    return {row[2] for row in tables(copy / "catalogue.sqlite")["samples"]}


def told(run: "subprocess.CompletedProcess[str]") -> str:
    """The one sentence of a run that failed, without progress."""
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    (sentence,) = [line for line in run.stderr.splitlines() if "files" not in line]
    return sentence


def test_a_full_disk_stops_the_run_with_a_sentence_and_the_next_one_goes_on(tmp_path: Path) -> None:
    library = tmp_path / "sounds"
    write_tones(library, range(4))
    with small_disk(tmp_path / "data") as disk:
        assert index(disk, tmp_path / "data", library).returncode == 0
        write_tones(library, range(4, 36))
        disk.leave(LITTLE)
        sentence = told(index(disk, tmp_path / "data", library))
        kept = committed(disk.seen, tmp_path / "copy")
        disk.leave(PLENTY)
        after = index(disk, tmp_path / "data", library)
        whole = committed(disk.seen, tmp_path / "copy after")
    assert sentence.startswith(f"error: {tmp_path / 'data' / 'catalogue.sqlite'} cannot be used (")
    assert "check that its folder is writable, that the disk has room" in sentence
    assert {f"{number}.wav" for number in range(4)} <= kept < {f"{number}.wav" for number in range(36)}
    assert after.returncode == 0
    counts = json.loads(after.stdout)
    assert (counts["unchanged"], counts["added"], counts["failed"]) == (len(kept), 36 - len(kept), 0)
    assert whole == {f"{number}.wav" for number in range(36)}


def test_an_index_without_room_is_told_and_published_when_there_is_some(tmp_path: Path) -> None:
    library, data = tmp_path / "sounds", tmp_path / "data"
    write_tones(library, range(2))
    for number in range(2, 80):
        shutil.copy(library / f"{number % 2}.wav", library / f"{number}.wav")
    with small_disk(data / "index") as disk:
        assert index(disk, data, library).returncode == 0
        (published,) = disk.seen.iterdir()
        shutil.rmtree(published)
        disk.leave(TOO_LITTLE)
        sentence = told(index(disk, data, library))
        disk.leave(PLENTY)
        after = index(disk, data, library)
        left = sorted(path.suffix for path in published.iterdir())
    assert sentence.startswith(f"error: the index cannot be written to {data / 'index'}")
    assert "what is indexed is kept in the catalogue: make room" in sentence
    assert (after.returncode, json.loads(after.stdout)["unchanged"]) == (0, 80)
    assert left == [".faiss", ".json"]


def test_after_ten_kills_at_random_moments_the_library_is_as_if_nothing_had_happened(tmp_path: Path) -> None:
    killed = kills(tmp_path, make_library(tmp_path / "library", sounds=16), KILLS, SEED)
    assert killed.held, f"seed {SEED}: {killed}"
    assert killed.moments.total() == KILLS
    assert killed.compared >= 1

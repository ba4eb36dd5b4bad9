"""Bring what an indexer published into another data folder, also one that a server has open: publish.py FROM TO.

The catalogue goes through SQLite's own backup, in one transaction: a copied or renamed file would part it from the -wal
and -shm files that a running server has open. The manifest comes last and makes the new index current; a server looks
at it at each query. A file of the index that is there already, to the last byte, is not copied again. Whatever breaks
off in between leaves the older index whole; run it again. Needs Python alone.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import sys
from contextlib import ExitStack, closing, suppress
from pathlib import Path

CATALOGUE = "catalogue.sqlite"
MANIFEST = "manifest.json"


def publish(source: Path, target: Path) -> None:
    """Make `target` what `source` is. Raises SystemExit with a sentence where they do not fit, a file is damaged or
    gone, or the disk is full; what was staged is removed then."""
    try:
        with ExitStack() as undo:
            _bring(source, target, undo)
    except (OSError, sqlite3.Error) as error:
        raise SystemExit(
            f"{source} was not published into {target} ({error}), where the older index is whole; let the indexer "
            "finish or make room there, and run it again"
        ) from error


def _bring(source: Path, target: Path, undo: ExitStack) -> None:
    manifests = {path: path.read_bytes() for path in sorted(source.glob(f"index/*/{MANIFEST}"))}
    if not manifests:
        raise SystemExit(f"{source} holds no published index; name the data folder of an indexer that has finished")
    staged = [_stage(path, manifest, target, undo) for path, manifest in manifests.items()]
    _copy_catalogue(source / CATALOGUE, target / CATALOGUE)
    for files, manifest in zip(staged, manifests.values(), strict=True):  # the index's files, then its manifest
        for temporary in files:
            temporary.replace(temporary.with_suffix(""))
        _remove_older(files[-1].parent, {*_told(manifest), MANIFEST})


def _stage(path: Path, manifest: bytes, target: Path, undo: ExitStack) -> list[Path]:
    """The index's files that are not in place yet, and then its manifest, beside their places, on the disk, each with
    `.tmp` behind its name; `undo` removes what is still there."""
    folder = target / "index" / path.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    staged = []
    for name, digest in _told(manifest).items():
        original = path.with_name(name)
        if not _holds(folder / name, original.stat().st_size, digest):
            staged.append(_temporary(folder / name, undo))
            _copy(original, digest, staged[-1])
    staged.append(_temporary(folder / MANIFEST, undo))
    staged[-1].write_bytes(manifest)
    for file in staged:
        with file.open("r+b") as written:
            os.fsync(written.fileno())
    return staged


def _temporary(place: Path, undo: ExitStack) -> Path:
    temporary = place.with_name(f"{place.name}.tmp")
    undo.callback(temporary.unlink, missing_ok=True)
    return temporary


def _told(manifest: bytes) -> dict[str, str]:
    """By name, each file's checksum; an older version's index is one file."""
    told = json.loads(manifest)
    files = [{"name": told["file"], "sha256": told["sha256"]}] if "file" in told else told["files"]
    return {Path(file["name"]).name: file["sha256"] for file in files}


def _holds(place: Path, size: int, digest: str) -> bool:
    """Whether this very file is there already; its name alone would not tell a damaged one."""
    return place.is_file() and place.stat().st_size == size and _digest(place) == digest


def _copy(source: Path, digest: str, copy: Path) -> None:
    shutil.copyfile(source, copy)
    if _digest(copy) != digest:
        raise SystemExit(f"{source} is not what its manifest says; copy it anew, or index again")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_catalogue(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as theirs, closing(sqlite3.connect(target, timeout=60)) as ours:
        sent, held = _version(theirs), _version(ours)
        if held not in (0, sent):
            raise SystemExit(
                f"{target} has version {held}, {source} {sent}; run one SoundPalette version on both sides"
            )
        theirs.backup(ours)


def _version(catalogue: sqlite3.Connection) -> int:
    return int(catalogue.execute("PRAGMA user_version").fetchone()[0])


def _remove_older(folder: Path, current: set[str]) -> None:
    for other in folder.iterdir():
        if other.name not in current:
            with suppress(OSError):  # Windows: a reader still has it open; the next run removes it
                other.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    publish(Path(sys.argv[1]), Path(sys.argv[2]))

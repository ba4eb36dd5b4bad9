"""Bring what an indexer published into another data folder, also one that a server has open: publish.py FROM TO.

The catalogue goes through SQLite's own backup, in one transaction: a copied or renamed file would part it from the -wal
and -shm files that a running server has open. The manifest comes last and makes the new index current; a server looks
at it at each query. Whatever breaks off in between leaves the older index whole; run it again. Needs Python alone.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

CATALOGUE = "catalogue.sqlite"
MANIFEST = "manifest.json"


def publish(source: Path, target: Path) -> None:
    """Make `target` what `source` is. Raises SystemExit with a sentence where they do not fit or a file is damaged."""
    manifests = {path: path.read_bytes() for path in sorted(source.glob(f"index/*/{MANIFEST}"))}
    if not manifests:
        raise SystemExit(f"{source} holds no published index; name the data folder of an indexer that has finished")
    staged = [_stage(path, manifest, target) for path, manifest in manifests.items()]
    _copy_catalogue(source / CATALOGUE, target / CATALOGUE)
    for files in staged:  # the index's files, then its manifest
        for temporary in files:
            temporary.replace(temporary.with_suffix(""))
        _remove_older(files[0].parent, {temporary.stem for temporary in files})


def _stage(path: Path, manifest: bytes, target: Path) -> list[Path]:
    """The index's files and then its manifest beside their places, on the disk, each with `.tmp` behind its name."""
    folder = target / "index" / path.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    staged = [_copied(path.with_name(Path(name).name), digest, folder) for name, digest in _told(manifest).items()]
    current = folder / f"{MANIFEST}.tmp"
    current.write_bytes(manifest)
    for file in (*staged, current):
        with file.open("r+b") as written:
            os.fsync(written.fileno())
    return [*staged, current]


def _told(manifest: bytes) -> dict[str, str]:
    """By name, each file's checksum; an older version's index is one file."""
    told = json.loads(manifest)
    files = [{"name": told["file"], "sha256": told["sha256"]}] if "file" in told else told["files"]
    return {file["name"]: file["sha256"] for file in files}


def _copied(source: Path, digest: str, folder: Path) -> Path:
    copy = folder / f"{source.name}.tmp"
    shutil.copyfile(source, copy)
    with copy.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise SystemExit(f"{source} is not what its manifest says; copy it anew, or index again")
    return copy


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
            other.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    publish(Path(sys.argv[1]), Path(sys.argv[2]))

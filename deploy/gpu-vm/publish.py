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
    for files in staged:  # the index file, then its manifest
        for temporary, name in files:
            temporary.replace(temporary.with_name(name))
        _remove_older(files[0][0].with_name(files[0][1]))


def _stage(path: Path, manifest: bytes, target: Path) -> list[tuple[Path, str]]:
    """The index file and its manifest beside their places, on the disk: (where, under which name they will be)."""
    told = json.loads(manifest)
    name = Path(told["file"]).name
    folder = target / "index" / path.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    index, current = folder / f"{name}.tmp", folder / f"{MANIFEST}.tmp"
    shutil.copyfile(path.with_name(name), index)
    if hashlib.sha256(index.read_bytes()).hexdigest() != told["sha256"]:
        raise SystemExit(f"{path.with_name(name)} is not what its manifest says; copy it anew, or index again")
    current.write_bytes(manifest)
    for file in (index, current):
        with file.open("r+b") as written:
            os.fsync(written.fileno())
    return [(index, name), (current, MANIFEST)]


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


def _remove_older(current: Path) -> None:
    for other in current.parent.iterdir():
        if other.name not in (current.name, MANIFEST):
            other.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    publish(Path(sys.argv[1]), Path(sys.argv[2]))

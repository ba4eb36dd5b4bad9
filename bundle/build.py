"""Builds dist/soundpalette-VERSION.mcpb, which a client installs by a double click: the package, its pins, a manifest.

The same sources give the same bytes, so that a checksum can be published.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

HERE: Final = Path(__file__).parent
PROJECT: Final = HERE.parent
PACKAGE: Final = PROJECT / "soundpalette"
BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the earliest that a zip can tell."""


def build(folder: Path) -> Path:
    """The bundle, written into `folder`."""
    version = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))["version"]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"soundpalette-{version}.mcpb"
    with ZipFile(path, "w", ZIP_DEFLATED) as bundle:
        for name, content in members():
            bundle.writestr(ZipInfo(name, BEGINNING), content, ZIP_DEFLATED)
    return path


def members() -> Iterator[tuple[str, bytes]]:
    """Name and content of everything in it."""
    for path in (HERE / "manifest.json", HERE / "server.py"):
        yield path.name, path.read_bytes()
    yield "pyproject.toml", pinned().encode()
    for name in ("README.md", "LICENSE", "NOTICE"):
        yield name, (PROJECT / name).read_bytes()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(PROJECT).as_posix(), path.read_bytes()


def pinned() -> str:
    """pyproject.toml with the versions of constraints.txt, in the form that uv reads."""
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("#")[0].strip() for line in lines]
    listed = json.dumps([pin for pin in pins if pin], indent=4)  # a list of plain strings is the same in TOML
    return (
        f"{(PROJECT / 'pyproject.toml').read_text(encoding='utf-8')}\n[tool.uv]\nconstraint-dependencies = {listed}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(f"{build(PROJECT / 'dist')}\n")

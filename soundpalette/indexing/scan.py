"""Which audio files stand below a folder."""

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from soundpalette.core.audio import EXTENSIONS
from soundpalette.errors import ScanError


@dataclass(frozen=True, slots=True)
class FoundFile:
    """An audio file: its path relative to the root (with forward slashes), bytes, time of change."""

    path: str
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Found:
    """What a scan saw. With the reason: names that are `refused` for what they are, and those that nobody knows what
    they are, since they could not be looked at (`unknown`); then folders that could not be read."""

    files: list[FoundFile] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def scan(root: Path, below: str, other_roots: Collection[Path]) -> Found:
    """Walk `root`/`below` ("" for all; it may name one file) without following links to folders.

    Hidden files (macOS's `._kick.wav` among them) are passed over, and so are `other_roots`: a file belongs to the
    innermost root. A link to a file counts while it stays inside the root. Raises ScanError for an unreadable start.
    """
    start = root / below if below else root
    found = Found()
    if below and start.is_file():
        _take(root, start.name, _Place(start.parent, below.rpartition("/")[0]), found)
        return found
    if not os.access(start, os.R_OK | os.X_OK):
        raise ScanError(f"{start} cannot be read; check that it exists and that you may read it")
    skip = {os.fspath(path) for path in other_roots if path != start}
    folders = [_Place(start, below)]
    while folders:
        place = folders.pop()
        try:
            names = sorted(os.scandir(place.folder), key=lambda entry: entry.name)
        except OSError:
            found.unreadable.append(place.relative)
            continue
        for entry in names:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.path not in skip:
                    folders.append(_Place(Path(entry.path), place.child(entry.name)))
            elif Path(entry.name).suffix.lower() in EXTENSIONS or entry.is_symlink():
                _take(root, entry.name, place, found)
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    folder: Path
    relative: str

    def child(self, name: str) -> str:
        return f"{self.relative}/{name}" if self.relative else name


def _take(root: Path, name: str, place: _Place, found: Found) -> None:
    path, relative = place.folder / name, place.child(name)
    is_audio = path.suffix.lower() in EXTENSIONS
    try:
        seen = path.stat()
        reason = _refusal(root, path, relative) if is_audio or stat.S_ISDIR(seen.st_mode) else ""
        if reason:
            found.refused[_printable(relative)] = reason
        elif is_audio and stat.S_ISREG(seen.st_mode):
            found.files.append(FoundFile(relative, seen.st_size, seen.st_mtime_ns))
    except (OSError, RuntimeError) as error:  # RuntimeError: resolving links in a circle, before Python 3.13
        if not is_audio:
            return
        if isinstance(error, FileNotFoundError):  # a file that is gone since the folder was listed is simply gone
            if path.is_symlink():
                found.refused[_printable(relative)] = "is a symbolic link to nothing; mend or delete it"
            return
        said = getattr(error, "strerror", None) or "a link that leads to itself"
        found.unknown[_printable(relative)] = f"cannot be looked at ({said}); mend its link or its rights"


def _printable(relative: str) -> str:
    """Bytes that are not UTF-8 as `\\xff`: two bad names stay two, and neither looks like a good one."""
    return relative.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _refusal(root: Path, path: Path, relative: str) -> str:
    try:
        relative.encode()
    except UnicodeEncodeError:
        return "has a name that is not valid UTF-8; rename it"
    if path.is_symlink():
        target = path.resolve()
        if not target.is_relative_to(root):
            return "is a symbolic link that leads out of its root; index the folder that it leads to instead"
    return ""


def ancestors(relative: str) -> Iterator[str]:
    """Every folder above a relative path, the innermost first, "" (the root) last."""
    while relative:
        relative = relative.rpartition("/")[0]
        yield relative

"""Which audio files stand below a folder."""

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from soundpalette.core.audio import EXTENSIONS
from soundpalette.core.types import FoundFile
from soundpalette.errors import ScanError


@dataclass(slots=True)
class Found:
    """What a scan saw. With the reason: names that are `refused` for what they are, and those that nobody knows what
    they are, since they could not be looked at (`unknown`); then folders that could not be read."""

    files: list[FoundFile] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


def scan(root: Path, below: str, other_roots: Collection[Path]) -> Found:
    """Everything that `walk` meets. Raises ScanError."""
    found = Found()
    found.files.extend(walk(root, below, other_roots, found))
    return found


def walk(root: Path, below: str, other_roots: Collection[Path], found: Found) -> Iterator[FoundFile]:
    """The audio files in `root`/`below` ("" for all; it may name one file) by path, links to folders not followed.

    What is no such file is noted in `found`, whose `files` are left alone. Hidden files (macOS's `._kick.wav` among
    them) are passed over, and so are `other_roots`: a file belongs to the innermost root. A link to a file counts while
    it stays inside the root. The order is that of the whole paths, code point by code point, as the catalogue has it.
    Raises ScanError for an unreadable start.
    """
    start = root / below if below else root
    if below and start.is_file():
        file = _looked_at(root, start.name, _Place(str(start.parent), below.rpartition("/")[0]), found)
        yield from [file] if file else []
        return
    if not os.access(start, os.R_OK | os.X_OK):
        raise ScanError(f"{start} cannot be read; check that it exists and that you may read it")
    skip = {os.fspath(path) for path in other_roots if path != start}
    open_folders = [_Listed(_Place(str(start), below), found)]
    while open_folders:
        place, entries = open_folders[-1].place, open_folders[-1].entries
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.path not in skip:
                    open_folders.append(_Listed(_Place(entry.path, place.child(entry.name)), found))
                    break
            elif file := _file(root, entry, place, found):
                yield file
        else:
            open_folders.pop()


@dataclass(frozen=True, slots=True)
class _Place:
    folder: str
    relative: str

    def child(self, name: str) -> str:
        return f"{self.relative}/{name}" if self.relative else name


class _Listed:
    """A folder and what of its entries is still to be looked at."""

    def __init__(self, place: _Place, found: Found) -> None:
        self.place = place
        try:
            with os.scandir(place.folder) as listed:
                shown = [entry for entry in listed if not entry.name.startswith(".")]
        except OSError:
            found.unreadable.append(place.relative)
            shown = []
        # A folder stands where the paths of its files do: "kick-2.wav" comes before "kick/1.wav".
        shown.sort(key=lambda entry: entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name)
        self.entries = iter(shown)


def _file(root: Path, entry: "os.DirEntry[str]", place: _Place, found: Found) -> FoundFile | None:
    """The fast way for plain files; links, names that are not UTF-8 and files that cannot be looked at go the other."""
    name = entry.name
    if entry.is_symlink():
        return _looked_at(root, name, place, found)
    if not _is_audio(name):
        return None
    try:
        relative = place.child(name)
        relative.encode()
        seen = entry.stat(follow_symlinks=False)
    except (OSError, UnicodeEncodeError):
        return _looked_at(root, name, place, found)
    return FoundFile(relative, seen.st_size, seen.st_mtime_ns) if stat.S_ISREG(seen.st_mode) else None


def _is_audio(name: str) -> bool:
    return name[name.rfind(".") :].lower() in EXTENSIONS


def _looked_at(root: Path, name: str, place: _Place, found: Found) -> FoundFile | None:
    path, relative = Path(place.folder, name), place.child(name)
    is_audio = _is_audio(name)
    try:
        seen = path.stat()
        reason = _refusal(root, path, relative) if is_audio or stat.S_ISDIR(seen.st_mode) else ""
        if reason:
            found.refused[_printable(relative)] = reason
        elif is_audio and stat.S_ISREG(seen.st_mode):
            return FoundFile(relative, seen.st_size, seen.st_mtime_ns)
    except (OSError, RuntimeError) as error:  # RuntimeError: resolving links in a circle, before Python 3.13
        if is_audio:
            _note(error, path, relative, found)
    return None


def _note(error: Exception, path: Path, relative: str, found: Found) -> None:
    """Why a name that could be audio could not be looked at."""
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

"""CLaMP3's global embeddings as the reference and older systems wrote them: `.npy` files, one a sound.

sanderwood/clamp3 `code/extract_clamp3.py --get_global` (commit 9016d2b) keeps the folders of its input and puts .npy in
the place of a name's extension; each file holds one vector, (1, 768), that is not of unit length. Other programs put
.npy after the extension; that is read, too.
"""

import math
import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core.encoders.base import unit
from soundpalette.core.types import Vector
from soundpalette.errors import EmbeddingError, ScanError

SUFFIX: Final = ".npy"
MOST_BYTES: Final = 64 << 10
"""One vector of float64 takes 6 KB; what is larger holds something else."""
MAGIC: Final = b"\x93NUMPY"
BEFORE_HEADER: Final = len(MAGIC) + 2 + 4
"""The magic, the version, the header's length in two bytes or four."""
HEADER: Final = re.compile(
    rb"\{'descr': '([<>|=]?f[248])', 'fortran_order': (?:True|False), 'shape': \(((?:\d{1,9},? ?){0,4})\), \}\s*"
)


@dataclass(frozen=True, slots=True)
class SoundFile:
    """An audio file: the folder that the embeddings' folders are laid out like, and its path relative to that."""

    root: Path
    path: str

    @property
    def file(self) -> Path:
        return self.root / self.path


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A `.npy` or an audio file that is left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Matching:
    """Embeddings by the path of their sound, `.npy` files that belong to none or cannot be used, and sounds without."""

    embeddings: dict[Path, Path]
    refused: tuple[Mismatch, ...]
    without: tuple[Path, ...]


def match(folder: Path, sounds: Sequence[SoundFile], dimension: int) -> Matching:
    """Each `.npy` below `folder` matched by its relative path, and read to see whether it is a vector of `dimension`.

    `kick.wav.npy` belongs to `kick.wav` alone; `kick.npy` to whichever one sound is called kick, and has no
    `.npy` of its full name. Raises ScanError where the folder cannot be read.
    """
    there = dict(_embeddings(folder))
    names = _names(sounds, there.keys())
    embeddings: dict[Path, Path] = {}
    refused: list[Mismatch] = []
    for name, path in there.items():
        claimed = names.get(name, [])
        if reason := _mismatch(path, claimed, dimension):
            refused.append(Mismatch(str(path), reason))
        else:
            embeddings[claimed[0].file] = path
    without = tuple(sound.file for sound in sounds if sound.file not in embeddings)
    return Matching(embeddings, tuple(refused), without)


def _names(sounds: Iterable[SoundFile], there: Iterable[str]) -> dict[str, list[SoundFile]]:
    """By a `.npy` file's relative path, the sounds that it may belong to."""
    known = set(there)
    names: defaultdict[str, list[SoundFile]] = defaultdict(list)
    for sound in sounds:
        exact = sound.path + SUFFIX
        names[exact if exact in known else sound.path.rpartition(".")[0] + SUFFIX].append(sound)
    return names


def _mismatch(path: Path, claimed: Sequence[SoundFile], dimension: int) -> str:
    """Why this file is of no use, or nothing."""
    if not claimed:
        return "no audio file has its name; name the folder that the sounds lie in with --root"
    if len(claimed) > 1:
        told = ", ".join(str(sound.file) for sound in claimed[:3])
        return f"{len(claimed)} audio files have its name ({told}); rename it to NAME.EXTENSION{SUFFIX} of one"
    try:
        read_embedding(path, dimension)
    except EmbeddingError as error:
        return error.reason
    return ""


def _embeddings(folder: Path) -> Iterator[tuple[str, Path]]:
    """By relative path with forward slashes, every `.npy` below `folder`; hidden files and linked folders aside."""

    def refuse(error: OSError) -> None:
        raise ScanError(f"{error.filename} cannot be read ({error.strerror}); name a folder of {SUFFIX} files")

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(SUFFIX) and not name.startswith("."):
                path = Path(place, name)
                yield path.relative_to(folder).as_posix(), path


def read_embedding(path: Path, dimension: int) -> Vector:
    """One file's vector, float32 [dimension] at unit length. Nothing in it is unpickled.

    Raises EmbeddingError for what is no plain file of one vector of floats.
    """
    data = _bytes(path)
    try:
        vector = _parsed(data)
    except ValueError as error:
        raise EmbeddingError(path, f"is no {SUFFIX} file that can be used: {error}") from error
    if vector.shape not in ((dimension,), (1, dimension)):
        raise EmbeddingError(
            path,
            f"holds numbers of shape {vector.shape}, (1, {dimension}) or ({dimension},) is wanted: the whole file's "
            "vector, as extract_clamp3.py writes it with --get_global",
        )
    try:
        return unit(vector.reshape(dimension).astype(np.float64))
    except ValueError as error:
        raise EmbeddingError(path, f"cannot be used: {error}") from error


def _bytes(path: Path) -> bytes:
    try:
        seen = path.lstat()
        if not stat.S_ISREG(seen.st_mode):
            raise EmbeddingError(path, "is a link or no file; put the file itself there")
        if seen.st_size > MOST_BYTES:
            raise EmbeddingError(path, f"has {seen.st_size:,} bytes, one vector has at most {MOST_BYTES:,}")
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise EmbeddingError(path, f"cannot be read ({error.strerror})") from error


def _parsed(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.floating]]:
    """The array of a `.npy` file (numpy.lib.format, versions 1 to 3). Raises ValueError.

    numpy's own reader evaluates the header as Python, and repairs what Python 2 wrote; only what numpy writes of an
    array of floats is taken here. Its size is known before anything is made of it, whatever the header says.
    """
    if len(data) < BEFORE_HEADER or not data.startswith(MAGIC):
        raise ValueError("it does not begin as one does")
    width = 2 if data[len(MAGIC)] == 1 else 4
    start = len(MAGIC) + 2 + width
    end = start + int.from_bytes(data[start - width : start], "little")
    found = HEADER.fullmatch(data[start:end])
    if found is None:
        raise ValueError("its header tells of no array of float16, float32 or float64")
    kind = np.dtype(found[1].decode())
    shape = tuple(int(length) for length in found[2].split(b",") if length.strip())
    if math.prod(shape) * kind.itemsize != len(data) - end:
        raise ValueError(f"shape {shape} of {kind} is not what its {len(data) - end:,} bytes hold")
    return np.frombuffer(data[end:], kind).reshape(shape)

"""A folder that holds one published index: its files, then the manifest that makes them current."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from soundpalette.core.types import Space
from soundpalette.core.vector_index.base import File, Manifest, Stamp
from soundpalette.errors import VectorIndexError

MANIFEST: Final = "manifest.json"
DIGEST_DIGITS: Final = 12
MEND: Final = "soundpalette index"
TEMPORARY: Final = ".tmp"


class IndexFolder:
    """Files of published indexes of `space`. A crash at any moment leaves the current one whole."""

    def __init__(self, path: Path, space: Space) -> None:
        self.path = path
        self.space = space

    def stamp(self) -> Stamp | None:
        try:
            stat = (self.path / MANIFEST).stat()
        except OSError:
            return None
        # The inode tells two manifests apart that were written within one tick of the clock.
        return stat.st_mtime_ns, stat.st_ino

    def manifest(self) -> Manifest | None:
        """The current one, None where there is none; the files are not looked at. Raises VectorIndexError."""
        try:
            manifest = _parsed((self.path / MANIFEST).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self.damaged("its manifest cannot be read") from error
        if manifest.space != self.space.key:
            raise VectorIndexError(
                f"the index in {self.path} is of the space {manifest.space}, the encoder's is {self.space.key}; "
                "run `soundpalette index` to build the index of this encoder"
            )
        if not manifest.files:
            raise self.damaged("its manifest names no file")
        if any(Path(file.name).name != file.name for file in manifest.files):
            raise self.damaged("its manifest names a file outside its folder")
        return manifest

    def check(self, files: Iterable[File]) -> None:
        """That files are there and of their size. Raises VectorIndexError."""
        for file in files:
            try:
                size = (self.path / file.name).stat().st_size
            except OSError as error:
                raise self._gone(error) from error
            if size != file.bytes:
                raise self.damaged(f"its checksum is wrong: {file.name} has {size} bytes, not {file.bytes}")

    def verify(self, files: Iterable[File], mend: str = MEND) -> None:
        """That files are what was written, to the last byte. Raises VectorIndexError."""
        for file in files:
            try:
                with (self.path / file.name).open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
            except OSError as error:
                raise self._gone(error) from error
            if digest != file.sha256:
                raise self.damaged("its checksum is wrong", mend)

    def read(self, file: File) -> bytes:
        """A file's content, held against its checksum. Raises VectorIndexError where it is gone or damaged."""
        try:
            data = (self.path / file.name).read_bytes()
        except OSError as error:
            raise self._gone(error) from error
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise self.damaged("its checksum is wrong")
        return data

    def put(self, stem: str, suffix: str, write: Callable[[Path], None]) -> File:
        """A file that `write` writes, named by its content; nothing names it yet. Raises VectorIndexError."""
        temporary = self.path / f"{stem}{suffix}{TEMPORARY}"
        with self._writing(temporary):
            self.path.mkdir(parents=True, exist_ok=True)
            write(temporary)
            with temporary.open("r+b") as file:
                os.fsync(file.fileno())
                size = os.fstat(file.fileno()).st_size
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = f"{stem}-{digest[:DIGEST_DIGITS]}{suffix}"
            temporary.replace(self.path / name)
        return File(name, size, digest)

    def make_current(self, manifest: Manifest) -> None:
        """Put the manifest in place, and remove what it does not name. Raises VectorIndexError."""
        temporary = self.path / (MANIFEST + TEMPORARY)
        with self._writing(temporary):
            _sync_folder(self.path)  # the files that it names, before it
            with temporary.open("wb") as file:
                file.write(json.dumps(asdict(manifest), indent=1).encode())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path / MANIFEST)
            _sync_folder(self.path)
        self._keep(manifest.files)

    def tidy(self) -> None:
        """Remove what the current manifest does not name; nothing, where that cannot be read."""
        try:
            manifest = self.manifest()
        except VectorIndexError:
            return
        if self.path.is_dir():
            self._keep(() if manifest is None else manifest.files)

    def _keep(self, files: Iterable[File]) -> None:
        named = {file.name for file in files} | {MANIFEST}
        for other in self.path.iterdir():
            if other.name not in named:
                with suppress(OSError):  # Windows: a reader still has it open; the next run removes it
                    other.unlink()

    def damaged(self, what: str, mend: str = MEND) -> VectorIndexError:
        return VectorIndexError(f"the index in {self.path} is damaged ({what}); run `{mend}` to rebuild it")

    def unreadable(self) -> VectorIndexError:
        return VectorIndexError(
            f"FAISS cannot read the index in {self.path}; delete that folder and run `soundpalette index`"
        )

    def _gone(self, error: OSError) -> VectorIndexError:
        return self.damaged(f"its file is gone or cannot be read: {error.strerror}")

    @contextmanager
    def _writing(self, temporary: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            with suppress(OSError):  # what there is of it must not keep the disk full
                temporary.unlink()
            raise VectorIndexError(
                f"the index cannot be written to {self.path} ({error.strerror}); what is indexed is kept in the "
                "catalogue: make room or mend the folder, and run `soundpalette index` again"
            ) from error


def _parsed(data: bytes) -> Manifest:
    """Raises ValueError. Up to version 0.5 an index was one file, whose name, size and checksum stood by themselves."""
    told = json.loads(data)
    if isinstance(told, dict) and "file" in told:
        told["files"] = [{"name": told.pop("file"), "bytes": told.pop("bytes", 0), "sha256": told.pop("sha256", "")}]
    return TypeAdapter(Manifest).validate_json(json.dumps(told), strict=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder; its rename is durable enough
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

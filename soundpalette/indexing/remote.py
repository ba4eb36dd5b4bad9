"""Samples in a bucket: listed, hashed and copied through fsspec, which the machines of a cluster all reach."""

import hashlib
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from soundpalette.core.addresses import PACKAGES, SEPARATOR
from soundpalette.core.audio import EXTENSIONS, Limits
from soundpalette.core.types import FoundFile
from soundpalette.errors import AudioError, IndexingError, ScanError
from soundpalette.indexing.scan import Found

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

BLOCK: Final = 4 << 20
"""Bytes that are read at once."""
SECOND: Final = 1_000_000_000
CHANGED: Final = ("LastModified", "mtime", "updated")
"""Where s3fs and gcsfs say when an object was written."""
FOREIGN: Final = {
    "aiohttp": "ClientError",
    "botocore.exceptions": "BotoCoreError",
    "gcsfs.retry": "HttpError",
    "google.auth.exceptions": "GoogleAuthError",
}
"""What s3fs and gcsfs let through as it came: no connection, no keys, a server's refusal."""


def checked_address(address: str) -> str:
    """The address as the catalogue keeps it, without a last slash. Raises ScanError for one that cannot be a root."""
    scheme, _, rest = address.strip().partition(SEPARATOR)
    if scheme not in PACKAGES:
        raise ScanError(f"{address!r} is no address that can be read; s3://bucket/folder and gs://bucket/folder are")
    bucket = rest.partition("/")[0]
    if not bucket or "@" in bucket or any(mark in rest for mark in "?#*["):
        raise ScanError(
            f"{scheme}://… names no bucket and folder, or more than these (keys belong into the "
            f"environment, never into an address); write {scheme}://bucket/folder"
        )
    parts = [part for part in rest.split("/") if part]
    if {".", ".."} & set(parts):
        raise ScanError(f"{address!r} holds '.' or '..', which are names in a bucket; write the folder itself")
    return f"{scheme}{SEPARATOR}{'/'.join(parts)}"


def is_there(address: str) -> bool:
    """Whether anything lies at an address. Raises ScanError where that cannot be asked."""
    with _listing(address) as system:
        return bool(system.exists(address))


def walk(root: str, below: str, other_roots: Collection[str], found: Found) -> Iterator[FoundFile]:
    """As `scan.walk`, of an address: the audio files by path; hidden names and `other_roots` are passed over.

    Raises ScanError where the address cannot be listed.
    """
    start = f"{root}/{below}" if below else root
    with _listing(start) as system:
        prefix = f"{_bare(system, root)}/"
        skip = {_bare(system, other) for other in other_roots if other != start}
        stack = _entries(system, start)
        while stack:
            entry = stack.pop()
            relative = entry["name"].removeprefix(prefix)
            if entry["type"] == "directory":
                if entry["name"].rstrip("/") not in skip:
                    stack.extend(_entries(system, entry["name"]))
            elif PurePosixPath(relative).suffix.lower() in EXTENSIONS:
                if reason := _refusal(relative):
                    found.refused[relative] = reason
                else:
                    yield FoundFile(relative, int(entry["size"]), _changed_ns(entry))


def hash_at(address: str, limits: Limits) -> str:
    """SHA-256 of an object's bytes, in hex. Raises AudioError."""
    digest = hashlib.sha256()
    for block in _blocks(address, limits):
        digest.update(block)
    return digest.hexdigest()


def size_at(address: str) -> int:
    """Bytes of an object. Raises AudioError."""
    with _reading(address) as system:
        return int(system.size(address) or 0)


@contextmanager
def copied(address: str, limits: Limits) -> Iterator[Path]:
    """A copy of an object in a temporary file with its suffix. Raises AudioError, also beyond `limits.max_bytes`, and
    IndexingError where this machine has no room for it."""
    with ExitStack() as stack:
        with _writing(address):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="soundpalette-"))
            copy = Path(folder, f"copy{PurePosixPath(address).suffix}")
            with copy.open("wb") as file:
                file.writelines(_blocks(address, limits))
        yield copy


@contextmanager
def _writing(address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # of this machine: what the store raises is an AudioError by now
        raise IndexingError(
            f"{address} cannot be copied to the temporary folder ({error.strerror or error}); "
            "make room in it, or start Ray on that node with TMPDIR set to a folder that has some"
        ) from error


def _blocks(address: str, limits: Limits) -> Iterator[bytes]:
    """The bytes of an object, counted while they come: it may grow after its size was asked."""
    with _reading(address) as system:
        size = int(system.size(address) or 0)
        if size <= limits.max_bytes:
            size = 0
            with system.open(address, "rb", block_size=BLOCK, cache_type="readahead") as file:
                while size <= limits.max_bytes and (block := file.read(BLOCK)):
                    size += len(block)
                    yield block
    if size > limits.max_bytes:
        allowed = f"{limits.max_bytes:,} allowed; raise [index] max_bytes or cut it"
        raise AudioError(address, f"has {size:,} bytes, more than the {allowed}")


def _entries(system: "AbstractFileSystem", folder: str) -> list[dict[str, Any]]:
    """What stands in a folder, to be popped by path: "kick-2.wav" comes before "kick/1.wav"."""
    shown = [entry for entry in system.ls(folder, detail=True) if _is_shown(entry, _bare(system, folder))]
    return sorted(
        shown, key=lambda entry: entry["name"].rstrip("/") + "/" * (entry["type"] == "directory"), reverse=True
    )


def _is_shown(entry: dict[str, Any], folder: str) -> bool:
    """Not hidden, and not the folder's own mark, an object of its name."""
    name = entry["name"].rstrip("/")
    return name != folder.rstrip("/") and not name.rpartition("/")[2].startswith(".")


def _refusal(relative: str) -> str:
    odd = {"", ".", ".."} & set(relative.split("/"))
    return "has an empty part, '.' or '..' in its name, which is no path; rename it" if odd else ""


def _changed_ns(entry: dict[str, Any]) -> int:
    """When an object was written. Stores tell that in seconds: what stands behind is of its ETag, so that what is
    written twice in a second counts as changed."""
    told = next((entry[name] for name in CHANGED if entry.get(name)), 0)
    moment = datetime.fromisoformat(told) if isinstance(told, str) else told
    seconds = int(moment.timestamp() if isinstance(moment, datetime) else moment)
    tag = str(entry.get("ETag") or entry.get("etag") or "")
    return seconds * SECOND + int.from_bytes(hashlib.sha256(tag.encode()).digest()[:8], "big") % SECOND


def _bare(system: "AbstractFileSystem", address: str) -> str:
    """The name that listings give, without the scheme."""
    return str(system._strip_protocol(address))


@contextmanager
def _listing(address: str) -> Iterator["AbstractFileSystem"]:
    try:
        yield _system(address)
    except FileNotFoundError as error:
        raise ScanError(f"{address} is not there; name a bucket and a folder that hold audio files") from error
    except _errors() as error:
        raise ScanError(
            f"{address} cannot be listed ({_first_line(error)}); check the network, the keys and their rights"
        ) from error


@contextmanager
def _reading(address: str) -> Iterator["AbstractFileSystem"]:
    try:
        yield _system(address)
    except ScanError as error:
        raise AudioError(address, f"cannot be read: {error}") from error
    except _errors() as error:
        told = f"cannot be read ({_first_line(error)}); check that it exists and may be read from every node"
        raise AudioError(address, told) from error


def _system(address: str) -> "AbstractFileSystem":
    """Listings are not kept: a run has to see what is there now."""
    import fsspec

    scheme = address.partition(SEPARATOR)[0]
    try:
        return fsspec.filesystem(scheme, use_listings_cache=False)
    except ImportError as error:
        package = PACKAGES[scheme]
        raise ScanError(
            f"{address} is read through {package}, which is not installed; "
            f"run `pip install {package}` on this machine and on each node"
        ) from error


def _errors() -> tuple[type[Exception], ...]:
    """What reading may raise; what was never loaded cannot have."""
    foreign = [getattr(sys.modules[module], name) for module, name in FOREIGN.items() if module in sys.modules]
    return (OSError, ValueError, *foreign)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]

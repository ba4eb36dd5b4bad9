"""Which roots, and which parts of them, the paths given to the indexer mean."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from soundpalette.core.addresses import below_address, is_address
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.types import Root
from soundpalette.errors import ScanError
from soundpalette.indexing.remote import checked_address, is_there

ADDRESSES: Final = "index it with `--engine ray`"


@dataclass(frozen=True, slots=True)
class Target:
    """A root and the relative path below it that is to be scanned ("" for all of it)."""

    root: Root
    below: str

    @property
    def path(self) -> Path:
        return Path(self.root.path, self.below)

    @property
    def place(self) -> str:
        """The path, or the address."""
        if is_address(self.root.path):
            return f"{self.root.path}/{self.below}".rstrip("/")
        return str(self.path)


def targets_of(
    paths: Sequence[Path | str],
    catalogue: Catalogue,
    enter: Callable[[Path | str], Root] | None = None,
    *,
    addresses: bool = False,
) -> list[Target]:
    """Each path becomes a root, or a part of the root that holds it; roots inside a path are scanned with it.
    An address is text, and taken where `addresses` says that the engine reads it.

    A new root is entered into the catalogue, or by `enter`. No paths at all mean every root. Raises ScanError for a
    path that is neither there nor known.
    """
    if not paths:
        roots = catalogue.roots()
        if not roots:
            raise ScanError("no folder was given and none is known yet; run `soundpalette index FOLDER`")
        return [Target(root, "") for root in roots]
    entered = enter or catalogue.add_root
    targets: list[Target] = []
    for path in paths:
        roots = catalogue.roots()
        if isinstance(path, str):
            targets += _targets_at(_readable(path, addresses), roots, entered)
        else:
            targets += _targets_of(_absolute(path), roots, entered)
    unique = list(dict.fromkeys(targets))
    return [target for target in unique if not any(_holds(other, target) for other in unique)]


def _readable(address: str, addresses: bool) -> str:
    if not addresses:
        raise ScanError(f"{address} is an address, which the engine of this machine does not read; {ADDRESSES}")
    return checked_address(address)


def _targets_at(address: str, known: Sequence[Root], enter: Callable[[Path | str], Root]) -> list[Target]:
    roots = [root for root in known if is_address(root.path)]
    inner = [Target(root, "") for root in roots if below_address(address, root.path)]
    holding = [(root, below) for root in roots if (below := below_address(root.path, address)) is not None]
    if holding:
        root, below = max(holding, key=lambda held: len(held[0].path))
        return [Target(root, below), *inner]
    if not is_there(address):
        raise ScanError(f"{address} is not there; name a bucket and a folder that hold audio files")
    return [Target(enter(address), ""), *inner]


def _absolute(path: Path) -> Path:
    try:
        resolved = path.expanduser().resolve()
        str(resolved).encode()
        return resolved
    except UnicodeEncodeError:
        raise ScanError(f"{str(path)!a} is not valid UTF-8; rename the folder") from None
    except (OSError, RuntimeError) as error:
        raise ScanError(f"{path} cannot be resolved ({error}); name an existing folder of audio files") from error


def _holds(one: Target, other: Target) -> bool:
    """Whether scanning `one` scans `other`, too."""
    inside = not one.below or other.below.startswith(one.below + "/")
    return one != other and one.root == other.root and inside


def _targets_of(path: Path, known: Sequence[Root], enter: Callable[[Path | str], Root]) -> list[Target]:
    roots = [root for root in known if not is_address(root.path)]
    holding = [root for root in roots if path.is_relative_to(root.path)]
    inner = [Target(root, "") for root in roots if Path(root.path) != path and Path(root.path).is_relative_to(path)]
    if holding:
        root = max(holding, key=lambda root: len(root.path))
        below = path.relative_to(root.path)
        return [Target(root, "" if below == Path() else below.as_posix()), *inner]
    if not os.path.lexists(path):
        raise ScanError(f"{path} is not there; name an existing folder of audio files")
    if not path.is_dir():
        raise ScanError(f"{path} is a file; index the folder that it is in")
    return [Target(enter(path), ""), *inner]

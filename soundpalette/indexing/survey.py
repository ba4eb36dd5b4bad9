"""What a run has to do: a folder as it is, held against what the catalogue remembers of it.

Both come by path and are merged as they come, so that a library of a million unchanged files costs no memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from soundpalette.core.addresses import is_address
from soundpalette.core.audio import EXTENSIONS
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.types import FoundFile, KnownFile, Space
from soundpalette.errors import AudioError, ScanError
from soundpalette.indexing import remote
from soundpalette.indexing.prepare import hash_of
from soundpalette.indexing.scan import Found, ancestors, walk
from soundpalette.indexing.targets import ADDRESSES, Target
from soundpalette.indexing.work import Job


@dataclass(slots=True)
class Survey:
    """A target, the jobs that it makes, known paths that were not met (`missing`), and what the scan noted aside."""

    target: Target
    aside: Found = field(default_factory=Found)
    jobs: list[Job] = field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        return len(self.jobs) + self.unchanged + len(self.aside.refused) + len(self.aside.unknown)

    @property
    def gone(self) -> list[str]:
        """Of the known paths those that are not there, but none below a folder that could not be read."""
        unreadable = set(self.aside.unreadable)
        return [
            path
            for path in self.missing
            if path not in self.aside.unknown and not (unreadable and unreadable.intersection(ancestors(path)))
        ]


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Compares folders with a catalogue. A file is done where size and time of change are those known, its traits are
    of a revision that `is_current`, it is `embedded` in `space` if that is wanted, and its bytes, where they are hashed
    to `verify`, are those known. `addresses` are looked at where the engine reads them. `prune` believes that a folder
    which is suddenly empty is.
    """

    catalogue: Catalogue
    space: Space
    embedded: bool
    is_current: Callable[[str], bool]
    prune: bool = False
    verify: bool = False
    addresses: bool = False

    def survey(self, target: Target, warn: Callable[[str], None]) -> Survey | None:
        """What is to be done in a folder; None (and a warning) where it is gone or suddenly empty."""
        try:
            there = self._is_there(target)
            survey = self._compared(target, there)
        except (ScanError, OSError) as error:
            warn(f"{error}; what was indexed there was kept")
            return None
        if not survey.seen and survey.missing and not self.prune:
            state = "is empty now" if there else "is not there"
            warn(
                f"{target.place} {state} (an unplugged drive?): its {len(survey.missing)} samples were kept; "
                "plug it in, or forget them with `soundpalette index --prune`"
            )
            return None
        if not survey.seen and not survey.missing:
            kinds = " ".join(sorted(EXTENSIONS))
            warn(f"{target.place} holds no audio files ({kinds}); nothing was indexed there")
        for folder in survey.aside.unreadable:
            warn(f"{target.place}/{folder} cannot be read: what was indexed there was kept")
        return survey

    def _compared(self, target: Target, there: bool) -> Survey:
        """Raises ScanError, OSError."""
        root = target.root
        survey = Survey(target)
        unfinished = self.catalogue.unfinished(root.id, self.space if self.embedded else None, self.is_current)
        known = self.catalogue.files(root.id, target.below)
        found = self._walked(target, survey.aside) if there else iter(())
        for file, before in _merged(found, known, survey.missing):
            done = file == before and file.path not in unfinished
            if done and (not self.verify or self._is_verified(target, file)):
                survey.unchanged += 1
            else:
                survey.jobs.append(Job(target.root, file, self._known(target, file) if before else None))
        return survey

    def _is_there(self, target: Target) -> bool:
        """Raises ScanError for an address that cannot be asked, or that this engine does not read."""
        if not is_address(target.root.path):
            return target.path.exists()
        if not self.addresses:
            raise ScanError(f"{target.place} is an address; {ADDRESSES}")
        return remote.is_there(target.place)

    def _walked(self, target: Target, aside: Found) -> Iterator[FoundFile]:
        roots = [root.path for root in self.catalogue.roots()]
        if is_address(target.root.path):
            return remote.walk(target.root.path, target.below, [root for root in roots if is_address(root)], aside)
        return walk(Path(target.root.path), target.below, [Path(root) for root in roots], aside)

    def _known(self, target: Target, file: FoundFile) -> KnownFile | None:
        return self.catalogue.known_files(target.root.id, file.path, self.space).get(file.path)

    def _is_verified(self, target: Target, file: FoundFile) -> bool:
        known = self._known(target, file)
        if is_address(target.root.path):  # hashed where the others are
            return False
        try:
            return known is not None and hash_of(Path(target.root.path, file.path)) == known.content_hash
        except AudioError:
            return False


def _merged(
    found: Iterator[FoundFile], known: Iterator[FoundFile], missing: list[str]
) -> Iterator[tuple[FoundFile, FoundFile | None]]:
    """Each file found, and what is known of its path; known paths that were not found go to `missing`."""
    before = next(known, None)
    for file in found:
        while before is not None and before.path < file.path:
            missing.append(before.path)
            before = next(known, None)
        if before is not None and before.path == file.path:
            yield file, before
            before = next(known, None)
        else:
            yield file, None
    if before is not None:
        missing.append(before.path)
    missing.extend(file.path for file in known)

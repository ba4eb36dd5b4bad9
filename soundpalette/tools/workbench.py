"""What the tools work on, and the bounds that a request keeps."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath
from typing import BinaryIO, Final, TypeVar

from soundpalette.core.addresses import below_address, is_address, place_in
from soundpalette.core.answers import Kept
from soundpalette.core.audio import DEFAULT_LIMITS, Limits, probe
from soundpalette.core.contained import open_below
from soundpalette.core.music.analysis import read_traits
from soundpalette.core.music.words import load_vocabulary
from soundpalette.core.outline import Outline, read_outline
from soundpalette.core.preview import Preview, excerpt, preview
from soundpalette.core.search import Searcher
from soundpalette.core.types import Sample, Traits, Vector
from soundpalette.errors import AudioError, NotFoundError, RequestError
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import MAX_PALETTE, MAX_QUERY, MAX_REFERENCE

SAMPLE_ID: Final = re.compile(r"[0-9a-f]{12}")
SHOWN: Final = 80
T = TypeVar("T")
MOST_OUTLINES: Final = 4096
"""That are kept: some 6 MB."""
MOST_HEARD: Final = 256
MAP_BYTES: Final = 64 << 20
"""Of drawn maps that are kept: a million samples take 11 MB, and zipped nearly as much."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which files a reference may name: below the library's roots and `folders`, or `anywhere` (the command line)."""

    folders: tuple[Path, ...] = ()
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A sample's file, open for reading; `name` as the file system has it."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Workbench:
    """A searcher, the bounds of a request, and what a reference may name."""

    searcher: Searcher
    default_top_k: int = 10
    max_top_k: int = 100
    limits: Limits = DEFAULT_LIMITS
    reach: Reach = field(default_factory=Reach)
    outlines: Kept[str, Outline] = field(default_factory=lambda: Kept(MOST_OUTLINES, lambda _: 1))
    heard: Kept[str, Vector] = field(default_factory=lambda: Kept(MOST_HEARD, lambda _: 1))
    """Outlines of samples and vectors of uploads by content hash: they are the same in every state of the catalogue."""
    maps: Kept[str, bytes] = field(default_factory=lambda: Kept(MAP_BYTES, len))
    """The map as it was last drawn, by how it is packed."""

    @property
    def roles(self) -> tuple[str, ...]:
        """What a sample may do in a palette: those of the vocabulary in use, and those that names may tell."""
        return tuple(dict.fromkeys((*self.searcher.vocabulary.roles, *load_vocabulary().roles)))

    def checked_query(self, query: str, what: str = "the query") -> str:
        """The query (or what else is told in words) without surrounding space. Raises RequestError."""
        stripped = query.strip()
        if not _is_unicode(stripped):
            raise RequestError(f"{what} holds half a character (a lone surrogate); send valid Unicode")
        if not stripped:
            raise RequestError(f"{what} is empty; describe the sound in a few words, such as 'punchy techno kick'")
        if len(stripped) > MAX_QUERY:
            raise RequestError(
                f"{what} has {len(stripped):,} characters; up to {MAX_QUERY:,} are allowed; say it shorter"
            )
        return stripped

    def checked_top_k(self, top_k: int) -> int:
        """Raises RequestError beyond 1 to max_top_k."""
        if not 1 <= top_k <= self.max_top_k:
            raise RequestError(f"top_k is {top_k}; 1 to {self.max_top_k} are allowed")
        return top_k

    def checked_alpha(self, alpha: float) -> float:
        """Raises RequestError beyond 0 to 1."""
        if not 0 <= alpha <= 1:
            raise RequestError(f"alpha is {alpha}; 0 (audio alone) to 1 (text alone) are allowed")
        return alpha

    def checked_samples(self, samples: Sequence[str]) -> list[Sample | Path]:
        """Each reference resolved. Raises RequestError for none, too many, one twice, or one that cannot be used."""
        if not 1 <= len(samples) <= MAX_PALETTE:
            raise RequestError(f"{len(samples)} samples came; a palette has 1 to {MAX_PALETTE}")
        sounds: list[Sample | Path] = []
        for given in samples:
            sound = self.resolve(given)
            if sound in sounds:
                raise RequestError(f"{clean(given, SHOWN)!r} came twice; name each sample of a palette once")
            sounds.append(sound)
        return sounds

    def resolve(self, reference: str) -> Sample | Path:
        """The indexed sample or the readable file that a reference names. Raises RequestError.

        Links are resolved before containment is checked, and containment before existence, so that an answer tells
        nothing about files outside.
        """
        if not reference.strip() or len(reference) > MAX_REFERENCE or "\0" in reference or not _is_unicode(reference):
            raise RequestError(f"a reference is a sample_id or a path of 1 to {MAX_REFERENCE:,} Unicode characters")
        catalogue = self.searcher.catalogue
        if is_sample_id(reference):
            return self._sample(reference.lower())
        shown = clean(reference, SHOWN)
        if is_address(reference):
            return self._sample_at_address(reference)
        roots = [root for root in catalogue.roots() if not is_address(root.path)]
        for path in self._candidates(reference, [Path(root.path) for root in roots]):
            for root in roots:
                if path.is_relative_to(root.path):
                    found = catalogue.sample_at(root.id, path.relative_to(root.path).as_posix())
                    if found is not None:
                        return found
            if is_file(path):
                return path
        raise RequestError(f"{shown!r} names no file within reach; pass a sample_id from a search, or a path below "
                           + self._reach_told())  # fmt: skip

    def sample(self, sample_id: str) -> Sample:
        """The sample of an id. Raises RequestError for what is none, a path among them."""
        if not is_sample_id(sample_id):
            raise RequestError(
                f"{clean(sample_id, SHOWN)!r} is no sample_id: 12 hex characters, as a search answers them"
            )
        return self._sample(sample_id.lower())

    def takable(self) -> Callable[[Sample], bool]:
        """Tells of a sample whether a palette may take it: its file is there, and embedded as it was last read.

        Of one in a bucket nothing is asked: that would cost a round trip a candidate.
        """
        catalogue, space = self.searcher.catalogue, self.searcher.encoder.space
        known = catalogue.roots()
        away = {root.id for root in known if is_address(root.path)}
        roots = {root.id: Path(root.path) for root in known}
        there = {root for root, path in roots.items() if path.is_dir()}

        def takable(sample: Sample) -> bool:
            if not catalogue.has_vector(sample.content_hash, space):
                return False
            if sample.root_id not in there:
                return sample.root_id in away
            path = roots[sample.root_id] / sample.path
            return is_file(path) and path.resolve().is_relative_to(roots[sample.root_id])

        return takable

    def place_of(self, sound: Sample | Path) -> str:
        """The file of a sample, as a path or an address. Raises RequestError as `path_of`."""
        address = self.address_of(sound) if isinstance(sound, Sample) else ""
        return address or str(self.path_of(sound))

    def path_of(self, sound: Sample | Path) -> Path:
        """The file of a sample; it may have become a link that leads out of its root, or lie in a bucket, from where
        nothing is fetched to answer. Raises RequestError."""
        if isinstance(sound, Path):
            return sound
        if address := self.address_of(sound):
            raise RequestError(
                f"sample {sound.id} lies at {clean(address, SHOWN)}, and only files of this machine are opened; "
                "fetch it from there"
            )
        root = self._root_of(sound)
        path = root / sound.path
        if not _resolved(path).is_relative_to(root):
            raise RequestError(f"sample {sound.id} has become a link out of its root; run `soundpalette index`")
        return path

    def seconds_of(self, sound: Sample | Path) -> float:
        """How long a sound is. Raises AudioError for a file that has to be looked at and is none."""
        return sound.seconds if isinstance(sound, Sample) else probe(sound, self.limits).seconds

    def traits_of(self, sounds: Sequence[Sample | Path]) -> list[Traits]:
        """What is known of each: as the catalogue has it, else analysed on the spot.

        Raises SoundPaletteError for a file that has to be read and cannot be.
        """
        known = self.searcher.catalogue.traits([sound.id for sound in sounds if isinstance(sound, Sample)])
        return [
            (known.get(sound.id) if isinstance(sound, Sample) else None)
            or read_traits(self.path_of(sound), self.limits)
            for sound in sounds
        ]

    def open_sample(self, sample_id: str) -> SoundFile:
        """The file of a sample, opened through no link. Raises RequestError; NotFoundError where it is gone."""
        sample = self.sample(sample_id)
        path = _resolved(self.path_of(sample))
        try:
            return SoundFile(path.name, os.fdopen(open_below(self._root_of(sample), path), "rb"))
        except (OSError, ValueError) as error:  # ValueError: it became a link out of its root this very moment
            raise NotFoundError(f"the file of sample {sample.id} cannot be opened; run `soundpalette index`") from error

    def preview_of(self, sample_id: str) -> bytes:
        """The beginning of a sample as Ogg Vorbis. Raises RequestError, AudioError."""
        return self._read(self.sample(sample_id), preview)

    def excerpt_of(self, sound: Sample | Path) -> Preview:
        """A few seconds from where a sound begins. Raises RequestError, AudioError."""
        return self._read(sound, excerpt)

    def outline_of(self, sample: Sample, columns: int) -> Outline:
        """The outline of a sample, kept for the next time. Raises RequestError, AudioError."""
        read: Callable[[Path, Limits], Outline] = lambda path, limits: read_outline(path, columns, limits)  # noqa: E731
        return self.outlines.of(None, sample.content_hash, lambda: self._read(sample, read))

    def _read(self, sound: Sample | Path, read: Callable[[Path, Limits], T]) -> T:
        """What `read` makes of a file; a sample's is opened through no link, and errors name it as hits do."""
        path = _resolved(self.path_of(sound))
        if isinstance(sound, Path):
            return read(path, self.limits)
        try:
            return read(path, replace(self.limits, below=self._root_of(sound)))
        except AudioError as error:
            raise AudioError(sound.path, error.reason) from error

    def _sample_at_address(self, reference: str) -> Sample:
        catalogue = self.searcher.catalogue
        for root in catalogue.roots():
            relative = below_address(root.path, reference)
            found = catalogue.sample_at(root.id, relative) if relative else None
            if found is not None:
                return found
        raise RequestError(f"{clean(reference, SHOWN)!r} is no indexed sample; pass a sample_id from a search")

    def address_of(self, sample: Sample) -> str:
        """Where a sample in a bucket lies; "" for one of this machine."""
        root = self._place_of_root(sample)
        return place_in(root, sample.path) if is_address(root) else ""

    def _root_of(self, sample: Sample) -> Path:
        return Path(self._place_of_root(sample))

    def _place_of_root(self, sample: Sample) -> str:
        for root in self.searcher.catalogue.roots():
            if root.id == sample.root_id:
                return root.path
        raise NotFoundError(f"the root of sample {sample.id} is no part of the library any more; search again")

    def _sample(self, sample_id: str) -> Sample:
        sample = self.searcher.catalogue.samples([sample_id]).get(sample_id)
        if sample is None:
            raise NotFoundError(f"there is no sample {sample_id}; take an id from a search answer")
        return sample

    def _candidates(self, reference: str, roots: Sequence[Path]) -> list[Path]:
        """The resolved paths that a reference may mean, allowed ones alone."""
        if not self.reach.anywhere and _reaches_away(reference, [*roots, *self.reach.folders]):
            return []
        try:
            given = Path(reference).expanduser()
            bases = [Path.cwd()] if self.reach.anywhere else []
            tries = [given] if given.is_absolute() else [base / given for base in (*bases, *roots)]
            resolved = [path.resolve() for path in tries]
        except (OSError, RuntimeError, ValueError):
            return []
        if self.reach.anywhere:
            return resolved
        allowed = [*roots, *(folder.resolve() for folder in self.reach.folders)]
        return [path for path in resolved if any(path.is_relative_to(folder) for folder in allowed)]

    def _reach_told(self) -> str:
        if self.reach.anywhere:
            return "the current folder or a root of the library"
        return "a root of the library or [paths] reference_dirs (a file that lies elsewhere: add its folder there)"


def is_sample_id(reference: str) -> bool:
    """Whether a reference names a sample by its id rather than a file by its path."""
    return SAMPLE_ID.fullmatch(reference.lower()) is not None


def _reaches_away(reference: str, roots: Sequence[Path]) -> bool:
    r"""Names that Windows would ask another machine about when it resolves them, and the streams beside a file.

    `\\host\share`, `//host/share`, `\\?\`, `\\.\` unless a root lies there; `file.wav::$DATA` (elsewhere a mere name).
    """
    given = PureWindowsPath(reference)
    if given.drive.startswith("\\"):
        return all(given.drive.lower() != PureWindowsPath(root).drive.lower() for root in roots)
    return os.name == "nt" and ":" in reference[len(given.drive) :]


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        raise NotFoundError(f"{clean(path.name, SHOWN)} is a link to nothing; run `soundpalette index`") from error


def is_file(path: Path) -> bool:
    """Whether there is a file that we can reach."""
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system takes, a folder without rights, a drive that fails
        return False


def _is_unicode(text: str) -> bool:
    """False where a lone surrogate stands in it, as in names that are not UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)

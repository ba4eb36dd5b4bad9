"""Existing embeddings taken into the catalogue: an indexing run whose vectors come from files.

What is imported is taken on trust, so a few sounds are embedded and held against their files first: vectors of another
checkpoint look the same and mean something else.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from soundpalette.core.addresses import is_address
from soundpalette.core.audio import Limits, probe
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.errors import AudioError, EmbeddingError, IndexingError, ScanError
from soundpalette.indexing.embeddings import Matching, SoundFile, match, read_embedding
from soundpalette.indexing.pipeline import Indexer, Report
from soundpalette.indexing.progress import Progress
from soundpalette.indexing.scan import scan
from soundpalette.indexing.work import Done, Engine, Identified, Job, Task

COMPARED: Final = 3
"""Sounds that are embedded to see whether the vectors are those of the checkpoint in use."""
LEAST_COSINE: Final = 0.99
"""Two decoders and resamplers differ by less; another checkpoint by far more."""
SHORTEST: Final = 1.0
LONGEST: Final = 30.0
"""Seconds of the sounds that are compared: the reference embeds none below, and longer ones take their time."""
SEED: Final = 6
PUBLISHED_DIMENSION: Final = 768
"""Of the published checkpoint, where no weights are there to tell."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the run's report, cosines of the sounds that were compared, what matched and what did not."""

    report: Report
    cosines: tuple[float, ...]
    matching: Matching


class FileEngine:
    """Lets `engine` do everything but embedding; vectors come from the files of `embeddings`, by a sound's path."""

    def __init__(self, engine: Engine, embeddings: Mapping[Path, Path], dimension: int) -> None:
        self._engine = engine
        self._embeddings = embeddings
        self._dimension = dimension

    def identify(self, jobs: Iterable[Job]) -> Generator[Identified, None, None]:
        return self._engine.identify(jobs)

    def work(self, tasks: Iterable[Task]) -> Generator[Done, None, None]:
        asked: dict[str, Task] = {}

        def noted() -> Iterator[Task]:
            for task in tasks:
                asked[task.content_hash] = task
                yield replace(task, embed=False)

        with closing(self._engine.work(noted())) as finished:
            for done in finished:
                yield self._with_vector(replace(done, task=asked.pop(done.task.content_hash)))

    def _with_vector(self, done: Done) -> Done:
        if done.reason or not done.task.embed:
            return done
        if done.heard is not None and done.heard.reason:  # as where it is embedded: what cannot be decoded has failed
            return replace(done, reason=done.heard.reason)
        try:
            return replace(done, vector=read_embedding(self._embeddings[Path(done.task.source)], self._dimension))
        except EmbeddingError as error:  # it changed since it was matched
            return replace(done, reason=error.reason)


def matched(folder: Path, root: Path | None, catalogue: Catalogue, dimension: int) -> Matching:
    """The `.npy` files below `folder` and the audio files below `root`, or below every known root (None), by name.

    Nothing is written. Raises ScanError for a folder that cannot be read.
    """
    return match(folder, _sounds_below(root, catalogue), dimension)


def _sounds_below(root: Path | None, catalogue: Catalogue) -> list[SoundFile]:
    if root is not None:
        root = root.expanduser().resolve()
    here = [Path(one.path) for one in catalogue.roots() if not is_address(one.path)]
    roots = here if root is None else [root]
    if not roots:
        raise ScanError("no root is known yet; name the folder that the sounds lie in with --root")
    return [SoundFile(one, found.path) for one in roots for found in scan(one, "", roots if root is None else []).files]


def _compared(encoder: Encoder, matching: Matching, limits: Limits) -> tuple[float, ...]:
    """Cosines between a few files' vectors and what the encoder makes of their sounds; none where none can be embedded.

    Loads the audio tower. Raises EncoderError.
    """
    cosines: list[float] = []
    for sound in _drawn(sorted(matching.embeddings), limits):
        try:
            made = encoder.embed_audio_files([sound])[0]
        except AudioError:
            continue
        cosines.append(float(made @ read_embedding(matching.embeddings[sound], encoder.space.dimension)))
    return tuple(cosines)


def _drawn(sounds: Sequence[Path], limits: Limits) -> list[Path]:
    order = Random(SEED).sample(sounds, min(len(sounds), 30 * COMPARED))
    return [sound for sound in order if _is_comparable(sound, limits)][:COMPARED]


def _is_comparable(sound: Path, limits: Limits) -> bool:
    try:
        return SHORTEST <= probe(sound, limits).seconds <= LONGEST
    except AudioError:
        return False


def _check(cosines: Sequence[float]) -> None:
    """Raises IndexingError where vectors are not those of the checkpoint in use."""
    if cosines and min(cosines) < LEAST_COSINE:
        told = ", ".join(f"{cosine:.3f}" for cosine in cosines)
        raise IndexingError(
            f"the files are not of the clamp3 weights in use: cosines of {told} to what these make of the same sounds, "
            f"at least {LEAST_COSINE} is wanted; nothing was imported. Configure the checkpoint that made them under "
            "[models], or pass --trust where you know better"
        )


class Importer:
    """Takes embeddings into the space of one encoder; `indexer_of` makes an indexer whose vectors come from files."""

    def __init__(self, encoder: Encoder, limits: Limits, indexer_of: Callable[[Mapping[Path, Path]], Indexer]) -> None:
        self._encoder = encoder
        self._limits = limits
        self._indexer_of = indexer_of

    def take(self, matching: Matching, root: Path | None, progress: Progress, *, trust: bool) -> Imported:
        """Index the matched sounds alone. Raises IndexingError for another model's vectors, unless in `trust`."""
        cosines = _compared(self._encoder, matching, self._limits)
        if not trust:
            _check(cosines)
        indexer = self._indexer_of(matching.embeddings)
        paths = [] if root is None else [root]
        report = indexer.run(paths, progress, lambda job: job.path in matching.embeddings)
        return Imported(report, cosines, matching)

"""The tools about the library as a whole, and about one sample of it."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from soundpalette.core import vector_index
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.overview import tally
from soundpalette.core.preview import preview
from soundpalette.core.types import Fact, Sample, Space
from soundpalette.errors import RequestError, VectorIndexError
from soundpalette.tools.names import clean, fitted
from soundpalette.tools.palette import role_names
from soundpalette.tools.schemas import FactShown, Overview, RootStatus, SampleMetadata, Status
from soundpalette.tools.traits import traits_of
from soundpalette.tools.workbench import SAMPLE_ID, SHOWN, Workbench

PACKS: Final = 12
GENRES: Final = 12
NAME: Final = 40
OTHERS: Final = "(others)"
TAG: Final = 24


def status(catalogue: Catalogue, space: Space, index_folder: Path) -> Status:
    """Space, counts, sizes and generations; loads no encoder. Raises SoundPaletteError for a damaged index."""
    manifest = vector_index.read_manifest(index_folder, space)
    return Status(
        encoder=space.encoder,
        space=space.key,
        samples=catalogue.total(),
        embedded=catalogue.count(space),
        indexed=manifest.count if manifest else 0,
        pending=catalogue.pending(space, manifest.generation if manifest else 0),
        failed=catalogue.failed(space),
        generation=catalogue.generation(),
        index_generation=manifest.generation if manifest else -1,
        catalogue_bytes=catalogue.bytes(),
        index_bytes=manifest.bytes if manifest else 0,
        data_dir=str(catalogue.path.parent),
        other_spaces=[key for key in catalogue.spaces() if key != space.key],
        roots=[RootStatus(id=root.id, path=root.path, there=Path(root.path).is_dir()) for root in catalogue.roots()],
    )


def library_overview(bench: Workbench) -> Overview:
    """What the library consists of, what it lacks, and the state of its index; at most 2,500 characters."""
    samples = _all_samples(bench)
    counted = tally((sample.path, traits) for sample, traits in zip(samples, traits_of(bench, samples), strict=True))
    return Overview(
        samples=len(samples),
        index=_index_state(bench),
        counts={
            "kinds": dict(counted.kinds),
            "roles": dict(counted.roles),
            "genres": _largest(counted.genres, GENRES),
            "keys": dict(counted.keys),
            "tempos": dict(counted.tempos),
            "packs": _largest(counted.packs, PACKS),
            "unknown": {"role": counted.without_role, "tempo (of loops)": counted.loops_without_tempo},
        },
        missing=[role for role in role_names() if role not in counted.roles],
    )


def _largest(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """The largest `most`, names from strangers cleaned, and all others as one."""
    shown: Counter[str] = Counter()
    for position, (name, count) in enumerate(counts.items()):
        shown[fitted(name, NAME) if position < most else OTHERS] += count
    return dict(shown)


def sample_metadata(bench: Workbench, sample_id: str) -> SampleMetadata:
    """All that is known of one sample. Raises RequestError for an id that is none."""
    sample = _sample(bench, sample_id)
    (traits,) = traits_of(bench, [sample])
    root = next(root.path for root in bench.searcher.catalogue.roots() if root.id == sample.root_id)
    return SampleMetadata(
        sample_id=sample.id,
        root=clean(root),
        path=clean(sample.path),
        seconds=round(sample.seconds, 3),
        rate=sample.rate,
        channels=sample.channels,
        kind=_fact(traits.kind),
        bpm=_fact(traits.bpm) if traits.bpm else None,
        beats=_fact(traits.beats) if traits.beats else None,
        key=_fact(traits.key) if traits.key else None,
        root_note=_fact(traits.root) if traits.root else None,
        role=_fact(traits.role) if traits.role else None,
        genre=_fact(traits.genre) if traits.genre else None,
        tags=[clean(tag, TAG) for tag in traits.tags],
        loudness_lufs=round(traits.loudness_lufs, 1),
        peak_db=round(traits.peak_db, 1),
        brightness_hz=round(traits.brightness_hz),
    )


def sample_preview(bench: Workbench, sample_id: str) -> bytes:
    """The beginning of a sample as Ogg Vorbis, at most 160,000 bytes. Raises SoundPaletteError."""
    return preview(bench.path_of(_sample(bench, sample_id)), bench.limits)


def _sample(bench: Workbench, sample_id: str) -> Sample:
    if not SAMPLE_ID.fullmatch(sample_id.lower()):
        raise RequestError(f"{clean(sample_id, SHOWN)!r} is no sample_id: 12 hex characters, as a search answers them")
    sound = bench.resolve(sample_id)
    if isinstance(sound, Path):  # an id never names a file
        raise RequestError(f"there is no sample {sample_id}")
    return sound


def _fact(fact: Fact[str] | Fact[float] | Fact[int]) -> FactShown:
    value = clean(fact.value, SHOWN) if isinstance(fact.value, str) else fact.value
    return FactShown(value=value, source=fact.source, confidence=round(fact.confidence, 2))


def _all_samples(bench: Workbench) -> list[Sample]:
    """Every embedded sample. INTERIM: at merging the ids come from `catalogue.select(Filters())`."""
    searcher = bench.searcher
    rows = searcher.catalogue.vectors(searcher.encoder.space)
    ids = [f"{number:012x}" for chunk in rows for number in chunk.ids.tolist()]
    return list(searcher.catalogue.samples(ids).values())


def _index_state(bench: Workbench) -> str:
    """One or two sentences, with the mend."""
    searcher = bench.searcher
    try:
        state = status(searcher.catalogue, searcher.encoder.space, searcher.index_folder)
    except VectorIndexError as error:
        return clean(str(error))
    if not state.indexed:
        return "Nothing is indexed yet; run `soundpalette index FOLDER` with a folder of audio files."
    told = [f"{state.indexed} are in the {state.encoder} index."]
    told += [f"{state.pending} are not in it yet; run `soundpalette index`."] if state.pending else []
    told += [f"{state.failed} files could not be read (`soundpalette status` tells why)."] if state.failed else []
    gone = sum(not root.there for root in state.roots)
    told += [f"{gone} of {len(state.roots)} folders are not there (an unplugged drive?)."] if gone else []
    return " ".join(told)

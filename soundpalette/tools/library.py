"""The tools about the library as a whole, and a preview of one sample of it."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from soundpalette.core.addresses import is_address
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.vector_index import Store
from soundpalette.errors import VectorIndexError
from soundpalette.tools.names import clean, fitted
from soundpalette.tools.schemas import Overview, RootStatus, Status
from soundpalette.tools.workbench import Workbench

PACKS: Final = 12
GENRES: Final = 12
NAME: Final = 40
OTHERS: Final = "(others)"


def status(catalogue: Catalogue, store: Store) -> Status:
    """Space, counts, sizes and generations; loads no encoder. Raises SoundPaletteError for a damaged index."""
    space, manifest = store.space, store.manifest()
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
        index_bytes=sum(file.bytes for file in manifest.files) if manifest else 0,
        data_dir=str(catalogue.path.parent),
        other_spaces=[key for key in catalogue.spaces() if key != space.key],
        roots=root_states(catalogue),
    )


def root_states(catalogue: Catalogue) -> list[RootStatus]:
    """Every root, and whether it is there."""
    return [RootStatus(id=root.id, path=root.path, there=_is_there(root.path)) for root in catalogue.roots()]


def _is_there(root: str) -> bool:
    """A bucket is believed to be: asking it may take seconds."""
    return is_address(root) or Path(root).is_dir()


def library_overview(bench: Workbench) -> Overview:
    """What the library consists of, what it lacks, and the state of its index; at most 2,500 characters."""
    counted = bench.searcher.catalogue.tally()
    return Overview(
        samples=counted.samples,
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
        missing=[role for role in bench.searcher.vocabulary.roles if role not in counted.roles],
    )


def _largest(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """The largest `most`, names from strangers cleaned, and all others as one."""
    shown: Counter[str] = Counter()
    for position, (name, count) in enumerate(counts.items()):
        shown[fitted(name, NAME) if position < most else OTHERS] += count
    return dict(shown)


def sample_preview(bench: Workbench, sample_id: str) -> bytes:
    """The beginning of a sample as Ogg Vorbis, at most 160,000 bytes. Raises SoundPaletteError."""
    return bench.preview_of(sample_id)


def _index_state(bench: Workbench) -> str:
    """One or two sentences, with the mend."""
    searcher = bench.searcher
    try:
        state = status(searcher.catalogue, searcher.store)
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

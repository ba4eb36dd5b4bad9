"""The tools about the library as a whole."""

from pathlib import Path

from soundpalette.core import vector_index
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.types import Space
from soundpalette.tools.schemas import RootStatus, Status


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

"""Features that an encoder made of a content, as rows of the catalogue: a later vector is pooled from them."""

import numpy as np

from soundpalette.core.database import MEND, Connection
from soundpalette.core.types import Features, KeptFeatures
from soundpalette.errors import CatalogueError


def put(connection: Connection, content_hash: str, kept: KeptFeatures | None) -> None:
    """Write what is new; features of one content and revision are always the same."""
    if kept is not None:
        rows = np.asarray(kept.features, "<f4")
        row = (content_hash, kept.revision, rows.shape[1], rows.tobytes())
        connection.execute("INSERT OR IGNORE INTO features VALUES (?, ?, ?, ?)", row)


def read(width: object, blob: object) -> Features:
    """float32 [windows, width] of a row. Raises CatalogueError."""
    if not isinstance(width, int) or not isinstance(blob, bytes) or not blob or len(blob) % (4 * width):
        raise CatalogueError(f"the catalogue holds damaged features; {MEND}")
    return np.frombuffer(blob, "<f4").astype(np.float32, copy=False).reshape(-1, width)

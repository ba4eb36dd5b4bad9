"""FAISS's own file format, written so that a full disk is told as Python's OSError."""

from pathlib import Path
from typing import Any


def write_faiss(index: Any, path: Path) -> None:  # faiss has no types
    """Write `index` to `path`. Raises OSError."""
    import faiss

    with path.open("wb") as file:
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))

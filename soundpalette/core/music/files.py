"""What a file's own chunks and tags tell. STUB of part A's file, to be replaced by it at merging."""

from pathlib import Path

from soundpalette.core.music.clues import Clues


def from_file(path: Path) -> Clues:
    """Nothing yet."""
    return Clues()

"""A palette to take along: its paths, a playlist, a description, or the files themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

from soundpalette.tools.workbench import Workbench

ExportFormat = Literal["paths", "json", "m3u", "zip"]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, open at its beginning; whoever sends it closes it."""

    name: str
    media_type: str
    content: BinaryIO


def export_palette(bench: Workbench, samples: Sequence[str], kind: ExportFormat) -> Exported:
    """Raises SoundPaletteError with a sentence for the caller."""
    raise NotImplementedError

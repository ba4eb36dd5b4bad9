"""What is known of the sounds that a tool is asked about."""

from collections.abc import Sequence
from pathlib import Path

from soundpalette.core.music.analysis import read_traits
from soundpalette.core.types import Sample, Traits
from soundpalette.tools.workbench import Workbench


def traits_of(bench: Workbench, sounds: Sequence[Sample | Path]) -> list[Traits]:
    """What is known of each: as the catalogue has it, else analysed on the spot.

    Raises SoundPaletteError for a file that has to be read and cannot be.
    """
    known = bench.searcher.catalogue.traits([sound.id for sound in sounds if isinstance(sound, Sample)])
    return [
        (known.get(sound.id) if isinstance(sound, Sample) else None) or read_traits(bench.path_of(sound), bench.limits)
        for sound in sounds
    ]

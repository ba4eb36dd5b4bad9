"""A sound that came over the network, searched by. It is not kept."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from soundpalette.core.isolation import decode_isolated
from soundpalette.core.types import NO_FILTERS, NO_PREFERENCES, Filters, Preferences
from soundpalette.errors import AudioError
from soundpalette.tools.filters import checked
from soundpalette.tools.schemas import SearchResult
from soundpalette.tools.search import search_by_audio
from soundpalette.tools.workbench import Reach, Workbench


def search_by_upload(
    bench: Workbench,
    upload: BinaryIO,
    top_k: int,
    filters: Filters = NO_FILTERS,
    preferences: Preferences = NO_PREFERENCES,
) -> SearchResult:
    """The samples that sound like an upload, which this process opens only once another one has decoded it.

    Raises SoundPaletteError with a sentence for the caller; it names no path of ours.
    """
    bench.checked_top_k(top_k)  # before the work rather than after it
    checked(filters, bench.roles)
    with tempfile.TemporaryDirectory(prefix="soundpalette-") as folder:
        received = Path(folder, "received")
        with received.open("wb") as file:
            shutil.copyfileobj(upload, file)
        sound = decode_isolated(received, Path(folder, "sound.wav"))
        near = replace(bench, reach=Reach((Path(folder),)))
        try:
            return search_by_audio(near, str(sound), top_k, filters, preferences)
        except AudioError as error:
            raise AudioError("the upload", error.reason) from error

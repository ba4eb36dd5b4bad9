"""A sound that came over the network, searched by. It is not kept: of the last ones their vectors are, in memory."""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from soundpalette.core.answers import Heard
from soundpalette.core.isolation import decode_isolated
from soundpalette.core.types import NO_FILTERS, NO_PREFERENCES, Filters, Preferences, Vector
from soundpalette.errors import AudioError
from soundpalette.tools.filters import checked
from soundpalette.tools.preferences import checked_preferences
from soundpalette.tools.schemas import SearchResult
from soundpalette.tools.search import told
from soundpalette.tools.workbench import Workbench

BLOCK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for with an upload: like the sound alone, or (with words) like both, `alpha` the words' share."""

    top_k: int
    query: str = ""
    alpha: float = 0.5
    filters: Filters = NO_FILTERS
    preferences: Preferences = NO_PREFERENCES


def checked_wish(bench: Workbench, wish: Wish) -> Wish:
    """The wish as it came, checked before the work rather than after it. Raises RequestError."""
    bench.checked_top_k(wish.top_k)
    bench.checked_alpha(wish.alpha)
    query = bench.checked_query(wish.query) if wish.query.strip() else ""
    filters, preferences = checked(wish.filters, bench.roles), checked_preferences(bench, wish.preferences)
    return replace(wish, query=query, filters=filters, preferences=preferences)


def hash_of(upload: BinaryIO) -> str:
    """SHA-256 of the bytes, in hex."""
    upload.seek(0)
    digest = hashlib.sha256()
    while block := upload.read(BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()


def heard_before(bench: Workbench, content_hash: str) -> Heard | None:
    """An upload whose vector is still known: moving the blend sends the same sound again and again."""
    vector = bench.heard.recall(None, content_hash)
    return None if vector is None else Heard(content_hash, vector)


def hear(bench: Workbench, upload: BinaryIO, content_hash: str) -> Heard:
    """The vector of an upload of that hash, which this process opens only once another one has decoded it.

    Raises SoundPaletteError with a sentence for the caller; it names no path of ours.
    """
    return Heard(content_hash, bench.heard.of(None, content_hash, lambda: _vector_of(bench, upload)))


def search_by_upload(bench: Workbench, heard: Heard, wish: Wish) -> SearchResult:
    """The samples that sound like an upload and fit the words, if there are any. Raises SoundPaletteError."""
    searcher, k, filters, preferences = bench.searcher, wish.top_k, wish.filters, wish.preferences
    if not wish.query:
        return told(bench, searcher.by_audio(heard, k, filters, preferences))
    return told(bench, searcher.hybrid(wish.query, heard, wish.alpha, k, filters, preferences))


def _vector_of(bench: Workbench, upload: BinaryIO) -> Vector:
    upload.seek(0)
    with tempfile.TemporaryDirectory(prefix="soundpalette-") as folder:
        received = Path(folder, "received")
        with received.open("wb") as file:
            shutil.copyfileobj(upload, file)
        try:
            return bench.searcher.vector_of(decode_isolated(received, Path(folder, "sound.wav")))
        except AudioError as error:
            raise AudioError("the upload", error.reason) from error

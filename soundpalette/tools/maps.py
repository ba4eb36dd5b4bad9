"""The map of the library for whoever draws it: a place in the plane a sample, near ones sounding alike."""

import gzip
import hashlib
from functools import partial

from soundpalette.core.map_buffer import encode
from soundpalette.tools.workbench import Workbench

FAST = 1
"""Most of it is ids, which are as good as random: more work gains nothing."""


def map_version(bench: Workbench) -> str:
    """Another one whenever `library_map` may answer something else; "" while there is no map."""
    catalogue = bench.searcher.catalogue
    made, edition = catalogue.map_made(bench.searcher.store.space), catalogue.edition()
    if made is None:
        return ""
    return hashlib.sha256(f"{made.version} {edition.number} {edition.stamp}".encode()).hexdigest()[:16]


def library_map(bench: Workbench) -> bytes:
    """All samples that have a place, little-endian:

    "SPM1", uint32 bytes of the header, the header (JSON, UTF-8, padded with spaces to a multiple of 4:
    {"count": n, "roles": [names], "version": "..."}), then uint16 x [n], uint16 y [n] (0 to 65,535, one scale for
    both), uint8 role [n] (a position in roles; 255: not known), 6 bytes a sample id [n].
    """
    version = map_version(bench)
    rows = partial(bench.searcher.catalogue.map_rows, bench.searcher.store.space)
    return bench.maps.of(version, "plain", lambda: encode(rows(), version))


def zipped_map(bench: Workbench) -> bytes:
    """The same, gzipped."""
    version = map_version(bench)
    return bench.maps.of(version, "gzip", lambda: gzip.compress(library_map(bench), FAST, mtime=0))

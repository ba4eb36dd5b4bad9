"""The map as the tools draw it: kept while nothing changes."""

import json
import struct
from pathlib import Path

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.tools.maps import library_map, map_version
from soundpalette.tools.workbench import Workbench
from tests.conftest import index_store


def header(told: bytes) -> dict[str, object]:
    (size,) = struct.unpack("<I", told[4:8])
    found: dict[str, object] = json.loads(told[8 : 8 + size])
    return found


def test_a_drawn_map_is_kept_until_the_library_changes(crate_bench: Workbench) -> None:
    first, version = library_map(crate_bench), map_version(crate_bench)
    assert header(first)["version"] == version
    assert library_map(crate_bench) is first
    catalogue = crate_bench.searcher.catalogue
    (root,) = catalogue.roots()
    path = next(catalogue.files(root.id, "")).path
    catalogue.remove(root.id, [path])
    assert map_version(crate_bench) != version
    before, after = header(first)["count"], header(library_map(crate_bench))["count"]
    assert isinstance(before, int)
    assert after == before - 1


def test_an_empty_library_has_an_empty_map(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> None:
    bench = Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact)))
    assert (map_version(bench), header(library_map(bench))) == ("", {"count": 0, "roles": [], "version": ""})

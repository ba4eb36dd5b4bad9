"""The map over HTTP: sent once, and again only when it has changed."""

from collections.abc import Mapping

from fastapi import Response

from soundpalette.server.conditional import conditional
from soundpalette.tools.maps import library_map, map_version, zipped_map
from soundpalette.tools.workbench import Workbench


def map_answer(bench: Workbench, asked: Mapping[str, str], media_type: str) -> Response:
    """The map, gzipped where the `asked` headers take that, or 304 for whoever has it. Raises SoundPaletteError."""
    # Read before the map itself: a change between the two then costs one more answer, and hides nothing.
    tag = f'W/"{map_version(bench)}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    return conditional(asked, headers, media_type, lambda: library_map(bench), lambda: zipped_map(bench))

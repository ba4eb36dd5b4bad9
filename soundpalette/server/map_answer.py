"""The map over HTTP: sent once, and again only when it has changed."""

from collections.abc import Mapping

from fastapi import Response

from soundpalette.tools.maps import library_map, map_version, zipped_map
from soundpalette.tools.workbench import Workbench


def map_answer(bench: Workbench, asked: Mapping[str, str], media_type: str) -> Response:
    """The map, gzipped where the `asked` headers take that, or 304 for whoever has it. Raises SoundPaletteError."""
    # Read before the map itself: a change between the two then costs one more answer, and hides nothing.
    tag = f'W/"{map_version(bench)}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if tag in [one.strip() for one in asked.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    if "gzip" in asked.get("accept-encoding", ""):
        return Response(zipped_map(bench), headers=headers | {"Content-Encoding": "gzip"}, media_type=media_type)
    return Response(library_map(bench), headers=headers, media_type=media_type)

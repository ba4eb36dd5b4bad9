"""REST beside MCP: the same functions of `soundpalette.tools`, the same bounds, the same sentences."""

from collections.abc import Callable
from typing import Annotated, BinaryIO, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from starlette.exceptions import HTTPException

from soundpalette.core.answers import Heard
from soundpalette.server.bodies import (
    AudioSearch,
    Build,
    Describe,
    HybridSearch,
    Narrowed,
    TextSearch,
    Upload,
    narrowed,
)
from soundpalette.server.calls import A_FILE, Calls
from soundpalette.server.problems import described
from soundpalette.server.ranges import OpenFile
from soundpalette.server.rest_library import NAME_REFUSED, add_library, add_samples, binary
from soundpalette.tools import building, palette, search, uploads
from soundpalette.tools.export import ExportFormat, export_palette
from soundpalette.tools.facets import Facets, facets
from soundpalette.tools.palette_schemas import BuiltPalette, PaletteDescription
from soundpalette.tools.schemas import MAX_PALETTE, SearchResult
from soundpalette.tools.workbench import Workbench

REFUSED: Final = described(401, 403, 413, 421, 429, 503)
"""Of every request."""
BODY_REFUSED: Final = described(400, 408, 415, 422)
"""Of one with a body."""


class Sends:
    """A dependency that refuses bodies of another media type."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted

    async def __call__(self, request: Request) -> None:
        """Raises HTTPException."""
        came = request.headers.get("content-type", "")
        if came.partition(";")[0].strip().lower() != self._wanted:
            raise HTTPException(415, f"the Content-Type is {came!r}; send {self._wanted}")


JSON: Final = Depends(Sends("application/json"))


def router(bench: Workbench, calls: Calls) -> APIRouter:
    """The routes over one workbench; work is done by `calls`."""
    routes = APIRouter(responses=REFUSED)
    _add_searches(routes, bench, calls)
    _add_palettes(routes, bench, calls)
    add_library(routes, bench, calls)
    add_samples(routes, bench, calls)
    return routes


def _add_searches(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    @routes.post("/search/text", tags=["search"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def search_text(body: TextSearch) -> SearchResult:
        """The samples that fit a description, best first."""
        chosen, k = narrowed(body), body.top_k or bench.default_top_k
        return await calls.run(lambda: search.search_by_text(bench, body.query, k, *chosen))

    @routes.post("/search/audio", tags=["search"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def search_audio(body: AudioSearch) -> SearchResult:
        """The samples that sound like a given one, which is itself left out."""
        chosen, k = narrowed(body), body.top_k or bench.default_top_k
        reference = body.reference
        return await calls.run(lambda: search.search_by_audio(bench, reference, k, *chosen), [reference])

    @routes.post("/search/audio/upload", tags=["search"], responses=BODY_REFUSED)
    async def search_upload(body: Annotated[Upload, Form(media_type="multipart/form-data")]) -> SearchResult:
        """The samples that sound like an uploaded file, which is not kept, and fit the words, if there are any."""
        file, k = body.file.file, body.top_k or bench.default_top_k
        asked = uploads.Wish(k, body.query, body.alpha, *narrowed(body))
        wish = await calls.run(lambda: uploads.checked_wish(bench, asked))
        heard = await _heard(bench, calls, file)
        return await calls.run(lambda: uploads.search_by_upload(bench, heard, wish))

    @routes.post("/search/hybrid", tags=["search"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def search_hybrid(body: HybridSearch) -> SearchResult:
        """The samples that fit a description and sound like a given one."""
        chosen, k = narrowed(body), body.top_k or bench.default_top_k
        reference = body.reference
        work: Callable[[], SearchResult] = lambda: search.hybrid_search(  # noqa: E731
            bench, body.query, reference, body.alpha, k, *chosen
        )
        return await calls.run(work, [reference])

    @routes.post("/library/facets", tags=["library"], dependencies=[JSON], responses=BODY_REFUSED)
    async def library_facets(body: Narrowed) -> Facets:
        """How many samples each further choice of a filter would leave."""
        return await calls.run(lambda: facets(bench, body.filters))


async def _heard(bench: Workbench, calls: Calls, file: BinaryIO) -> Heard:
    """A sound that is known waits for no other to be decoded."""
    content_hash = await calls.run(lambda: uploads.hash_of(file))
    known = uploads.heard_before(bench, content_hash)
    return await calls.run(lambda: uploads.hear(bench, file, content_hash), A_FILE) if known is None else known


def _add_palettes(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    @routes.post("/palette/describe", tags=["palettes"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def describe_palette(body: Describe) -> PaletteDescription:
        """How sounds fit together: tempo, key, spectrum, clashes, the outlier, missing roles."""
        return await calls.run(lambda: palette.describe_palette(bench, body.samples, body.target), body.samples)

    @routes.post("/palette/build", tags=["palettes"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def build_palette(body: Build) -> BuiltPalette:
        """One sample a role, chosen to go together, with two alternatives each."""
        work: Callable[[], BuiltPalette] = lambda: building.build_palette(  # noqa: E731
            bench, body.brief, body.roles, body.bpm, body.key, body.locked
        )
        return await calls.run(work, body.locked)

    @routes.get(
        "/palette/export",
        tags=["palettes"],
        responses={200: binary("text/plain", "application/json", "audio/x-mpegurl", "application/zip"), **NAME_REFUSED},
        response_class=Response,
    )
    async def export(
        request: Request,
        samples: Annotated[list[str], Query(description="Sample ids", min_length=1, max_length=MAX_PALETTE)],
        format: ExportFormat = "paths",  # noqa: A002 - the parameter's name
    ) -> OpenFile:
        """A palette to take along: its paths, a description, a playlist, or its files."""
        run = calls.archive if format == "zip" else calls.run  # lists open no file, and wait for none
        taken = await run(lambda: export_palette(bench, samples, format))
        return OpenFile(taken.content, taken.name, taken.media_type, request.headers, "attachment")

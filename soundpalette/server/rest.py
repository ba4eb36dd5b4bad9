"""REST beside MCP: the same functions of `soundpalette.tools`, the same bounds, the same sentences."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.exceptions import HTTPException

from soundpalette.server.bodies import AudioSearch, Build, Describe, HybridSearch, Id, TextSearch, Upload, narrowed
from soundpalette.server.calls import Calls
from soundpalette.server.problems import described
from soundpalette.server.ranges import OpenFile
from soundpalette.tools import building, library, palette, search, uploads
from soundpalette.tools.palette_schemas import BuiltPalette, PaletteDescription
from soundpalette.tools.schemas import Overview, SearchResult
from soundpalette.tools.show import SampleShown, show
from soundpalette.tools.workbench import Workbench

REFUSED: Final = described(401, 403, 413, 421, 429, 503)
"""Of every request."""
BODY_REFUSED: Final = described(400, 408, 415, 422)
"""Of one with a body."""
NAME_REFUSED: Final = described(404, 422)
"""Of one that names a sample."""
AUDIO_TYPES: Final = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".caf": "audio/x-caf",
}
UNKNOWN_TYPE: Final = "application/octet-stream"
AUDIO: Final = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in (*AUDIO_TYPES.values(), UNKNOWN_TYPE)
}


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
    _add_samples(routes, bench, calls)
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
        """The samples that sound like an uploaded file, which is not kept."""
        chosen, k = narrowed(body), body.top_k or bench.default_top_k
        return await calls.run(lambda: uploads.search_by_upload(bench, body.file.file, k, *chosen), ["an upload"])

    @routes.post("/search/hybrid", tags=["search"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def search_hybrid(body: HybridSearch) -> SearchResult:
        """The samples that fit a description and sound like a given one."""
        chosen, k = narrowed(body), body.top_k or bench.default_top_k
        reference = body.reference
        work: Callable[[], SearchResult] = lambda: search.hybrid_search(  # noqa: E731
            bench, body.query, reference, body.alpha, k, *chosen
        )
        return await calls.run(work, [reference])


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


def _add_samples(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    @routes.get("/library", tags=["library"])
    async def library_overview() -> Overview:
        """Counts by role, genre, key, tempo and pack; what is missing; the state of the index."""
        return await calls.run(lambda: library.library_overview(bench))

    @routes.get("/samples/{sample_id}", tags=["library"], responses=NAME_REFUSED)
    async def sample(sample_id: Id) -> SampleShown:
        """All that is known of a sample, each value with its source and confidence."""
        return await calls.run(lambda: show(bench, bench.sample(sample_id).id))

    played: dict[int | str, Any] = {
        **{status: {"description": what, "content": AUDIO} for status, what in ((200, "The file"), (206, "A part"))},
        **described(416),
        **NAME_REFUSED,
    }

    @routes.get("/samples/{sample_id}/audio", tags=["library"], responses=played, response_class=Response)
    async def sample_audio(sample_id: Id, request: Request) -> OpenFile:
        """The sample's file, also in ranges, as players ask for it."""
        opened = await calls.run(lambda: bench.open_sample(sample_id))
        media_type = AUDIO_TYPES.get(PurePath(opened.name).suffix.lower(), UNKNOWN_TYPE)
        return OpenFile(opened.content, opened.name, media_type, request.headers)

    @routes.head("/samples/{sample_id}/audio", tags=["library"], responses=played, response_class=Response)
    async def sample_audio_head(sample_id: Id, request: Request) -> OpenFile:
        """Type and size of the sample's file."""
        return await sample_audio(sample_id, request)

"""REST beside MCP: the same functions of `soundpalette.tools`, the same bounds, the same sentences."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from starlette.exceptions import HTTPException

from soundpalette.server.bodies import AudioSearch, Build, Describe, HybridSearch, Id, TextSearch, narrowed
from soundpalette.server.calls import Calls
from soundpalette.server.playback import Playback
from soundpalette.server.problems import described
from soundpalette.tools import building, library, palette, search
from soundpalette.tools.palette_schemas import BuiltPalette, PaletteDescription
from soundpalette.tools.schemas import Overview, SearchResult
from soundpalette.tools.show import SampleShown, show
from soundpalette.tools.workbench import Reach, Workbench

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
FORM: Final = Depends(Sends("multipart/form-data"))


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
        return await calls.run(lambda: search.search_by_audio(bench, body.reference, k, *chosen))

    @routes.post("/search/audio/upload", tags=["search"], dependencies=[FORM], responses=BODY_REFUSED)
    async def search_upload(file: Annotated[UploadFile, File(description="An audio file")]) -> SearchResult:
        """The samples that sound like an uploaded file, which is not kept."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "upload")
            path.write_bytes(await file.read())
            near = replace(bench, reach=Reach((Path(folder),)))
            return await calls.run(lambda: search.search_by_audio(near, str(path), bench.default_top_k))

    @routes.post("/search/hybrid", tags=["search"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def search_hybrid(body: HybridSearch) -> SearchResult:
        """The samples that fit a description and sound like a given one."""
        chosen, k = narrowed(body), body.top_k or bench.default_top_k
        return await calls.run(lambda: search.hybrid_search(bench, body.query, body.reference, body.alpha, k, *chosen))


def _add_palettes(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    @routes.post("/palette/describe", tags=["palettes"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def describe_palette(body: Describe) -> PaletteDescription:
        """How sounds fit together: tempo, key, spectrum, clashes, the outlier, missing roles."""
        return await calls.run(lambda: palette.describe_palette(bench, body.samples, body.target))

    @routes.post("/palette/build", tags=["palettes"], dependencies=[JSON], responses=BODY_REFUSED | NAME_REFUSED)
    async def build_palette(body: Build) -> BuiltPalette:
        """One sample a role, chosen to go together, with two alternatives each."""
        work: Callable[[], BuiltPalette] = lambda: building.build_palette(  # noqa: E731
            bench, body.brief, body.roles, body.bpm, body.key, body.locked
        )
        return await calls.run(work)


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
    async def sample_audio(sample_id: Id) -> Playback:
        """The sample's file, also in ranges, as players ask for it."""
        path = await calls.run(lambda: bench.path_of(bench.sample(sample_id)))
        return Playback(path, media_type=AUDIO_TYPES.get(path.suffix.lower(), UNKNOWN_TYPE))

    @routes.head("/samples/{sample_id}/audio", tags=["library"], responses=played, response_class=Response)
    async def sample_audio_head(sample_id: Id) -> Playback:
        """Type and size of the sample's file."""
        return await sample_audio(sample_id)

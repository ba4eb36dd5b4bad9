"""REST beside MCP: the same functions of `soundpalette.tools`, the same bounds, the same sentences."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field, create_model

from soundpalette.core.types import NO_FILTERS, NO_PREFERENCES, Filters, Preferences
from soundpalette.errors import RequestError
from soundpalette.server.calls import Calls
from soundpalette.server.problems import described
from soundpalette.server.ranges import OpenFile
from soundpalette.tools import building, filters, library, palette, preferences, search, uploads
from soundpalette.tools.palette_schemas import (
    Bpm,
    BuiltPalette,
    Key,
    Locked,
    PaletteBrief,
    PaletteDescription,
    Roles,
    Target,
)
from soundpalette.tools.schemas import Alpha, Overview, Query, Samples, SearchResult, TopK
from soundpalette.tools.show import SampleShown, show
from soundpalette.tools.workbench import Workbench

REFUSED: Final = described(401, 403, 408, 413, 421, 422, 429, 503)
AUDIO_TYPES: Final = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
}


class Body(BaseModel):
    """What a request carries; a field that is not known is refused rather than overlooked."""

    model_config = ConfigDict(extra="forbid")


def _narrowing() -> type[Body]:
    """Filters and preferences as fields, like the tools' parameters."""
    fields: dict[str, Any] = {}
    for default, published in ((NO_FILTERS, filters.PUBLISHED), (NO_PREFERENCES, preferences.PUBLISHED)):
        for name, annotation in published.items():
            value = getattr(default, name)
            fields[name] = (annotation, list(value) if isinstance(value, tuple) else value)
    return create_model("Narrowing", __base__=Body, **fields)


Narrowing: Any = _narrowing()
Id = Annotated[str, Field(description="The sample_id of a search's answer")]


class LikeSound(Body):
    """A sound to be like, by exactly one of its two names."""

    sample_id: Id = ""
    audio_path: Annotated[str, Field(description="Below a root of the library")] = ""

    @property
    def reference(self) -> str:
        """Raises RequestError unless exactly one name came."""
        if bool(self.sample_id) == bool(self.audio_path):
            raise RequestError("pass either sample_id or audio_path")
        return self.sample_id or self.audio_path


class TextSearch(Narrowing):  # type: ignore[misc]  # made above
    """A sound in words."""

    query: Query
    top_k: TopK = 0


class AudioSearch(Narrowing, LikeSound):  # type: ignore[misc]
    """A sound to be like."""

    top_k: TopK = 0


class HybridSearch(Narrowing, LikeSound):  # type: ignore[misc]
    """A sound to be like, and words."""

    query: Query
    alpha: Alpha = 0.5
    top_k: TopK = 0


class Upload(Narrowing):  # type: ignore[misc]
    """A sound to be like, as the fields of a form."""

    file: Annotated[UploadFile, File(description="An audio file of at most 10 minutes at 48 kHz")]
    top_k: TopK = 0


class Describe(Body):
    """Sounds that are to be used together."""

    samples: Samples
    target: Target = ""


class Build(Body):
    """A brief for a palette."""

    brief: PaletteBrief
    roles: Roles = []
    bpm: Bpm = 0
    key: Key = ""
    locked: Locked = []


def router(bench: Workbench, calls: Calls) -> APIRouter:
    """The routes over one workbench; work is done by `calls`."""
    routes = APIRouter(responses=REFUSED)
    _add_searches(routes, bench, calls)
    _add_palettes(routes, bench, calls)
    _add_samples(routes, bench, calls)
    return routes


def _add_searches(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    @routes.post("/search/text")
    async def search_text(body: TextSearch) -> SearchResult:
        """The samples that fit a description, best first."""
        chosen, k = _narrowed(body), body.top_k or bench.default_top_k
        return await calls.run(lambda: search.search_by_text(bench, body.query, k, *chosen))

    @routes.post("/search/audio", responses=described(404))
    async def search_audio(body: AudioSearch) -> SearchResult:
        """The samples that sound like a given one, which is itself left out."""
        chosen, k = _narrowed(body), body.top_k or bench.default_top_k
        reference = body.reference
        return await calls.run(lambda: search.search_by_audio(bench, reference, k, *chosen), [reference])

    @routes.post("/search/audio/upload", responses=described(415))
    async def search_upload(body: Annotated[Upload, Form(media_type="multipart/form-data")]) -> SearchResult:
        """The samples that sound like an uploaded file, which is not kept."""
        chosen, k = _narrowed(body), body.top_k or bench.default_top_k
        return await calls.run(lambda: uploads.search_by_upload(bench, body.file.file, k, *chosen), ["an upload"])

    @routes.post("/search/hybrid", responses=described(404))
    async def search_hybrid(body: HybridSearch) -> SearchResult:
        """The samples that fit a description and sound like a given one."""
        chosen, k = _narrowed(body), body.top_k or bench.default_top_k
        reference = body.reference
        work: Callable[[], SearchResult] = lambda: search.hybrid_search(  # noqa: E731
            bench, body.query, reference, body.alpha, k, *chosen
        )
        return await calls.run(work, [reference])


def _add_palettes(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    @routes.post("/palette/describe", responses=described(404))
    async def describe_palette(body: Describe) -> PaletteDescription:
        """How sounds fit together: tempo, key, spectrum, clashes, the outlier, missing roles."""
        return await calls.run(lambda: palette.describe_palette(bench, body.samples, body.target), body.samples)

    @routes.post("/palette/build", responses=described(404))
    async def build_palette(body: Build) -> BuiltPalette:
        """One sample a role, chosen to go together, with two alternatives each."""
        work: Callable[[], BuiltPalette] = lambda: building.build_palette(  # noqa: E731
            bench, body.brief, body.roles, body.bpm, body.key, body.locked
        )
        return await calls.run(work, body.locked)


def _add_samples(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    @routes.get("/library")
    async def library_overview() -> Overview:
        """Counts by role, genre, key, tempo and pack; what is missing; the state of the index."""
        return await calls.run(lambda: library.library_overview(bench))

    @routes.get("/samples/{sample_id}", responses=described(404))
    async def sample(sample_id: Id) -> SampleShown:
        """All that is known of a sample, each value with its source and confidence."""
        return await calls.run(lambda: show(bench, bench.sample(sample_id).id))

    @routes.get("/samples/{sample_id}/audio", responses=described(404, 416), response_class=Response)
    async def sample_audio(sample_id: Id, request: Request) -> OpenFile:
        """The sample's file, also in ranges, as players ask for it."""
        opened = await calls.run(lambda: bench.open_sample(sample_id))
        media_type = AUDIO_TYPES.get(PurePath(opened.name).suffix.lower(), "application/octet-stream")
        return OpenFile(opened.content, opened.name, media_type, request.headers)


def _narrowed(body: Any) -> tuple[Filters, Preferences]:
    return (
        Filters(**{name: getattr(body, name) for name in filters.PUBLISHED}),
        Preferences(body.diversity, body.avoid, tuple(body.context)),
    )

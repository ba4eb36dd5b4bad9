"""REST about the library and its samples: what there is, what it looks and sounds like, what to take along."""

from pathlib import PurePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from soundpalette.core.preview import MIME as PREVIEW
from soundpalette.server.bodies import Id
from soundpalette.server.calls import Calls
from soundpalette.server.map_answer import map_answer
from soundpalette.server.problems import described
from soundpalette.server.ranges import OpenFile
from soundpalette.tools import library
from soundpalette.tools.schemas import Overview
from soundpalette.tools.show import SampleShown, show
from soundpalette.tools.state import FURTHEST, MOST_FAILURES, Failures, LibraryState, library_failures, library_state
from soundpalette.tools.waveforms import WaveformShown, waveform
from soundpalette.tools.workbench import Workbench

NAME_REFUSED: Final = described(404, 422)
"""Of a request that names a sample."""
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
A_FILE: Final = ("a file",)
"""The reference of a call that decodes a sample, so that it takes its place in the lane of files."""


def binary(*kinds: str) -> dict[str, Any]:
    """An answer of bytes, as the document has it."""
    return {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}}


def add_library(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    """What is known of the library as a whole."""

    @routes.get("/library", tags=["library"])
    async def library_overview() -> Overview:
        """Counts by role, genre, key, tempo and pack; what is missing; the state of the index."""
        return await calls.run(lambda: library.library_overview(bench))

    @routes.get("/library/state", tags=["library"])
    async def state() -> LibraryState:
        """What is indexed, and how far the indexer is that is at work."""
        return await calls.run(lambda: library_state(bench))

    @routes.get("/library/failures", tags=["library"], responses=described(422))
    async def failures(
        offset: Annotated[int, Query(ge=0, le=FURTHEST)] = 0, limit: Annotated[int, Query(ge=1, le=MOST_FAILURES)] = 100
    ) -> Failures:
        """Files that could not be indexed, and why."""
        return await calls.run(lambda: library_failures(bench, offset, limit))

    drawn: dict[int | str, Any] = {200: binary(UNKNOWN_TYPE), 304: {"description": "Not changed (If-None-Match)"}}

    @routes.get("/library/map", tags=["library"], responses=drawn, response_class=Response)
    async def map_of_library(request: Request) -> Response:
        """A place in the plane for each sample, near ones sounding alike; the layout stands in tools/maps.py."""
        return await calls.run(lambda: map_answer(bench, request.headers, UNKNOWN_TYPE))


def add_samples(routes: APIRouter, bench: Workbench, calls: Calls) -> None:
    """What is known of one sample, and its sound."""

    @routes.get("/samples/{sample_id}", tags=["library"], responses=NAME_REFUSED)
    async def sample(sample_id: Id) -> SampleShown:
        """All that is known of a sample, each value with its source and confidence."""
        return await calls.run(lambda: show(bench, bench.sample(sample_id).id))

    @routes.get("/samples/{sample_id}/waveform", tags=["library"], responses=NAME_REFUSED)
    async def sample_waveform(sample_id: Id) -> WaveformShown:
        """The outline of a sample, and how loud it is."""
        return await calls.run(lambda: waveform(bench, sample_id), A_FILE)

    @routes.get(
        "/samples/{sample_id}/preview",
        tags=["library"],
        responses={200: binary(PREVIEW), **NAME_REFUSED},
        response_class=Response,
    )
    async def sample_preview(sample_id: Id) -> Response:
        """The first 8 seconds as Ogg Vorbis, for players that cannot read the file itself."""
        return Response(await calls.run(lambda: library.sample_preview(bench, sample_id), A_FILE), media_type=PREVIEW)

    kinds = (*AUDIO_TYPES.values(), UNKNOWN_TYPE)
    played: dict[int | str, Any] = {
        200: {"description": "The file", **binary(*kinds)},
        206: {"description": "A part", **binary(*kinds)},
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

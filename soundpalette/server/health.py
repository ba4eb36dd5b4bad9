"""Whether the process lives, and whether a query would be answered now."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from anyio import to_thread
from fastapi import FastAPI

from soundpalette.errors import CatalogueError, EncoderError, VectorIndexError, WeightsError
from soundpalette.server.problems import described, problem
from soundpalette.tools.workbench import Workbench

LOADING: Final = "the encoder and the index are being loaded; ask again in some seconds"
HINDRANCES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (WeightsError, "the encoder's weights are missing or damaged; the server's log names them and the mend"),
    (EncoderError, "the encoder cannot be used as it is configured; the server's log says why"),
    (VectorIndexError, "the index cannot be used; run `soundpalette index` to rebuild it"),
    (CatalogueError, "the catalogue cannot be read; the server's log says why"),
)
"""Sentences without paths, since everybody may ask: the first that fits."""
INSIDE: Final = "loading failed inside the server; its log says why"
log = logging.getLogger(__name__)


class Readiness:
    """Loads text tower and index in a thread of its own, again where that failed and somebody asks."""

    def __init__(self, bench: Workbench) -> None:
        self._searcher = bench.searcher
        self._threads = ThreadPoolExecutor(1, "warm-up")
        self._loading: Future[None] = Future()

    def begin(self) -> None:
        """Load what a text query needs."""
        self._loading = self._threads.submit(self._searcher.warm_up)
        self._loading.add_done_callback(_log_failure)

    def end(self) -> None:
        """Load nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def hindrance(self) -> str:
        """Why no query would be answered now; "" where one would, if only with the word that nothing is indexed."""
        if not self._loading.done():
            return LOADING
        if (failed := self._loading.exception()) is not None:
            self.begin()  # weights may have come meanwhile
            return _told(failed)
        try:
            self._searcher.published()
            self._searcher.catalogue.stamp()
        except (VectorIndexError, CatalogueError) as error:
            log.warning("%s", error)
            return _told(error)
        return ""


def add_health(app: FastAPI, readiness: Readiness) -> None:
    """`/health/live` and `/health/ready`."""

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        """That the process answers."""
        return {"status": "live"}

    @app.get("/health/ready", responses=described(503))
    async def ready() -> Any:
        """That a query would be answered at once: text tower and index are loaded, or nothing is indexed yet."""
        hindrance = await to_thread.run_sync(readiness.hindrance)
        return problem(503, hindrance) if hindrance else {"status": "ready"}


def _told(error: BaseException) -> str:
    return next((told for kind, told in HINDRANCES if isinstance(error, kind)), INSIDE)


def _log_failure(loading: Future[None]) -> None:
    if not loading.cancelled() and (error := loading.exception()) is not None:
        expected = isinstance(error, tuple(kind for kind, _ in HINDRANCES))
        log.error("%s", error, exc_info=None if expected else error)

"""The composition root: from a Config to the services that the commands use, each built when it is first asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from soundpalette.config import Config
from soundpalette.core.audio import Limits
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders import load_encoder
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.music.words import Vocabulary, WordGuesser, load_vocabulary
from soundpalette.core.search import Searcher
from soundpalette.core.threads import one_thread_a_call, processors
from soundpalette.core.vector_index import FaissStore, Store
from soundpalette.errors import ConfigError
from soundpalette.tools.workbench import Reach, Workbench

if TYPE_CHECKING:
    from soundpalette.core.encoders.weights import Installed
    from soundpalette.indexing.estimate import Estimator
    from soundpalette.indexing.imports import Importer
    from soundpalette.indexing.pipeline import Indexer, Settings
    from soundpalette.indexing.work import Engine
    from soundpalette.server.application import Application
    from soundpalette.server.mcp import SoundPaletteServer
    from soundpalette.server.security import Access

CATALOGUE: str = "catalogue.sqlite"
SHORTEST_TOKEN: Final = 16


@dataclass(frozen=True)
class App:
    """The services of one configuration."""

    config: Config

    @cached_property
    def limits(self) -> Limits:
        index = self.config.index
        return Limits(index.max_seconds, index.max_channels, index.max_rate, index.max_bytes)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.config.data_dir / CATALOGUE)

    @cached_property
    def encoder(self) -> Encoder:
        """The configured encoder; no tower is loaded yet. Raises EncoderError."""
        return self.encoder_loader()

    @property
    def encoder_loader(self) -> Callable[[], Encoder]:
        """What loads the configured encoder, here or in another process."""
        config = self.config
        if config.encoder.name == "compact":
            device, dtype = config.processing.device, config.encoder.dtype
            return partial(load_encoder, "compact", device=device, dtype=dtype, limits=self.limits)
        return partial(
            load_encoder,
            "clamp3",
            mert=config.models.mert,
            clamp3=config.models.clamp3,
            text=config.models.text,
            cache_dir=config.models_dir,
            device=config.processing.device,
            dtype=config.encoder.dtype,
            limits=self.limits,
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Roles and words, the package's or the user's own. Raises ConfigError."""
        return load_vocabulary(self.config.vocabulary)

    def download_clamp3(self, accept_license: bool) -> "Installed":
        """Fetch, check and convert clamp3's weights. Raises WeightsError."""
        from soundpalette.core.encoders.weights import Sources, download_clamp3

        models = self.config.models
        sources = Sources(models.mert, models.clamp3, models.text)
        return download_clamp3(sources, self.config.models_dir, accept_license=accept_license)

    @cached_property
    def store(self) -> Store:
        space = self.encoder.space
        if self.config.index.backend == "milvus":
            from soundpalette.core.milvus_index import MilvusStore

            return MilvusStore(self.config.milvus_uri, self.config.index.milvus_token, space)
        return FaissStore(self.config.data_dir / "index" / space.key, space)

    @cached_property
    def searcher(self) -> Searcher:
        return Searcher(self.catalogue, self.encoder, self.store, self.vocabulary)

    def workbench(self, reach: Reach) -> Workbench:
        search = self.config.search
        return Workbench(self.searcher, search.default_top_k, search.max_top_k, self.limits, reach)

    def ray_engine(self, address: str) -> "Engine":
        """The engine that works on a Ray cluster, or on Ray on this machine ("", "local"); nothing is started yet."""
        from soundpalette.indexing.distributed import RayEngine, Work

        processing = self.config.processing
        work = Work(self.encoder_loader, self.encoder.space, self.limits)
        return RayEngine(work, address=address, batch_size=processing.batch_size, gpu=self._on_cuda)

    def indexer(
        self, *, prune: bool = False, verify: bool = False, analyse_only: bool = False, ray: str | None = None
    ) -> "Indexer":
        """`ray` is the address of a Ray cluster ("": Ray on this machine) that does the work; None: this machine."""
        settings = self._settings(prune=prune, verify=verify, analyse_only=analyse_only)
        if ray is None:
            return self._indexer(settings)
        # The nodes hold their towers whatever the profile says: stages of this machine would only cost commits.
        batch_size = self.config.processing.batch_size
        settings = replace(settings, addresses=True, sequential=False, batch_size=batch_size)
        return self._indexer(settings, self.ray_engine(ray))

    def estimator(self, *, prune: bool = False, verify: bool = False, analyse_only: bool = False) -> "Estimator":
        """Tells what a run of such an indexer would do and cost."""
        from soundpalette.indexing.estimate import Estimator
        from soundpalette.indexing.local import LocalEngine

        settings = self._settings(prune=prune, verify=verify, analyse_only=analyse_only)
        surveyor = self._indexer(settings).surveyor
        batch_size = self.config.processing.batch_size
        engine = LocalEngine(self.encoder, self.limits, self._workers, batch_size, settings.gpus)
        return Estimator(self.catalogue, self.encoder, surveyor, self.limits, engine)

    def importer(self) -> "Importer":
        """Takes existing embeddings into the encoder's space. Raises EncoderError where its weights are missing."""
        from soundpalette.indexing.imports import Importer

        return Importer(self.encoder, self.limits, self._indexer_from)

    def _indexer_from(self, embeddings: Mapping[Path, Path]) -> "Indexer":
        from soundpalette.indexing.imports import FileEngine
        from soundpalette.indexing.local import LocalEngine

        settings = self._settings()
        engine = LocalEngine(self.encoder, self.limits, workers=settings.workers, batch_size=settings.batch_size)
        return self._indexer(settings, FileEngine(engine, embeddings, self.encoder.space.dimension))

    def _indexer(self, settings: "Settings", engine: "Engine | None" = None) -> "Indexer":
        from soundpalette.indexing.pipeline import Indexer  # late, as all of indexing: a server needs none of it

        guesser = WordGuesser(self.vocabulary, self.encoder)
        return Indexer(self.catalogue, self.encoder, self.store, settings, guesser, engine)

    def _settings(self, *, prune: bool = False, verify: bool = False, analyse_only: bool = False) -> "Settings":
        from soundpalette.core.encoders.gpus import visible_gpus
        from soundpalette.indexing.pipeline import Settings

        processing = self.config.processing
        sequential = processing.profile == "sequential"
        return Settings(
            batch_size=1 if sequential else processing.batch_size,
            workers=1 if sequential else self._workers,
            limits=self.limits,
            prune=prune,
            verify=verify,
            analyse_only=analyse_only,
            sequential=sequential,
            gpus=visible_gpus if not sequential and self._on_cuda else tuple,
        )

    @property
    def _workers(self) -> int:
        """Of the parallel profile."""
        return self.config.processing.num_workers or processors()

    @property
    def _on_cuda(self) -> bool:
        """Whether the encoder goes where CUDA is; auto leaves the compact one on the processor."""
        device = self.config.processing.device
        return device == "cuda" or (device == "auto" and self.config.encoder.name == "clamp3")

    @cached_property
    def token(self) -> str:
        """What clients must send; "" for none. Raises ConfigError for a file that cannot be read or is empty."""
        server = self.config.server
        if not server.token_file:
            return _checked_token(server.token.strip()) if server.token else ""
        try:
            first, *_ = Path(server.token_file).expanduser().read_text("utf-8").splitlines() or [""]
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"[server] token_file {server.token_file} cannot be read ({error}); mend it") from error
        if not first.strip():
            raise ConfigError(f"[server] token_file {server.token_file} is empty; write the token in its first line")
        return _checked_token(first.strip())

    @cached_property
    def access(self) -> "Access":
        """Who may ask over HTTP."""
        from soundpalette.server.security import Access

        server = self.config.server
        origins = (*server.allowed_origins, *server.cors_origins)
        return Access(self.token, server.allowed_hosts, origins, server.max_upload_bytes)

    def http(self) -> "Application":
        """MCP, SSE, REST and health as one application; references reach below the library's roots alone."""
        from soundpalette.server.http import HttpSettings, http_app

        one_thread_a_call()  # before the encoder decides about threads
        server = self.config.server
        return http_app(self.workbench(Reach()), HttpSettings(self.access, server.cors_origins, server.max_waiting))

    def server(self) -> "SoundPaletteServer":
        from soundpalette.server.mcp import build

        one_thread_a_call()
        return build(self.workbench(Reach(self.config.paths.reference_dirs)))


def _checked_token(token: str) -> str:
    if len(token) < SHORTEST_TOKEN or not (token.isascii() and token.isprintable()):
        raise ConfigError(
            f"the server's token has to be {SHORTEST_TOKEN} or more printable ASCII characters, "
            "since whoever guesses it is let in; make one with `openssl rand -hex 32`"
        )
    return token

"""Every error that SoundPalette raises on purpose. Each message says what came, what is allowed, and the mend.

SoundPaletteError
├── ConfigError         config.toml or the environment holds something that cannot be used
├── AudioError          one audio file cannot be probed, decoded or embedded; names the file
├── EmbeddingError      a file given to import-embeddings holds no vector of the space; names the file
├── EncoderError        an encoder cannot be used: unknown name, device, text
│   └── WeightsError    weights are missing, damaged or not what was expected
├── CatalogueError      the catalogue cannot be opened: newer version, damaged, locked
├── VectorIndexError    there is no usable index for this space: none yet, another space, damaged
├── ScanError           a path given to the indexer cannot be scanned
├── IndexingError       an indexing run cannot begin or go on: another one is at work, its root went away
├── RequestError        a query or tool call is wrong: bound exceeded, path not allowed
│   └── NotFoundError   there is no such sample
├── BusyError           more calls wait than the server takes
├── ServeError          the server cannot be started as it is configured
└── InstallError        a client's configuration cannot be found, read or changed
"""


class SoundPaletteError(Exception):
    """Base of all: catching it catches whatever we say on purpose."""


class ConfigError(SoundPaletteError):
    """config.toml or the environment holds something that cannot be used."""


class AudioError(SoundPaletteError):
    """One audio file cannot be probed, decoded or embedded. `reason` is the sentence without the file's name."""

    def __init__(self, path: object, reason: str) -> None:
        self.path = str(path)
        self.reason = reason
        super().__init__(f"{self.path} {reason}")

    def __reduce__(self) -> tuple[type["AudioError"], tuple[str, str]]:
        return type(self), (self.path, self.reason)


class EmbeddingError(SoundPaletteError):
    """A file given to import-embeddings holds no vector of the space. `reason` is the sentence without its name."""

    def __init__(self, path: object, reason: str) -> None:
        self.path = str(path)
        self.reason = reason
        super().__init__(f"{self.path} {reason}")

    def __reduce__(self) -> tuple[type["EmbeddingError"], tuple[str, str]]:
        return type(self), (self.path, self.reason)


class EncoderError(SoundPaletteError):
    """An encoder cannot be used: unknown name, device or arguments."""


class WeightsError(EncoderError):
    """Weights are missing, damaged or not what was expected."""


class CatalogueError(SoundPaletteError):
    """The catalogue cannot be opened: a newer version, damaged, locked."""


class VectorIndexError(SoundPaletteError):
    """There is no usable index for this space: none yet, another space, damaged."""


class ScanError(SoundPaletteError):
    """A path given to the indexer cannot be scanned."""


class IndexingError(SoundPaletteError):
    """An indexing run cannot begin or go on: another one is at work, its root went away."""


class RequestError(SoundPaletteError):
    """A query or a tool call is wrong: bound exceeded, path not allowed."""


class NotFoundError(RequestError):
    """There is no such sample."""


class BusyError(SoundPaletteError):
    """More calls wait than the server takes."""


class ServeError(SoundPaletteError):
    """The server cannot be started as it is configured."""


class InstallError(SoundPaletteError):
    """A client's configuration cannot be found, read or changed."""

"""A connection to Milvus, made when it is first needed; whatever goes wrong there becomes one sentence."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from soundpalette.errors import VectorIndexError

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 10.0
WRITE_SECONDS: Final = 300.0
"""Bounds of what is asked, and of what moves data: an upsert of some thousand rows, loading, flushing."""
RECONNECT_MS: Final = 1000
"""gRPC waits up to two minutes before it tries again to reach a server that went away; searches should not."""
REASON_LENGTH: Final = 200
INSTALL: Final = 'install it with `pip install "soundpalette[milvus]"`'


class Connection:
    """To the Milvus at `uri`: an address, or a file that ends in .db, which Milvus Lite serves in this process.

    Safe to use from several threads, and again after Milvus was away.
    """

    def __init__(self, uri: str, token: str = "") -> None:
        self._uri = uri
        self._token = token
        self._connecting = threading.Lock()
        self._client: Any = None  # pymilvus has no types

    @property
    def is_file(self) -> bool:
        return self._uri.endswith(".db")

    @property
    def place(self) -> str:
        """Where it is, for people: without what is secret in an address."""
        if self.is_file:
            return self._uri
        parts = urlsplit(self._uri)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def is_there(self) -> bool:
        """False where Milvus Lite would have to make its file first."""
        return not self.is_file or Path(self._uri).exists()

    @contextmanager
    def client(self) -> Iterator[Any]:
        """The client. Raises VectorIndexError for what fails with it in the block."""
        pymilvus = _pymilvus()
        import grpc

        try:
            yield self._connected(pymilvus)
        except (pymilvus.MilvusException, grpc.RpcError) as error:
            raise self._failure(error) from error

    def is_lite(self) -> bool:
        """Whether Milvus Lite answers, in this process or on a port of its own."""
        with self.client() as client:
            return bool(client.get_server_version(timeout=ANSWER_SECONDS).startswith("milvus_lite"))

    def _connected(self, pymilvus: Any) -> Any:
        with self._connecting:
            if self._client is None:
                if self.is_file:
                    self._make_folder()
                self._client = pymilvus.MilvusClient(
                    self._uri,
                    token=self._token,
                    timeout=CONNECT_SECONDS,
                    dedicated=True,
                    grpc_options={
                        "grpc.keepalive_permit_without_calls": 0,  # servers close connections that ping too often
                        "grpc.initial_reconnect_backoff_ms": RECONNECT_MS // 4,
                        "grpc.max_reconnect_backoff_ms": RECONNECT_MS,
                    },
                )
            return self._client

    def _make_folder(self) -> None:
        folder = Path(self._uri).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VectorIndexError(
                f"the index cannot be written to {folder} ({error.strerror}); mend the folder, "
                "or name another file in [index] milvus_uri"
            ) from error

    def _failure(self, error: Exception) -> VectorIndexError:
        reason = _reason(error)
        if self.is_file and self._client is None:
            return VectorIndexError(
                f"Milvus Lite cannot open {self.place}: another process has it open, or it is damaged; end that "
                "process (or serve the file to both with `milvus-lite server`, docs/deployment.md), or delete the file"
            )
        if any(word in reason.lower() for word in ("unauthenticated", "permission", "auth check", "privilege")):
            return VectorIndexError(
                f"Milvus at {self.place} refuses the token ({reason}); "
                "set [index] milvus_token to one that may read and write there"
            )
        if any(word in reason for word in ("UNAVAILABLE", "DEADLINE_EXCEEDED", "Fail connecting", "timeout")):
            return VectorIndexError(
                f"Milvus at {self.place} does not answer ({reason}); start it, or correct [index] milvus_uri"
            )
        return VectorIndexError(f"Milvus at {self.place} refuses a request ({reason}); see docs/deployment.md")


def _pymilvus() -> Any:
    try:
        import pymilvus
    except ImportError as error:
        raise VectorIndexError(
            f'[index] backend is "milvus" and pymilvus cannot be imported ({error}); {INSTALL}'
        ) from (error)
    # They print tracebacks of what they raise, too: we tell it in a sentence.
    for name in ("pymilvus", "pymilvus.milvus_client", "milvus_lite"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return pymilvus


def _reason(error: BaseException | None) -> str:
    """The first line of what each error of the chain tells: pymilvus hides gRPC's own code behind a general one."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:  # pymilvus raises errors from themselves
        chain.append(error)
        error = error.__cause__
    return ", ".join(dict.fromkeys(filter(None, map(_told, chain))))[:REASON_LENGTH]


def _told(error: BaseException) -> str:
    code, details = getattr(error, "code", ""), getattr(error, "details", "")
    status = getattr(code() if callable(code) else code, "name", "")
    text = details() if callable(details) else getattr(error, "message", "")
    return f"{status} {text}".strip().partition("\n")[0]

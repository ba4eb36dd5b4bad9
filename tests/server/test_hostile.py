"""What strangers try against a real server: refused with the right status, nothing read outside of the roots."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.server import forged
from tests.server.hostile import CASES, LIBRARY, Case, House
from tests.server.raw import HOST, TOKEN, Reply, ask, chunked, form, post, request, upload
from tests.sounds import tone, write, write_library

MARK: Final = b"the canary sings to nobody"
BEARER: Final = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, compact: Encoder) -> Iterator[House]:
    """A server over a library into which links, devices and pipes have come since it was indexed."""
    folder = tmp_path_factory.mktemp("hostile")
    library = write_library(folder / "library")
    for path in (*LIBRARY, "inner link.wav", "evil\u202egnp.wav"):
        write(library / path, tone(300 + len(path)))
    canary = write(folder / "secret" / "canary.wav", tone(440))
    with canary.open("ab") as file:
        file.write(MARK)
    ids = _index(library, folder / "data", compact)
    _spoil(library, canary)
    log = folder / "log"
    with _serving(
        ["-m", "soundpalette", "serve", "--transport", "http", "--port", "0"], folder / "data", log
    ) as address:
        yield House(address, library, ids, canary, log)


def _index(library: Path, data: Path, encoder: Encoder) -> dict[str, str]:
    catalogue = Catalogue(data / "catalogue.sqlite")
    try:
        Indexer(catalogue, encoder, data / "index" / encoder.space.key, Settings(batch_size=4)).run([library], Lines())
        (root,) = catalogue.roots()
        found = {str(path.relative_to(library)) for path in library.rglob("*.wav")}
        samples = {path: catalogue.sample_at(root.id, path) for path in found}
        return {path: sample.id for path, sample in samples.items() if sample is not None}
    finally:
        catalogue.close()


def _spoil(library: Path, canary: Path) -> None:
    for path in LIBRARY:
        (library / path).unlink()
    (library / "folder").rmdir()
    (library / "folder").symlink_to(canary.parent)
    shutil.copy(canary, canary.parent / "below a link out.wav")
    (library / "linked out.wav").symlink_to(canary)
    (library / "later link.wav").symlink_to(canary)
    (library / "device.wav").symlink_to("/dev/zero")
    (library / "loop.wav").symlink_to("loop.wav")
    (library / "dangling.wav").symlink_to("nothing.wav")
    (library / "inner link.wav").unlink()
    (library / "inner link.wav").symlink_to("drums/kick 1.wav")
    (library / "now a folder.wav").mkdir()
    os.mkfifo(library / "pipe.wav")
    os.mkfifo(library / "later pipe.wav")
    before = Path.cwd()
    os.chdir(library)  # a socket's path may have 100 characters
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("socket.wav")
    finally:
        os.chdir(before)


@contextmanager
def _serving(command: list[str], data: Path, log: Path) -> Iterator[str]:
    """The address of a server that is ready and logs all that it ever logs."""
    environment = {
        "SOUNDPALETTE_DATA_DIR": str(data),
        "SOUNDPALETTE_SERVER__TOKEN": TOKEN,
        "SOUNDPALETTE_SERVER__LOG_LEVEL": "debug",
    }
    with log.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, *command], stderr=stderr, env=os.environ | environment)
    try:
        address = _announced(process, log)
        while httpx.get(f"{address}/health/ready", timeout=60).status_code != 200:
            time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def _announced(process: subprocess.Popen[bytes], log: Path) -> str:
    while process.poll() is None:
        for line in log.read_text("utf-8").splitlines(keepends=True):
            if line.startswith("MCP at ") and line.endswith("\n"):
                return line.split()[2].removesuffix("/mcp,")
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.encode("ascii", "backslashreplace").decode())
def test_is_refused_with_its_status_and_nothing_is_told(house: House, case: Case) -> None:
    sent = case.sent(house)
    reply = ask(house.address, sent)
    assert reply.status == case.status, reply.raw[:500]
    assert MARK not in reply.raw
    assert b"RIFF" not in reply.raw
    assert b"Traceback" not in reply.raw
    assert TOKEN.encode() not in reply.raw
    assert b"/tmp" not in reply.raw or b"/tmp" in sent.replace(b"\\/", b"/")
    assert b"canary" not in reply.raw or b"canary" in sent

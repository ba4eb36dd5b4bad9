"""The Dockerfile's own install and start steps in a fresh virtual environment. No container engine runs here."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.delivery.compose import COMPOSE
from tests.delivery.dockerfile import Stage, environment, instructions
from tests.sounds import write_library

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the image is Linux, its commands are those of a POSIX shell"),
    pytest.mark.timeout(900),  # the first installs torch and all else anew
]
TOKEN = "correct horse battery staple"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The build stage's files. torch comes from this machine's own index; bytecode is not written, to save time."""
    root = tmp_path_factory.mktemp("image")
    build = Stage(root, environment(TORCH_INDEX="", PIP_COMPILE="0", PIP_QUIET="1"))
    for one in instructions(0):
        build.carry_out(one)
    yield root
    shutil.rmtree(root)  # 1.4 GB, of which pytest would keep three


class Image:
    """The final stage over them, as its user meets it: no home folder, none of this process' settings."""

    def __init__(self, root: Path) -> None:
        self.stage = Stage(root, {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
        self.told = {one.name: one for one in instructions(-1) if one.name != "RUN"}
        for one in instructions(-1):
            if one.name == "ENV":
                self.stage.carry_out(one)

    def command(self, name: str) -> list[str]:
        return self.stage.words(self.told[name])

    def environment(self, **further: str) -> dict[str, str]:
        return self.stage.environment | further

    def files(self) -> dict[Path, int]:
        """What the image brought, with the time of each file's last change."""
        return {path: path.lstat().st_mtime_ns for path in (self.stage.root / "opt").rglob("*")}


@pytest.fixture
def image(root: Path) -> Iterator[Image]:
    volumes = [root / name for name in ("audio", "data", "models")]
    for volume in volumes:
        volume.mkdir()
    yield Image(root)
    for volume in volumes:
        shutil.rmtree(volume)


@contextmanager
def started(image: Image, token: str) -> Iterator[httpx.Client]:
    """A client of the image's default command, once its own HEALTHCHECK says that it is healthy."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = image.environment(PORT=port, SOUNDPALETTE_SERVER__TOKEN=token)
    process = subprocess.Popen([*image.command("ENTRYPOINT"), *image.command("CMD")], env=environment)
    try:
        while subprocess.run(image.command("HEALTHCHECK"), env=environment, stderr=subprocess.DEVNULL).returncode:
            assert process.poll() is None, "the server stopped before it was healthy"
            time.sleep(0.2)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        stop = signal.Signals[image.told["STOPSIGNAL"].value]
        process.send_signal(stop)
        assert process.wait(30) in (0, -stop)


def test_what_the_image_indexed_is_served_to_who_has_the_token(image: Image) -> None:
    write_library(image.stage.root / "audio")
    before = image.files()
    indexer = [*image.command("ENTRYPOINT"), *map(image.stage.here, COMPOSE["services"]["indexer"]["command"])]
    subprocess.run(indexer, env=image.environment(), check=True)
    with started(image, TOKEN) as client:
        assert client.get("/health/ready").json() == {"status": "ready"}
        assert client.get("/library").status_code == 401
        authorized = {"Authorization": f"Bearer {TOKEN}"}
        found = client.post("/search/text", json={"query": "kick drum", "top_k": 1}, headers=authorized)
        assert found.raise_for_status().json()["hits"][0]["path"].startswith("drums/kick")
    assert image.files() == before, "the root file system may be read-only"
    assert not any((image.stage.root / "models").iterdir())
    assert not Path("/nonexistent").exists()


def test_the_default_command_refuses_to_be_open_to_everyone(image: Image) -> None:
    command = [*image.command("ENTRYPOINT"), *image.command("CMD")]
    refused = subprocess.run(command, env=image.environment(PORT="0"), capture_output=True, text=True)
    assert refused.returncode == 2
    assert "SOUNDPALETTE_SERVER__TOKEN" in refused.stderr

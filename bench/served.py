"""A rendered library, an indexer of it and a server of it, each a process of its own: what a soak needs."""

import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import soundfile

from soundpalette.app import App
from soundpalette.config import Config, PathsSection
from soundpalette.core import vector_index
from soundpalette.indexing.progress import Lines

RATE: Final = 22_050
SOUNDS: Final = 300
SECONDS: Final = 120
"""After which a server that does not answer counts as dead."""


@dataclass(frozen=True, slots=True)
class Place:
    """A library and the data folder of its catalogue and index."""

    library: Path
    data: Path

    @property
    def app(self) -> App:
        return App(Config(paths=PathsSection(data_dir=str(self.data))))

    def change(self, number: int) -> None:
        """Another sound instead of an earlier one, so that the next run publishes another index."""
        _render(self.library / f"new {number % 5}.wav", 10_000 + number)

    def index(self, app: App | None = None) -> None:
        """What `soundpalette index` does."""
        (app or self.app).indexer().run([self.library], Lines())

    @property
    def manifest(self) -> vector_index.Manifest:
        """Of the published index."""
        app = self.app
        manifest = app.store.manifest()
        if manifest is None:
            raise RuntimeError("nothing is published")
        return manifest


def make_place(folder: Path, sounds: int = SOUNDS, seed: int = 0) -> Place:
    """A rendered library, indexed."""
    place = Place(folder / "library", folder / "data")
    place.library.mkdir(parents=True)
    for number in range(sounds):
        _render(place.library / f"sound {number}.wav", seed * 100_000 + number)
    done_in_a_process(place.index)
    return place


def process(work: Callable[..., None], *arguments: Any) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "faiss", "soundpalette.app", "soundpalette.core.encoders.compact_model"])
    forked = context.Process(target=work, args=arguments, daemon=True)
    forked.start()
    return forked


def done_in_a_process(work: Callable[..., None], *arguments: Any) -> None:
    forked = process(work, *arguments)
    forked.join()
    if forked.exitcode:
        raise RuntimeError(f"{work.__name__} ended with {forked.exitcode}")


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[str]
    address: str

    @classmethod
    def start(cls, place: Place) -> "Server":
        """A server that is ready."""
        command = [sys.executable, "-m", "soundpalette", "serve", "--transport", "http", "--port", "0"]
        environment = os.environ | {"SOUNDPALETTE_DATA_DIR": str(place.data)}
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        assert process.stderr is not None
        told = process.stderr.readline()
        found = re.search(r"http://\S+?(?=/mcp)", told)
        if found is None:
            process.kill()
            raise RuntimeError(f"no server started: {told}{process.stderr.read()}")
        server = cls(process, found[0])
        server.wait_until_ready()
        return server

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS
        while httpx.get(f"{self.address}/health/ready", timeout=SECONDS).status_code != 200:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the server was not ready within {SECONDS} s")
            time.sleep(0.2)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def serving(place: Place) -> Iterator[Server]:
    server = Server.start(place)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.communicate()


def resident(pid: int) -> int:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return 1024 * int(told.stdout)


def figure(address: str, name: str) -> float:
    text = httpx.get(f"{address}/metrics", timeout=SECONDS).raise_for_status().text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(f"{name} ")))


def _render(path: Path, seed: int) -> None:
    """A decaying tone with some noise, 0.1 to 0.4 s."""
    draw = np.random.default_rng(seed)
    time_ = np.arange(int(RATE * draw.uniform(0.1, 0.4))) / RATE
    tone = np.sin(2 * np.pi * draw.uniform(40, 4000) * time_) * np.exp(-time_ * draw.uniform(2, 40))
    sound = tone + draw.uniform(0, 0.5) * draw.standard_normal(len(time_)) * np.exp(-time_ * 20)
    soundfile.write(path, (0.8 * sound / np.abs(sound).max()).astype(np.float32), RATE)

"""`soundpalette` processes for a browser to talk to."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

COMMAND: Final = (sys.executable, "-m", "soundpalette")
SECONDS: Final = 60
"""After which a server that has not come up counts as failed."""


def isolated(folder: Path, **variables: str) -> dict[str, str]:
    """An environment with a home and a data folder below `folder`, and nothing of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SOUNDPALETTE_", "HF_", "XDG_"))}
    return kept | {"HOME": str(folder), "SOUNDPALETTE_DATA_DIR": str(folder / "data")} | variables


def index(root: Path, environment: dict[str, str]) -> None:
    """What a musician types first."""
    subprocess.run([*COMMAND, "index", str(root)], env=environment, check=True, capture_output=True)


@dataclass
class Server:
    """A `soundpalette serve --transport http` process, which comes back at the same address after it was ended."""

    environment: dict[str, str]
    log: Path
    """Where its stderr goes: a pipe that nobody reads would hold it up once full."""
    address: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> "Server":
        """Returns once it is ready; at a free port first, then at that one again."""
        port = self.address.rpartition(":")[2] or "0"
        with self.log.open("wb") as log:
            command = [*COMMAND, "serve", "--transport", "http", "--port", port]
            self.process = subprocess.Popen(command, stderr=log, env=self.environment)
        self.address = self._announced(self.process)
        return self

    def end(self) -> None:
        """As from a terminal; what it answers with is looked at."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(SECONDS) == 0, self.log.read_text("utf-8")
        self.process = None

    def kill(self) -> None:
        """As by a power cut."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(SECONDS)
        self.process = None

    def _announced(self, process: subprocess.Popen[bytes]) -> str:
        for _ in range(SECONDS * 20):
            told = self.log.read_text("utf-8")
            if found := re.search(r"http://[\w.\[\]:]+:\d+", told.partition("\n")[0] if "\n" in told else ""):
                return found[0]
            assert process.poll() is None, told
            time.sleep(0.05)
        raise AssertionError(f"the server announced no address within {SECONDS} s: {told}")


@contextmanager
def running(environment: dict[str, str], log: Path) -> Iterator[Server]:
    """A server for as long as it is needed."""
    server = Server(environment, log).start()
    yield server
    if server.process is not None:
        server.end()

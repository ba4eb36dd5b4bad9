"""An encoder that tests can hold and kill from outside: what a file's name says happens to the process that reads it.

Order is told by named pipes, never by clocks. The gates lie in a folder that all nodes of a test's cluster see.
"""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, Recording
from soundpalette.core.encoders.compact import CompactEncoder
from soundpalette.core.types import Window


@dataclass(frozen=True)
class Gates:
    """`reached` hears the node that came to a file called gate, which waits there until `opened` exists or for ever."""

    folder: Path

    @property
    def reached(self) -> Path:
        return self.folder / "reached"

    @property
    def held(self) -> Path:
        return self.folder / "held"

    @property
    def opened(self) -> Path:
        return self.folder / "opened"

    def make(self) -> "Gates":
        self.folder.mkdir()
        os.mkfifo(self.reached)
        os.mkfifo(self.held)
        return self

    def wait(self, told: str) -> None:
        if not self.opened.exists():
            self.reached.write_text(told)
            self.held.read_text()

    def is_first(self, name: str) -> bool:
        """Whether nobody asked before."""
        try:
            (self.folder / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


class GatedEncoder(CompactEncoder):
    """The compact encoder; files called killer-… and once-… end the process that reads them (these only once)."""

    def __init__(self, gates: Gates, limits: Limits) -> None:
        super().__init__(limits=limits)
        self._gates = gates

    def windows(self, sound: Path | Recording) -> Iterator[Window]:
        import ray

        path = sound.path if isinstance(sound, Recording) else sound
        if path.stem.startswith("gate"):
            self._gates.wait(ray.get_runtime_context().get_node_id())
        if path.stem.startswith("killer") or (path.stem.startswith("once") and self._gates.is_first(path.stem)):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().windows(sound)


def load_gated(folder: Path, limits: Limits = DEFAULT_LIMITS) -> GatedEncoder:
    """What a node calls."""
    return GatedEncoder(Gates(folder), limits)

"""Disks that run full, for real: a small file system where this machine lets us mount one, and a limit to every file.

A file system of our own needs a user namespace (or root with the right to mount), which not every container grants.
The limit works wherever POSIX does; there the system refuses with EFBIG instead of ENOSPC.
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

PLENTY: Final = 1 << 20
"""KiB."""
HOLD: Final = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
MOUNT: Final = 'mount -t tmpfs -o size={size}k tmpfs "{folder}" && echo mounted && exec cat'


class Disk(Protocol):
    """A folder with little room. `seen` is where this process sees it."""

    seen: Path

    def leave(self, room: int) -> None:
        """Let `room` KiB be written from now on."""

    def run(self, command: Sequence[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run a process that has this disk."""


class FileSystem:
    """A tmpfs over a folder, which `holder` and the processes in its namespace alone see."""

    def __init__(self, holder: "subprocess.Popen[str]", folder: Path) -> None:
        self._folder, self._inside = folder, ("nsenter", f"--target={holder.pid}", "--user", "--mount")
        self.seen = Path(f"/proc/{holder.pid}/root{folder}")

    def leave(self, room: int) -> None:
        used = sum(path.stat().st_blocks for path in self.seen.rglob("*")) // 2
        subprocess.run([*self._inside, "mount", "-o", f"remount,size={used + room}k", str(self._folder)], check=True)

    def run(self, command: Sequence[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        return _run([*self._inside, "--preserve-credentials", *command], environment)


class FileLimit:
    """A folder in which no file may be longer than the room that was left last."""

    def __init__(self, folder: Path) -> None:
        self.seen, self._room = folder, PLENTY

    def leave(self, room: int) -> None:
        self._room = room

    def run(self, command: Sequence[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        return _run(["sh", "-c", f'ulimit -f {2 * self._room}; exec "$@"', "sh", *command], environment)


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """`folder`, made here, on the first kind of disk that this machine has."""
    with file_system(folder) if can_mount(folder.parent / "tried") else file_limit(folder) as disk:
        yield disk


def can_mount(folder: Path) -> bool:
    """Whether this machine lets us mount a file system over a folder."""
    try:
        with file_system(folder):
            return True
    except OSError:
        return False


@contextmanager
def file_system(folder: Path) -> Iterator[Disk]:
    """A small file system over `folder`. Raises OSError where this machine lets us mount none."""
    folder.mkdir(parents=True)
    command = [*HOLD, MOUNT.format(size=PLENTY, folder=folder)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True) as holder:
        assert holder.stdin
        assert holder.stdout
        if holder.stdout.readline() != "mounted\n":
            raise OSError("nothing can be mounted here")
        yield FileSystem(holder, folder)
        holder.stdin.close()


@contextmanager
def file_limit(folder: Path) -> Iterator[Disk]:
    """A limit to every file of `folder`."""
    folder.mkdir(parents=True)
    yield FileLimit(folder)


def _run(command: Sequence[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

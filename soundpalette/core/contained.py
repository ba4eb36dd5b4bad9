"""A file below a folder, opened so that no link leads out of it, whatever happens between looking and opening."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

_STEPWISE: Final = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Where the system opens relative to an open folder; Windows does not."""
READING: Final = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""Without waiting: for a FIFO one would wait until somebody writes to it."""


def open_below(folder: Path, path: Path) -> int:
    """The handle of the regular file `path` below `folder`, both absolute and resolved, opened for reading.

    Each step below `folder` is opened relative to the one before and follows no link: one that was put there since
    `path` was resolved is refused. On Windows the file that was opened is compared with what `path` resolves to then.
    Raises OSError, also for what is no regular file; ValueError for a path that is not below `folder`.
    """
    handle = _stepwise(folder, path.relative_to(folder)) if _STEPWISE else _compared(folder, path)
    try:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return handle
        raise OSError(errno.EINVAL, "it is no regular file")
    except OSError:
        os.close(handle)
        raise


def _stepwise(folder: Path, relative: Path) -> int:
    *folders, name = relative.parts
    # O_PATH (Linux): passing through a folder needs no right to list it.
    passing = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
    at = os.open(folder, passing)
    try:
        for part in folders:
            inner = os.open(part, passing | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(name, READING | os.O_NOFOLLOW, dir_fd=at)
    finally:
        os.close(at)


def _compared(folder: Path, path: Path) -> int:
    handle = os.open(path, READING)
    resolved = path.resolve()
    if resolved.is_relative_to(folder) and os.path.samestat(os.fstat(handle), resolved.stat()):
        return handle
    os.close(handle)
    raise OSError(errno.ELOOP, "it has become a link out of its root")

"""A planned change of a client's configuration: shown first, then written, with a backup beside it."""

import difflib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from soundpalette.clients.document import Document
from soundpalette.clients.entry import NAME, entry
from soundpalette.clients.places import FORMS, Client, Machine, place
from soundpalette.errors import InstallError

BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Change:
    """The file that a client reads (links followed), what stands in it (None: no file), and what shall."""

    path: Path
    before: bytes | None
    after: bytes

    @property
    def needed(self) -> bool:
        return self.after != self.before

    def diff(self) -> list[str]:
        """The change as lines of a unified diff."""
        old, new = (self.before or b"").decode().splitlines(), self.after.decode().splitlines()
        source = "(no file yet)" if self.before is None else str(self.path)
        return list(difflib.unified_diff(old, new, source, str(self.path), lineterm=""))

    def write(self) -> Path | None:
        """Write it in place of the older file, atomically; where the older one is kept, None where there was none.

        Raises InstallError where the file has changed since it was read, or cannot be written.
        """
        try:
            if _content(self.path) != self.before:
                raise InstallError(f"{self.path} has changed since it was shown; run this again")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            backup = None if self.before is None else _keep(self.path, self.before)
            _replace(self.path, self.after)
        except OSError as error:
            raise InstallError(
                f"{self.path} cannot be written ({error.strerror}); nothing was changed, mend its rights"
            ) from error
        return backup


def plan(client: Client, machine: Machine) -> Change:
    """What makes `client` start our server. Raises InstallError where its file cannot be read, or is not JSON."""
    form = FORMS[client]
    path = place(client, machine)
    try:
        path = path.resolve()
        before = _content(path)
        text = (before or b"").decode()
    except (OSError, RuntimeError, UnicodeDecodeError) as error:  # RuntimeError: a link to itself
        raise InstallError(f"{path} cannot be read ({error}); nothing was changed, mend it") from error
    bom = BOM if text.startswith(BOM) else ""
    document = Document(text.removeprefix(BOM), form.comments)
    try:
        after = bom + document.with_entry(form.key, NAME, entry(machine.environment, typed=form.typed))
        return Change(path, before, after.encode())
    except InstallError as error:
        raise InstallError(f"{path}: {error}; nothing was changed, correct it and run this again") from error
    except UnicodeEncodeError as error:
        raise InstallError("the path of this Python or of the library is not Unicode; move it") from error


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _keep(path: Path, data: bytes) -> Path:
    """A copy beside the file, under the first name that is free, with its rights: it may hold secrets."""
    number = 1
    while True:
        backup = path.with_name(f"{path.name}.backup{number}")
        try:
            handle = os.open(backup, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            number += 1
            continue
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(path, backup)
        return backup


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, name)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise

"""What does not hang on the library: Python, torch, devices, the data folder and its disk, the port."""

import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from soundpalette import __version__
from soundpalette.core.encoders import runtime
from soundpalette.doctor.finding import Finding, fault, fault_of, ok, warning
from soundpalette.errors import EncoderError, ServeError
from soundpalette.server.transports import answers, bind, check_reach

OLDEST: Final = (3, 11)
SPARE_BYTES: Final = 1 << 30
LEAST_BYTES: Final = 100 << 20
"""An index is published beside the older one, and SQLite writes a batch twice: less room than this stops indexing."""


def python() -> Finding:
    told = f"{platform.python_version()} on {platform.platform(terse=True)}, soundpalette {__version__}"
    if sys.version_info < OLDEST:
        return fault("python", told, "install Python 3.11 or newer, and soundpalette with it")
    return ok("python", told)


def torch() -> Finding:
    try:
        here = runtime.look()
    except EncoderError as error:
        return fault_of("torch", error)
    return ok("torch", f"{here.version}, {here.threads} threads, bfloat16 {'fast' if here.bfloat16 else 'slow'}")


def devices(wanted: str) -> Finding:
    """`wanted` is the configured device; torch can be loaded."""
    here = runtime.look().devices
    told = ", ".join(f"{name} ({what})" for name, what in here.items())
    if wanted not in ("auto", *here):
        return fault("devices", f"{told}; {wanted} is configured", "set [processing] device to auto or cpu")
    return ok("devices", told)


def folder(data_dir: Path) -> Finding:
    """Whether the data folder can be written, or be made where it is not there yet; nothing is left behind."""
    try:
        below = _existing(data_dir)
        with tempfile.TemporaryFile(dir=below) as file:
            file.write(b"soundpalette")
    except OSError as error:
        told = f"{data_dir} cannot be written ({error.strerror})"
        return fault("data folder", told, "mend its rights, or set SOUNDPALETTE_DATA_DIR to a folder of yours")
    return ok("data folder", f"{data_dir}{'' if below == data_dir else ' (not there yet, can be made)'}")


def space(data_dir: Path) -> Finding:
    try:
        free = shutil.disk_usage(_existing(data_dir)).free
    except OSError as error:
        return fault("disk", f"{data_dir} cannot be asked for its space ({error.strerror})", "mend the data folder")
    return room(free)


def room(free: int) -> Finding:
    """How `free` bytes are judged."""
    told = f"{free / (1 << 30):,.1f} GB free"
    mend = "make room, or move the data folder (SOUNDPALETTE_DATA_DIR)"
    if free < LEAST_BYTES:
        return fault("disk", told, mend)
    return warning("disk", told, mend) if free < SPARE_BYTES else ok("disk", told)


def port(host: str, number: int, *, token: bool) -> Finding:
    """Whether `soundpalette serve --transport http` could start; a server of ours that runs there is well."""
    try:
        check_reach(host, token=token)
    except ServeError as error:
        return fault_of("port", error)
    try:
        bind(host, number).close()
    except ServeError as error:
        if answers(host, number):
            return ok("port", f"{host}:{number} is served already")
        return fault_of("port", error)
    return ok("port", f"{host}:{number} is free")


def _existing(path: Path) -> Path:
    """`path`, or the nearest of its parents that is there. Raises OSError where that cannot be told."""
    return next(one for one in (path, *path.parents) if one.exists())

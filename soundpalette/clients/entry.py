"""The entry that starts our server over stdin and stdout."""

import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

NAME: Final = "soundpalette"
KEPT: Final = ("SOUNDPALETTE_CONFIG", "SOUNDPALETTE_DATA_DIR")
"""Variables that tell where a library is: a client does not pass on those of the shell. Secrets are never written."""


def entry(environment: Mapping[str, str], *, typed: bool) -> dict[str, Any]:
    """The server's entry under its name, with the absolute path of the `soundpalette` beside this Python."""
    command, *arguments = _command()
    env = {name: str(Path(environment[name]).expanduser().absolute()) for name in KEPT if environment.get(name)}
    kind = {"type": "stdio"} if typed else {}
    return kind | {"command": command, "args": arguments} | ({"env": env} if env else {})


def _command() -> list[str]:
    suffix = ".exe" if sys.platform == "win32" else ""
    script = Path(sysconfig.get_path("scripts"), NAME + suffix)
    if script.is_file():
        return [str(script), "serve"]
    # -P: a folder of our name in whatever folder the client starts us in is not what was meant
    return [sys.executable, "-P", "-m", NAME, "serve"]

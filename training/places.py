"""Where everything made lies."""

import os
from pathlib import Path

DATA = Path(os.environ.get("COMPACT_DATA", "/tmp/compact-data"))


def fetched(path: Path) -> Path:
    """The path itself; raises FileNotFoundError where `training.fetch` has not brought it."""
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there; `python -m training.fetch` brings it")
    return path

"""compose.yaml and other YAML, read."""

from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.delivery.dockerfile import PROJECT


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


COMPOSE: Final = read_yaml(PROJECT / "compose.yaml")

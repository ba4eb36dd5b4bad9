"""The contracts of import-linter name every part of the core: what they do not name, they do not hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
ALLOWED = {
    "torch only in core.encoders": {"encoders"},
    "faiss only in core.vector_index": {"vector_index"},
    "sqlite3 only in core.database and core.migrations": {"database", "migrations"},
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_contract_holds_every_part_of_the_core_but_those_allowed(name: str) -> None:
    (contract,) = [contract for contract in CONTRACTS if contract["name"] == name]
    held = {module.removeprefix("soundpalette.core.") for module in contract["source_modules"] if ".core." in module}
    parts = {path.stem for path in (ROOT / "soundpalette" / "core").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert held == parts - {"__init__", "__pycache__"} - ALLOWED[name]

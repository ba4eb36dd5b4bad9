"""Contracts of import-linter name every part of the core or of indexing: what they do not name, they do not hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
ALLOWED = {
    "torch only in core.encoders": {"core.encoders"},
    "faiss only in core.vector_index": {"core.vector_index"},
    "pymilvus only in core.milvus_index": {"core.milvus_index"},
    "sqlite3 only in core.database and core.migrations": {"core.database", "core.migrations"},
    "Ray only in indexing.distributed and indexing.cluster, fsspec only in indexing.remote": {
        "indexing.distributed",
        "indexing.cluster",
        "indexing.remote",
    },
}
"""By contract, the parts that may import what all others of their package may not."""


def parts(package: str) -> set[str]:
    """What a package is made of, as `package.part`."""
    found = (ROOT / "soundpalette" / package).iterdir()
    names = {path.stem for path in found if path.suffix == ".py" or (path / "__init__.py").exists()}
    return {f"{package}.{name}" for name in names - {"__init__"}}


def named(contract: dict[str, Any]) -> set[str]:
    """The parts of packages that a contract names, as `package.part`; whole packages are left out."""
    modules = (module.removeprefix("soundpalette.") for module in contract.get("source_modules", ()))
    return {module for module in modules if "." in module}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_contract_holds_every_part_of_its_package_but_those_allowed(name: str) -> None:
    (contract,) = [contract for contract in CONTRACTS if contract["name"] == name]
    (package,) = {part.partition(".")[0] for part in ALLOWED[name]}
    assert named(contract) == parts(package) - ALLOWED[name]


def test_every_contract_that_lists_parts_is_held_against_the_folders() -> None:
    assert {contract["name"] for contract in CONTRACTS if len(named(contract)) > 1} == set(ALLOWED)

"""The manifest of sources: complete, in order, and what trains apart from what judges."""

import hashlib
import tomllib
from pathlib import Path

import pytest

from training import recordings
from training.fetch import MANIFEST, download
from training.instruments import INSTRUMENTS
from training.places import fetched
from training.splits import TABLES

SOURCES = tomllib.loads(MANIFEST.read_text())["source"]
SPLITS = [tomllib.loads((MANIFEST.parent / table).read_text()) for table in TABLES.values()]
TRAINING = [source for source in SOURCES if source["use"] == "train"]


def package(source: dict[str, str]) -> str:
    return source.get("debian") or source.get("npm") or source.get("pypi") or ""


def test_every_source_tells_its_version_licence_and_use() -> None:
    order = ["train", "tool", "validate", "test"]
    uses = [order.index(source["use"]) for source in SOURCES]
    assert uses == sorted(uses)
    for source in SOURCES:
        assert source["name"], source
        assert source["version"], source
        assert source["licence"], source
        assert ("npm" in source or "pypi" in source) == ("sha256" in source), source


def test_what_is_rendered_is_a_source_that_trains() -> None:
    packages = {package(source) for source in TRAINING}
    assert set(INSTRUMENTS) <= packages
    assert set(tomllib.loads(recordings.TABLE.read_text())) <= packages


def test_no_pack_of_a_split_trains() -> None:
    judging = {package(source) for split in SPLITS for source in split["source"]}
    both = judging & {package(source) for source in TRAINING}
    assert both == {"hydrogen-drumkits", "hydrogen-drumkits-effects"}  # of these, by kit:
    kits = {Path(p["folder"]).name for split in SPLITS for s in split["source"] for p in s.get("pack", ())}
    assert not kits & {"Audiophob", "belofilms_GuitarStrums"}


def test_an_archive_with_another_checksum_is_removed_and_refused(tmp_path: Path) -> None:
    source = {"npm": "some", "version": "1", "file": "some-1.tgz", "sha256": hashlib.sha256(b"whole").hexdigest()}
    (tmp_path / "some-1.tgz").write_bytes(b"half")
    with pytest.raises(ValueError, match="fetch it again"):
        download(source, tmp_path)
    assert not list(tmp_path.iterdir())
    (tmp_path / "some-1.tgz").write_bytes(b"whole")
    assert download(source, tmp_path) == tmp_path / "some-1.tgz"


def test_what_was_not_fetched_is_told_with_the_remedy(tmp_path: Path) -> None:
    assert fetched(tmp_path) == tmp_path
    with pytest.raises(FileNotFoundError, match=r"training\.fetch"):
        fetched(tmp_path / "absent")

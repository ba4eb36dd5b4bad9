"""The index: exact against brute force, published whole, refused when damaged."""

import json
import os
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.types import NO_FILTERS, Rows, Space
from soundpalette.core.vector_index import FaissStore, Passing, VectorIndex
from soundpalette.errors import VectorIndexError
from tests.holdings import Held

SPACE = Space("test", "0123456789ab", 32)
ONE_FILE = {"name": "flat.faiss", "bytes": 1, "sha256": "0"}
SCORE = 1e-5
"""FAISS's inner products against numpy's."""


def rows(count: int, seed: int = 0) -> Rows:
    generator = np.random.default_rng(seed)
    vectors = generator.standard_normal((count, SPACE.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Rows(generator.choice(1 << 48, count, replace=False), vectors)


def published(folder: Path, count: int = 1000, generation: int = 1) -> Rows:
    made = rows(count)
    FaissStore(folder, SPACE).publish(Held(SPACE, made, generation))
    return made


def loaded(folder: Path) -> VectorIndex:
    index = FaissStore(folder, SPACE).load()
    assert index is not None
    return index


def unnormalised(seed: int) -> npt.NDArray[np.float32]:
    return (7 * np.random.default_rng(seed).standard_normal(SPACE.dimension)).astype(np.float32)


def test_publishing_replaces_the_older_file(tmp_path: Path) -> None:
    published(tmp_path, 10, 1)
    older = loaded(tmp_path)
    published(tmp_path, 20, 2)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".faiss", ".json"]
    assert (older.manifest.count, loaded(tmp_path).manifest.count) == (10, 20)
    assert len(older.query(rows(1).vectors[0], 99).ids) == 10


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_crash_at_any_step_of_publishing_leaves_the_older_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    published(tmp_path, 10, 1)
    calls = 0
    sync = os.fsync

    def crash(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt
        sync(handle)

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        published(tmp_path, 20, 2)
    monkeypatch.undo()
    assert loaded(tmp_path).manifest.count == (20 if step == 4 else 10)
    published(tmp_path, 30, 3)
    assert loaded(tmp_path).manifest.count == 30
    assert len(list(tmp_path.iterdir())) == 2


def test_one_flipped_bit_is_noticed(tmp_path: Path) -> None:
    published(tmp_path)
    file = next(tmp_path.glob("*.faiss"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(VectorIndexError, match="checksum is wrong.*run `soundpalette index`"):
        loaded(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"space": "another-000-32"}, "of the space another-000-32, the encoder's is test-0123456789ab-32"),
        ({"files": [ONE_FILE | {"name": "../elsewhere.faiss"}]}, "names a file outside its folder"),
        ({"files": [ONE_FILE | {"name": "gone.faiss"}]}, "its file is gone"),
        ({"count": 7}, "not what its manifest says"),
        ({"files": None}, "its manifest cannot be read"),
        ({"generation": "x"}, "its manifest cannot be read"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, object], words: str) -> None:
    published(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | change))
    with pytest.raises(VectorIndexError, match=words):
        loaded(tmp_path)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VectorIndexError, match="cannot be written.*is kept in the catalogue"):
        published(tmp_path / "file" / "index")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), st.integers(1, 60), st.floats(0, 1), st.integers(0, 1 << 20))
def test_of_chosen_ids_it_finds_what_brute_force_finds(count: int, k: int, share: float, seed: int) -> None:
    made = rows(count, seed)
    generator = np.random.default_rng(seed)
    chosen = generator.random(count) < share
    strangers = generator.integers(1 << 48, 1 << 49, 5)
    ids = generator.permutation(np.concatenate([made.ids[chosen], strangers]))
    with tempfile.TemporaryDirectory() as folder:
        FaissStore(Path(folder), SPACE).publish(Held(SPACE, made))
        matches = loaded(Path(folder)).query(unnormalised(seed), k, Passing(NO_FILTERS, lambda: ids))
    exact = made.vectors[chosen] @ unnormalised(seed)
    best = np.argsort(-exact)[:k]
    np.testing.assert_array_equal(matches.ids, made.ids[chosen][best])
    np.testing.assert_allclose(matches.scores, exact[best], atol=SCORE * 50)


def test_an_index_of_an_older_version_is_read(tmp_path: Path) -> None:
    made = published(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (file,) = manifest["files"]
    kept = {name: manifest[name] for name in ("space", "kind", "count", "generation", "stamp")}
    older = kept | {"file": file["name"], "bytes": file["bytes"], "sha256": file["sha256"]}
    (tmp_path / "manifest.json").write_text(json.dumps(older))
    assert FaissStore(tmp_path, SPACE).verify() == loaded(tmp_path).manifest
    np.testing.assert_array_equal(loaded(tmp_path).ids(), np.sort(made.ids))

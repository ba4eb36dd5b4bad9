"""Embeddings that already exist: matched by name, read without trust in their bytes, held against the encoder."""

import shutil
import threading
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.audio import DEFAULT_LIMITS
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders import clamp3
from soundpalette.core.encoders.base import unit
from soundpalette.core.encoders.clamp3 import Clamp3Encoder
from soundpalette.errors import EmbeddingError, IndexingError, ScanError
from soundpalette.indexing.embeddings import Matching, SoundFile, match, read_embedding
from soundpalette.indexing.imports import FileEngine, Importer, matched
from soundpalette.indexing.local import LocalEngine
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.conftest import index_store
from tests.sounds import kick, tone, write

PARITY = Path(__file__).parents[1] / "data" / "parity"
FILES = ("one_window", "tail_dropped", "exact_two_windows")
SAME_VECTOR = 1e-6
LARGE = 64 << 10


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Clamp3Encoder:
    models = tmp_path_factory.mktemp("models")
    return clamp3.load(mert=PARITY / "mert", clamp3=PARITY / "clamp3.pth", text=PARITY / "text", cache_dir=models)


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """Sounds that the reference implementation embedded."""
    folder = tmp_path / "sounds" / "kit"
    folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy(PARITY / f"{name}.flac", folder)
    return folder.parent


@pytest.fixture
def embeddings(tmp_path: Path) -> Path:
    """Its vectors of them, as it writes them."""
    folder = tmp_path / "embeddings" / "kit"
    folder.mkdir(parents=True)
    with np.load(PARITY / "expected.npz") as numbers:
        for name in FILES:
            np.save(folder / f"{name}.npy", numbers[f"audio/{name}"].reshape(1, -1))
    return folder.parent


def importer(catalogue: Catalogue, encoder: Clamp3Encoder, tmp_path: Path) -> Importer:
    def indexer_of(found: Mapping[Path, Path]) -> Indexer:
        engine = FileEngine(LocalEngine(encoder, DEFAULT_LIMITS, workers=0, batch_size=4), found, dimension(encoder))
        return Indexer(catalogue, encoder, index_store(tmp_path, encoder), Settings(batch_size=4), None, engine)

    return Importer(encoder, DEFAULT_LIMITS, indexer_of)


def dimension(encoder: Clamp3Encoder) -> int:
    return encoder.space.dimension


def test_what_the_reference_wrote_becomes_samples_and_an_index(
    catalogue: Catalogue, encoder: Clamp3Encoder, sounds: Path, embeddings: Path, tmp_path: Path
) -> None:
    write(sounds / "kit" / "short.wav", kick())
    matching = matched(embeddings, sounds, catalogue, dimension(encoder))
    assert [path.name for path in matching.without] == ["short.wav"]
    result = importer(catalogue, encoder, tmp_path).take(matching, sounds, Lines(), trust=False)
    assert result.report.counts.added == len(FILES)
    assert min(result.cosines) > 0.999
    root = catalogue.roots()[0]
    for path, known in catalogue.known_files(root.id, "", encoder.space).items():
        stored = catalogue.vector(known.id, encoder.space)
        assert stored is not None
        wanted = unit(np.load(embeddings / path.replace(".flac", ".npy"))[0])
        np.testing.assert_allclose(stored, wanted, atol=SAME_VECTOR)
        assert catalogue.traits([known.id])[known.id].loudness_lufs < 0
    index = index_store(tmp_path, encoder).load()
    assert index is not None
    assert index.manifest.count == len(FILES)
    again = importer(catalogue, encoder, tmp_path).take(matching, None, Lines(), trust=False)
    assert (again.report.counts.added, again.report.counts.unchanged) == (0, len(FILES))


def test_samples_that_an_import_does_not_name_are_left_as_they_are(
    catalogue: Catalogue, encoder: Clamp3Encoder, sounds: Path, embeddings: Path, tmp_path: Path
) -> None:
    write(sounds / "gone.wav", tone(300, 1.5))
    (sounds / "broken.wav").write_text("no audio")
    store = index_store(tmp_path, encoder)
    Indexer(catalogue, encoder, store, Settings(batch_size=4)).run([sounds], Lines())
    (sounds / "gone.wav").unlink()
    matching = matched(embeddings, None, catalogue, dimension(encoder))
    importer(catalogue, encoder, tmp_path).take(matching, None, Lines(), trust=True)
    assert catalogue.total() == len(FILES) + 1
    assert catalogue.failed(encoder.space) == 1


def test_vectors_of_another_model_are_refused_unless_they_are_trusted(
    catalogue: Catalogue, encoder: Clamp3Encoder, sounds: Path, embeddings: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    for path in embeddings.rglob("*.npy"):
        np.save(path, rng.standard_normal((1, dimension(encoder))).astype(np.float32))
    matching = matched(embeddings, sounds, catalogue, dimension(encoder))
    with pytest.raises(IndexingError, match="not of the clamp3 weights in use"):
        importer(catalogue, encoder, tmp_path).take(matching, sounds, Lines(), trust=False)
    assert catalogue.total() == 0
    result = importer(catalogue, encoder, tmp_path).take(matching, sounds, Lines(), trust=True)
    assert result.report.counts.added == len(FILES)


def test_a_sound_that_cannot_be_decoded_is_a_failure(
    catalogue: Catalogue, encoder: Clamp3Encoder, sounds: Path, embeddings: Path, tmp_path: Path
) -> None:
    whole = (sounds / "kit" / "one_window.flac").read_bytes()
    (sounds / "kit" / "one_window.flac").write_bytes(whole[: len(whole) // 2])
    matching = matched(embeddings, sounds, catalogue, dimension(encoder))
    report = importer(catalogue, encoder, tmp_path).take(matching, sounds, Lines(), trust=False).report
    assert (report.counts.added, report.counts.failed) == (len(FILES) - 1, 1)


# --- matching


def matching_of(folder: Path, paths: list[str]) -> Matching:
    return match(folder, [SoundFile(Path("/sounds"), path) for path in paths], 4)


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        np.save(folder / name, np.ones((1, 4), np.float32))
    return folder


def names(found: Matching) -> dict[str, str]:
    return {sound.name: path.name for sound, path in found.embeddings.items()}


def test_both_ways_of_naming_match(tmp_path: Path) -> None:
    folder = put(tmp_path, "a/kick.npy", "a/snare.wav.npy")
    found = matching_of(folder, ["a/kick.wav", "a/snare.wav", "b/kick.wav"])
    assert names(found) == {"kick.wav": "kick.npy", "snare.wav": "snare.wav.npy"}
    assert found.without == (Path("/sounds/b/kick.wav"),)
    assert found.refused == ()


def test_a_name_that_two_sounds_have_is_ambiguous_unless_it_is_whole(tmp_path: Path) -> None:
    found = matching_of(put(tmp_path, "kick.npy"), ["kick.mp3", "kick.wav"])
    assert names(found) == {}
    assert "2 audio files have its name" in found.refused[0].reason
    found = matching_of(put(tmp_path, "kick.wav.npy"), ["kick.mp3", "kick.wav"])
    assert names(found) == {"kick.wav": "kick.wav.npy", "kick.mp3": "kick.npy"}


def test_an_embedding_without_a_sound_says_so(tmp_path: Path) -> None:
    found = matching_of(put(tmp_path, "hat.npy"), ["kick.wav"])
    assert [Path(one.path).name for one in found.refused] == ["hat.npy"]
    assert "no audio file has its name" in found.refused[0].reason


def test_a_folder_that_is_not_there_and_no_root_are_sentences(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="name a folder of .npy files"):
        matching_of(tmp_path / "gone", [])
    with pytest.raises(ScanError, match="--root"):
        matched(tmp_path, None, catalogue, 4)


# --- strangers' files


def saved(array: npt.NDArray[np.generic], path: Path, *, allow_pickle: bool = False) -> Path:
    np.save(path, array, allow_pickle=allow_pickle)
    return path


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, ">f4"])
@pytest.mark.parametrize("shape", [(1, 4), (4,)])
def test_floats_of_every_size_are_read_at_unit_length(tmp_path: Path, kind: str, shape: tuple[int, ...]) -> None:
    path = saved(np.array([3, 0, 0, 4], kind).reshape(shape), tmp_path / "a.npy")
    np.testing.assert_allclose(read_embedding(path, 4), [0.6, 0, 0, 0.8], atol=SAME_VECTOR)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.ones((1, 3, 4), np.float32), "--get_global"),
        (np.ones((2, 4), np.float32), "of shape (2, 4)"),
        (np.ones(4, np.int64), "no array of float16"),
        (np.ones(4, np.complex64), "no array of float16"),
        (np.zeros(4, np.float32), "zero or not finite"),
        (np.array([1, 2, np.nan, 4], np.float32), "zero or not finite"),
        (np.array([1, 2, np.inf, 4], np.float32), "zero or not finite"),
        (np.ones((1, LARGE), np.float32), "one vector has at most"),
    ],
)
def test_what_is_no_vector_says_what_it_is(tmp_path: Path, array: npt.NDArray[np.generic], said: str) -> None:
    with pytest.raises(EmbeddingError) as caught:
        read_embedding(saved(array, tmp_path / "a.npy"), 4)
    assert said in caught.value.reason


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return threading.Thread, ("never",)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    path = saved(np.array([Bomb()], object), tmp_path / "a.npy", allow_pickle=True)
    with pytest.raises(EmbeddingError, match="no array of float16"):
        read_embedding(path, 4)


def test_a_link_and_a_pipe_are_not_opened(tmp_path: Path) -> None:
    import os

    (tmp_path / "link.npy").symlink_to(saved(np.ones(4, np.float32), tmp_path / "real.npy"))
    os.mkfifo(tmp_path / "pipe.npy")
    for name in ("link.npy", "pipe.npy"):
        with pytest.raises(EmbeddingError, match="is a link or no file"):
            read_embedding(tmp_path / name, 4)


def npy(header: bytes, body: bytes, version: tuple[int, int] = (1, 0)) -> bytes:
    length = len(header).to_bytes(2 if version == (1, 0) else 4, "little")
    return b"\x93NUMPY" + bytes(version) + length + header + body


SHAPES = st.one_of(
    st.lists(st.integers(-(2**70), 2**70), max_size=4).map(tuple),
    st.just((1, 4)),
    st.sampled_from(["(((", "-1", "None", "(4,", "[4]", "(True,)"]),
)
HEADERS = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda kind, shape: f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode(),
        st.sampled_from(["<f4", "<f8", "|O", "<U9", "f", "<f16", "V3", "", "<f4,<f4", "<m8[s]"]),
        SHAPES,
    ),
    st.integers(1, 3000).map(lambda depth: b"(" * depth),
)


@given(
    st.one_of(
        st.binary(max_size=600),
        st.builds(npy, HEADERS, st.binary(max_size=64), st.sampled_from([(1, 0), (2, 0), (3, 0), (9, 9)])),
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_bytes_come_a_vector_or_a_sentence_comes_back(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile.npy"
    path.write_bytes(data)
    try:
        vector = read_embedding(path, 4)
    except EmbeddingError as error:
        assert error.reason
    else:
        assert vector.shape == (4,)
        np.testing.assert_allclose(np.linalg.norm(vector), 1, atol=SAME_VECTOR)


@given(st.integers(0, 200), st.integers(0, 255))
@settings(max_examples=100, deadline=None)
def test_a_damaged_byte_ends_nothing(tmp_path_factory: pytest.TempPathFactory, place: int, value: int) -> None:
    whole = BytesIO()
    np.save(whole, np.ones((1, 4), np.float32))
    data = bytearray(whole.getvalue())
    data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.npy"
    path.write_bytes(bytes(data))
    try:
        assert np.isfinite(read_embedding(path, 4)).all()
    except EmbeddingError as error:
        assert error.reason

"""The CLaMP3 encoder against the numbers of the reference implementation (tests/data/parity, see its README)."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.audio import EXTENSIONS
from soundpalette.core.encoders import clamp3
from soundpalette.core.encoders.base import unit
from soundpalette.core.encoders.bert import Bert
from soundpalette.core.encoders.clamp3 import Clamp3Encoder
from soundpalette.core.encoders.runtime import fast_bfloat16, place
from soundpalette.core.encoders.tensors import Tensors
from soundpalette.core.types import Features, Vectors, Window
from soundpalette.errors import AudioError, EncoderError
from tests.conftest import CRATE

PARITY = Path(__file__).parents[2] / "data" / "parity"
TEXTS = json.loads((PARITY / "texts.json").read_text(encoding="utf-8"))
FILES = ("one_window_short", "one_window", "tail_dropped", "tail_kept", "exact_two_windows")
CLOSE = 0.999
"""Least cosine of a vector made in bfloat16 with the one made in float32."""
Numbers = Mapping[str, npt.NDArray[np.float32]]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def expected() -> Numbers:
    with np.load(PARITY / "expected.npz") as numbers:
        return dict(numbers)


@dataclass(frozen=True)
class Alone:
    window: Window
    features: Features


def load(cache: Path, device: str = "cpu", dtype: str = "float32") -> Clamp3Encoder:
    checkpoint, text = PARITY / "clamp3.pth", PARITY / "text"
    return clamp3.load(mert=PARITY / "mert", clamp3=checkpoint, text=text, cache_dir=cache, device=device, dtype=dtype)


def equal(found: npt.NDArray[np.float32], expected: npt.NDArray[np.float32]) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.fixture(scope="module")
def encoder(cache: Path) -> Iterator[Clamp3Encoder]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # towers this small only lose by more
    yield load(cache)
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", FILES)
def test_mert_features_equal_the_reference(encoder: Clamp3Encoder, expected: Numbers, name: str) -> None:
    equal(encoder.audio_features(PARITY / f"{name}.flac"), expected[f"features/{name}"])


@pytest.mark.parametrize("name", FILES)
def test_audio_vectors_equal_the_reference(encoder: Clamp3Encoder, expected: Numbers, name: str) -> None:
    vectors = encoder.embed_audio_files([PARITY / f"{name}.flac"], normalise=False)
    equal(vectors[0], expected[f"audio/{name}"])


def test_more_windows_than_one_segment_equal_the_reference(encoder: Clamp3Encoder, expected: Numbers) -> None:
    pooled = encoder.pool(expected["features/two_segments"])
    equal(pooled, expected["audio/two_segments"])


def test_files_pooled_together_equal_the_reference(encoder: Clamp3Encoder, expected: Numbers) -> None:
    names = (*FILES, "two_segments", *FILES)
    pooled = encoder.pool_all([expected[f"features/{name}"] for name in names])
    equal(pooled, np.stack([expected[f"audio/{name}"] for name in names]))
    assert encoder.pool_all([]).shape == (0, 48)


def test_token_ids_equal_the_reference(encoder: Clamp3Encoder, expected: Numbers) -> None:
    for position, text in enumerate(TEXTS):
        assert encoder.text_ids(text) == expected[f"ids/{position}"].tolist()


def test_text_vectors_equal_the_reference_together_and_alone(encoder: Clamp3Encoder, expected: Numbers) -> None:
    together = encoder.embed_text(TEXTS, normalise=False)
    for position, text in enumerate(TEXTS):
        equal(together[position], expected[f"text/{position}"])
        equal(encoder.embed_text([text], normalise=False)[0], expected[f"text/{position}"])


def test_features_of_a_window_do_not_depend_on_its_batch(encoder: Clamp3Encoder) -> None:
    sound = np.random.default_rng(2).standard_normal(130_000).astype(np.float32)
    sizes = (24_000, 60_000, 24_000, 55_555, 60_000, 24_000, 24_000, 24_000)
    windows = [np.ascontiguousarray(sound[start : start + size]) for start, size in enumerate(sizes)]
    together = encoder.embed_windows(windows)
    alone = np.concatenate([encoder.embed_windows([window]) for window in windows])
    equal(together, alone)


LENGTHS = (24_000, 24_001, 30_399, 30_400, 30_401, 71_234, 119_999, 120_000)


@pytest.fixture(scope="module")
def alone(encoder: Clamp3Encoder) -> dict[int, Alone]:
    """A window of each length, and its features when it was embedded with no other."""
    sound = np.random.default_rng(4).standard_normal(130_000).astype(np.float32)
    windows = {length: sound[length % 9_999 :][:length].copy() for length in LENGTHS}
    return {length: Alone(window, encoder.embed_windows([window])) for length, window in windows.items()}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.sampled_from(LENGTHS), min_size=1, max_size=3), min_size=1, max_size=3))
def test_a_file_does_not_depend_on_what_shares_its_batch(
    encoder: Clamp3Encoder, alone: dict[int, Alone], files: list[list[int]]
) -> None:
    rows = iter(encoder.embed_windows([alone[length].window for file in files for length in file]))
    together = encoder.pool_all([np.stack(list(islice(rows, len(file)))) for file in files])
    for vector, file in zip(together, files, strict=True):
        equal(vector, encoder.pool(np.concatenate([alone[length].features for length in file])))


def test_vectors_are_unit_length_unless_asked_otherwise(encoder: Clamp3Encoder) -> None:
    vectors = [*encoder.embed_text(TEXTS[:2]), *encoder.embed_audio_files([PARITY / "one_window.flac"])]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_a_clip_under_one_second_is_embedded(encoder: Clamp3Encoder, tmp_path: Path) -> None:
    sound = np.random.default_rng(3).standard_normal(2_000).astype(np.float32) * 0.1
    soundfile.write(tmp_path / "click.wav", sound, 44_100)
    (vector,) = encoder.embed_audio_files([tmp_path / "click.wav"])
    assert np.isfinite(vector).all()


def test_damage_names_the_file(encoder: Clamp3Encoder, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("not audio")
    with pytest.raises(AudioError, match=r"text\.wav"):
        encoder.embed_audio_files([tmp_path / "text.wav"])


def test_lines_of_a_text_are_sentences_of_their_own_each_once(encoder: Clamp3Encoder) -> None:
    first, second = encoder.text_ids("warm pad"), encoder.text_ids("deep bass")
    assert encoder.text_ids("warm pad\n\ndeep bass\nwarm pad\n") == [*first, *second[1:]]


def test_no_texts_make_no_vectors(encoder: Clamp3Encoder) -> None:
    assert encoder.text_features([]).shape == (0, 48)


def test_half_a_character_is_refused_in_one_sentence(encoder: Clamp3Encoder) -> None:
    with pytest.raises(EncoderError, match="lone surrogate"):
        encoder.embed_text(["kick \ud800"])


def test_bfloat16_stays_close_to_float32(encoder: Clamp3Encoder, cache: Path) -> None:
    short = load(cache, dtype="bfloat16")
    path = [PARITY / "tail_kept.flac"]
    assert short.embed_text(TEXTS).dtype == np.float32
    assert (short.embed_text(TEXTS) * encoder.embed_text(TEXTS)).sum(axis=1).min() > 0.999
    assert (short.embed_audio_files(path) * encoder.embed_audio_files(path)).sum() > 0.999
    assert short.space == encoder.space


def test_bfloat16_stays_close_to_float32_on_every_sound_of_the_crate(encoder: Clamp3Encoder, cache: Path) -> None:
    files = sorted(path for path in CRATE.rglob("*") if path.suffix.lower() in EXTENSIONS)
    windows = [list(encoder.windows(path)) for path in files]
    vectors = []
    for one in (encoder, load(cache, dtype="bfloat16")):
        rows = iter(one.embed_windows([window for each in windows for window in each]))
        vectors.append(unit(one.pool_all([np.stack(list(islice(rows, len(each)))) for each in windows])))
    cosines = (vectors[0] * vectors[1]).sum(axis=1)
    assert len(files) > 60
    assert cosines.min() > CLOSE


def test_auto_is_bfloat16_where_the_processor_has_instructions_for_it() -> None:
    import torch

    assert place("cpu", "auto").dtype == (torch.bfloat16 if fast_bfloat16() else torch.float32)


def test_threads_load_a_tower_once_and_a_released_tower_comes_back(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def counted(tensors: Tensors, *rest: Any) -> Bert:
        loaded.append(tensors.file.name)
        return Bert(tensors, *rest)

    monkeypatch.setattr(clamp3, "Bert", counted)
    encoder = load(cache)
    vectors: list[Vectors] = []
    threads = [threading.Thread(target=lambda: vectors.append(encoder.embed_text(["kick"]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == ["text.safetensors"]
    encoder.release()
    np.testing.assert_array_equal(encoder.embed_text(["kick"]), vectors[0])
    assert loaded == ["text.safetensors"] * 2


def test_unknown_or_missing_device_is_one_clear_sentence(cache: Path) -> None:
    with pytest.raises(EncoderError, match=r"^device is 'gpu'; auto, cpu, mps, cuda are allowed$"):
        load(cache, device="gpu")
    with pytest.raises(EncoderError, match=r"^dtype is 'float16'; auto, float32, bfloat16 are allowed$"):
        load(cache, dtype="float16")
    with pytest.raises(EncoderError, match=r"finds no mps device; set .* to auto or cpu"):
        load(cache, device="mps").load_text()


PROBE = """
import sys
from soundpalette.core.encoders import clamp3, mert, weights
folder, cache = sys.argv[1:]
encoder = clamp3.load(mert=folder + "/mert", clamp3=folder + "/clamp3.pth", text=folder + "/text", cache_dir=cache)
encoder.space, encoder.windows
assert not {"torch", "transformers", "huggingface_hub", "tokenizers"} & set(sys.modules), "imported too early"
assert encoder.embed_text(["kick"]).shape == (1, 48)
assert "transformers" not in sys.modules, "a text query imported transformers"
assert encoder._mert._made is None and encoder._audio._made is None, "a text query loaded an audio tower"
assert encoder.audio_features(folder + "/one_window.flac").shape == (1, 48)
assert "transformers" not in sys.modules, "MERT imported transformers"
print("fine", encoder.space.key)
"""


def test_nothing_is_imported_early_and_a_text_query_loads_its_tower_alone(encoder: Clamp3Encoder, cache: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", PROBE, PARITY, cache], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout.split() == ["fine", encoder.space.key]

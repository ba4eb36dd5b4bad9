"""The CLaMP3 encoder against the numbers of the reference implementation (tests/data/parity, see its README)."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.encoders import clamp3, mert
from soundpalette.core.encoders.clamp3 import Clamp3Encoder
from soundpalette.errors import AudioError, EncoderError

PARITY = Path(__file__).parents[2] / "data" / "parity"
TEXTS = json.loads((PARITY / "texts.json").read_text(encoding="utf-8"))
FILES = ("one_window_short", "one_window", "tail_dropped", "tail_kept", "exact_two_windows")
EQUAL = {"rtol": 0.0, "atol": 1e-5}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def expected() -> Mapping[str, np.ndarray]:
    with np.load(PARITY / "expected.npz") as numbers:
        return dict(numbers)


def load(cache: Path, **settings: str) -> Clamp3Encoder:
    return clamp3.load(
        mert=PARITY / "mert", clamp3=PARITY / "clamp3.pth", text=PARITY / "text", cache_dir=cache, **settings
    )


@pytest.fixture(scope="module")
def encoder(cache: Path) -> Clamp3Encoder:
    return load(cache, device="cpu")


@pytest.mark.parametrize("name", FILES)
def test_mert_features_equal_the_reference(encoder, expected, name):
    np.testing.assert_allclose(encoder.audio_features(PARITY / f"{name}.flac"), expected[f"features/{name}"], **EQUAL)


@pytest.mark.parametrize("name", FILES)
def test_audio_vectors_equal_the_reference(encoder, expected, name):
    vectors = encoder.embed_audio_files([PARITY / f"{name}.flac"], normalise=False)
    np.testing.assert_allclose(vectors[0], expected[f"audio/{name}"], **EQUAL)


def test_more_windows_than_one_segment_equal_the_reference(encoder, expected):
    pooled = encoder.pool(expected["features/two_segments"])
    np.testing.assert_allclose(pooled, expected["audio/two_segments"], **EQUAL)


def test_token_ids_equal_the_reference(encoder, expected):
    _, tokenizer = encoder._text.get()
    for position, text in enumerate(TEXTS):
        assert clamp3._ids(tokenizer, text) == expected[f"ids/{position}"].tolist()


def test_text_vectors_equal_the_reference_together_and_alone(encoder, expected):
    together = encoder.embed_text(TEXTS, normalise=False)
    for position, text in enumerate(TEXTS):
        np.testing.assert_allclose(together[position], expected[f"text/{position}"], **EQUAL)
        np.testing.assert_allclose(encoder.embed_text([text], normalise=False)[0], expected[f"text/{position}"], **EQUAL)

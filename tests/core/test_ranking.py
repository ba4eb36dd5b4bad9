"""Near-duplicates, variety and avoiding, on vectors whose answer is known and on real files."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.ranking import (
    Candidates,
    Group,
    collapse,
    diversify,
    pull,
    scaled,
    steer_away,
)
from soundpalette.core.types import Vectors
from tests.sounds import hat, kick, noise, tone, write


def at(*degrees: float) -> Vectors:
    """Unit vectors in the plane."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def candidates(vectors: Vectors, hashes: str = "", seconds: list[float] | None = None) -> Candidates:
    names = list(hashes) or [str(k) for k in range(len(vectors))]
    return Candidates(vectors, names, seconds or [1.0] * len(vectors))


def test_near_sounds_of_like_length_become_one_hit_with_a_count() -> None:
    assert collapse(candidates(at(0, 1, 60, 2, 61)), 1.0) == [Group(0, 2), Group(2, 1)]


def test_equal_files_become_one_hit_whatever_their_vectors() -> None:
    assert collapse(candidates(at(0, 50, 90), "aba"), 1.0) == [Group(0, 1), Group(1, 0)]


def test_a_long_and_a_short_version_stay_two() -> None:
    assert len(collapse(candidates(at(0, 0), seconds=[1.0, 2.0]), 1.0)) == 2


def test_the_threshold_follows_how_far_sounds_of_a_library_lie_apart() -> None:
    assert len(collapse(candidates(at(0, 10)), 1.0)) == 1
    assert len(collapse(candidates(at(0, 10)), 0.1)) == 2


def test_likeness_does_not_chain() -> None:
    assert collapse(candidates(at(0, 14, 28)), 1.0) == [Group(0, 1), Group(2, 0)]


def test_copies_at_other_levels_and_formats_collapse_and_other_sounds_do_not(compact: Encoder, tmp_path: Path) -> None:
    files = [
        write(tmp_path / "kick.wav", kick()),
        write(tmp_path / "quiet.wav", 0.1 * kick()),
        write(tmp_path / "lossy.ogg", kick()),
        write(tmp_path / "lossy.mp3", kick()),
        write(tmp_path / "hat.wav", hat(0.4)),
        write(tmp_path / "noise.wav", noise(0.4)),
        write(tmp_path / "tone.wav", tone(440, 0.4)),
    ]
    vectors = compact.embed_audio_files(files)
    groups = collapse(candidates(vectors, seconds=[0.4] * len(files)), 0.5)
    assert groups == [Group(0, 3), Group(4, 0), Group(5, 0), Group(6, 0)]


def test_without_diversity_the_order_of_the_marks_stays() -> None:
    assert diversify(np.array([0.1, 0.9, 0.5]), at(0, 1, 2), 0.0, 3) == [1, 2, 0]


def test_diversity_takes_the_best_and_then_something_else() -> None:
    vectors, marks = at(0, 1, 2, 80), np.array([1.0, 0.99, 0.98, 0.5])
    assert diversify(marks, vectors, 0.0, 2) == [0, 1]
    assert diversify(marks, vectors, 0.6, 2) == [0, 3]
    assert diversify(marks, vectors, 1.0, 2) == [0, 3]


@given(st.integers(0, 12), st.integers(1, 15), st.floats(0, 1), st.integers(0, 99))
def test_diversity_gives_k_different_candidates_or_all(n: int, k: int, diversity: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    vectors = unit(generator.standard_normal((n, 4)).astype(np.float32)) if n else np.zeros((0, 4), np.float32)
    taken = diversify(generator.random(n), vectors, diversity, k)
    assert len(taken) == len(set(taken)) == min(n, k)


def test_avoiding_turns_the_order_of_what_is_and_is_not_avoided() -> None:
    query, avoided = at(0, 60)
    with_it, without = at(20, -25)
    assert query @ with_it > query @ without
    away = steer_away(query, avoided)
    assert away @ with_it < away @ without
    assert np.linalg.norm(away) == pytest.approx(1)


def test_avoiding_reverb_sends_the_reverberant_one_down(compact: Encoder, tmp_path: Path) -> None:
    """Noise that dies away over two seconds laid over a kick is a room."""
    time = np.arange(2 * 44_100) / 44_100
    room = noise(2.0, seed=3) * np.exp(-time * 2.5)
    wet = np.convolve(kick(), room)[: len(time)]
    files = [
        write(tmp_path / "dry.wav", kick()),
        write(tmp_path / "wet.wav", (wet / np.abs(wet).max()).astype(np.float32)),
    ]
    dry_vector, wet_vector = compact.embed_audio_files(files)
    query, avoided = compact.embed_text(["kick drum", "long reverb"])
    away = steer_away(query, avoided)
    assert away @ dry_vector - away @ wet_vector > query @ dry_vector - query @ wet_vector


def test_a_query_that_is_what_it_avoids_stays() -> None:
    half = np.array([0.5, 0.0], np.float32)
    np.testing.assert_array_equal(steer_away(half, np.array([1.0, 0.0], np.float32)), half)


def test_a_fit_pulls_as_much_as_its_weight() -> None:
    marks, fit = np.array([0.2, 0.1]), np.array([0.0, 1.0])
    assert pull(marks, fit, 0.0).tolist() == [1, 0]
    assert pull(marks, fit, 1.0).tolist() == [0, 1]
    assert pull(marks, fit, 0.5).tolist() == [0.5, 0.5]


def test_equal_marks_are_all_best_and_none_are_none() -> None:
    assert scaled(np.array([3.0, 3.0])).tolist() == [1, 1]
    assert scaled(np.array([])).size == 0

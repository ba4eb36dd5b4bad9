"""The plane: near what sounds alike, the same for the same, lying on the older one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.projection import FEW, aligned, beside, project, scaled, within
from soundpalette.core.types import Places, Vectors
from soundpalette.core.vector_index.nearest import FEW as COMPARED
from soundpalette.core.vector_index.nearest import Nearest

KINDS = 6


def unit_vectors(count: int, seed: int = 0, dimension: int = 32) -> Vectors:
    """Around six directions, in turn."""
    rng = np.random.default_rng(seed)
    middles = np.random.default_rng(99).standard_normal((KINDS, dimension))
    vectors = middles[np.arange(count) % KINDS] + 0.4 * rng.standard_normal((count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def square(count: int, seed: int = 0) -> Places:
    return np.asarray(np.random.default_rng(seed).random((count, 2)))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 11, FEW - 1, FEW, 200])
def test_a_library_of_any_size_fits_into_the_square(count: int) -> None:
    places = project(unit_vectors(count))
    assert places.shape == (count, 2)
    assert ((places >= 0) & (places <= 1)).all()
    if count > 2:
        assert np.ptp(places, axis=0).max() == pytest.approx(0.9)


def test_the_same_vectors_make_the_same_plane() -> None:
    np.testing.assert_array_equal(project(unit_vectors(300)), project(unit_vectors(300)))


def test_sounds_of_one_kind_lie_nearer_to_each_other_than_to_others() -> None:
    places = project(unit_vectors(300))
    kind = np.arange(300) % KINDS
    distances = np.linalg.norm(places[:, None] - places[None], axis=-1)
    same = kind[:, None] == kind[None]
    assert np.median(distances[same]) < 0.3 * np.median(distances[~same])


@pytest.mark.parametrize("count", [10, 150])
def test_equal_vectors_lie_in_one_place(count: int) -> None:
    vectors = unit_vectors(count)
    vectors[count // 2 :] = vectors[0]
    places = project(vectors)
    assert np.isfinite(places).all()
    assert (places[count // 2 :] == places[0]).all()


@given(angle=st.floats(0, 2 * np.pi), scale=st.floats(0.05, 20), mirrored=st.booleans(), shift=st.floats(-5, 5))
def test_a_turned_mirrored_and_scaled_plane_is_laid_back(
    angle: float, scale: float, mirrored: bool, shift: float
) -> None:
    places = square(30)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = places * (-1 if mirrored else 1, 1) @ turn * scale + shift
    known = places.copy()
    known[20:] = np.nan
    np.testing.assert_allclose(aligned(moved, known), places, atol=1e-9)


def test_with_fewer_than_two_older_places_there_is_nothing_to_lie_on() -> None:
    older = np.full((5, 2), np.nan)
    older[0] = 0.2, 0.3
    np.testing.assert_array_equal(aligned(square(5), older), scaled(square(5)))


def test_a_plane_within_the_square_is_left_alone_and_another_is_scaled_to_it() -> None:
    np.testing.assert_array_equal(within(square(9)), square(9))
    np.testing.assert_allclose(within(3 * square(9)), scaled(square(9)))


def test_a_plane_made_anew_keeps_what_was_there_near_its_place() -> None:
    vectors = unit_vectors(400)
    older = np.full((400, 2), np.nan)
    older[:320] = project(vectors[:320])
    moved = np.linalg.norm(project(vectors, older)[:320] - older[:320], axis=1)
    assert np.median(moved) < 0.1


def test_a_later_sound_is_placed_at_its_twin_and_between_those_as_near_as_each_other() -> None:
    vectors = np.eye(4, dtype=np.float32)
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    between = np.full((1, 4), 0.5, np.float32)
    near = Nearest(vectors)
    np.testing.assert_allclose(beside(near.query(vectors[2:3], 4), corners), [[1, 1]], atol=1e-6)
    np.testing.assert_allclose(beside(near.query(between, 4), corners), [[0.5, 0.5]])


def test_among_many_rows_nearly_all_of_the_nearest_are_found() -> None:
    vectors, asked = unit_vectors(COMPARED + 1000), unit_vectors(100, seed=1)
    exact = np.argsort(-asked @ vectors.T, axis=1)[:, :5]
    found = Nearest(vectors).query(asked, 5).positions
    assert np.mean([len(set(one) & set(other)) / 5 for one, other in zip(exact, found, strict=True)]) > 0.9

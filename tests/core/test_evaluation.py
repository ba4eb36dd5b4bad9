"""Figures on rankings whose values are known by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundpalette.core.evaluation import interval, judge, labels_by_csv, labels_by_folder, name_scores, same_class
from soundpalette.errors import RequestError

CHANCE = 0.05
"""Of averages over shuffles."""


def test_a_ranking_has_the_figures_that_a_hand_finds() -> None:
    scores = np.array([[0.9, 0.8, 0.7, 0.6, 0.5]], np.float32)
    right = np.array([[False, True, False, True, False]])
    (query,) = judge(["kick"], scores, right).each
    assert query.right == 2
    assert query.average_precision == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert query.precision_at_10 == 1.0
    assert query.reciprocal_rank == pytest.approx(1 / 2)
    assert query.hit_at_1 == 0.0


def test_equal_scores_give_what_chance_gives() -> None:
    right = np.zeros((1, 100), np.bool_)
    right[0, :10] = True
    (query,) = judge(["kick"], np.zeros((1, 100), np.float32), right).each
    assert query.average_precision == pytest.approx(0.13, abs=CHANCE)
    assert query.hit_at_1 == pytest.approx(0.10, abs=2 * CHANCE)


@given(st.integers(2, 30), st.integers(1, 29), st.integers(0, 1000))
def test_a_perfect_ranking_is_one_and_none_is_beyond(samples: int, rights: int, seed: int) -> None:
    right = np.zeros((1, samples), np.bool_)
    right[0, : min(rights, samples)] = True
    perfect = judge(["x"], right.astype(np.float32) + np.linspace(0.1, 0, samples, dtype=np.float32), right)
    assert perfect.mean_average_precision.mean == pytest.approx(1.0)
    shuffled = judge(["x"], np.random.default_rng(seed).random((1, samples), np.float32), right).each[0]
    assert 0 < shuffled.average_precision <= 1
    assert 0 < shuffled.reciprocal_rank <= 1


def test_words_in_file_names_are_found() -> None:
    scores = name_scores(["kick drum", "hat"], ["BD_Kick-02b.wav", "drum kick.wav", "x.wav"])
    np.testing.assert_array_equal(scores, [[1, 2, 0], [0, 0, 0]])


def test_the_nearest_sounds_of_the_same_class_are_counted() -> None:
    vectors = np.array([[1, 0], [1, 0], [0.6, 0.8], [0, 1]], np.float32)
    right = np.array([[True, True, False, False], [False, False, True, True]])
    assert same_class(vectors, right).mean == 1.0
    mixed = np.array([[True, False, True, False], [False, True, False, True]])
    assert same_class(vectors, mixed).mean == 0.0


def test_an_interval_holds_its_mean() -> None:
    found = interval([0.0, 1.0] * 50)
    assert found.mean == 0.5
    assert found.low == pytest.approx(0.4, abs=0.05)
    assert found.high == pytest.approx(0.6, abs=0.05)
    assert interval([]).mean == 0


def test_folders_and_tables_become_labels(tmp_path: Path) -> None:
    files = [tmp_path / "hi_hats" / "a.wav", tmp_path / "808-kicks" / "b.wav", tmp_path / "loose.wav"]
    told = labels_by_folder(tmp_path, files)
    assert told.queries == ("hi hats", "808 kicks")
    np.testing.assert_array_equal(told.right(files[:2]), [[True, False], [False, True]])
    table = tmp_path / "labels.csv"
    table.write_text("path,query\nhi_hats/a.wav,closed hat\nloose.wav,closed hat\nloose.wav,noise\n")
    told = labels_by_csv(tmp_path, table, files)
    assert told.queries == ("closed hat", "noise")
    assert told.files[files[2]] == {0, 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file,label\na,b\n", "path and query are wanted"),
        ("path,query\nnone.wav,kick\n", "names 'none.wav', which is no audio file"),
    ],
)
def test_a_table_that_does_not_fit_is_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(RequestError, match=words):
        labels_by_csv(tmp_path, tmp_path / "labels.csv", [tmp_path / "a.wav"])

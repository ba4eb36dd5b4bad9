"""Strengths over vectors whose answer is known, and over the real encoder's."""

import numpy as np
import pytest

from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.music.words import load_vocabulary
from soundpalette.core.strength import MOST_SAMPLED, Bank, calibrate, make_bank, strength
from soundpalette.core.types import Vectors
from tests.conftest import CRATE


def scattered(n: int, seed: int = 0, dimension: int = 16) -> Vectors:
    """Unit vectors around a common direction, as an encoder's are."""
    drawn = np.random.default_rng(seed).standard_normal((n, dimension)).astype(np.float32)
    drawn[:, 0] += 2
    return unit(drawn)


def a_bank(n: int, dimension: int = 16) -> Bank:
    return make_bank(scattered(n, dimension=dimension), scattered(60, seed=9, dimension=dimension))


def test_a_sound_that_fits_a_query_better_than_any_fits_the_bank_is_strong() -> None:
    bank = a_bank(50)
    asked = scattered(1, seed=1)[0]
    hits = np.stack([bank.leaned(asked)] * 3)
    assert (calibrate(bank, scattered(40, seed=2)).of_text(asked, hits) > 0.95).all()


def test_a_sound_opposite_to_the_query_is_weak() -> None:
    bank = a_bank(50)
    asked = scattered(1, seed=1)[0]
    evidence = calibrate(bank, scattered(40, seed=2)).of_text(asked, -bank.leaned(asked)[None])
    assert [strength(e) for e in evidence] == ["weak"]


def test_better_hits_have_more_evidence() -> None:
    bank, library = a_bank(50), scattered(60, seed=3)
    calibration = calibrate(bank, library)
    asked = scattered(1, seed=4)[0]
    ranked = library[np.argsort(-(library @ bank.leaned(asked)))]
    assert (np.diff(calibration.of_text(asked, ranked)) <= 0).all()
    near = library[np.argsort(-((library - calibration.middle) @ library[0]))]
    assert calibration.of_audio(library[0], near)[0] > 0.5


def test_of_two_equally_near_hits_that_to_a_query_that_all_sounds_are_near_has_less_evidence() -> None:
    common, rare = scattered(2, seed=1)
    plain = make_bank(scattered(50), scattered(0))
    bank = make_bank(scattered(50), unit(scattered(60, seed=9) + 3 * plain.leaned(common)))
    calibration = calibrate(bank, scattered(40, seed=2))
    evidence = [calibration.of_text(asked, bank.leaned(asked)[None]) for asked in (common, rare)]
    assert evidence[0] < evidence[1]
    middle = calibration.middle
    evidence = [calibration.of_audio(asked, unit(asked + middle)[None]) for asked in (common, rare)]
    assert evidence[0] < evidence[1]


def test_an_encoder_without_a_cohort_still_tells_strengths() -> None:
    calibration = calibrate(make_bank(scattered(50), scattered(0)), library := scattered(40, seed=2))
    asked = scattered(1, seed=1)[0]
    for evidence in (calibration.of_text(asked, library), calibration.of_audio(asked, library)):
        assert (evidence > 0).all()
        assert (evidence < 1).all()


def test_hybrid_evidence_lies_between_that_of_its_parts() -> None:
    calibration = calibrate(a_bank(50), scattered(60, seed=3))
    text, sound = scattered(2, seed=5)
    hits = scattered(10, seed=6)
    words, audio = calibration.of_text(text, hits), calibration.of_audio(sound, hits)
    mixed = calibration.of_both(text, sound, 0.3, hits)
    np.testing.assert_allclose(mixed, 0.3 * words + 0.7 * audio)


def test_no_hits_give_no_evidence() -> None:
    calibration = calibrate(a_bank(50), scattered(20, seed=3))
    assert calibration.of_text(scattered(1)[0], scattered(0)).shape == (0,)
    assert calibration.of_audio(scattered(1)[0], scattered(0)).shape == (0,)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_library_of_few_sounds_gives_finite_evidence(n: int) -> None:
    library = scattered(n, seed=3)
    calibration = calibrate(a_bank(5), library)
    for evidence in (calibration.of_text(scattered(1)[0], library), calibration.of_audio(library[0], library)):
        assert np.isfinite(evidence).all()


def test_equal_sounds_give_finite_evidence() -> None:
    library = np.repeat(scattered(1, seed=3), 8, axis=0)
    calibration = calibrate(a_bank(5), library)
    assert np.isfinite(calibration.of_audio(library[0], library)).all()
    assert calibration.distance > 0


def test_an_empty_library_and_a_bank_of_one_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        calibrate(a_bank(5), scattered(0))
    with pytest.raises(ValueError, match="1 background queries came"):
        a_bank(1)


def test_the_distance_is_the_mean_over_pairs() -> None:
    library = scattered(30, seed=3)
    cosines = library @ library.T
    expected = 1 - (cosines.sum() - 30) / (30 * 29)
    assert calibrate(a_bank(5), library).distance == pytest.approx(expected, abs=1e-4)


def test_the_same_library_beyond_the_bound_gives_the_same_calibration() -> None:
    bank, library = a_bank(8, dimension=4), scattered(MOST_SAMPLED + 500, seed=3, dimension=4)
    one, two = calibrate(bank, library), calibrate(bank, library)
    assert (one.text, one.audio, one.distance) == (two.text, two.audio, two.distance)


def test_what_a_crate_holds_is_stronger_than_what_it_lacks(compact: Encoder) -> None:
    """Drums alone: kicks, snares and hats are there, voices and sounds of nature are not."""
    library = compact.embed_audio_files(sorted((CRATE / "drums").iterdir()))
    calibration = calibrate(make_bank(compact.embed_text(load_vocabulary().background), compact.cohort()), library)

    def best(query: str) -> float:
        return float(calibration.of_text(compact.embed_text([query])[0], library).max())

    there = [best(query) for query in ("kick drum", "snare drum", "hi-hat", "cymbal", "tom")]
    absent = [best(query) for query in ("flute melody", "someone talking", "church organ", "ocean", "violin")]
    assert min(there) > np.mean(absent)
    assert {strength(e) for e in there} <= {"strong", "fair"}
    assert [strength(e) for e in absent].count("strong") == 0

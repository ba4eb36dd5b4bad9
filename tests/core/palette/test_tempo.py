"""Stretches, and the tempo that sounds agree on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.palette import tempo
from soundpalette.core.types import Fact

BPM = st.floats(tempo.MIN_BPM, tempo.MAX_BPM)


def told(*values: float | None) -> list[Fact[float] | None]:
    return [None if value is None else Fact(value, "name", 0.9) for value in values]


def test_the_tempo_of_the_most_wins_and_the_others_are_stretched() -> None:
    together = tempo.consensus(told(126, 126, 120, None))
    assert together.bpm == 126
    assert together.stretches == (1.0, 1.0, 126 / 120, None)
    assert together.deviating == (2,)


def test_half_and_double_time_agree() -> None:
    together = tempo.consensus(told(87, 174, 174))
    assert (together.bpm, together.deviating) == (174, ())
    assert tempo.stretch(87, 174) == tempo.stretch(174, 87) == 1.0


def test_one_percent_off_is_no_deviation() -> None:
    assert tempo.consensus(told(124, 124, 125)).deviating == ()
    assert tempo.consensus(told(124, 124, 126)).deviating == (2,)


def test_what_is_sure_counts_more_than_what_is_guessed() -> None:
    guesses: list[Fact[float] | None] = [Fact(100.0, "sound", 0.3), Fact(100.0, "sound", 0.3), Fact(140.0, "name", 0.9)]
    assert tempo.consensus(guesses).bpm == 140


def test_a_target_is_the_tempo_to_meet() -> None:
    together = tempo.consensus(told(120, 120), target=126)
    assert together.bpm == 126
    assert together.deviating == (0, 1)


def test_without_tempos_there_is_none() -> None:
    assert tempo.consensus(told(None, None)) == tempo.Consensus(None, (None, None))
    assert tempo.consensus([]) == tempo.Consensus(None, ())


@settings(deadline=None)
@given(BPM, BPM)
def test_a_stretch_never_exceeds_half_an_octave_and_meets_the_tempo(bpm: float, to: float) -> None:
    factor = tempo.stretch(bpm, to)
    assert 2**-0.51 < factor < 2**0.51
    octaves = bpm * factor / to
    assert min(abs(octaves / 2**n - 1) for n in range(-6, 7)) < 1e-9
    assert 0 < tempo.fit(factor) <= 1


@settings(deadline=None)
@given(st.lists(BPM, min_size=1, max_size=8))
def test_the_consensus_does_not_depend_on_the_order(values: list[float]) -> None:
    assert tempo.consensus(told(*values)).bpm == tempo.consensus(told(*sorted(values))).bpm

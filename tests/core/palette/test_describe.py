"""What is told of a set of known members, in figures and in words."""

import pytest

from soundpalette.core.palette import describe, parse
from soundpalette.core.palette.summary import summary
from tests.core.palette.values import HIGH, LOW, SUB, member, traits

KICK = member("kick.wav", traits(role="kick", bands=SUB, loudness_lufs=-8.0))
SUBBASS = member("sub.wav", traits(126, "A minor", role="bass", bands=(0.9, 0.1, 0.0, 0.0)), 80, 4.0)
CHORDS = member("chords.wav", traits(120, "B major", role="chord", bands=LOW), 100, 4.0)
LEAD = member("lead.wav", traits(126, "A minor", role="lead", bands=HIGH, loudness_lufs=-30.0), 120, 4.0)
SET = [KICK, SUBBASS, CHORDS, LEAD]


def test_a_set_is_described_as_a_whole() -> None:
    described = describe(SET)
    assert (described.tempo.bpm, described.tempo.deviating) == (126, (2,))
    assert (described.harmony.key, described.harmony.clashing) == ("A minor", (2,))
    assert [(f.first, f.second, f.band) for f in described.fights] == [(0, 1, "sub")]
    assert described.loudness_spread == 22
    assert described.together.outlier == 0
    assert described.roles == ("kick", "bass", "chord", "lead")
    assert [lack.role for lack in described.lacking] == ["snare", "hi-hat", "fx"]
    assert described.target is None


def test_a_target_tells_what_fits_and_what_to_search() -> None:
    target = parse("dark minimal techno, 126 BPM, A minor")
    described = describe(SET, target, SUBBASS.vector)
    assert described.kind == "house and techno"
    assert described.lacking[0].query == "dark minimal techno clap"
    assert described.target is not None
    assert described.target.key == pytest.approx(2 / 3)
    assert described.target.tempo == pytest.approx(0.79, abs=0.01)
    assert described.target.farthest == 0


def test_near_duplicates_are_named_and_fight_nobody() -> None:
    twin = member("sub copy.wav", SUBBASS.traits, 80, 4.0)
    described = describe([SUBBASS, twin, LEAD])
    assert described.duplicates == ((0, 1),)
    assert described.fights == ()
    longer = member("long.wav", SUBBASS.traits, 80, 8.0)
    assert describe([SUBBASS, longer, LEAD]).duplicates == ()


def test_the_paragraph_says_it_in_words() -> None:
    target = parse("dark minimal techno, 126 BPM, A minor")
    assert summary(describe(SET, target, SUBBASS.vector), target) == (
        "4 sounds: kick, bass, chord, lead. "
        'Tempo 126 BPM (2 of 3 with a tempo agree); "chords.wav" plays at 1.05 times its speed to meet it. '
        'Key A minor; "chords.wav" (B major) clashes unless transposed by +1 semitone to C. '
        'Power: sub 81%, low 18%, mid 0%, high 0%; hardly any mid or high; '
        '"kick.wav" and "sub.wav" fight for the sub band. '
        'Loudness spreads over 22 LU, from "lead.wav" to "kick.wav". '
        'Cohesion 0.36; "kick.wav" is least like the rest. '
        "Missing for a house and techno palette: clap, hi-hat, percussion, fx "
        "(next: search 'dark minimal techno clap'). "
        'Against the target, 126 BPM: fit 0.79 of 1; A minor: 67% of keys fit; '
        'farthest from its words is "kick.wav".'
    )  # fmt: skip


def test_a_palette_of_one_is_told_as_such() -> None:
    told = summary(describe([KICK]))
    assert told.startswith("A palette of one (kick): nothing to compare it with. Missing for a drum kit palette: snare")


def test_many_faults_are_counted() -> None:
    many = [member(f"{key}.wav", traits(100 + 7 * i, key)) for i, key in enumerate(
        ["A minor", "A minor", "A minor", "B major", "C# major", "D# major", "F# major"])]  # fmt: skip
    told = summary(describe(many))
    assert "and 2 more" in told
    assert len(told) < 1600

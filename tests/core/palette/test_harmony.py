"""Keys on the circle of fifths, who clashes, and what mends it."""

import pytest

from soundpalette.core.music.notes import PITCH_CLASSES
from soundpalette.core.palette import harmony
from tests.core.palette.values import PLAIN, traits

KEYS = [f"{note} {mode}" for note in PITCH_CLASSES for mode in ("major", "minor")]


@pytest.mark.parametrize(
    ("a", "b", "worth"),
    [
        ("A minor", "A minor", 1.0),
        ("A minor", "C major", 0.9),
        ("A minor", "E minor", 0.7),
        ("A minor", "D minor", 0.7),
        ("C major", "G major", 0.7),
        ("F# major", "D# minor", 0.9),
        ("A minor", "A major", 0.0),
        ("A minor", "G major", 0.0),
        ("A minor", "A# minor", 0.0),
        ("C major", "F# major", 0.0),
    ],
)
def test_equal_relative_and_neighbouring_keys_fit(a: str, b: str, worth: float) -> None:
    assert harmony.relation(a, b) == harmony.relation(b, a) == worth
    assert harmony.compatible(a, b) is (worth > 0)


def test_every_key_has_four_that_fit() -> None:
    assert {sum(harmony.compatible(a, b) for b in KEYS) for a in KEYS} == {4}


def test_the_key_of_the_most_wins_and_the_others_clash() -> None:
    sounds = [traits(key="A minor"), traits(key="C major"), traits(key="A minor"), traits(key="B major"), PLAIN]
    together = harmony.consensus(sounds)
    assert (together.key, together.clashing) == ("A minor", (3,))
    assert together.shifts == (0, 0, 0, 1, 0)


def test_a_root_outside_the_key_clashes_and_moves_to_the_nearest_note() -> None:
    together = harmony.consensus([traits(key="A minor"), traits(root="C#3"), traits(root="E1")])
    assert together.clashing == (1,)
    assert together.shifts == (0, 1, 0)
    assert harmony.transposed("C#3", 1) == "D"


def test_a_target_is_the_key_to_meet() -> None:
    assert harmony.consensus([traits(key="A minor"), traits(key="A minor")], "C# minor").clashing == (0, 1)


@pytest.mark.parametrize("key", KEYS)
def test_every_clash_has_a_shift_that_mends_it(key: str) -> None:
    sounds = [traits(key=other) for other in KEYS] + [traits(root=note) for note in PITCH_CLASSES]
    together = harmony.consensus(sounds, key)
    for position in together.clashing:
        sound, shift = sounds[position], together.shifts[position]
        assert shift != 0
        if sound.key:
            tonic, mode = sound.key.value.split()
            assert harmony.compatible(f"{harmony.transposed(tonic, shift)} {mode}", key)
        elif sound.root:
            assert harmony.in_key(harmony.transposed(sound.root.value, shift), key)


def test_without_keys_nothing_clashes() -> None:
    assert harmony.consensus([PLAIN, traits(root="F#1")]) == harmony.Consensus("", (), (0, 0))


def test_a_root_that_is_no_note_is_refused() -> None:
    with pytest.raises(ValueError, match="'H2' is no note"):
        harmony.in_key("H2", "A minor")

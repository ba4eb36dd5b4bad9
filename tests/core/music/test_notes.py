"""Keys and notes as people write them, and how keys relate."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.music.notes import PITCH_CLASSES, Key, note_name, read_key, read_note
from soundpalette.errors import RequestError

KEYS = [Key(pitch, mode) for pitch in range(12) for mode in ("major", "minor")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A minor", "A minor"),
        ("a minor", "A minor"),
        ("A_minor", "A minor"),
        ("A-Min", "A minor"),
        ("Amin.", "A minor"),
        ("Am", "A minor"),
        ("am", "A minor"),
        ("AM", "A major"),
        ("F#min", "F# minor"),
        ("F♯ minor", "F# minor"),
        ("f sharp minor", "F# minor"),
        ("F-sharp-minor", "F# minor"),
        ("Cmaj", "C major"),
        ("C Major", "C major"),
        ("Bb", None),
        ("Bb major", "A# major"),
        ("B♭maj", "A# major"),
        ("B flat major", "A# major"),
        ("bbm", "A# minor"),
        ("Cb major", "B major"),
        ("E#m", "F minor"),
        ("8A", "A minor"),
        ("8b", "C major"),
        ("08A", "A minor"),
        ("12B", "E major"),
        ("1A", "G# minor"),
        ("  Dm  ", "D minor"),
        ("13A", None),
        ("0A", None),
        ("H", None),
        ("H minor", None),
        ("C# Dorian", None),
        ("minor", None),
        ("C", None),
        ("", None),
        ("Am" * 5000, None),
    ],
)
def test_a_key_is_read_however_it_is_written(text: str, key: str | None) -> None:
    found = read_key(text)
    assert (found and str(found)) == key


def test_a_key_that_is_none_says_what_came_what_is_allowed_and_the_mend() -> None:
    with pytest.raises(RequestError, match="'H' is no key; .*from A to G.*major or minor.*write it as \"A minor\""):
        Key.parse("H")


def test_an_endless_key_is_told_in_few_words() -> None:
    with pytest.raises(RequestError) as caught:
        Key.parse("\x1b" * 10_000)
    assert len(str(caught.value)) < 400
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_key_comes_back_from_its_text_and_from_its_camelot_code(key: Key) -> None:
    assert Key.parse(str(key)) == key
    assert Key.parse(key.camelot) == key


def test_camelot_codes_are_those_of_the_wheel() -> None:
    wheel = ["8B", "3B", "10B", "5B", "12B", "7B", "2B", "9B", "4B", "11B", "6B", "1B"]
    assert [Key(pitch, "major").camelot for pitch in range(12)] == wheel
    assert [Key.parse(text).camelot for text in ("Am", "Em", "Fm", "Ebm", "G#m")] == ["8A", "9A", "4A", "2A", "1A"]


def test_relatives_share_their_notes() -> None:
    assert str(Key.parse("Am").relative) == "C major"
    assert str(Key.parse("Eb major").relative) == "C minor"
    assert all(key.relative.relative == key for key in KEYS)


def test_compatible_keys_are_the_same_the_relative_and_the_neighbours_in_fifths() -> None:
    assert [str(key) for key in Key.parse("Am").compatible] == ["A minor", "C major", "E minor", "D minor"]


@pytest.mark.parametrize("a", KEYS, ids=str)
def test_compatibility_goes_both_ways_and_is_one_step_on_the_wheel(a: Key) -> None:
    for b in KEYS:
        hours = (int(a.camelot[:-1]) - int(b.camelot[:-1])) % 12
        step = hours == 0 or (hours in (1, 11) and a.mode == b.mode)
        assert (b in a.compatible) is (a in b.compatible) is step


@pytest.mark.parametrize(
    ("text", "midi"),
    [("C4", 60), ("A4", 69), ("c#3", 49), ("Bb2", 46), ("Cb4", 59), ("B#3", 60), ("C-1", 0), ("G9", 127)],
)
def test_a_note_has_its_midi_number_with_middle_c_at_60(text: str, midi: int) -> None:
    assert read_note(text) == midi


@pytest.mark.parametrize("text", ["H3", "C", "C10", "G#9", "Cb-1", "440", "A440", "C4rbon", ""])
def test_what_is_no_note_has_no_number(text: str) -> None:
    assert read_note(text) is None


def test_notes_come_back_from_their_names() -> None:
    assert [read_note(note_name(midi)) for midi in range(128)] == list(range(128))
    assert note_name(61) == "C#4"
    with pytest.raises(ValueError, match="128 is no MIDI note"):
        note_name(128)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_key_or_none(text: str) -> None:
    key = read_key(text)
    assert key is None or str(key).split()[0] in PITCH_CLASSES
    assert read_note(text) is None or read_note(text) in range(128)

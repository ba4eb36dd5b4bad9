"""Merging: of each value the source that knows best, with its confidence."""

from soundpalette.core.music.analysis import Content
from soundpalette.core.music.clues import Clues
from soundpalette.core.music.sound import Sound
from soundpalette.core.music.traits import merge
from soundpalette.core.types import Fact, Guess

SILENT = Clues()


def sound(seconds: float = 4.0, bpm: float | None = None, beats: int | None = None, kind: str = "loop") -> Sound:
    return Sound(
        seconds=seconds,
        loudness_lufs=-14.0,
        peak_db=-1.0,
        brightness_hz=900.0,
        attack_seconds=0.01,
        decay_seconds=0.3,
        noisiness=0.2,
        width=0.1,
        bands=(0.4, 0.3, 0.2, 0.1),
        kind=Fact(kind, "sound", 0.7),
        bpm=Fact(bpm, "sound", 0.6) if bpm else None,
        beats=Fact(beats, "sound", 0.6) if beats else None,
        key=Fact("C major", "sound", 0.5),
        root=None,
    )


def test_the_file_comes_before_the_name_before_the_sound() -> None:
    file, name = Clues(bpm=120.0, kind="loop"), Clues(bpm=124.0, key="A minor", kind="one-shot")
    known = merge(file, name, sound(bpm=60.0))
    assert known.bpm == Fact(120.0, "file", 0.95)
    assert known.kind == Fact("loop", "file", 0.95)
    assert known.key == Fact("A minor", "name", 0.9)
    assert merge(SILENT, SILENT, sound(bpm=60.0)).bpm == Fact(60.0, "sound", 0.6)


def test_the_encoder_is_asked_last_and_only_for_role_genre_and_tags() -> None:
    guess = Guess(Fact("pad", "encoder", 0.4), Fact("ambient", "encoder", 0.3), ("warm", "dark"))
    known = merge(SILENT, Clues(role="bass", tags=("Dark", "sub")), sound(), guess)
    assert known.role == Fact("bass", "name", 0.9)
    assert known.genre == Fact("ambient", "encoder", 0.3)
    assert known.tags == ("Dark", "sub", "warm")
    assert merge(SILENT, SILENT, sound()).role is None


def test_a_sample_has_at_most_eight_tags() -> None:
    tags = tuple(f"tag {number}" for number in range(12))
    assert merge(Clues(tags=tags), SILENT, sound()).tags == tags[:8]


def test_beats_belong_to_the_tempo_that_was_taken() -> None:
    assert merge(SILENT, Clues(bpm=120.0), sound(4.0, bpm=60.0, beats=4)).beats == Fact(8, "name", 0.9)
    assert merge(SILENT, SILENT, sound(4.0, bpm=60.0, beats=4)).beats == Fact(4, "sound", 0.6)
    assert merge(SILENT, Clues(bpm=120.0), sound(3.7)).beats is None
    assert merge(SILENT, Clues(bpm=120.0), sound(4.0, kind="one-shot")).beats is None


def test_a_loop_that_tells_its_beats_alone_has_a_tempo() -> None:
    known = merge(Clues(beats=8), SILENT, sound(4.0, bpm=60.0, beats=4))
    assert (known.bpm, known.beats) == (Fact(120.0, "file", 0.95), Fact(8, "file", 0.95))
    assert merge(Clues(beats=8), SILENT, sound(4.0, kind="one-shot")).bpm is None


def test_what_the_content_tells_survives_being_kept_as_json() -> None:
    content = Content(Clues(bpm=93.5, tags=("lo-fi",)), sound(bpm=93.4, beats=6))
    assert Content.from_json(content.to_json()) == content

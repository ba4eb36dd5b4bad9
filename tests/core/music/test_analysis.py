"""File, name and sound together, on rendered sounds under the names that people give them."""

from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.music.analysis import read_content, read_traits, unheard
from soundpalette.core.music.names import from_name
from soundpalette.core.types import Fact
from tests import voices
from tests.core.music.metadata import acid, with_chunks
from tests.rendered import Rendered, loops
from tests.sounds import RATE, Audio, noise, write


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder whose own name, and those above it, tell nothing."""
    folder = tmp_path / "a" / "b" / "c"
    folder.mkdir(parents=True)
    return folder


def loop_of(style: str, seed: int = 1) -> Rendered:
    return next(item for item in loops(seed) if item.name == style)


def strummed() -> Audio:
    """A chord of six plucked strings, one every 0.3 s, that rings for 6 s."""
    audio = np.zeros(6 * RATE, np.float32)
    for number, midi in enumerate((40, 47, 52, 55, 59, 64)):
        note = voices.note(voices.TIMBRES["keys"], midi, 6 - 0.3 * number, np.random.default_rng(number))
        audio[len(audio) - len(note) :] += note
    return audio


# --- numbers in names


@pytest.mark.parametrize("style", ["four", "boombap", "bassline"])
def test_a_number_that_the_length_bears_out_is_the_tempo(pack: Path, style: str) -> None:
    true = loop_of(style)
    known = read_traits(write(pack / f"Loop {true.bpm:g}.wav", true.audio))
    assert known.bpm == Fact(true.bpm, "name", 0.9)
    assert known.beats == Fact(true.beats, "name", 0.9)


@pytest.mark.parametrize("style", ["four", "boombap", "bassline"])
def test_a_catalogue_number_gives_way_to_the_tempo_that_is_heard(pack: Path, style: str) -> None:
    true = loop_of(style)
    name = f"Loop {round((true.bpm or 0) * 1.13)}.wav"
    assert from_name(name).bpm is not None
    known = read_traits(write(pack / name, true.audio))
    assert known.bpm is not None
    assert known.bpm.source == "sound"
    assert known.bpm.value == pytest.approx(true.bpm, abs=0.02)


def test_a_number_beside_bpm_or_a_key_needs_no_evidence(pack: Path) -> None:
    true = loop_of("four")
    for name in ("Loop 97bpm.wav", "Loop 97 Am.wav"):
        assert read_traits(write(pack / name, true.audio)).bpm == Fact(97, "name", 0.9)


def test_a_number_that_nothing_bears_out_is_told_with_little_confidence(pack: Path) -> None:
    known = read_traits(write(pack / "Loop 112.wav", 0.3 * noise(3.3)))
    assert known.bpm == Fact(112, "name", 0.4)


# --- loops, and what only seems to be one


def test_what_its_name_calls_a_one_shot_has_no_tempo(pack: Path) -> None:
    true = loop_of("four")
    known = read_traits(write(pack / "Drums One Shot.wav", true.audio))
    assert (known.kind.value, known.bpm, known.beats) == ("one-shot", None, None)


def test_what_its_folder_calls_a_loop_has_the_tempo_of_its_length(pack: Path) -> None:
    hits = np.zeros(2 * RATE, np.float32)
    for beat, hit in ((0, voices.kick), (1.75, voices.tom)):
        sound = hit(np.random.default_rng(3))
        start = round(beat * RATE / 2)
        hits[start : start + len(sound)] += sound[: len(hits) - start]
    alone = read_traits(write(pack / "hits" / "rolling.wav", hits))
    assert (alone.kind.value, alone.bpm) == ("one-shot", None)
    known = read_traits(write(pack / "Loops" / "rolling.wav", hits))
    assert known.bpm is not None
    assert known.beats is not None
    assert known.bpm.value == pytest.approx(known.beats.value * 60 / 2)
    assert known.bpm.confidence <= 0.5


def test_a_strummed_chord_that_rings_out_is_no_loop(pack: Path) -> None:
    known = read_traits(write(pack / "a.wav", strummed()))
    assert (known.kind.value, known.bpm) == ("one-shot", None)


def test_an_acid_loop_keeps_its_tempo_when_its_end_rings_on(pack: Path) -> None:
    true = loop_of("boombap")
    tail = (0.1 * noise(0.5) * np.linspace(1, 0, round(0.5 * RATE))).astype(np.float32)
    path = write(pack / "a.wav", np.concatenate([true.audio, tail]), subtype="PCM_16")
    known = read_traits(with_chunks(path, acid(0, 60, true.beats or 0, true.bpm or 0)))
    assert known.bpm is not None
    assert known.bpm.source == "file"
    assert known.bpm.value == pytest.approx(true.bpm)
    assert known.beats is None


def test_a_hit_into_which_a_program_wrote_its_own_tempo_has_none(pack: Path) -> None:
    path = write(pack / "a.wav", voices.cymbal(np.random.default_rng(1))[: round(2.3 * RATE)], subtype="PCM_16")
    assert read_traits(with_chunks(path, acid(0, 60, 4, 120.0))).bpm is None


# --- octaves


@pytest.mark.parametrize("name", ["Keys C3", "Keys C4", "Keys_C"])
def test_a_root_is_told_in_our_octaves_whatever_its_maker_calls_middle_c(pack: Path, name: str) -> None:
    note = voices.note(voices.TIMBRES["keys"], 60, 1.0, np.random.default_rng(0))
    assert read_traits(write(pack / f"{name}.wav", note)).root == Fact("C4", "name", 0.9)


def test_another_note_than_the_names_is_not_heard_in_its_place(pack: Path) -> None:
    note = voices.note(voices.TIMBRES["keys"], 62, 1.0, np.random.default_rng(0))
    assert read_traits(write(pack / "Keys C3.wav", note)).root == Fact("C3", "name", 0.9)


# --- what cannot be heard


def test_of_what_cannot_be_heard_name_and_chunks_tell(pack: Path) -> None:
    path = write(pack / "Warm Bass Loop 124bpm Am.wav", noise(0.5), subtype="PCM_16")
    known = unheard(with_chunks(path, acid(2, 57, 0, 0.0)), from_name(path))
    assert (known.bpm, known.key) == (Fact(124, "name", 0.9), Fact("A minor", "name", 0.9))
    assert (known.root, known.kind) == (Fact("A3", "file", 0.95), Fact("loop", "name", 0.9))
    assert known.role == Fact("bass", "name", 0.9)
    assert "warm" in known.tags
    gone = unheard(pack / "gone" / "Bass.wav", from_name("Bass.wav"))
    assert (gone.role, gone.kind.confidence) == (Fact("bass", "name", 0.9), 0)


def test_the_tempo_of_a_doubtful_one_shot_is_kept_as_json(pack: Path) -> None:
    content = read_content(write(pack / "a.wav", strummed()))
    assert type(content).from_json(content.to_json()) == content

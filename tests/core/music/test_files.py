"""What chunks and tags of real files tell, and that damaged ones tell nothing wrong."""

import struct
from pathlib import Path

import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundpalette.core.music.clues import Clues
from soundpalette.core.music.files import from_file
from soundpalette.core.music.notes import PITCH_CLASSES
from soundpalette.errors import AudioError
from tests.core.music.metadata import acid, basc, chunk, id3, smpl, vorbis_comments, with_chunks
from tests.sounds import noise, write

TWO_BARS = 8 * 60 / 120
"""Seconds of eight beats at 120 BPM."""


@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.flac", "a.ogg", "a.mp3"])
def test_a_file_without_metadata_tells_nothing(tmp_path: Path, name: str) -> None:
    assert from_file(write(tmp_path / name, noise(0.5))) == Clues()


# --- ACID


def seconds_of(path: Path, seconds: float) -> Path:
    return write(path, noise(seconds, rate=8_000), 8_000)


def test_an_acid_loop_tells_tempo_beats_and_root(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.wav", TWO_BARS)
    assert from_file(with_chunks(path, acid(2, 57, 8, 120.0))) == Clues(bpm=120, beats=8, root="A3", kind="loop")


def test_an_acid_one_shot_has_no_tempo(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.wav", TWO_BARS)
    assert from_file(with_chunks(path, acid(3, 36, 8, 120.0))) == Clues(root="C2", kind="one-shot")


def test_beats_alone_give_the_tempo_of_the_length(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.wav", TWO_BARS)
    assert from_file(with_chunks(path, acid(0, 60, 8, 0.0))) == Clues(bpm=120, beats=8, kind="loop")


def test_a_tempo_that_beats_and_length_gainsay_is_a_writers_default(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "kick.wav", 0.37)
    assert from_file(with_chunks(path, acid(0, 60, 1, 120.0))) == Clues()


def test_a_root_that_is_not_set_is_no_root(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.wav", TWO_BARS)
    assert from_file(with_chunks(path, acid(0, 57, 0, 0.0))) == Clues()


@pytest.mark.parametrize("tempo", [0.0, -120.0, 9999.0, float("inf"), float("nan"), 1e-30])
@pytest.mark.parametrize("beats", [0, 2**32 - 1])
def test_nonsense_of_a_chunk_is_dropped(tmp_path: Path, tempo: float, beats: int) -> None:
    path = seconds_of(tmp_path / "a.wav", TWO_BARS)
    assert from_file(with_chunks(path, acid(0, 60, beats, tempo))) == Clues()


# --- sampler


def test_a_sampler_chunk_tells_the_root(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.wav", TWO_BARS)
    assert from_file(with_chunks(path, smpl(61))) == Clues(root="C#4")


def test_middle_c_is_believed_beside_a_loop_only(tmp_path: Path) -> None:
    plain = with_chunks(seconds_of(tmp_path / "a.wav", TWO_BARS), smpl(60))
    looped = with_chunks(seconds_of(tmp_path / "b.wav", TWO_BARS), smpl(60, (1000, 2000)))
    assert from_file(plain) == Clues()
    assert from_file(looped) == Clues(root="C4")


def test_a_file_that_is_looped_as_a_whole_is_a_loop_unless_it_is_one_wave(tmp_path: Path) -> None:
    loop = with_chunks(seconds_of(tmp_path / "a.wav", TWO_BARS), smpl(0, (0, 31_999)))
    wave = with_chunks(seconds_of(tmp_path / "b.wav", 0.1), smpl(0, (0, 799)))
    assert from_file(loop) == Clues(kind="loop")
    assert from_file(wave) == Clues()


@pytest.mark.parametrize("note", [0, 128, 2**32 - 1])
def test_a_note_beyond_midi_is_no_root(tmp_path: Path, note: int) -> None:
    assert from_file(with_chunks(seconds_of(tmp_path / "a.wav", 1), smpl(note))) == Clues()


# --- Apple Loops


@pytest.mark.parametrize(
    ("body", "clues"),
    [
        (basc(8, 57, 1), Clues(bpm=120, beats=8, key="A minor", root="A", kind="loop")),
        (basc(8, 48, 2), Clues(bpm=120, beats=8, key="C major", root="C", kind="loop")),
        (basc(8, 50, 3), Clues(bpm=120, beats=8, root="D", kind="loop")),
        (basc(8, 0, 1), Clues(bpm=120, beats=8, kind="loop")),
        (basc(16, 0, 3, unit=8), Clues(bpm=120, beats=8, kind="loop")),
        (basc(0, 53, 4, one_shot=1), Clues(root="F", kind="one-shot")),
        (basc(0, 0, 0), Clues()),
        (basc(2**32 - 1, 65_535, 9, one_shot=7, unit=0), Clues()),
    ],
)
def test_an_apple_loop_tells_what_logic_wrote(tmp_path: Path, body: tuple[str, bytes], clues: Clues) -> None:
    assert from_file(with_chunks(seconds_of(tmp_path / "a.aiff", TWO_BARS), body)) == clues


def test_an_apple_loops_categories_tell_role_genre_and_character(tmp_path: Path) -> None:
    words = b"".join(word.ljust(50, b"\0") for word in (b"Bass", b"Synth Bass", b"House", b"Distorted", b"Dark"))
    clues = from_file(with_chunks(seconds_of(tmp_path / "a.aiff", 1), ("cate", struct.pack(">I", 5) + words)))
    assert clues == Clues(role="bass", genre="house", tags=("synth bass", "distorted", "dark"))


# --- tags


def test_an_mp3_tells_its_tags(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.mp3", 1)
    path.write_bytes(id3(TBPM="124", TKEY="F#m", TCON="Drum & Bass", COMM="made at night") + path.read_bytes())
    assert from_file(path) == Clues(bpm=124, key="F# minor", genre="drum and bass")


@pytest.mark.parametrize("name", ["a.wav", "a.aiff"])
def test_an_id3_chunk_is_read(tmp_path: Path, name: str) -> None:
    path = with_chunks(seconds_of(tmp_path / name, 1), ("id3 ", id3(TBPM="87.5", TKEY="8A", TCON="Techno")))
    assert from_file(path) == Clues(bpm=87.5, key="A minor", genre="techno")


def test_a_flac_tells_its_comments(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.flac", 1)
    data = path.read_bytes()
    head = 4 + 4 + 34
    path.write_bytes(data[:head] + vorbis_comments("BPM=174", "INITIALKEY=Cm", "GENRE=Jungle") + data[head:])
    assert from_file(path) == Clues(bpm=174, key="C minor", genre="jungle")


@pytest.mark.parametrize("name", ["a.ogg", "a.flac", "a.wav"])
def test_genre_and_comment_that_soundfile_wrote_are_read(tmp_path: Path, name: str) -> None:
    with soundfile.SoundFile(tmp_path / name, "w", 8_000, 1) as file:
        file.comment, file.genre = "128 BPM, key: D minor", "Deep House"
        file.write(noise(1, rate=8_000))
    assert from_file(tmp_path / name) == Clues(bpm=128, key="D minor", genre="deep house")


@pytest.mark.parametrize(
    ("tempo", "key", "clues"),
    [
        ("0", "o", Clues()),
        ("9999", "H", Clues()),
        ("inf", "", Clues()),
        ("124.00", "C", Clues(bpm=124, key="C major")),
        ("124,5", "Bb", Clues(bpm=124.5, key="A# major")),
        ("1e2", "8A/9A", Clues()),
        ("-120", "<b>Am</b>", Clues()),
    ],
)
def test_nonsense_of_a_tag_is_dropped(tmp_path: Path, tempo: str, key: str, clues: Clues) -> None:
    path = seconds_of(tmp_path / "a.mp3", 1)
    path.write_bytes(id3(TBPM=tempo, TKEY=key) + path.read_bytes())
    assert from_file(path) == clues


def test_chunks_are_believed_before_tags(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.wav", TWO_BARS)
    with_chunks(path, ("id3 ", id3(TBPM="90", TKEY="Em")), acid(0, 60, 8, 120.0))
    assert from_file(path) == Clues(bpm=120, beats=8, key="E minor", kind="loop")


def test_a_picture_of_a_megabyte_does_not_hide_the_tags_behind_it(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.mp3", 1)
    picture = b"APIC" + struct.pack(">I2x", 1 << 20) + bytes(1 << 20)
    text = id3(TBPM="124")[10:]
    size = bytes((len(picture) + len(text) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\x00\x00" + size + picture + text + path.read_bytes())
    assert from_file(path).bpm == 124


# --- damage


def test_a_file_that_is_not_there_is_an_audio_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"gone\.wav cannot be read \(No such file"):
        from_file(tmp_path / "gone.wav")
    with pytest.raises(AudioError, match="its name cannot be a file's"):
        from_file(tmp_path / "a\0b.wav")


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"ID3\x04\0\0\x7f\x7f\x7f\x7f", b"fLaC", b"OggS"])
def test_a_stump_tells_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(data)
    assert from_file(tmp_path / "a.wav") == Clues()


@pytest.mark.parametrize("magic", [b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"ID3\x03\0\0\x7f\x7f\x7f\x7f", b"fLaC"])
def test_a_hundred_megabytes_of_nothing_are_left_early(tmp_path: Path, magic: bytes) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as file:
        file.write(magic)
        file.truncate(100 << 20)
    assert from_file(path) == Clues()


def test_a_tag_of_a_hundred_thousand_genres_is_left_early(tmp_path: Path) -> None:
    path = seconds_of(tmp_path / "a.mp3", 1)
    genres = "\0".join(f"x{k:x}" for k in range(100_000))
    path.write_bytes(id3(TCON=genres, TBPM="124") + path.read_bytes())
    assert from_file(path).genre is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.parametrize("name", ["a.wav", "a.aiff", "a.flac", "a.mp3"])
def test_damaged_bytes_give_clues_that_make_sense(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = _full_of_metadata(tmp_path / name)
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 12))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"broken-{name}"
    path.write_bytes(broken[: data.draw(st.integers(0, len(broken)))])
    _sane(from_file(path))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["acid", "smpl", "basc", "cate", "id3 ", "LIST", "fmt ", "ds64"]), st.binary(max_size=200))
def test_any_body_of_a_chunk_gives_clues_that_make_sense(tmp_path: Path, name: str, body: bytes) -> None:
    for head, order in ((b"RIFF\0\0\0\0WAVE", "<"), (b"FORM\0\0\0\0AIFF", ">")):
        (tmp_path / "a.wav").write_bytes(head + chunk(name, body, order))
        _sane(from_file(tmp_path / "a.wav"))


def _full_of_metadata(path: Path) -> bytes:
    if not path.exists():
        seconds_of(path, 0.05)
        if path.suffix in (".wav", ".aiff"):
            with_chunks(path, acid(2, 57, 8, 120.0), smpl(61, (0, 399)), basc(8, 57, 1), ("id3 ", id3(TBPM="90")))
        elif path.suffix == ".mp3":
            path.write_bytes(id3(TBPM="124", TKEY="Am", TCON="Techno") + path.read_bytes())
    return path.read_bytes()


def _sane(clues: Clues) -> None:
    assert clues.bpm is None or 30 <= clues.bpm <= 300
    assert clues.beats is None or 0 < clues.beats <= 4096
    assert clues.key is None or clues.key.split()[0] in PITCH_CLASSES
    assert clues.root is None or clues.root.rstrip("0123456789-") in PITCH_CLASSES
    assert clues.kind in (None, "loop", "one-shot")
    assert len(clues.tags) <= 8

"""Chunks of real and of damaged files."""

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.music.chunks import MAX_BODY, Chunks, read_chunks
from tests.core.music.metadata import chunk, with_chunks
from tests.sounds import RATE, noise, write


@pytest.mark.parametrize("name", ["a.wav", "a.aiff"])
def test_length_and_bodies_come_from_a_real_file(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, noise(1.5))
    chunks = of(with_chunks(path, ("odd ", b"abc"), ("next", b"12345678")))
    assert chunks.frames == 1.5 * RATE
    assert chunks.seconds == 1.5
    assert (chunks.bodies[b"odd "], chunks.bodies[b"next"]) == (b"abc", b"12345678")


@pytest.mark.parametrize(("name", "subtype"), [("a.wav", "PCM_24"), ("a.wav", "FLOAT"), ("a.aiff", "PCM_24")])
def test_length_is_known_at_any_depth(tmp_path: Path, name: str, subtype: str) -> None:
    assert of(write(tmp_path / name, noise(0.5, rate=48_000), 48_000, subtype)).seconds == 0.5


def test_length_of_compressed_sound_is_not_known(tmp_path: Path) -> None:
    assert of(write(tmp_path / "a.wav", noise(0.5), subtype="MS_ADPCM")).seconds is None


def test_chunks_behind_the_sound_of_an_rf64_file_are_found() -> None:
    form = struct.pack("<HHIIHH", 1, 1, RATE, RATE * 2, 2, 16)
    sizes = struct.pack("<QQQ", 0, RATE * 2, RATE)
    head = b"RF64" + b"\xff" * 4 + b"WAVE" + chunk("ds64", sizes) + chunk("fmt ", form)
    data = b"data" + b"\xff" * 4 + bytes(RATE * 2)
    chunks = read_chunks(io.BytesIO(head + data + chunk("acid", b"x" * 24)))
    assert chunks.bodies[b"acid"] == b"x" * 24
    assert chunks.seconds == 1


def test_the_first_of_two_equal_chunks_counts(tmp_path: Path) -> None:
    path = with_chunks(write(tmp_path / "a.wav", noise(0.1)), ("acid", b"first---"), ("acid", b"second--"))
    assert of(path).bodies[b"acid"] == b"first---"


def test_a_size_that_lies_ends_the_walk() -> None:
    head = b"RIFF" + b"\xff" * 4 + b"WAVE"
    chunks = read_chunks(io.BytesIO(head + b"acid" + b"\xff" * 4 + b"short"))
    assert chunks.bodies == {b"acid": b"short"}


def test_of_a_long_chunk_the_beginning_is_read() -> None:
    chunks = read_chunks(io.BytesIO(b"RIFF\0\0\0\0WAVE" + chunk("smpl", bytes(1 << 20)) + chunk("acid", b"12345678")))
    assert len(chunks.bodies[b"smpl"]) == MAX_BODY
    assert chunks.bodies[b"acid"] == b"12345678"


def test_a_file_of_empty_chunks_is_left_after_256() -> None:
    chunks = read_chunks(io.BytesIO(b"RIFF\0\0\0\0WAVE" + bytes(1 << 20) + chunk("acid", b"12345678")))
    assert b"acid" not in chunks.bodies


@pytest.mark.parametrize("data", [b"", b"RIFF", b"OggS" + bytes(100), b"FORM\0\0\0\0ILBM" + bytes(100)])
def test_other_files_have_no_chunks(data: bytes) -> None:
    assert read_chunks(io.BytesIO(data)) == Chunks({})


@settings(deadline=None)
@given(st.sampled_from([b"RIFF", b"RF64"]), st.binary(max_size=400))
def test_any_bytes_are_walked(magic: bytes, data: bytes) -> None:
    chunks = read_chunks(io.BytesIO(magic + b"\0\0\0\0WAVE" + data))
    assert chunks.seconds is None or chunks.seconds > 0


@settings(deadline=None)
@given(st.binary(min_size=18, max_size=18))
def test_any_aiff_header_has_a_length_or_none(common: bytes) -> None:
    chunks = read_chunks(io.BytesIO(b"FORM\0\0\0\0AIFF" + chunk("COMM", common, ">")))
    assert chunks.seconds is None or 0 < chunks.seconds <= 2**32


def of(path: Path) -> Chunks:
    with path.open("rb") as file:
        return read_chunks(file)

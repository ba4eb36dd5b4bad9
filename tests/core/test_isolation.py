"""Decoding in a process of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundpalette.core.audio import decode
from soundpalette.core.isolation import decode_isolated
from soundpalette.errors import AudioError
from tests.sounds import noise, write


@pytest.mark.parametrize(("name", "rate"), [("a.flac", 44_100), ("a.ogg", 48_000), ("a.wav", 11_025)])
def test_what_comes_out_decodes_to_the_same_values(tmp_path: Path, name: str, rate: int) -> None:
    stereo = np.stack([noise(0.5, 1, rate), noise(0.5, 2, rate)], axis=1)
    source = write(tmp_path / name, stereo, rate)
    target = decode_isolated(source, tmp_path / "out.wav")
    told = soundfile.info(target)
    assert (told.format, told.subtype, told.channels, told.samplerate) == ("WAV", "FLOAT", 1, rate)
    assert np.array_equal(decode(target, 24_000), decode(source, 24_000))


def test_what_is_no_audio_is_a_sentence_without_a_path(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no audio" * 100)
    with pytest.raises(AudioError) as told:
        decode_isolated(tmp_path / "x", tmp_path / "out.wav")
    assert str(told.value).startswith("the upload is not readable audio")
    assert str(tmp_path) not in str(told.value)


def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    source = write(tmp_path / "a.wav", noise())
    with pytest.raises(AudioError, match="took longer than 0.001 seconds"):
        decode_isolated(source, tmp_path / "out.wav", wall_seconds=0.001)


def test_the_process_is_not_given_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spy = tmp_path / "python"
    spy.write_text("#!/bin/sh\nenv > environment\n")
    spy.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(spy))
    monkeypatch.setenv("SOUNDPALETTE_SERVER__TOKEN", "secret")
    decode_isolated(tmp_path / "in.wav", tmp_path / "out.wav")
    environment = (tmp_path / "environment").read_text()
    assert "PYTHONPATH=" in environment
    assert "secret" not in environment


@pytest.mark.parametrize(
    ("work", "end"),
    [
        ("bytearray(2 << 30)", "MemoryError"),
        ("[open('/dev/null') for _ in range(64)]", "Too many open files"),
        ("open('large', 'wb').truncate(1 << 30)", "File too large"),
        ("exec('while True: pass')", ""),
    ],
)
def test_a_confined_process_gets_no_more_than_its_share(tmp_path: Path, work: str, end: str) -> None:
    code = f"from soundpalette.core.isolation import confine; confine(cpu_seconds=1); {work}"
    command = [sys.executable, "-c", code]
    environment = {"PYTHONPATH": str(Path.cwd()), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert end in done.stderr


def test_the_process_knows_neither_torch_nor_the_server() -> None:
    code = "import sys, soundpalette.core.isolation; print(sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout
    assert not any(name in loaded for name in ("'torch'", "'faiss'", "'mcp'", "'starlette'", "'sqlite3'"))

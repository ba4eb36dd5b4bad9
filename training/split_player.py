"""Plays notes on a soundfont (fluidsynth) or on Gravis patches (timidity), for the splits: apart from soundfonts.py, so
that they stay the same."""

import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from training.dsp import Audio

TICKS = 480  # a second: the tempo is set to one beat a second
GAP = 0.25
OPTIONS = ["-o", "synth.reverb.active=0", "-o", "synth.chorus.active=0", "-g", "0.5", "-O", "s16", "-T", "wav"]
PATCHES = ["-Ow", "--preserve-silence", "-A40", "-EFreverb=d", "-EFchorus=d", "-EFdelay=d"]
Events = list[tuple[float, bytes]]


@dataclass
class Phrase:
    """What is played for one file, as drums or not; notes are (start, length, key, velocity), in seconds."""

    program: int
    notes: list[tuple[float, float, int, int]]
    seconds: float
    tags: list[str]
    drums: bool = False
    bank: int = 0

    def events(self, now: float) -> Iterator[tuple[float, bytes]]:
        channel = 9 if self.drums else 0
        if not self.drums:
            yield now - 0.1, bytes([0xB0, 0, self.bank])
        yield now - 0.09, bytes([0xC0 | channel, self.program])
        for start, length, key, velocity in self.notes:
            yield now + start, bytes([0x90 | channel, key, velocity])
            yield now + start + length, bytes([0x80 | channel, key, 0])
        yield now + self.seconds, bytes([0xB0 | channel, 120, 0])


def play(font: Path, phrases: list[Phrase], rate: int) -> Iterator[Audio]:
    """All phrases one after another in a single pass, cut apart; mono."""
    spots = np.cumsum([0.2, *(phrase.seconds + GAP for phrase in phrases)])
    events = [event for spot, phrase in zip(spots, phrases, strict=False) for event in phrase.events(float(spot))]
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "all.mid", Path(folder) / "all.wav"
        midi.write_bytes(_midi(sorted(events, key=lambda event: event[0])))
        command: list[str | Path]
        if font.suffix == ".cfg":
            command = ["timidity", *PATCHES, "-c", str(_moved(font, Path(folder))), "-s", str(rate), "-o", wav, midi]
        else:
            command = ["fluidsynth", "-ni", *OPTIONS, "-r", str(rate), "-F", wav, font, midi]
        subprocess.run(command, check=True, capture_output=True)
        audio = soundfile.read(wav)[0].mean(axis=1)
    for spot, phrase in zip(spots, phrases, strict=False):
        cut = audio[int(spot * rate) : int((spot + phrase.seconds) * rate)]
        fade = min(rate // 50, cut.size)
        cut[-fade:] *= np.linspace(1, 0, fade)
        yield cut


def _moved(config: Path, folder: Path) -> Path:
    """A copy of the configuration in which the patches lie where their package is unpacked."""
    moved = folder / "patches.cfg"
    package = config.parents[2]
    moved.write_text(re.sub(r"^dir /", f"dir {package}/", config.read_text(), flags=re.M))
    return moved


def _midi(events: Events) -> bytes:
    track, last = b"\x00\xff\x51\x03" + (1_000_000).to_bytes(3, "big"), 0
    for second, message in events:
        tick = int(second * TICKS)
        track += _variable(tick - last) + message
        last = tick
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS) + b"MTrk" + struct.pack(">I", len(track)) + track


def _variable(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))

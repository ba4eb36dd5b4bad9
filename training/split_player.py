"""Plays notes on a soundfont (fluidsynth) or on Gravis patches (timidity), for the splits: apart from soundfonts.py, so
that they stay the same."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from training.dsp import Audio
from training.fluidsynth import play_font
from training.midi import Event, Note, midi_file

GAP = 0.25
PATCHES = ["-Ow", "--preserve-silence", "-A40", "-EFreverb=d", "-EFchorus=d", "-EFdelay=d"]


@dataclass
class Phrase:
    """What is played for one file, as drums or not; notes are (start, length, key, velocity), in seconds."""

    program: int
    notes: list[Note]
    seconds: float
    tags: list[str]
    drums: bool = False
    bank: int = 0

    def events(self, now: float) -> Iterator[Event]:
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
    sound = play_patches if font.suffix == ".cfg" else play_font
    audio = sound(font, events, rate).mean(axis=1)
    for spot, phrase in zip(spots, phrases, strict=False):
        cut = audio[int(spot * rate) : int((spot + phrase.seconds) * rate)]
        fade = min(rate // 50, cut.size)
        cut[-fade:] *= np.linspace(1, 0, fade)
        yield cut


def play_patches(config: Path, events: list[Event], rate: int) -> Audio:
    """What timidity plays with the Gravis patches that a configuration names: stereo [n, 2] at `rate`."""
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "all.mid", Path(folder) / "all.wav"
        midi.write_bytes(midi_file(events))
        patches = _moved(config, Path(folder))
        command = ["timidity", *PATCHES, "-c", str(patches), "-s", str(rate), "-o", str(wav), str(midi)]
        subprocess.run(command, check=True, capture_output=True)
        return np.asarray(soundfile.read(wav)[0])


def _moved(config: Path, folder: Path) -> Path:
    """A copy of the configuration in which the patches lie where their package is unpacked."""
    moved = folder / "patches.cfg"
    package = config.parents[2]
    moved.write_text(re.sub(r"^dir /", f"dir {package}/", config.read_text(), flags=re.M))
    return moved

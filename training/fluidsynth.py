"""fluidsynth, the program: soundfonts play MIDI into a file."""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile

from training.dsp import Audio
from training.midi import Event, midi_file

OPTIONS = ["-ni", "-o", "synth.reverb.active=0", "-o", "synth.chorus.active=0", "-g", "0.5", "-O", "s16", "-T", "wav"]


def play_font(font: Path, events: Iterable[Event], rate: int) -> Audio:
    """All events in a single pass, without reverb and chorus: stereo [n, 2] at `rate`."""
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "all.mid", Path(folder) / "all.wav"
        midi.write_bytes(midi_file(events))
        command = ["fluidsynth", *OPTIONS, "-r", str(rate), "-F", str(wav), str(font), str(midi)]
        subprocess.run(command, check=True, capture_output=True)
        return np.asarray(soundfile.read(wav)[0])

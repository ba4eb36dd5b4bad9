"""Sound files as the generators want them: mono at 32 kHz."""

import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr

from training.dsp import RATE, Audio


def read_mono(file: Path | BinaryIO) -> Audio:
    """The mean of the channels [n]."""
    audio, rate = soundfile.read(file, always_2d=True)
    return np.asarray(soxr.resample(audio.mean(axis=1), rate, RATE), float)


def written_by(command: list[str]) -> Audio:
    """What a program writes to the file that is named after its last argument."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "out.wav"
        subprocess.run([*command, str(wav)], check=True, capture_output=True)
        return read_mono(wav)

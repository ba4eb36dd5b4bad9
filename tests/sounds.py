"""Real audio for the tests, made on the spot."""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

Audio = npt.NDArray[np.float32]
RATE: Final = 44_100


def tone(hz: float, seconds: float = 0.5, rate: int = RATE) -> Audio:
    """A sine at half of full scale."""
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def noise(seconds: float = 0.5, seed: int = 0, rate: int = RATE) -> Audio:
    """White noise."""
    return (0.2 * np.random.default_rng(seed).standard_normal(round(seconds * rate))).astype(np.float32)


def kick(seconds: float = 0.4) -> Audio:
    """A sine that falls from 150 to 45 Hz and dies away."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(45 + 105 * np.exp(-time * 30)) / RATE
    return (0.9 * np.sin(phase) * np.exp(-time * 9)).astype(np.float32)


def hat(seconds: float = 0.08, seed: int = 1) -> Audio:
    """A short burst of bright noise."""
    burst = np.diff(noise(seconds, seed), n=2, prepend=0, append=0)[: round(seconds * RATE)]
    decay = np.exp(-np.arange(len(burst)) / RATE * 60)
    return (burst * decay).astype(np.float32)


def write(path: Path, audio: npt.NDArray[np.float32], rate: int = RATE, subtype: str | None = None) -> Path:
    """Write `audio` [frames] or [frames, channels] in the format of the path's suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, audio, rate, subtype=subtype)
    return path


def write_library(root: Path) -> Path:
    """Six sounds in two folders."""
    write(root / "drums" / "kick 1.wav", kick())
    write(root / "drums" / "kick 2.flac", kick(0.3))
    write(root / "drums" / "hat.aiff", hat())
    write(root / "tonal" / "low.wav", tone(110, 1.0))
    write(root / "tonal" / "high.ogg", tone(1760, 1.0))
    write(root / "tonal" / "noise.wav", noise(0.7))
    return root

"""Which notes sound when: spectral peaks folded to the twelve pitch classes."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.spectra import circle, spectra
from soundpalette.core.types import Waveform

FRAME: Final = 8192
HOP: Final = 2048
LOWEST_HZ: Final = 50.0
HIGHEST_HZ: Final = 2_000.0
BASS_BELOW: Final = 55.0
"""MIDI number (G3) below which a peak counts as bass."""
FULL_BELOW: Final = 60.0
"""MIDI number (middle C) from which on a peak counts half as much each octave: the higher, the likelier a harmonic."""
FAINTEST: Final = 1e-5
"""Power, relative to the loudest peak of the sound, below which a peak is not a note."""
STEADY_SEMITONES: Final = 0.1
"""A partial that moves less than this from one frame to the next is steady; drums' noise and sweeps are not."""

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Mean change of harmony (1 minus cosine) within pairs of segments and from each pair to the next."""

    inside: float
    across: float

    @property
    def ratio(self) -> float:
        """1: pairs of segments share a harmony and neighbouring pairs do not; -1: the other way round."""
        return (self.across - self.inside) / (self.across + self.inside + 0.02)


@dataclass(frozen=True, slots=True)
class Chroma:
    """Strength of the pitch classes C to B in each frame, float64 [frames, 12]: of all peaks and of the bass alone.

    `tuning` in semitones, -0.5 to 0.5, from A = 440 Hz; `steadiness` the share of power in partials that stay where
    they are; frames are `seconds` / frames apart.
    """

    notes: Series
    bass: Series
    tuning: float
    steadiness: float
    seconds: float

    def contrast(self, segments: int) -> Contrast:
        """How much the harmony changes when the loop is cut into an even number of equal segments."""
        ends = np.linspace(0, len(self.notes), segments + 1)
        sums = np.vstack([np.zeros(12), np.cumsum(self.notes, axis=0)])
        whole = ends.astype(int).clip(max=len(self.notes) - 1)
        until = sums[whole] + (ends - whole)[:, None] * self.notes[whole]
        shares = np.diff(until, axis=0)
        shares = np.sqrt(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9))
        change = 1 - (shares * np.roll(shares, -1, axis=0)).sum(axis=1)
        return Contrast(float(change[::2].mean()), float(change[1::2].mean()))

    @property
    def movement(self) -> float:
        """How different the most different two quarters of the sound are in harmony, 0 to 1; 0 without steady notes."""
        if len(self.notes) < 8:
            return 0.0
        quarters = np.stack([part.mean(axis=0) for part in np.array_split(self.notes, 4)])
        quarters /= np.maximum(np.linalg.norm(quarters, axis=1, keepdims=True), 1e-9)
        return float(1 - (quarters @ quarters.T).min()) * min(1.0, 2 * self.steadiness)


def find_chroma(audio: Waveform, rate: int) -> Chroma:
    """Chroma of mono audio, its end going on at its start as a loop does; tuning estimated."""
    power = _spectra(audio)
    first, last = int(LOWEST_HZ * FRAME / rate), int(HIGHEST_HZ * FRAME / rate)
    total = float(power[:, first:].sum())
    frame, bin_, strength = _peaks(power[:, : last + 2], first)
    midi = 69 + 12 * np.log2(np.maximum(bin_, 1e-3) * rate / FRAME / 440)
    turn = np.sum(np.sqrt(strength) * np.exp(2j * np.pi * midi))
    tuning = float(np.angle(turn) / (2 * np.pi)) if abs(turn) else 0.0
    weight = np.sqrt(strength) * 2 ** (-np.maximum(0, midi - FULL_BELOW) / 12)
    classes = np.round(midi - tuning).astype(int) % 12
    shape = (len(power), 12)
    notes, bass = np.zeros(shape), np.zeros(shape)
    np.add.at(notes, (frame, classes), weight)
    low = midi < BASS_BELOW
    np.add.at(bass, (frame[low], classes[low]), weight[low])
    steady = _steady(frame, midi, len(power))
    share = float(strength[steady].sum()) / max(total, 1e-12)
    return Chroma(notes, bass, tuning, min(1.0, share), len(audio) / rate)


def _spectra(audio: Waveform) -> npt.NDArray[np.float32]:
    """Power [frames, bins]; what is shorter than a frame stands alone in silence."""
    count = max(1, round(len(audio) / HOP))
    starts = np.round(np.arange(count) * (len(audio) / count)).astype(int)
    if len(audio) < FRAME:
        return spectra(np.pad(audio, (FRAME // 2, FRAME)), starts, FRAME)
    return spectra(circle(audio, FRAME // 2, FRAME), starts, FRAME)


def _peaks(power: npt.NDArray[np.float32], first: int) -> tuple[npt.NDArray[np.int64], Series, Series]:
    """Frame, place in bins (between bins by a parabola through the logarithms) and power of each local maximum."""
    middle, left, right = power[:, 1:-1], power[:, :-2], power[:, 2:]
    found = (middle > left) & (middle >= right) & (middle > FAINTEST * power.max())
    found[:, : first - 1] = False
    frame, place = np.nonzero(found)
    below, peak, above = (np.log(np.maximum(side[found], 1e-20)) for side in (left, middle, right))
    shift = 0.5 * (below - above) / np.minimum(below - 2 * peak + above, -1e-9)
    # the main lobe of a Hann window holds three bins' power
    strength = (left[found] + middle[found] + right[found]).astype(np.float64)
    return frame, place + 1 + shift.astype(np.float64), strength


def _steady(frame: npt.NDArray[np.int64], midi: Series, count: int) -> npt.NDArray[np.bool_]:
    """Which peaks have one at the same pitch in the frame before and in the frame after."""
    cell = (midi / STEADY_SEMITONES).astype(int)
    grid = np.zeros((count + 2, int(127 / STEADY_SEMITONES) + 2), bool)
    for shift in (-1, 0, 1):
        grid[frame + 1, cell + shift] = True
    return np.asarray(grid[frame, cell] & grid[frame + 2, cell])

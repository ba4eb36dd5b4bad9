"""Integrated loudness after ITU-R BS.1770-4: K-weighting, blocks of 400 ms, an absolute and a relative gate.

Equal to pyloudnorm's, whose filters it takes: the tests hold them together to 0.001 LU. The weighting is done by FFT
rather than by recursion, which only scipy.signal has in C: importing that takes as long as analysing fifty files.
"""

import math
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.spectra import transform

SILENCE_LUFS: Final = -70.0
"""The absolute gate of ITU-R BS.1770-4: what is quieter has no loudness."""
BLOCK_SECONDS: Final = 0.4
"""The block of ITU-R BS.1770-4, whose mean power is taken as one; a new one begins with each quarter of it."""
STEPS: Final = 4
RELATIVE_GATE: Final = 0.1
"""Blocks 10 LU below the mean of those above the absolute gate do not count."""
OFFSET_DB: Final = -0.691
"""So that a sine of 997 Hz at full scale in one channel is -3.01 LUFS."""
FRAME: Final = 16_384
AT_ONCE: Final = 8
"""Frames: each call of numpy's FFT prepares itself anew, and more do not fit the processor's cache."""
RINGING_SECONDS: Final = 0.06
"""After this the weighting's answer to a click has fallen by 90 dB: its high-pass lies at 38 Hz."""

Audio = npt.NDArray[np.float32]
Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Biquad:
    """A filter of second order: what is fed in and what is fed back, by delay."""

    forth: tuple[float, float, float]
    back: tuple[float, float, float]

    def __call__(self, delay: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
        """Its answer to frequencies that turn so far in one frame."""
        return np.asarray(np.polyval(self.forth[::-1], delay) / np.polyval(self.back[::-1], delay))


def loudness_lufs(audio: Audio, rate: int) -> float:
    """Integrated loudness of [frames, 1 or 2]; never below -70, the gate.

    A clip under 400 ms is heard in silence until 400 ms are full, the length of one block: a hit has the loudness that
    a meter shows for it, and the same with and without silence behind it.
    """
    whole = np.pad(audio, ((0, max(0, math.ceil(BLOCK_SECONDS * rate) - len(audio))), (0, 0)))
    power = _blocks(_weighted_power(whole, rate), rate)
    floor = 10 ** ((SILENCE_LUFS - OFFSET_DB) / 10)
    heard = power[power >= floor]
    if not heard.size:
        return SILENCE_LUFS
    return float(10 * np.log10(heard[heard > RELATIVE_GATE * heard.mean()].mean()) + OFFSET_DB)


def _weighted_power(audio: Audio, rate: int) -> Audio:
    """The K-weighted power of each frame, summed over channels: overlap-save convolution, some frames at a time."""
    ringing, weighting = int(RINGING_SECONDS * rate), _k_weighting(rate)
    hop = FRAME - ringing
    padded = np.pad(audio.T, ((0, 0), (ringing, -len(audio) % hop)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME, axis=1)[:, ::hop]
    pieces = [
        reduce(np.add, np.square(np.fft.irfft(transform(piece) * weighting, FRAME)[..., ringing:])).ravel()
        for piece in np.split(frames, range(AT_ONCE, frames.shape[1], AT_ONCE), axis=1)
    ]
    return np.concatenate(pieces)[: len(audio)]


def _blocks(power: Audio, rate: int) -> Series:
    """The mean power of each block; a last one counts where half of its last quarter is there."""
    step = BLOCK_SECONDS / STEPS * rate
    count = max(1, round((len(power) / rate - BLOCK_SECONDS) / (BLOCK_SECONDS / STEPS) + 1))
    edges = np.floor(np.arange(count + STEPS) * step + 1e-6).astype(int)
    sums = np.add.reduceat(np.append(power, np.float32(0)), edges.clip(max=len(power)), dtype=np.float64)[:-1]
    return np.convolve(sums, np.ones(STEPS), "valid") / (STEPS * step)


@lru_cache(8)
def _k_weighting(rate: int) -> npt.NDArray[np.complex64]:
    """The answer [bins] of a high shelf (+4 dB above 1,500 Hz) and a high-pass (38 Hz) of the Audio EQ Cookbook."""
    turn = np.exp(-2j * np.pi * np.arange(FRAME // 2 + 1) / FRAME)
    return np.asarray(_shelf(1500 / rate)(turn) * _high_pass(38 / rate)(turn), np.complex64)


def _shelf(frequency: float) -> _Biquad:
    root, cosine, sine = 10 ** (4 / 40), math.cos(math.tau * frequency), math.sin(math.tau * frequency)
    slope = math.sqrt(root) * math.sqrt(2) * sine  # 2 sqrt(A) alpha, where Q is the square root of a half
    up, down = root + 1, root - 1
    return _Biquad(
        (root * (up + down * cosine + slope), -2 * root * (down + up * cosine), root * (up + down * cosine - slope)),
        (up - down * cosine + slope, 2 * (down - up * cosine), up - down * cosine - slope),
    )


def _high_pass(frequency: float) -> _Biquad:
    cosine, alpha = math.cos(math.tau * frequency), math.sin(math.tau * frequency)  # Q is a half
    return _Biquad(
        ((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2),
        (1 + alpha, -2 * cosine, 1 - alpha),
    )

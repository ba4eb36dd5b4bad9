"""Frames of a sound and their spectra, in float32 throughout."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def cut(audio: Floats, starts: npt.NDArray[np.int64], length: int) -> Floats:
    """Frames [n, length] that begin at `starts` [n], under a Hann window."""
    frames = np.lib.stride_tricks.sliding_window_view(audio, length)[starts]
    frames *= hann(length)
    return frames


@lru_cache(8)
def hann(length: int) -> Floats:
    """The window [length]; zero at both ends."""
    return np.hanning(length).astype(np.float32)


def power(frames: Floats, size: int | None = None) -> Floats:
    """The power [..., size // 2 + 1] of frames [..., frame], filled with zeros up to `size`.

    numpy's own scale is 1, an integer, for which it takes its FFT of wider numbers: four times as slow (2.4, measured).
    Squared by parts, which takes half as long as by `abs`.
    """
    size = size or frames.shape[-1]
    parts = np.fft.rfft(frames, size, norm="forward").view(np.float32)
    parts *= parts
    found = parts[..., ::2] + parts[..., 1::2]
    found *= np.float32(size) ** 2
    return np.asarray(found)


def circle(audio: Floats, before: int, after: int) -> Floats:
    """`audio` with its own end `before` it and its own beginning `after` it; np.pad takes ten times as long."""
    if len(audio) < max(before, after):
        return np.pad(audio, (before, after), mode="wrap")
    return np.concatenate([audio[len(audio) - before :], audio, audio[:after]])

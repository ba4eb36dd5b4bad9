"""Windows as another recording might have them: other speeds, levels, bands, a noise floor."""

import numpy as np
import numpy.typing as npt

from soundpalette.core.encoders.compact_frontend import BANDS, FLOOR_VALUE


def altered(rng: np.random.Generator, window: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """One window [frames, 64] as another recording might have it."""
    window = _timed(rng, window)
    if rng.random() < 0.3:
        window = np.roll(window, shift := int(rng.integers(-2, 3)), axis=1)
        if shift > 0:
            window[:, :shift] = window[:, [shift]]
        elif shift < 0:
            window[:, shift:] = window[:, [shift - 1]]
    tilt = np.linspace(-1, 1, BANDS) * rng.normal(0, 0.13)
    ripple = np.interp(np.arange(BANDS), np.linspace(0, 63, 7), rng.normal(0, 0.11, 7))
    window = np.maximum(window + tilt + ripple + rng.normal(0, 0.08), FLOOR_VALUE)
    return _poorer(rng, window)


def _timed(rng: np.random.Generator, window: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Another speed, another decay, silence before."""
    if rng.random() < 0.4 and len(window) > 12:
        window = window[np.arange(0, len(window) - 1, rng.uniform(0.85, 1.18)).astype(int)]
    if rng.random() < 0.25:
        window = window + np.linspace(0, rng.uniform(-0.5, 0.15), len(window), dtype=np.float32)[:, None]
    if rng.random() < 0.2:
        window = np.concatenate([np.full((int(rng.integers(1, 7)), BANDS), FLOOR_VALUE, np.float32), window])
    return window


def _poorer(rng: np.random.Generator, window: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Bands missing, highs missing as at a low sampling rate, holes, a noise floor."""
    if rng.random() < 0.3:
        band = rng.integers(0, BANDS - 8)
        window[:, band : band + rng.integers(2, 9)] = FLOOR_VALUE
    if rng.random() < 0.15:
        window[:, rng.integers(44, 62) :] = FLOOR_VALUE
    if rng.random() < 0.2 and len(window) > 40:
        frame = rng.integers(8, len(window) - 10)
        window[frame : frame + rng.integers(2, 10)] = FLOOR_VALUE
    if rng.random() < 0.4:
        window = np.maximum(window, rng.uniform(FLOOR_VALUE, FLOOR_VALUE + 1.4))
    return window

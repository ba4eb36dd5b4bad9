"""What can be measured of a sound, for the truth of the splits' adjectives; apart from the package's descriptors.

Each measure is a number that grows with the adjective. Only its order counts: queries take the most extreme files.
"""

import numpy as np
import numpy.typing as npt
import soxr

from training.dsp import Audio

RATE = 32000
FRAME = 2048
STEPS = 200  # a second, of the envelope
Spectrum = npt.NDArray[np.float64]


def measures(audio: Audio, rate: int) -> dict[str, float]:
    """All measures of a sound [n] or [n, channels] by their names."""
    mono = np.asarray(soxr.resample(audio if audio.ndim == 1 else audio.mean(axis=1), rate, RATE), float)
    mono = mono / max(np.abs(mono).max(), 1e-9)
    level = envelope(mono)
    power, frequencies = spectrum(mono)
    share = np.cumsum(power) / power.sum()
    centre = float(np.sum(power * np.log2(frequencies)) / power.sum())
    return {
        "short": -duration(mono),
        "long": held(level),
        "bright": centre,
        "dark": -centre,
        "low": float(np.interp(120.0, frequencies, share)),
        "high": float(np.log2(np.interp(0.1, share, frequencies))),
        "noisy": noisiness(mono),
        "tonal": periodicity(mono),
        "slow": rise(level),
        "punchy": punch(mono, level),
        "ringing": tail(mono),
    }


def envelope(mono: Audio) -> Audio:
    """RMS in steps of 5 ms."""
    step = RATE // STEPS
    padded = np.pad(mono, (0, -mono.size % step))
    return np.asarray(np.sqrt(np.mean(padded.reshape(-1, step) ** 2, axis=1)))


def frames(mono: Audio) -> npt.NDArray[np.float64]:
    """Half-overlapping windows of 64 ms [frames, FRAME]."""
    padded = np.pad(mono, (FRAME // 2, FRAME + -mono.size % (FRAME // 2)))
    return np.lib.stride_tricks.sliding_window_view(padded, FRAME)[:: FRAME // 2] * np.hanning(FRAME)


def spectrum(mono: Audio) -> tuple[Spectrum, Spectrum]:
    """Mean power over 20 Hz to 15 kHz, and the frequencies."""
    frequencies = np.asarray(np.fft.rfftfreq(FRAME, 1 / RATE), np.float64)
    wanted = (frequencies >= 20.0) & (frequencies <= 15000.0)
    return np.mean(np.abs(np.fft.rfft(frames(mono))) ** 2, axis=0)[wanted] + 1e-12, frequencies[wanted]


def duration(mono: Audio) -> float:
    """Seconds (log) from the first sound to where 99.9 % of the energy is past."""
    share = np.cumsum(mono**2) / np.sum(mono**2)
    start, end = np.searchsorted(share, [0.0005, 0.999])
    return float(np.log((end - start + 1) / RATE))


def held(level: Audio) -> float:
    """Seconds within 12 dB of the loudest 5 ms."""
    return float(np.count_nonzero(level > level.max() * 0.25) / STEPS)


def rise(level: Audio) -> float:
    """Seconds from the first sound (-26 dB) to within 2 dB of the loudest, smoothed over 25 ms."""
    smooth = np.convolve(level, np.ones(5) / 5, mode="same")
    first = int(np.argmax(smooth > smooth.max() * 0.05))
    return float((np.argmax(smooth > smooth.max() * 0.8) - first) / STEPS)


def tail(mono: Audio) -> float:
    """Seconds from -5 to -25 dB of Schroeder's backward integral after the loudest moment."""
    after = mono[int(np.argmax(np.abs(mono))) :]
    left = np.cumsum(after[::-1] ** 2)[::-1]
    left = left / left[0]
    return float((np.argmin(left > 10**-2.5) - np.argmin(left > 10**-0.5)) / RATE)


def punch(mono: Audio, level: Audio) -> float:
    """In dB, how far the loudest moment's 50 ms stand above the next 250 ms, plus their share of low end."""
    top = int(np.argmax(level))
    head, rest = level[top : top + 10], level[top + 10 : top + 60]
    drop = 20 * np.log10(np.sqrt(np.mean(head**2)) / (np.sqrt(np.sum(rest**2) / 50) + 1e-2))
    start = top * (RATE // STEPS)
    hit = np.pad(mono[start : start + RATE // 10], (0, 64))
    power = np.abs(np.fft.rfft(hit)) ** 2
    bottom = np.fft.rfftfreq(hit.size, 1 / RATE) < 250
    return float(drop + 10 * np.log10(power[bottom].sum() / power.sum() + 0.01))


def noisiness(mono: Audio) -> float:
    """Spectral flatness between 200 Hz and 8 kHz, the windows weighted by their energy."""
    frequencies = np.fft.rfftfreq(FRAME, 1 / RATE)
    power = np.abs(np.fft.rfft(frames(mono))) ** 2
    band = power[:, (frequencies >= 200) & (frequencies <= 8000)] + 1e-10
    flat = np.exp(np.mean(np.log(band), axis=1)) / np.mean(band, axis=1)
    return float(np.average(flat, weights=power.sum(axis=1) + 1e-12))


def periodicity(mono: Audio) -> float:
    """The highest normalised autocorrelation (50 Hz to 2 kHz) beyond its first dip, windows weighted by energy."""
    windows = frames(mono)
    spectra = np.abs(np.fft.rfft(windows, 2 * FRAME)) ** 2
    taper = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(FRAME), 2 * FRAME)) ** 2)
    reach = RATE // 50
    correlation = np.fft.irfft(spectra)[:, :reach] / (taper[:reach] / taper[0])
    correlation /= correlation[:, :1] + 1e-9
    beyond = np.maximum.accumulate(correlation < 0.3, axis=1)
    best = np.where(beyond, correlation, 0.0).max(axis=1)
    return float(np.average(best, weights=np.sum(windows**2, axis=1) + 1e-12))

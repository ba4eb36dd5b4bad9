# ruff: noqa: E501  (tables and formulas read better in one row)
"""Small signal processing for the generators: oscillators, noise, envelopes, filters, effects; float64 mono [n] at 32 kHz."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import signal

RATE: Final = 32_000
Audio = npt.NDArray[np.float64]
Rng = np.random.Generator
Wave = Callable[..., Audio]
"""An oscillator: (Hz, seconds, ...) -> audio."""


def n_of(seconds: float) -> int:
    """Samples in `seconds`, 16 at least."""
    return max(16, int(seconds * RATE))


def times(seconds: float) -> Audio:
    """Seconds at every sample [n]."""
    return np.arange(n_of(seconds)) / RATE


def log_uniform(rng: Rng, low: float, high: float) -> float:
    """A number between two bounds, even over its logarithm."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def one_of(rng: Rng, *choices: Wave) -> Wave:
    return choices[rng.integers(0, len(choices))]


def phase_of(frequency: Audio | float, seconds: float, rng: Rng | None = None) -> Audio:
    """Phase in cycles of a (possibly moving) frequency."""
    steps = np.broadcast_to(np.asarray(frequency, float), (n_of(seconds),)) / RATE
    return np.cumsum(steps) + (rng.random() if rng is not None else 0.0)


def sine(frequency: Audio | float, seconds: float, rng: Rng | None = None) -> Audio:
    return np.sin(2 * np.pi * phase_of(frequency, seconds, rng))


def saw(frequency: Audio | float, seconds: float, rng: Rng | None = None) -> Audio:
    """A sawtooth with its step smoothed (PolyBLEP)."""
    phase = phase_of(frequency, seconds, rng) % 1.0
    step = np.broadcast_to(np.asarray(frequency, float), phase.shape) / RATE
    return 2 * phase - 1 - _blep(phase, step)


def square(frequency: Audio | float, seconds: float, width: float = 0.5, rng: Rng | None = None) -> Audio:
    phase = phase_of(frequency, seconds, rng) % 1.0
    step = np.broadcast_to(np.asarray(frequency, float), phase.shape) / RATE
    raw = np.where(phase < width, 1.0, -1.0)
    return raw + _blep(phase, step) - _blep((phase - width) % 1.0, step)


def triangle(frequency: Audio | float, seconds: float, rng: Rng | None = None) -> Audio:
    return 2 * np.abs(2 * (phase_of(frequency, seconds, rng) % 1.0) - 1) - 1


def _blep(phase: Audio, step: Audio) -> Audio:
    correction = np.zeros_like(phase)
    early, late = phase < step, phase > 1 - step
    x = phase[early] / step[early]
    correction[early] = x + x - x * x - 1
    x = (phase[late] - 1) / step[late]
    correction[late] = x * x + x + x + 1
    return correction


def noise(rng: Rng, seconds: float) -> Audio:
    """White noise with a deviation of 0.4."""
    return rng.standard_normal(n_of(seconds)) * 0.4


def coloured(rng: Rng, seconds: float, slope: float) -> Audio:
    """Noise whose power falls by `slope` dB an octave (0 white, 3 pink, 6 brown)."""
    n = n_of(seconds)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20.0)
    shaped = np.fft.irfft(spectrum * frequency ** (-slope / 6.02), n)
    return np.asarray(shaped / (np.abs(shaped).max() + 1e-9))


def decay(seconds: float, half: float, attack: float = 0.001) -> Audio:
    """Exponential decay: -60 dB after `half` seconds, with a short rise."""
    t = times(seconds)
    return np.exp(-6.9 * t / half) * np.minimum(1.0, t / max(attack, 1e-4))


def adsr(seconds: float, attack: float, fall: float, sustain: float, release: float) -> Audio:
    """An envelope 0..1: times in seconds, `sustain` a level."""
    t = times(seconds)
    hold_end = max(attack + fall, seconds - release)
    level = np.interp(t, [0, attack, attack + fall, hold_end, seconds], [0, 1, sustain, sustain, 0])
    return np.asarray(level)


def curve(seconds: float, *values: float, log: bool = True) -> Audio:
    """A glide through `values` at even spacing."""
    spots = np.linspace(0, seconds, len(values))
    if log:
        return np.exp(np.interp(times(seconds), spots, np.log(values)))
    return np.asarray(np.interp(times(seconds), spots, values))


def lowpass(x: Audio, cutoff: float, order: int = 2) -> Audio:
    return _filter(x, "low", min(cutoff, RATE * 0.49), order)


def highpass(x: Audio, cutoff: float, order: int = 2) -> Audio:
    return _filter(x, "high", min(cutoff, RATE * 0.49), order)


def bandpass(x: Audio, low: float, high: float, order: int = 2) -> Audio:
    return _filter(x, "band", (low, min(high, RATE * 0.49)), order)


def _filter(x: Audio, kind: str, cutoff: object, order: int) -> Audio:
    return np.asarray(signal.sosfilt(signal.butter(order, cutoff, kind, fs=RATE, output="sos"), x))


def resonate(x: Audio, frequency: float, quality: float) -> Audio:
    """One peak at `frequency` Hz."""
    b, a = signal.iirpeak(min(frequency, RATE * 0.48), quality, fs=RATE)
    return np.asarray(signal.lfilter(b, a, x))


def sweep_filter(x: Audio, cutoff: Audio, quality: float = 1.0, mode: str = "low") -> Audio:
    """A filter whose cutoff moves: RBJ biquads per 8 ms block with carried state, done twice for a steeper slope."""
    block = RATE // 125
    for _ in range(2):
        state = np.zeros(2)
        out = np.empty_like(x)
        for start in range(0, x.size, block):
            b, a = _biquad(float(cutoff[min(start, cutoff.size - 1)]), quality, mode)
            out[start : start + block], state = signal.lfilter(b, a, x[start : start + block], zi=state)
        x = out
    return x


def _biquad(cutoff: float, quality: float, mode: str) -> tuple[Audio, Audio]:
    w = 2 * np.pi * min(max(cutoff, 20.0), RATE * 0.45) / RATE
    alpha, cosine = np.sin(w) / (2 * quality), np.cos(w)
    tops = {
        "low": [(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2],
        "high": [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2],
        "band": [alpha, 0.0, -alpha],
    }
    bottom = np.array([1 + alpha, -2 * cosine, 1 - alpha])
    return np.array(tops[mode]) / bottom[0], bottom / bottom[0]


def modes(rng: Rng, seconds: float, partials: list[tuple[float, float, float]]) -> Audio:
    """A struck body: (frequency, level, -60 dB time) a partial."""
    t = times(seconds)
    out = np.zeros_like(t)
    for frequency, level, length in partials:
        if frequency < RATE * 0.47:
            out += level * np.exp(-6.9 * t / length) * np.sin(2 * np.pi * (frequency * t + rng.random()))
    return out


def pluck(rng: Rng, frequency: float, seconds: float, damping: float = 0.996, bright: float = 0.5) -> Audio:
    """Karplus-Strong as a filter: a burst into a damped comb."""
    period = RATE / frequency
    burst = lowpass(rng.standard_normal(int(period) + 2), 1500 + bright * 12000)
    x = np.zeros(n_of(seconds))
    x[: min(burst.size, x.size)] = burst[: x.size]
    whole = max(2, int(period - 0.5))
    part = period - 0.5 - whole
    a = np.zeros(whole + 3)
    a[0] = 1.0
    a[whole : whole + 3] = [-damping * 0.5 * (1 - part), -damping * 0.5, -damping * 0.5 * part]
    return np.asarray(signal.lfilter([1.0], a, x))


def formants(x: Audio, vowel: str) -> Audio:
    """A vowel's three formants, of a man's voice."""
    table = {
        "a": (730, 1090, 2440),
        "o": (570, 840, 2410),
        "e": (530, 1840, 2480),
        "i": (270, 2290, 3010),
        "u": (300, 870, 2240),
    }
    return sum(
        (g * resonate(x, f, q) for f, g, q in zip(table[vowel], (1.0, 0.6, 0.3), (8, 10, 12), strict=True)),
        np.zeros_like(x),
    )


def reverb(rng: Rng, x: Audio, seconds: float, mix: float, bright: float = 6000.0) -> Audio:
    """A room of decaying noise, -60 dB after `seconds`, as loud as the dry sound; `mix` of it; longer by the room."""
    tail = lowpass(rng.standard_normal(n_of(seconds)) * np.exp(-6.9 * times(seconds) / seconds), bright)
    wet = signal.fftconvolve(x, tail)
    wet *= np.sqrt((x**2).sum() / ((wet**2).sum() + 1e-9))
    dry = np.zeros_like(wet)
    dry[: x.size] = x
    return np.asarray(dry * (1 - mix) + wet * mix)


def echo(x: Audio, delay: float, feedback: float, repeats: int = 5) -> Audio:
    """`repeats` echoes `delay` seconds apart, each `feedback` times as loud as the one before."""
    gap = int(delay * RATE)
    out = np.zeros(x.size + gap * repeats)
    for k in range(repeats + 1):
        out[k * gap : k * gap + x.size] += x * feedback**k
    return out


def drive(x: Audio, amount: float) -> Audio:
    """Tanh of the sound at a peak of `amount`: 1 is soft, 50 hard."""
    return np.asarray(np.tanh(amount * x / (np.abs(x).max() + 1e-9)))


def crush(x: Audio, bits: int, hold: int) -> Audio:
    """Fewer bits, every sample held for `hold`."""
    peak = np.abs(x).max() + 1e-9
    held = np.repeat(x[::hold], hold)[: x.size]
    return np.asarray(np.round(held / peak * 2 ** (bits - 1)) / 2 ** (bits - 1) * peak)


def resample(x: Audio, ratio: float) -> Audio:
    """Play `x` at `ratio` times its speed (pitch moves with it)."""
    spots = np.arange(0, x.size - 1, ratio)
    source = lowpass(x, RATE * 0.48 / ratio, 4) if ratio > 1.05 else x
    return np.asarray(np.interp(spots, np.arange(x.size), source))


def peaked(x: Audio) -> Audio:
    """With a peak of 1."""
    return np.asarray(x / (np.abs(x).max() + 1e-9))


def faded(x: Audio, count: int) -> Audio:
    """`x`, [n] or [n, channels], with its last `count` samples faded to nothing."""
    ramp = np.linspace(1, 0, min(count, len(x)))
    envelope = np.concatenate([np.ones(len(x) - ramp.size), ramp])
    return np.asarray(x * (envelope if x.ndim == 1 else envelope[:, None]))


def mix_at(total: float, hits: list[tuple[float, Audio, float]]) -> Audio:
    """Sum `hits` (start second, audio, gain) on a line of `total` seconds."""
    out = np.zeros(n_of(total))
    for start, audio, gain in hits:
        i = int(start * RATE)
        if i < out.size:
            part = audio[: out.size - i]
            out[i : i + part.size] += gain * part
    return out


def detuned(wave: Wave, rng: Rng, frequency: Audio | float, seconds: float, voices: int, cents: float) -> Audio:
    """The mean of `voices` copies within `cents` of the frequency."""
    spread = rng.uniform(-cents, cents, voices)
    return (
        sum((wave(np.asarray(frequency) * 2 ** (c / 1200), seconds, rng=rng) for c in spread), np.zeros(n_of(seconds)))
        / voices
    )

"""What the sound alone tells of a sample: how it measures, loop or one-shot, tempo, key, root."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, Recording, recording
from soundpalette.core.music import measures
from soundpalette.core.music.chroma import Chroma, find_chroma
from soundpalette.core.music.loudness import SILENCE_LUFS, loudness_lufs
from soundpalette.core.music.notes import note_name
from soundpalette.core.music.onsets import Onsets, find_onsets
from soundpalette.core.music.pitch import find_pitch
from soundpalette.core.music.tempo import Tempo, candidates, find_free_tempo, find_tempo
from soundpalette.core.music.tonality import find_key
from soundpalette.core.stereo import Width
from soundpalette.core.types import Fact, T, Waveform

HEARD_SECONDS: Final = 60.0
"""Of a longer file the first minute is analysed."""
LEAST_RATE: Final = 8_000
MOST_RATE: Final = 48_000
RHYTHM_RATE: Final = 22_050
"""Onsets and notes are sought at this rate: hats are noise below 11 kHz, too, and no note lies above."""
LEAST_LOOP_SECONDS: Final = 0.3
LEAST_LOOP: Final = 0.01
"""What is less likely a loop has no tempo, whatever its name may say."""
FAINTER_DB: Final = -9.0
DYING_LOOP: Final = 0.2
"""What dies away is a loop at most this likely: of 1,500 rendered loops none does."""
LEAST_TEMPO: Final = 0.1
"""A tempo that is less sure is none."""
STEADY_CHORD: Final = 0.5
"""A single chord has to be steadier than a loop to have a key: snares and cymbals ring with partials, too (0.35)."""
LIVELY: Final = 0.2
"""Variance of the onset strength that noise has: more comes of onsets."""
SILENT_DB: Final = -70.0
# Fitted by bench/fit_music.py on the rendered sounds of seeds 0 to 299: logarithms of the odds that a sound is a loop.
LOOP: Final = np.array([-9.22, 1.52, 10.37, 22.43, 2.5])

Audio = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pulse:
    """The tempo of a loop, and how many beats it lasts where that is a whole number."""

    bpm: Fact[float]
    beats: Fact[int] | None


@dataclass(frozen=True, slots=True)
class Sound:
    """What the sound alone tells; the fields mean what they mean in `core.types.Traits`."""

    seconds: float
    kind: Fact[str]
    bpm: Fact[float] | None
    beats: Fact[int] | None
    key: Fact[str] | None
    root: Fact[str] | None
    loudness_lufs: float
    peak_db: float
    brightness_hz: float
    attack_seconds: float
    decay_seconds: float
    noisiness: float
    width: float
    bands: tuple[float, float, float, float]
    if_loop: Pulse | None = None
    """Of what sounds like a one-shot, but not surely: its name may know better."""


UNHEARD: Final = Sound(
    seconds=0.0,
    kind=Fact("one-shot", "sound", 0.0),
    bpm=None,
    beats=None,
    key=None,
    root=None,
    loudness_lufs=SILENCE_LUFS,
    peak_db=measures.SILENCE_DB,
    brightness_hz=0.0,
    attack_seconds=0.0,
    decay_seconds=0.0,
    noisiness=0.0,
    width=0.0,
    bands=(0.0, 0.0, 0.0, 0.0),
)
"""Of what could not be analysed nothing is known: it measures as silence does, and its kind is no more than a word."""


def analyse_file(source: Path | Recording, limits: Limits = DEFAULT_LIMITS) -> Sound:
    """Analyse the first minute of a file, which bounds time and memory. Raises AudioError."""
    with recording(source, limits) as file:
        rate = min(max(file.header.rate, LEAST_RATE), MOST_RATE)
        return analyse(file.channels(rate, HEARD_SECONDS), rate, file.header.seconds)


def analyse(audio: Audio, rate: int, seconds: float | None = None) -> Sound:
    """Analyse float32 [frames] or [frames, 1 or 2] at `rate` Hz, finite; `seconds`: of the whole, if this is a part."""
    channels = audio[:, None] if audio.ndim == 1 else audio
    heard = len(channels) / rate
    whole = heard if seconds is None or seconds <= HEARD_SECONDS else seconds
    width = Width()
    width.add(channels)
    peak = measures.peak_db(channels)
    folded = mono(channels, width.value)
    low = np.asarray(soxr.resample(folded, rate, RHYTHM_RATE), np.float32)
    most = DYING_LOOP if _dies_away(folded) else 1.0
    music = _music(low, whole > heard, most) if peak > SILENT_DB and len(low) > 1 else _Music(_sure("one-shot", 1.0))
    spectrum = measures.spectrum(channels, rate)
    envelope = measures.envelope(channels, rate)
    return Sound(
        seconds=whole,
        kind=music.kind,
        bpm=music.bpm,
        beats=music.beats,
        key=music.key,
        root=music.root,
        loudness_lufs=loudness_lufs(channels, rate),
        peak_db=peak,
        brightness_hz=spectrum.brightness_hz,
        attack_seconds=measures.attack_seconds(envelope),
        decay_seconds=measures.decay_seconds(envelope),
        noisiness=spectrum.noisiness,
        width=width.value,
        bands=spectrum.bands,
        if_loop=music.if_loop,
    )


@dataclass(frozen=True, slots=True)
class _Music:
    kind: Fact[str]
    bpm: Fact[float] | None = None
    beats: Fact[int] | None = None
    key: Fact[str] | None = None
    root: Fact[str] | None = None
    if_loop: Pulse | None = None


def loop_evidence(onsets: Onsets, chroma: Chroma) -> npt.NDArray[np.float64]:
    """What speaks for a loop, float64 [5]: a constant, length, a rhythm that comes again, chords, later onsets."""
    beats = candidates(onsets.seconds)
    lags = np.concatenate([onsets.repeats_after(lag, beats[beats > lag]) for lag in (1, 2, 4)])
    later = np.log1p(onsets.later_variance / LIVELY)
    return np.array([1.0, np.log(onsets.seconds), lags.max(initial=0.0), chroma.movement, later])


def _music(audio: Waveform, is_part: bool, most: float) -> _Music:
    """Of a sound that is a loop with the probability `most` at most."""
    onsets, chroma = find_onsets(audio, RHYTHM_RATE), find_chroma(audio, RHYTHM_RATE)
    loop = min(most, float(1 / (1 + np.exp(-LOOP @ loop_evidence(onsets, chroma)))))
    if onsets.seconds < LEAST_LOOP_SECONDS or loop < LEAST_LOOP:
        return _one_shot(_sure("one-shot", 1 - loop), audio, chroma)
    tempo = find_free_tempo(onsets) if is_part else find_tempo(onsets, chroma)
    pulse = _pulse(tempo, max(loop, 0.5)) if tempo and tempo.confidence >= LEAST_TEMPO else None
    if loop <= 0.5:
        return replace(_one_shot(_sure("one-shot", 1 - loop), audio, chroma), if_loop=pulse)
    key = find_key(chroma)
    return _Music(
        _sure("loop", loop),
        bpm=pulse.bpm if pulse else None,
        beats=pulse.beats if pulse else None,
        key=_sure(key.name, key.confidence) if key else None,
    )


def _dies_away(audio: Waveform) -> bool:
    """Whether the third quarter is much quieter than the loudest, and the last much quieter still: a ringing chord's
    notes may begin one after the other as a rhythm's do."""
    quarters = np.array([float(np.square(part).sum()) for part in np.array_split(audio, 4)])
    level = 10 * np.log10(np.maximum(quarters, 1e-20) / max(float(quarters.max()), 1e-20))
    return bool(level[2] < FAINTER_DB and level[3] < level[2] + FAINTER_DB)


def _pulse(tempo: Tempo, sure: float) -> Pulse:
    confidence = sure * tempo.confidence
    return Pulse(_sure(round(tempo.bpm, 2), confidence), _sure(tempo.beats, confidence) if tempo.beats else None)


def _one_shot(kind: Fact[str], audio: Waveform, chroma: Chroma) -> _Music:
    """A note has a root and no key; what has several notes is a chord and has a key."""
    pitch = find_pitch(audio, RHYTHM_RATE)
    if pitch:
        return _Music(kind, root=_sure(note_name(round(pitch.midi)), pitch.confidence))
    key = find_key(chroma) if chroma.steadiness >= STEADY_CHORD else None
    return _Music(kind, key=_sure(key.name, key.confidence) if key else None)


def mono(channels: Audio, width: float) -> Waveform:
    """The mean of the channels, or the first where they cancel each other out."""
    first, last = channels[:, 0], channels[:, -1]
    return np.ascontiguousarray((first + last) / 2 if width < 0.9 else first)


def _sure(value: T, confidence: float) -> Fact[T]:
    return Fact(value, "sound", round(confidence, 3))

# ruff: noqa: E501  (tables and formulas read better in one row)
"""Sonic Pi's synth definitions (MIT; npm supersonic-scsynth-synthdefs) played offline by scsynth: never its samples."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from training.dsp import Rng, log_uniform
from training.effects import with_effects
from training.osc import bundle, message
from training.pitch import chords
from training.places import DATA
from training.registry import Made

DEFINITIONS = DATA / "pk/package/synthdefs"


@dataclass(frozen=True, slots=True)
class Voice:
    words: tuple[str, ...]
    low: int
    high: int
    shape: str
    """pluck: short decays; hold: any length; pad: slow; hit: its own length."""


def _voices(rows: dict[str, tuple[str, int, int, str]]) -> dict[str, Voice]:
    return {
        name: Voice(tuple(w.strip() for w in words.split(",")), low, high, shape)
        for name, (words, low, high, shape) in rows.items()
    }


VOICES = _voices({
    "beep": ("beep, electronic blip", 55, 100, "pluck"), "saw": ("synth lead, saw lead", 45, 85, "hold"), "square": ("synth lead, square lead", 45, 85, "hold"),
    "pulse": ("synth lead", 45, 85, "hold"), "tri": ("synth", 45, 90, "hold"), "dsaw": ("synth lead, detuned", 45, 80, "hold"), "dtri": ("synth, detuned", 45, 85, "hold"),
    "dpulse": ("synth lead, detuned", 45, 80, "hold"), "supersaw": ("synth lead, saw lead, detuned", 48, 84, "hold"), "tech_saws": ("synth lead, detuned", 40, 80, "hold"),
    "prophet": ("synth, analog synth", 40, 84, "hold"), "blade": ("synth lead, synth strings", 45, 84, "hold"), "hoover": ("synth lead, hoover, detuned", 40, 75, "hold"),
    "zawa": ("synth lead, modulated", 40, 80, "hold"), "growl": ("growl, synth pad, eerie", 36, 70, "pad"), "hollow": ("synth pad, airy pad, breathy, ambience", 48, 84, "pad"),
    "dark_ambience": ("dark pad, ambience, drone, eerie", 36, 75, "pad"), "tb303": ("acid bass, synth bass, resonant", 28, 55, "hold"), "subpulse": ("synth bass, sub bass", 26, 50, "hold"),
    "bass_foundation": ("synth bass, sub bass", 24, 48, "hold"), "bass_highend": ("synth bass, distorted", 26, 50, "hold"), "chipbass": ("synth bass, chiptune", 28, 55, "hold"),
    "chiplead": ("chiptune, synth lead", 55, 96, "hold"), "chipnoise": ("chiptune, noise burst", 40, 80, "pluck"), "fm": ("fm synth, synth bell", 40, 90, "hold"),
    "mod_fm": ("fm synth, synth, modulated", 40, 84, "hold"), "mod_saw": ("synth, modulated", 40, 80, "hold"), "mod_pulse": ("synth, modulated", 40, 80, "hold"),
    "mod_sine": ("synth, modulated", 45, 90, "hold"), "mod_tri": ("synth, modulated", 45, 90, "hold"), "mod_dsaw": ("synth, modulated, detuned", 40, 80, "hold"),
    "pluck": ("plucked string", 36, 90, "hit"), "piano": ("piano", 28, 96, "hit"), "kalimba": ("kalimba", 50, 90, "hit"), "rhodey": ("electric piano", 40, 84, "hit"),
    "rodeo": ("electric piano", 40, 84, "hold"), "organ_tonewheel": ("organ", 40, 84, "hold"), "dull_bell": ("bell, dull", 45, 90, "pluck"), "pretty_bell": ("bell, chime", 55, 96, "pluck"),
    "bnoise": ("rumble, brown noise, noise", 60, 60, "hold"), "pnoise": ("noise, pink noise", 60, 60, "hold"), "noise": ("noise, white noise, hiss", 60, 60, "hold"),
    "gnoise": ("noise", 60, 60, "hold"), "cnoise": ("noise", 60, 60, "hold"), "gabberkick": ("hard kick, kick, distorted", 30, 45, "hit"),
    "sc808_bassdrum": ("808 kick, kick, electronic", 60, 60, "drum"), "sc808_snare": ("electronic snare, snare, electronic", 60, 60, "drum"), "sc808_clap": ("clap, electronic", 60, 60, "drum"),
    "sc808_closed_hihat": ("closed hi-hat, hi-hat, electronic", 60, 60, "drum"), "sc808_open_hihat": ("open hi-hat, hi-hat, electronic", 60, 60, "drum"), "sc808_cymbal": ("crash cymbal, cymbal, electronic", 60, 60, "drum"),
    "sc808_cowbell": ("cowbell, electronic", 60, 60, "drum"), "sc808_claves": ("claves, electronic", 60, 60, "drum"), "sc808_maracas": ("maracas, shaker, electronic", 60, 60, "drum"),
    "sc808_rimshot": ("rimshot, electronic", 60, 60, "drum"), "sc808_tomlo": ("low tom, tom, electronic tom, electronic", 60, 60, "drum"), "sc808_tommid": ("mid tom, tom, electronic tom, electronic", 60, 60, "drum"),
    "sc808_tomhi": ("high tom, tom, electronic tom, electronic", 60, 60, "drum"), "sc808_congalo": ("conga, electronic", 60, 60, "drum"), "sc808_congamid": ("conga, electronic", 60, 60, "drum"), "sc808_congahi": ("conga, electronic", 60, 60, "drum"),
})  # fmt: skip
CHORDS = chords("major chord", "minor chord", "minor seventh chord", "fifths")


def _notes(rng: Rng, voice: Voice) -> tuple[list[float], list[str]]:
    note = float(rng.integers(voice.low, voice.high + 1))
    if (
        voice.shape in ("hold", "pad", "pluck")
        and "bass" not in voice.words[0]
        and voice.low != voice.high
        and rng.random() < 0.25
    ):
        name = str(rng.choice(list(CHORDS)))
        return [min(note, 72) + k for k in CHORDS[name]], ["chord", name]
    return [note], []


def _envelope(rng: Rng, voice: Voice) -> tuple[dict[str, float], float, list[str]]:
    if voice.shape == "pad":
        attack, sustain, release = rng.uniform(0.2, 1.2), rng.uniform(0.5, 1.5), rng.uniform(0.3, 1.0)
        return {"attack": attack, "sustain": sustain, "release": release}, attack + sustain + release, []
    if voice.shape == "hold":
        slow = rng.random() < 0.2
        attack = rng.uniform(0.3, 1.0) if slow else 0.005
        sustain, release = (
            (0.0, log_uniform(rng, 0.1, 0.8))
            if rng.random() < 0.35
            else (log_uniform(rng, 0.15, 2.0), rng.uniform(0.05, 0.6))
        )
        pad = ["synth pad"] if slow and "bass" not in " ".join(voice.words) and "noise" not in voice.words else []
        return (
            {"attack": attack, "sustain": sustain, "release": release},
            attack + sustain + release,
            pad + (["pluck"] if not sustain else []),
        )
    if voice.shape == "pluck":
        release = log_uniform(rng, 0.08, 1.5)
        return {"attack": 0.001, "sustain": 0.0, "release": release}, release, []
    if voice.shape == "drum":
        return ({"decay": log_uniform(rng, 0.15, 2.0)} if rng.random() < 0.6 else {}), 1.6, []
    return {"release": rng.uniform(0.5, 2.0)}, 2.2, []


def render(rng: Rng, name: str, voice: Voice, count: int) -> Iterator[Made]:
    """`count` clips of one definition, played one after another in one score."""
    score = bundle(0.0, message("/d_recv", (DEFINITIONS / f"sonic-pi-{name}.scsyndef").read_bytes()))
    now, spots, node = 0.1, [], 1000
    for _ in range(count):
        notes, added = _notes(rng, voice)
        shape, seconds, more = _envelope(rng, voice)
        extra: dict[str, float] = {"cutoff": rng.uniform(60, 125)} if rng.random() < 0.6 else {}
        for note in notes:
            pairs = [
                x
                for pair in ({"note": note, "amp": 0.6 / len(notes), "out_bus": 0.0} | shape | extra).items()
                for x in pair
            ]
            score += bundle(now, message("/s_new", f"sonic-pi-{name}", node, 0, 0, *pairs))
            node += 1
        score += bundle(now + seconds + 0.3, message("/g_freeAll", 0))
        spots.append((now, seconds + 0.25, [*voice.words, *added, *more]))
        now += seconds + 0.5
    score += bundle(now + 0.2, message("/c_set", 0, 0))
    with tempfile.TemporaryDirectory() as folder:
        osc, wav = Path(folder) / "score.osc", Path(folder) / "out.wav"
        osc.write_bytes(score)
        subprocess.run(
            ["scsynth", "-D", "0", "-N", str(osc), "_", str(wav), "32000", "WAV", "int16", "-o", "2"],
            capture_output=True,
            check=True,
        )
        audio = soundfile.read(wav)[0]
    for start, length, words in spots:
        yield audio[int(start * 32000) : int((start + length) * 32000)], words


def clips(seed: int, share: float) -> Iterator[Made]:
    for number, (name, voice) in enumerate(VOICES.items()):
        rng = np.random.default_rng([seed, number])
        count = max(1, int((24 if voice.shape == "drum" else 44) * share))
        for audio, words in list(render(rng, name, voice, count)):
            yield with_effects(rng, audio, words) if audio.size and np.abs(audio).max() > 1e-4 else (audio, words)

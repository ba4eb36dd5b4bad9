# ruff: noqa: E501  (tables read better in one row)
"""Arcade sounds as games have them: jsfxr's presets and mutations of them, and ZzFX within ranges; node plays both."""

import json
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from training.dsp import RATE, Audio, Rng, log_uniform
from training.effects import with_effects
from training.places import DATA
from training.registry import Made

PLAYER = Path(__file__).parent / "arcade.mjs"
PACKAGES = [DATA / "pk" / "jsfxr" / "package", DATA / "pk" / "zzfx" / "package"]
WORDS = {
    "coin": ["coin pickup"],
    "laser": ["laser", "zap"],
    "explosion": ["explosion"],
    "power up": ["power up"],
    "hit": ["arcade hit"],
    "jump": ["jump sound"],
    "blip": ["blip", "electronic blip"],
    "note": ["chiptune", "synth"],
    "click": ["tick", "click"],
    "warble": ["sci-fi effect", "electronic"],
    "alarm": ["alarm", "siren"],
    "any": [],
}
JSFXR = {
    "pickupCoin": ("coin", 160), "laserShoot": ("laser", 320), "explosion": ("explosion", 170), "powerUp": ("power up", 160), "hitHurt": ("hit", 150),
    "jump": ("jump", 130), "blipSelect": ("blip", 140), "synth": ("note", 110), "click": ("click", 80), "random": ("any", 170),
}  # fmt: skip
"""The package's preset: (kind, how many)."""
ZZFX: dict[str, tuple[int, dict[str, tuple[float, float]]]] = {
    "coin": (70, {"frequency": (400, 2000), "sustain": (0.02, 0.12), "release": (0.08, 0.4), "shape": (0, 2), "pitchJump": (150, 900), "pitchJumpTime": (0.03, 0.1)}),
    "laser": (190, {"frequency": (300, 1800), "sustain": (0.01, 0.15), "release": (0.05, 0.3), "shape": (0, 3), "shapeCurve": (0.3, 2.5), "slide": (-45, -3)}),
    "explosion": (110, {"frequency": (20, 300), "sustain": (0.02, 0.3), "release": (0.2, 1.0), "shape": (4, 4), "shapeCurve": (0.5, 3), "slide": (-1.5, 0.2), "bitCrush": (0, 0.3), "delay": (0, 0.12)}),
    "power up": (90, {"frequency": (150, 600), "sustain": (0.1, 0.35), "release": (0.1, 0.5), "shape": (0, 2), "slide": (0.2, 6), "pitchJump": (40, 400), "pitchJumpTime": (0.04, 0.1), "repeatTime": (0, 0.15)}),
    "hit": (80, {"frequency": (50, 400), "sustain": (0, 0.05), "release": (0.03, 0.2), "shape": (2, 4), "shapeCurve": (0.5, 2), "slide": (-15, -1), "noise": (0, 2)}),
    "jump": (60, {"frequency": (150, 500), "sustain": (0.03, 0.1), "release": (0.05, 0.2), "shape": (0, 2), "slide": (3, 20)}),
    "blip": (90, {"frequency": (300, 2500), "sustain": (0.005, 0.06), "release": (0.01, 0.08), "shape": (0, 2), "shapeCurve": (0, 2)}),
    "warble": (110, {"frequency": (80, 1200), "sustain": (0.1, 0.8), "release": (0.1, 0.5), "shape": (0, 3), "modulation": (4, 120), "bitCrush": (0, 0.4), "slide": (-4, 4)}),
    "alarm": (60, {"frequency": (350, 1100), "sustain": (0.8, 1.6), "release": (0.05, 0.2), "shape": (0, 2), "slide": (1, 8), "repeatTime": (0.12, 0.5)}),
}  # fmt: skip
"""Kind: (how many, range of each parameter); the others keep their rest value."""
PARAMETERS = {
    "volume": 1.0, "randomness": 0.0, "frequency": 220.0, "attack": 0.0, "sustain": 0.0, "release": 0.1, "shape": 0.0, "shapeCurve": 1.0, "slide": 0.0, "deltaSlide": 0.0,
    "pitchJump": 0.0, "pitchJumpTime": 0.0, "repeatTime": 0.0, "noise": 0.0, "modulation": 0.0, "bitCrush": 0.0, "delay": 0.0, "sustainVolume": 1.0, "decay": 0.0, "tremolo": 0.0, "filter": 0.0,
}  # fmt: skip
"""ZzFX's arguments in their order, and their rest values."""


def clips(seed: int, share: float) -> Iterator[Made]:
    rng = np.random.default_rng([seed, 8])
    plan = [*_jsfxr_plan(rng, share), *_zzfx_plan(rng, share)]
    for (kind, _), audio in zip(plan, play([sound for _, sound in plan]), strict=True):
        if audio.size:
            at_rate = np.asarray(soxr.resample(audio, 44100, RATE), float)
            yield with_effects(rng, at_rate, [*WORDS[kind], "arcade game sound"], 0.3)


def play(sounds: list[dict[str, Any]]) -> Iterator[Audio]:
    """The sounds at 44.1 kHz, in their order; see arcade.mjs for what a sound is. Needs node."""
    command = ["node", str(PLAYER), *map(str, PACKAGES)]
    played = subprocess.run(command, input=json.dumps(sounds).encode(), capture_output=True, check=True).stdout
    at = 0
    while at < len(played):
        count = struct.unpack_from("<I", played, at)[0]
        yield np.frombuffer(played, np.float32, count, at + 4).astype(float)
        at += 4 + 4 * count


def _jsfxr_plan(rng: Rng, share: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Half of a kind as the package rolls it, the other half mutated one to six times."""
    for preset, (kind, count) in JSFXR.items():
        for number in range(max(1, int(count * share))):
            mutations = int(rng.integers(1, 7)) if number % 2 else 0
            yield kind, {"engine": "jsfxr", "kind": preset, "mutations": mutations, "seed": _seed(rng)}


def _zzfx_plan(rng: Rng, share: float) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, (count, ranges) in ZZFX.items():
        for _ in range(max(1, int(count * share))):
            drawn = {name: _draw(rng, name, *ends) for name, ends in ranges.items()}
            yield kind, {"engine": "zzfx", "parameters": list((PARAMETERS | drawn).values()), "seed": _seed(rng)}


def _draw(rng: Rng, name: str, low: float, high: float) -> float:
    if name == "shape":
        return int(rng.integers(int(low), int(high) + 1))
    return log_uniform(rng, low, high) if name == "frequency" else float(rng.uniform(low, high))


def _seed(rng: Rng) -> int:
    return int(rng.integers(0, 2**31))

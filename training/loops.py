# ruff: noqa: E501, PERF401  (formulas read better in one row; loops with conditions better as loops)
"""Sequenced loops from our own hits: drum loops, percussion and tabla loops, glitch and industrial loops."""

from collections.abc import Iterator

from training.drums import DRUMS
from training.dsp import Rng, log_uniform, mix_at, peaked, resample
from training.effects import with_effects
from training.electronics import ELECTRONICS
from training.percussion import PERCUSSION
from training.registry import Generator, Made, Registry, runs
from training.scenes import SCENES

Makers = list[Generator]


def _of(*names: str) -> Makers:
    both = {**DRUMS, **PERCUSSION, **SCENES, **ELECTRONICS}
    return [both[n][0] for n in names]


KICKS = _of("kick_808", "kick_electronic", "kick_hard", "kick_acoustic", "kick_soft")
SNARES = _of("snare_acoustic", "snare_electronic", "clap", "rimshot")
HATS = _of("hat_closed", "hat_closed", "shaker", "ride", "tambourine", "hat_open")
STYLES = {
    "house beat": ((118, 130), "x...x...x...x...", "....x.......x...", "..x...x...x...x."),
    "techno beat": ((125, 145), "x...x...x...x...", "............x...", "x.x.x.x.x.x.x.x."),
    "breakbeat": ((90, 140), "x.x.......xx....", "....x..x.x..x..x", "x.x.x.x.x.x.x.x."),
    "amen break": ((130, 175), "x.x.......xx....", "....x..x.x..x..x", "x.x.x.x.x.xxx.x."),
    "hip hop beat": ((78, 100), "x.....x..xx.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "trap beat": ((65, 80), "x......x..x.....", "....x.......x...", "xxxxxxxxxxxxxxxx"),
    "drum and bass": ((165, 178), "x.........x.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "rock beat": ((90, 140), "x.......x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x."),
    "dub beat": ((65, 90), "........x.......", "........x.......", "..x...x...x...x."),
}


def drum_loop(rng: Rng) -> Made:
    style = str(rng.choice(list(STYLES)))
    tempo, *rows = STYLES[style]
    step = 60 / rng.uniform(*tempo) / 4
    swing = rng.choice([0, 0, rng.uniform(0, 0.35)]) * step
    hits = []
    for row, makers, loud in zip(
        rows, (KICKS, SNARES, HATS), (1.0, rng.uniform(0.5, 1), rng.uniform(0.15, 0.6)), strict=True
    ):
        hit = peaked(makers[rng.integers(0, len(makers))](rng)[0])
        for k in range(int(rng.uniform(2.2, 4.2) / step)):
            if (row[k % 16] == "x") != (rng.random() < 0.05):
                hits.append(
                    (max(0, k * step + (swing if k % 2 else 0) + rng.normal(0, 0.002)), hit, loud * rng.uniform(0.6, 1))
                )
    total = max(h[0] for h in hits) + step if hits else 1.0
    electronic = ["electronic"] if rng.random() < 0.3 else []
    return mix_at(min(total, 4.0), hits), ["drum loop", "loop", style, *electronic]


def free_loop(makers: Makers, words: list[str]) -> Generator:
    """A loop of 2 to 4 hits of one family on a random euclidean-like pattern."""

    def make(rng: Rng) -> Made:
        step = 60 / log_uniform(rng, 75, 170) / 4
        hits = []
        for _ in range(rng.integers(2, 5)):
            hit = peaked(makers[rng.integers(0, len(makers))](rng)[0])[:32000]
            pulses, offset = int(rng.integers(3, 11)), int(rng.integers(0, 16))
            for k in range(int(rng.uniform(2.0, 4.0) / step)):
                if ((k + offset) * pulses) % 16 < pulses:
                    hits.append(
                        (
                            k * step,
                            hit if rng.random() < 0.8 else resample(hit, rng.choice([0.8, 1.25])),
                            rng.uniform(0.3, 1),
                        )
                    )
        return (mix_at(4.0, hits) if hits else peaked(hit)), [*words, "loop"]

    return make


LOOPS: Registry = {
    "drum_loop": (drum_loop, 1500),
    "percussion": (free_loop(_of("conga_bongo", "djembe", "cowbell", "woodblock", "shaker", "tambourine", "guiro", "rimshot", "triangle_bell", "tom"), ["percussion loop"]), 400),
    "tabla_loop": (free_loop(_of("tabla"), ["tabla loop", "percussion loop", "tabla", "hand drum"]), 220),
    "glitch_loop": (free_loop(_of("glitch_hit", "blip", "noise_burst", "synth_perc", "kick_electronic"), ["glitch loop", "percussion loop", "glitch", "electronic"]), 260),
    "industrial_loop": (free_loop(_of("metal_hit", "noise_burst", "kick_hard", "machine", "snare_electronic"), ["industrial loop", "drum loop", "industrial", "metallic"]), 220),
    "hat_loop": (free_loop(_of("hat_closed", "hat_open", "shaker"), ["hi-hat loop", "percussion loop", "hi-hat"]), 120),
}  # fmt: skip


def loop_clips(seed: int, share: float) -> Iterator[Made]:
    for rng, make in runs(LOOPS, seed, share):
        yield with_effects(rng, *make(rng), 0.4)

"""What synthesizers of the orchestra are set to, and what they go through."""

from dataclasses import dataclass

from training.csound import Note
from training.dsp import Rng, log_uniform
from training.pitch import hertz

SAW, PULSE, SQUARE, TRIANGLE = 0, 2, 10, 12
LADDER, DISTORTED, DIODE, KORG, HIGH, PLAIN = range(6)


@dataclass(slots=True)
class Patch:
    """The values of the orchestra's Synth, from p6 on; times in seconds."""

    wave: int = SAW
    cents: float = 0.0
    attack: float = 0.004
    decay: float = 0.1
    sustain: float = 0.8
    release: float = 0.05
    filter: int = LADDER
    cutoff: float = 3000.0
    octaves: float = 0.0
    fall: float = 0.3
    resonance: float = 0.1
    rate: float = 1.0
    wobble: float = 0.0
    glide: float = 1.0
    glide_time: float = 0.05
    vibrato: float = 0.0

    def note(self, at: float, note: float, length: float, level: float = 0.7) -> Note:
        values = (
            self.wave,
            self.cents,
            self.attack,
            self.decay,
            self.sustain,
            self.release,
            self.filter,
            self.cutoff,
            self.octaves,
        )
        moving = (self.fall, self.resonance, self.rate, self.wobble, self.glide, self.glide_time, self.vibrato)
        return ("Synth", at, length, hertz(note), level, *values, *moving)


def dressed(rng: Rng) -> Note:
    """What a synthesizer goes through: nothing, chorus, phaser or a hall."""
    form = rng.random()
    if form < 0.45:
        return ("Dry",)
    if form < 0.7:
        return ("Chorus", rng.uniform(0.2, 1.5), rng.uniform(0.3, 1.0), rng.uniform(0.3, 0.8))
    if form < 0.82:
        return ("Phaser", rng.uniform(0.1, 0.8), log_uniform(rng, 400, 1500), rng.uniform(0.2, 0.8))
    return ("Space", rng.uniform(0.6, 0.85), log_uniform(rng, 4000, 12000), rng.uniform(0.15, 0.4))


def classic(rng: Rng) -> int:
    """A wave as old synthesizers have them."""
    return int(rng.choice([SAW, SAW, SQUARE, PULSE, TRIANGLE]))

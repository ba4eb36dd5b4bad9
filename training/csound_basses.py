"""Synthesizer basses for csound: acid, reese, wobble, sub, frequency modulation."""

from training.csound import Note, Take, player
from training.csound_patch import DIODE, DISTORTED, KORG, LADDER, SAW, SQUARE, TRIANGLE, Patch, classic
from training.dsp import Rng, log_uniform
from training.pitch import hertz


@player(70)
def acid(rng: Rng) -> Take:
    patch = Patch(
        int(rng.choice([SAW, SQUARE])),
        0,
        0.003,
        0.2,
        0.6,
        0.03,
        int(rng.choice([DIODE, KORG, LADDER])),
        log_uniform(rng, 180, 700),
        rng.uniform(2, 4),
        log_uniform(rng, 0.08, 0.35),
        rng.uniform(0.7, 0.92),
    )
    root = float(rng.integers(30, 46))
    output = ("Amp", log_uniform(rng, 1, 12), 9000, 40) if rng.random() < 0.4 else ("Dry",)
    if rng.random() < 0.5:
        length = log_uniform(rng, 0.25, 1.2)
        return Take([patch.note(0.0, root, length)], length + 0.05, ["acid bass"], output)
    step = 60 / rng.uniform(115, 145) / 4
    line = [float(rng.choice([0, 0, 0, 12, 3, 7, -2, 10])) for _ in range(16)]
    played: list[Note] = []
    for k, n in enumerate(line):
        if rng.random() < 0.8:
            patch.glide = 2 ** ((line[k - 1] - n) / 12) if k and rng.random() < 0.3 else 1.0
            patch.octaves = rng.uniform(1.5, 4)
            played.append(patch.note(k * step, root + n, step * rng.choice([0.6, 0.98])))
    return Take(played, 16 * step, ["acid bass", "bass loop", "loop"], output)


@player(70)
def synth_basses(rng: Rng) -> Take:
    length = log_uniform(rng, 0.2, 2.0)
    patch = Patch(
        classic(rng),
        rng.choice([0, 0, 6]),
        0.004,
        0.15,
        rng.uniform(0.3, 1),
        0.05,
        int(rng.choice([LADDER, LADDER, KORG, DISTORTED])),
        log_uniform(rng, 180, 3000),
        rng.uniform(0, 3),
        log_uniform(rng, 0.05, 0.5),
        rng.uniform(0, 0.5),
    )
    return Take([patch.note(0.0, float(rng.integers(26, 46)), length)], length + 0.05, ["synth bass"])


@player(45)
def reeses(rng: Rng) -> Take:
    length = log_uniform(rng, 0.6, 2.8)
    patch = Patch(
        SAW,
        rng.uniform(12, 35),
        0.01,
        0.1,
        1.0,
        0.08,
        LADDER,
        log_uniform(rng, 400, 5000),
        0,
        0.3,
        rng.uniform(0, 0.4),
        rng.uniform(0.1, 0.8),
        rng.uniform(0, 0.8),
    )
    note = float(rng.integers(26, 42))
    output = (
        ("Amp", log_uniform(rng, 1, 8), 7000, 30)
        if rng.random() < 0.4
        else ("Phaser", rng.uniform(0.1, 0.6), 600.0, rng.uniform(0.2, 0.7))
    )
    return Take(
        [patch.note(0.0, note, length), patch.note(0.0, note + 0.12, length)],
        length + 0.05,
        ["reese bass", "detuned"],
        output,
    )


@player(50)
def wobbles(rng: Rng) -> Take:
    length = rng.uniform(0.9, 2.8)
    patch = Patch(
        int(rng.choice([SAW, SQUARE])),
        rng.uniform(4, 20),
        0.005,
        0.1,
        1.0,
        0.05,
        int(rng.choice([LADDER, KORG, DISTORTED])),
        log_uniform(rng, 300, 700),
        0,
        0.3,
        rng.uniform(0.3, 0.7),
        log_uniform(rng, 1.8, 9),
        rng.uniform(1.3, 2.4),
    )
    return Take(
        [patch.note(0.0, float(rng.integers(26, 42)), length)],
        length + 0.05,
        ["wobble bass"],
        ("Amp", log_uniform(rng, 0.5, 6), 9000, 30),
    )


@player(35)
def sub_basses(rng: Rng) -> Take:
    length = log_uniform(rng, 0.3, 2.2)
    patch = Patch(
        TRIANGLE,
        0,
        rng.uniform(0.005, 0.03),
        0.1,
        rng.uniform(0.6, 1),
        0.06,
        LADDER,
        log_uniform(rng, 90, 250),
        0,
        0.2,
        0.0,
        glide=rng.choice([1, 1, 2, 0.5]),
        glide_time=rng.uniform(0.05, 0.3),
    )
    return Take([patch.note(0.0, float(rng.integers(24, 38)), length)], length + 0.05, ["sub bass"])


@player(50)
def fm_basses(rng: Rng) -> Take:
    length = log_uniform(rng, 0.25, 1.8)
    values = (
        1,
        rng.choice([0.5, 1, 1, 2, 3, 1.41]),
        log_uniform(rng, 1.5, 9),
        rng.uniform(0, 1.5),
        log_uniform(rng, 0.08, 0.6),
        0.003,
        0.0,
        0.06,
    )
    played: list[Note] = [("Fm", 0.0, length, hertz(float(rng.integers(26, 45))), 0.8, *values)]
    return Take(played, length + 0.05, ["fm bass", "fm synth"])

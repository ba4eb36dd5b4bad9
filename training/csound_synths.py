"""Synthesizers for csound: leads, pads, stabs, arpeggios, plucks, brass and strings."""

from training.csound import Note, Take, player
from training.csound_chords import voicing
from training.csound_patch import (
    DIODE,
    DISTORTED,
    HIGH,
    KORG,
    LADDER,
    PLAIN,
    PULSE,
    SAW,
    SQUARE,
    Patch,
    classic,
    dressed,
)
from training.dsp import Rng, log_uniform
from training.pitch import hertz


@player(70)
def leads(rng: Rng) -> Take:
    length = log_uniform(rng, 0.3, 2.2)
    wave = int(rng.choice([SAW, SQUARE, SAW, PULSE]))
    patch = Patch(
        wave,
        rng.choice([0, 5, 12, 22]),
        0.006,
        0.2,
        0.85,
        rng.uniform(0.05, 0.3),
        int(rng.choice([LADDER, KORG, PLAIN, DISTORTED])),
        log_uniform(rng, 1800, 9000),
        rng.uniform(0, 1.5),
        0.4,
        rng.uniform(0.05, 0.45),
        glide=2 ** (rng.choice([0, 0, -12, -5, 7]) / 12),
        glide_time=rng.uniform(0.04, 0.2),
        vibrato=rng.choice([0, 0.006]),
    )
    words = {SAW: ["saw lead"], SQUARE: ["square lead"]}.get(wave, ["synth lead"])
    output = ("Amp", log_uniform(rng, 2, 20), 9000, 100) if rng.random() < 0.25 else dressed(rng)
    return Take(
        [patch.note(0.0, float(rng.integers(52, 86)), length)],
        length + 0.3,
        [*words, *(["detuned"] if patch.cents > 10 else [])],
        output,
    )


@player(35)
def lead_lines(rng: Rng) -> Take:
    patch = Patch(
        int(rng.choice([SAW, SQUARE])),
        rng.choice([0, 8, 18]),
        0.006,
        0.15,
        0.8,
        0.06,
        LADDER,
        log_uniform(rng, 2000, 8000),
        1.0,
        0.3,
        0.2,
    )
    step, root = 60 / rng.uniform(90, 150) / 2, float(rng.integers(58, 74))
    scale = (0, 2, 3, 5, 7, 8, 10, 12) if rng.random() < 0.6 else (0, 2, 4, 5, 7, 9, 11, 12)
    played, at = [], 0.0
    while at < 8 * step:
        length = step * float(rng.choice([0.5, 1, 1, 2]))
        played.append(patch.note(at, root + float(rng.choice(scale)), length * 0.95))
        at += length
    return Take(played, at + 0.1, ["synth lead", "lead loop", "melody"], dressed(rng))


@player(80)
def pads(rng: Rng) -> Take:
    """Held chords that come slowly: attack at least a third of a second, no pluck at the start."""
    notes, mood = voicing(rng, 43, 60, int(rng.integers(3, 6)))
    length = rng.uniform(2.0, 4.5)
    cutoff = log_uniform(rng, 450, 12000)
    patch = Patch(
        classic(rng),
        rng.uniform(5, 20),
        rng.uniform(0.35, 1.3),
        0.3,
        0.9,
        rng.uniform(0.4, 1.0),
        int(rng.choice([LADDER, PLAIN])),
        cutoff,
        0,
        1.0,
        rng.uniform(0, 0.35),
        rng.uniform(0.1, 0.6),
        rng.uniform(0, 0.9),
    )
    kind = (
        "dark pad" if cutoff < 800 else "warm pad" if cutoff < 2200 else "bright pad" if cutoff > 5000 else "synth pad"
    )
    output = (
        ("Space", rng.uniform(0.75, 0.92), 9000, 0.4)
        if rng.random() < 0.4
        else ("Chorus", rng.uniform(0.2, 0.9), 0.8, 0.6)
    )
    return Take([patch.note(0.0, n, length, 0.4) for n in notes], length, [kind, "chord", *mood], output)


@player(35)
def airy_pads(rng: Rng) -> Take:
    notes, mood = voicing(rng, 50, 67, int(rng.integers(3, 6)))
    length = rng.uniform(2.0, 4.0)
    attack, release = rng.uniform(0.4, 1.2), rng.uniform(0.5, 1.0)
    played: list[Note] = [
        (
            "Grains",
            0.0,
            length,
            hertz(n + 12 * int(rng.integers(2))),
            0.5,
            rng.uniform(40, 120),
            rng.uniform(0, 6),
            rng.uniform(0.05, 0.15),
            int(rng.choice([1, 7])),
            attack,
            release,
        )
        for n in notes
    ]
    played.append(
        ("Gust", 0.0, length, log_uniform(rng, 2500, 6000), rng.uniform(0.0005, 0.003), 0.4, 0.8, 0.5, attack, release)
    )
    return Take(played, length, ["airy pad", "breathy", *mood], ("Space", 0.9, 11000, 0.5))


@player(95)
def stabs(rng: Rng) -> Take:
    """A chord that is over within half a second: no slow attack, filter snapping shut."""
    notes, mood = voicing(rng, 46, 62, int(rng.integers(3, 6)))
    length = log_uniform(rng, 0.12, 0.5)
    patch = Patch(
        classic(rng),
        rng.uniform(3, 25),
        0.002,
        length * 0.6,
        rng.uniform(0.2, 0.8),
        0.06,
        int(rng.choice([LADDER, LADDER, KORG, DISTORTED])),
        log_uniform(rng, 600, 7000),
        rng.uniform(0.5, 3.0),
        log_uniform(rng, 0.05, 0.3),
        rng.uniform(0, 0.5),
    )
    notes = [*notes, notes[0] - 12] if rng.random() < 0.3 else notes
    return Take(
        [patch.note(0.0, n, length, 0.4) for n in notes],
        length + (0.5 if rng.random() < 0.3 else 0.05),
        ["chord stab", "synth", *mood],
        dressed(rng),
    )


@player(30)
def rave_stabs(rng: Rng) -> Take:
    root = float(rng.integers(48, 66))
    length = log_uniform(rng, 0.2, 0.6)
    patch = Patch(
        SAW,
        rng.uniform(15, 40),
        0.002,
        0.1,
        0.9,
        0.05,
        PLAIN,
        log_uniform(rng, 3000, 9000),
        1.0,
        0.2,
        0.0,
        glide=rng.choice([1.0, 1.12, 0.94]),
        glide_time=0.06,
    )
    played = [patch.note(0.0, root + n, length, 0.4) for n in (0, 3, 7, 12, 15)[: int(rng.integers(3, 6))]]
    return Take(
        played,
        length + 0.05,
        ["chord stab", "minor chord", "detuned"],
        ("Amp", log_uniform(rng, 0.5, 4), 10000, 120),
    )


@player(30)
def hoovers(rng: Rng) -> Take:
    length = log_uniform(rng, 0.5, 2.2)
    patch = Patch(
        PULSE,
        rng.uniform(18, 40),
        0.02,
        0.2,
        1.0,
        0.15,
        PLAIN,
        log_uniform(rng, 2500, 8000),
        0.5,
        0.4,
        0,
        3.0,
        0.3,
        glide=rng.choice([0.5, 0.67, 1.5]),
        glide_time=rng.uniform(0.1, 0.35),
    )
    note = float(rng.integers(45, 65))
    played = [patch.note(0.0, note + n, length, 0.5) for n in (0, -12, 0.2)]
    return Take(played, length + 0.1, ["synth lead", "hoover", "detuned"], ("Chorus", rng.uniform(2, 6), 1.0, 0.9))


@player(50)
def arpeggios(rng: Rng) -> Take:
    notes, mood = voicing(rng, 48, 64, int(rng.integers(3, 6)))
    patch = Patch(
        classic(rng),
        rng.choice([0, 6, 12]),
        0.003,
        0.12,
        rng.uniform(0, 0.5),
        0.04,
        int(rng.choice([LADDER, KORG])),
        log_uniform(rng, 700, 7000),
        rng.uniform(0.5, 2.5),
        0.15,
        rng.uniform(0.1, 0.6),
    )
    step = 60 / rng.uniform(90, 145) / float(rng.choice([2, 3, 4]))
    order = [notes, notes[::-1], notes + notes[-2:0:-1]][int(rng.integers(3))]
    count = int(min(16, 3.2 / step))
    played = []
    for k in range(count):
        patch.cutoff *= rng.uniform(0.97, 1.08)
        played.append(patch.note(k * step, order[k % len(order)], step * 0.9))
    return Take(played, count * step + 0.1, ["arpeggio", "synth loop", "synth", *mood], dressed(rng))


@player(55)
def plucks(rng: Rng) -> Take:
    length = log_uniform(rng, 0.15, 0.9)
    patch = Patch(
        classic(rng),
        rng.choice([0, 8, 18]),
        0.002,
        length,
        0.0,
        0.02,
        int(rng.choice([LADDER, KORG, DIODE])),
        log_uniform(rng, 300, 3000),
        rng.uniform(1.5, 4),
        length * rng.uniform(0.3, 0.8),
        rng.uniform(0.1, 0.6),
    )
    notes, mood = voicing(rng, 52, 74, 3) if rng.random() < 0.25 else ([float(rng.integers(48, 88))], [])
    return Take(
        [patch.note(0.0, n, length + 0.05, 0.5) for n in notes],
        length + 0.3,
        ["synth pluck", *(["chord", *mood] if mood else [])],
        dressed(rng),
    )


@player(35)
def synth_brasses(rng: Rng) -> Take:
    notes, mood = voicing(rng, 46, 62, int(rng.integers(1, 5)))
    length = log_uniform(rng, 0.3, 2.0)
    patch = Patch(
        SAW,
        rng.uniform(5, 14),
        0.05,
        0.2,
        0.8,
        0.12,
        LADDER,
        log_uniform(rng, 900, 4500),
        rng.uniform(1, 2),
        0.35,
        0.15,
    )
    return Take(
        [patch.note(0.0, n, length, 0.4) for n in notes],
        length + 0.1,
        ["synth brass", *(["chord", *mood] if len(notes) > 1 else [])],
        dressed(rng),
    )


@player(35)
def synth_strings(rng: Rng) -> Take:
    notes, mood = voicing(rng, 46, 65, int(rng.integers(1, 5)))
    length = rng.uniform(1.0, 3.5)
    patch = Patch(
        SAW,
        rng.uniform(8, 18),
        rng.uniform(0.12, 0.5),
        0.2,
        0.95,
        rng.uniform(0.2, 0.6),
        HIGH,
        log_uniform(rng, 150, 500),
        0,
        0.3,
        0,
        vibrato=0.003,
    )
    return Take(
        [patch.note(0.0, n, length, 0.4) for n in notes],
        length,
        ["synth strings", *(["chord", *mood] if len(notes) > 1 else [])],
        ("Chorus", rng.uniform(0.4, 1.2), 1.0, 1.0),
    )

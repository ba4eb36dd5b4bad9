"""Electric pianos, organs, bells of frequency modulation and sung vowels for csound."""

from training.csound import Note, Take, player
from training.csound_chords import voicing
from training.csound_patch import dressed
from training.dsp import Rng, log_uniform
from training.pitch import hertz


@player(55)
def electric_pianos(rng: Rng) -> Take:
    """A tine: a mellow body, and a bright knock that is soon gone."""
    notes, mood = (
        voicing(rng, 45, 60, int(rng.integers(3, 6))) if rng.random() < 0.5 else ([float(rng.integers(40, 84))], [])
    )
    length = log_uniform(rng, 0.5, 2.8)
    body = (1, 1, log_uniform(rng, 0.5, 3.5), 0.15, length * 0.5, 0.002, max(2.0, length * 1.5), 0.06)
    knock = (1, rng.choice([9, 14, 14]), rng.uniform(0.2, 1.2), 0.0, 0.1, 0.001, rng.uniform(0.15, 0.6), 0.02)
    level = rng.uniform(0.15, 0.6)
    played = [
        ("Fm", 0.0, length, hertz(n), share, *values) for n in notes for share, values in ((0.7, body), (level, knock))
    ]
    output = ("Tremolo", rng.uniform(3, 7), rng.uniform(0.1, 0.4)) if rng.random() < 0.35 else dressed(rng)
    return Take(played, length, ["electric piano", *(["chord", *mood] if len(notes) > 1 else [])], output)


@player(35)
def fm_bells(rng: Rng) -> Take:
    length = log_uniform(rng, 1.0, 3.0)
    note = float(rng.integers(60, 96))
    if rng.random() < 0.5:
        return Take(
            [("FmBell", 0.0, length, hertz(note - 12), 0.7, rng.uniform(1, 6), rng.uniform(1, 6))],
            length,
            ["bell", "fm synth"],
        )
    values = (
        1,
        rng.choice([1.4, 2.76, 3.5, 5.2, 7.1]),
        log_uniform(rng, 0.8, 5),
        0.0,
        length * 0.7,
        0.002,
        length,
        0.02,
    )
    return Take([("Fm", 0.0, length, hertz(note), 0.7, *values)], length, ["bell", "fm synth"], dressed(rng))


@player(35)
def fm_keys(rng: Rng) -> Take:
    notes, mood = voicing(rng, 48, 64, int(rng.integers(1, 5)))
    length = log_uniform(rng, 0.3, 1.8)
    values = (1, rng.choice([1, 2, 3, 14]), log_uniform(rng, 0.5, 3), 0.05, length * 0.5, 0.002, length * 1.3, 0.03)
    return Take(
        [("Fm", 0.0, length, hertz(n), 0.5, *values) for n in notes],
        length,
        ["fm synth", "synth", *(["chord", *mood] if len(notes) > 1 else [])],
        dressed(rng),
    )


@player(70)
def organs(rng: Rng) -> Take:
    notes, mood = voicing(rng, 45, 64, int(rng.integers(1, 5)))
    length = log_uniform(rng, 0.25, 2.5)
    bars = rng.uniform(0, 1, 5)
    bars[1] = 0.9
    rotor, depth = float(rng.choice([0.8, 6.3])), rng.uniform(0, 1)
    played: list[Note] = [
        ("Hammond", 0.0, length, hertz(n), 0.7, *bars, rotor, depth, rng.uniform(0, 0.3)) for n in notes
    ]
    output = ("Amp", log_uniform(rng, 0.3, 3), 6000, 50) if rng.random() < 0.4 else ("Dry",)
    return Take(played, length, ["organ", *(["chord", *mood] if len(notes) > 1 else [])], output)


@player(45)
def pipe_organs(rng: Rng) -> Take:
    notes, mood = voicing(rng, 43, 62, int(rng.integers(1, 6)))
    length = rng.uniform(0.8, 3.0)
    bright, mixture = rng.uniform(0.2, 0.65), rng.uniform(0, 1)
    played: list[Note] = [("Pipes", 0.0, length, hertz(n), 0.4, bright, mixture) for n in notes]
    return Take(
        played,
        length + 0.6,
        ["church organ", *(["chord", *mood] if len(notes) > 1 else [])],
        ("Space", rng.uniform(0.7, 0.93), 9000, rng.uniform(0.2, 0.45)),
    )


VOWELS = {
    "a": (700, 1100, 2500, 3400),
    "o": (450, 800, 2500, 3300),
    "e": (480, 1750, 2450, 3400),
    "i": (300, 2100, 2900, 3600),
    "u": (325, 700, 2500, 3300),
}


def sung(rng: Rng, at: float, note: float, length: float, vowel: str, later: str, attack: float, size: float) -> Note:
    """One voice from `vowel` to `later`; `size` is its formants' ratio to a man's, `attack` in seconds."""
    first, second = ([f * size * rng.uniform(0.96, 1.04) for f in VOWELS[v]] for v in (vowel, later))
    return (
        "Sing",
        at,
        length,
        hertz(note),
        rng.uniform(0.6, 1),
        *first,
        attack,
        min(0.4, length * 0.3),
        rng.uniform(0.004, 0.012),
        rng.uniform(0.0002, 0.001),
        *second[:3],
    )


@player(75)
def choirs(rng: Rng) -> Take:
    notes, mood = voicing(rng, 43, 62, int(rng.integers(2, 5)))
    length = rng.uniform(1.4, 3.6)
    vowel = str(rng.choice(list(VOWELS)))
    later = vowel if rng.random() < 0.7 else str(rng.choice(list(VOWELS)))
    attack = rng.uniform(0.12, 0.7)
    played = [
        sung(rng, rng.uniform(0, 0.08), n + rng.normal(0, 0.1), length, vowel, later, attack, 1.0 if n < 57 else 1.15)
        for n in notes
        for _ in range(3)
    ]
    return Take(
        played, length, ["choir", "chord", *mood], ("Space", rng.uniform(0.7, 0.9), 9000, rng.uniform(0.2, 0.45))
    )


@player(50)
def voices(rng: Rng) -> Take:
    """One synthetic singer on a vowel, short or held."""
    note, length = float(rng.integers(43, 77)), log_uniform(rng, 0.25, 2.0)
    vowel, later = str(rng.choice(list(VOWELS))), str(rng.choice(list(VOWELS)))
    played = [sung(rng, 0.0, note, length, vowel, later, min(0.08, length * 0.2), 1.0 if note < 57 else 1.17)]
    return Take(played, length, ["synth voice"])

# ruff: noqa: E501  (tables read better in one row)
"""ZynAddSubFX's banks: a thousand named synthesizer presets, each played as its role asks; words from its bank and name.

Notes and words are seeded; the synthesizer's own random phases are not, so that two runs differ a little in sound.
"""

import multiprocessing
import re
from collections.abc import Iterator
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from zlib import crc32

import numpy as np

from training.dsp import Audio, Rng, faded
from training.effects import with_effects
from training.figures import CHORDS
from training.midi import Note
from training.places import fetched
from training.registry import Made
from training.zyn import RATE, Zyn

BANKS = Path("/usr/share/zynaddsubfx/banks")

NAMED: list[tuple[str, tuple[str, ...]]] = [
    # basses
    (r"fm (growly )?bass", ("fm bass",)), (r"growly bass|formant bass", ("growl bass",)), (r"wah bass|reso bass|acid bass|creeky reso", ("synth bass", "resonant")),
    (r"dnb|drum and bass", ("reese bass",)), (r"(distorted|crunchy|dirt|grungy|hard|agressive).*bass", ("synth bass", "distorted")),
    (r"bass(?!oon)|base$", ("synth bass",)), (r"chip", ("chiptune",)),
    # chords and stabs
    (r"stab|keys hit", ("chord stab",)), (r"(?<!si)chord\b", ("chord",)), (r"5ths", ("fifths",)), (r"power.?chord", ("power chord", "synth guitar")),
    # leads
    (r"acid lead", ("synth lead", "resonant")), (r"saw lead", ("saw lead",)), (r"square.?lead|squares lead|pulse lead|pwm.*lead", ("square lead",)),
    (r"hoover", ("hoover",)), (r"super.?(saw|pulse|square)|fat saw", ("supersaw",)), (r"lead|solo\b|theramin|daft_punk", ("synth lead",)),
    # keys
    (r"rhodes|e_p_|\bep\b|wurli", ("electric piano",)), (r"clavinet|clavinoid|clav\b", ("clavinet",)), (r"harpsichord|clavicembalo", ("harpsichord",)),
    (r"accord(i|e)[ao]n|concertina|bandoneon|armonica\b", ("accordion",)), (r"harmonica", ("harmonica",)), (r"toy piano|music ?box|music toy", ("music box",)),
    (r"church|cathedral(?! harp)|great organ|seraphim|64ft", ("church organ",)), (r"organ\b|organ[ _\d]|organ$|organetto|organo|clonewheel|organz", ("organ",)),
    (r"piano|pianola|padkeys|keychoirs|electric keys", ("synth keys",)),
    # bells, mallets, plucks
    (r"tubular", ("tubular bells",)), (r"vib(es|raphone)", ("vibraphone",)), (r"marimba", ("marimba",)), (r"xylophone", ("xylophone",)), (r"steel ?drums?", ("steel drum",)),
    (r"mallet", ("mallet",)), (r"chime", ("chime", "synth bell")), (r"bell(?!o)|campane|\bding", ("synth bell",)), (r"gong", ("gong",)),
    (r"(?<!s)harp\b|\bharp ?\d", ("plucked string", "synth pluck")), (r"sitar|banjo|koto", ("plucked string", "synth pluck")), (r"pizzicato", ("pizzicato strings", "synth pluck")),
    (r"pluck|plinker|twang", ("synth pluck",)), (r"(dist|trash|power|heavy_metal|noisy).?guitar", ("synth guitar", "distorted")), (r"guitar|gritar", ("synth guitar",)),
    # strings, brass, wind, voices
    (r"(?<!plucked )string|violin|fiddle", ("synth strings",)), (r"bra(ss|zz)|horn|thrumpet|trumpet|fanfar", ("synth brass",)),
    (r"sax", ("wind",)), (r"clarinet", ("clarinet",)), (r"bassoon|fagotto", ("bassoon",)), (r"pan ?(pipe|flute)|bottle", ("pan flute", "flute", "breathy")),
    (r"flute|ocarina|zufolo", ("flute",)), (r"whistle|fischia", ("whistle",)), (r"\breed|double reed|pipe\b", ("wind",)),
    (r"angelic choir|boy choir|ambient choir", ("choir", "airy pad")), (r"choir|voices\b", ("choir",)), (r"voice|ooh|ahh|ehh|soprano|vocal|ooo|talking", ("synth voice",)),
    # pads
    (r"dark.*(pad|atmos|choir)|ominous (str|pad)", ("dark pad",)), (r"dark|ghost|goblin|creepy|ominous|ominosity|terror|hell", ("eerie",)), (r"soft.*pad|warm.*(pad|synth)|mellow", ("warm pad",)), (r"choir pad", ("choir pad", "choir", "synth pad")),
    (r"bell pad", ("bell pad", "synth pad")), (r"swe+p.*pad|pad.*sweep|lush sweep", ("sweep pad", "synth pad")), (r"(space|galactic|galaxy|galaxzy|star voyage|from_another|saturnus|in_the_space|spazio).*", ("space pad",)),
    (r"ethereal|shimmer|celestial|dream|lush|ambient(?! perc)", ("airy pad",)), (r"pad\b|pad[\d ]|padding|swell|emptyness|compad|prayer|aura\b", ("synth pad",)), (r"string.*pad", ("synth pad", "synth strings")),
    # arpeggios
    (r"arpeggio|sequence|darp|wyatt1sequenz", ("arpeggio",)), (r"echo(?!i)", ("echo",)),
    # effects
    (r"laser|lasergun", ("laser", "fx")), (r"thunder", ("thunder", "fx")), (r"gunshot|sparo|bomb", ("explosion", "fx")), (r"rain\b|the_rain|pioggia", ("rain", "nature ambience")),
    (r"\bwind\b|canyon_wind|vento|wind and surf", ("wind noise", "nature ambience")), (r"bubble|droplet|drip\b|dropofwater|acqua|boiling|water", ("bubble", "fx")),
    (r"\bufo|alien|sci.?fi|spaceship|astronave|asteroide|\bnave\b|nostromo", ("sci-fi effect", "fx")), (r"videogame|computer game|8_bit", ("arcade game sound", "fx")), (r"alert|alarm", ("alarm", "fx")),
    (r"glitch", ("glitch effect", "fx")), (r"robot", ("robot", "fx")), (r"bee?p|bleep|blip|\bping|computer$", ("electronic blip", "fx")), (r"rising|filter rise", ("riser", "fx")),
    (r"jumbo jet|motorbike|lawnmower|missile|race|starting_machine|8_bit_car|hoover craft", ("machine noise", "fx")), (r"crickets", ("animal", "nature ambience")), (r"^fx|effect", ("fx",)),
    (r"noise\d?$|noise\b", ("noise", "fx")), (r"metal sound|hammering metal", ("metallic", "fx")), (r"\bhum\b|\bhum\d|ronzio", ("hum",)), (r"\bbuzz", ("buzz",)), (r"fx dark ambient|spaceatmo|scape$", ("ambience", "eerie")), (r"radio\b", ("fx", "lo-fi")), (r"scifi hit|clunk", ("impact", "fx")),
    (r"^kick", ("kick", "electronic")), (r"^snare", ("snare", "electronic snare")), (r"hithat", ("closed hi-hat",)), (r"^tick$", ("tick", "fx")),
    # character
    (r"\bglass|crystal|\bice\b", ("glassy",)), (r"metal|steel|tines", ("metallic",)), (r"dist\b|distort|overdrive|angry|trash|gross", ("distorted",)), (r"detun|fat\b|unison", ("detuned",)),
    (r"breathy|blown", ("breathy",)), (r"saw\b", ("synth",)),
]  # fmt: skip
"""What of "bank name" in small letters gives which words; all rows that match count, but a bank's words only where no row of a role does."""

BANK_WORDS = {
    "arpeggios": ("arpeggio",), "bass": ("synth bass",), "brass": ("synth brass",), "choir and voice": ("choir",), "guitar": ("synth guitar",), "noises": ("fx",), "organ": ("organ",),
    "pads": ("synth pad",), "plucked": ("synth pluck",), "reed and wind": ("wind",), "rhodes": ("electric piano",), "strings": ("synth strings",), "synthpiano": ("synth keys",), "cormi_noise": ("fx",),
}  # fmt: skip
CHARACTER = {"glassy", "metallic", "distorted", "detuned", "breathy", "echo", "synth", "resonant", "eerie", "lo-fi", "fifths", "electronic"}  # fmt: skip
ROLES: dict[str, tuple[str, ...]] = {
    "percussion": ("kick", "snare", "closed hi-hat", "steel drum", "tick"),
    "fx": ("fx", "rain", "wind noise", "animal", "hum", "buzz", "ambience", "gong", "noise"),
    "arpeggio": ("arpeggio",),
    "bass": ("synth bass", "fm bass", "growl bass", "reese bass"),
    "stab": ("chord stab", "chord"),
    "lead": ("synth lead", "saw lead", "square lead", "hoover", "supersaw", "chiptune", "clarinet", "bassoon", "flute", "whistle", "wind", "harmonica", "synth brass", "synth voice"),
    "keys": ("electric piano", "clavinet", "harpsichord", "accordion", "organ", "church organ", "synth keys", "synth guitar", "power chord", "music box"),
    "struck": ("synth bell", "chime", "tubular bells", "vibraphone", "marimba", "xylophone", "mallet", "plucked string", "synth pluck", "pizzicato strings"),
    "pad": ("synth pad", "dark pad", "warm pad", "airy pad", "space pad", "sweep pad", "choir", "synth strings", "choir pad", "bell pad"),
}  # fmt: skip
FX_WORDS = {w for _, words in NAMED if "fx" in words for w in words}
SPANS = {"percussion": (36, 72), "fx": (36, 76), "arpeggio": (45, 72), "bass": (26, 46), "stab": (45, 65), "lead": (52, 84), "keys": (40, 80), "struck": (52, 90), "pad": (40, 74), "unknown": (40, 76)}  # fmt: skip
NOT_SYNTH = {"fx", "percussion"}
SCALES = ((0, 3, 5, 7, 10, 12), (0, 2, 4, 7, 9, 12), (0, 2, 3, 5, 7, 8, 12))
UNUSABLE = r"drum ?kit|drums kit|splitted|layered|infrasound|ping pong"
"""Whole kits and split keyboards: one name for several sounds."""
MOODS = {"dark pad", "warm pad", "airy pad", "space pad", "choir pad", "bell pad", "sweep pad", "synth pad"}
"""What a mood in a name gives: only where nothing else says that the preset is struck, plucked or a keyboard."""
PLAYED = r"pad|lead|bass|organ|clavinet|guitar|jazz|piano|rhodes|string"
"""An alien clavinet is a clavinet: no effect's word beside these."""


def preset_words(bank: str, name: str) -> list[str]:
    """The words of a preset; none of a role where its name says nothing: then `role_heard` helps."""
    found = [words for pattern, words in NAMED if re.search(pattern, name.lower())]
    words = list(dict.fromkeys(w for row in found for w in row))
    if "fx" in words and re.search(PLAYED, name.lower()):
        words = [w for w in words if role_of([w]) != "fx" and w not in FX_WORDS]
    if not set(words) - CHARACTER:
        words += BANK_WORDS.get(bank.lower(), ())
    if role_of(words) in ("percussion", "fx", "bass", "stab", "keys", "struck"):
        words = [w for w in words if w not in MOODS]
    if set(words) & {"fm bass", "growl bass", "reese bass"}:
        words = [w for w in words if w != "synth bass"]
    return words


def role_of(words: list[str]) -> str:
    """The first of ROLES that has one of the words."""
    return next((role for role, members in ROLES.items() if set(words) & set(members)), "unknown")


def role_heard(audio: Audio, held: float) -> list[str]:
    """Words for a note held `held` seconds of a preset whose name says nothing: a slow sustained one is a pad, a decaying one a pluck."""
    size = RATE // 50
    level = np.sqrt((audio[: audio.size // size * size].reshape(-1, size) ** 2).mean(axis=1))
    during = level[: int(held * 50)]
    rise, end = int(np.argmax(during > 0.7 * during.max())) / 50, during[-5:].mean() / during.max()
    if rise > 0.25 and end > 0.5:
        return ["synth pad"]
    return ["synth pluck"] if rise < 0.06 and end < 0.08 else []


def _chord(rng: Rng, low: int) -> tuple[list[int], list[str]]:
    name = str(rng.choice(list(CHORDS)))
    return [low + k for k in CHORDS[name]] + ([low - 12] if rng.random() < 0.4 else []), ["chord", name]


def _line(rng: Rng, low: int, high: int) -> tuple[list[Note], float]:
    """A short melody of one scale; its notes and its length."""
    beat = 60 / rng.uniform(90, 150) / float(rng.choice([2, 2, 4]))
    scale = rng.choice(np.array(SCALES, object))
    steps = int(min(14, 3.2 / beat))
    root = int(rng.integers(low, max(low + 1, high - 12)))
    keys = [root + int(rng.choice(scale)) for _ in range(steps)]
    return [(i * beat, beat * 0.8, key, int(rng.integers(80, 120))) for i, key in enumerate(keys)], steps * beat


def phrases(rng: Rng, role: str, name: str) -> Iterator[tuple[list[Note], float, list[str]]]:
    """What to play of a preset: notes, seconds, and the words that they add."""
    low, high = SPANS[role]
    thirds = [int(rng.integers(a, max(a + 1, b))) for a, b in _parts(low, high, 3)]
    velocity = int(rng.integers(85, 120))
    held = {"percussion": 0.3, "fx": 1.8, "arpeggio": 2.6, "pad": 2.2, "struck": 0.6, "stab": 0.25}.get(role, 0.9)
    for key in thirds[: 2 if role in ("pad", "stab") else 3]:
        length = float(held * rng.uniform(0.6, 1.4))
        yield [(0.0, length, key, velocity)], length + 1.5, []
    if role in ("pad", "stab", "keys", "arpeggio", "struck", "unknown"):
        for _ in range(2 if role in ("pad", "stab", "keys") else 1):
            keys, words = _chord(rng, int(rng.integers(max(40, low), 62)))
            length = float(held * rng.uniform(0.6, 1.5))
            yield [(0.0, length, key, velocity) for key in keys], length + 1.5, words
    if role in ("lead", "bass", "keys", "struck"):
        notes, length = _line(rng, low, high)
        yield notes, length + 0.4, {"bass": ["bass loop", "loop"], "lead": ["melody", "synth loop", "loop"]}.get(role, ["melody", "loop"])  # fmt: skip
    if role in ("lead", "stab", "keys") and not re.search(r"solo|flute|sax|clarinet|bassoon|whistle|voice", name.lower()):  # fmt: skip
        keys, words = _chord(rng, int(rng.integers(48, 62)))
        yield [(0.0, 0.16, key, 115) for key in keys], 1.2, ["chord stab", *words]


def _parts(low: int, high: int, count: int) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in pairwise(np.linspace(low, high, count + 1))]


def trimmed(audio: Audio) -> Audio:
    """Without what is 60 dB below the peak at the end, faded over 20 ms."""
    loud = np.flatnonzero(np.abs(audio) > 1e-3 * np.abs(audio).max())
    return faded(audio[: int(loud[-1]) + RATE // 20], RATE // 50)


def preset_clips(zyn: Zyn, path: Path, seed: int) -> Iterator[Made]:
    bank, name = path.parent.name, re.sub(r"^\d+-", "", path.stem)
    rng = np.random.default_rng([seed, crc32(f"{bank}/{path.stem}".encode())])
    words = preset_words(bank, name)
    role = role_of(words)
    zyn.load(path)
    for notes, seconds, added in phrases(rng, role, name):
        audio = zyn.play(notes, min(seconds, 4.5))
        zyn.load(path)
        if not np.isfinite(audio).all() or np.abs(audio).max() < 1e-3:
            return
        if role == "unknown" and len(notes) == 1:
            words = list(dict.fromkeys([*words, *role_heard(audio, notes[0][1])]))
        synth = [] if role in NOT_SYNTH else ["synth"]
        yield trimmed(audio), [*words, *synth, *added]


def _play_all(paths: list[Path], seed: int, out: Connection) -> None:
    """In a process of its own: send (number of the preset, clips); what crashes ends the process."""
    zyn = Zyn()
    for number, path in enumerate(paths):
        out.send((number, list(preset_clips(zyn, path, seed))))


def played(paths: list[Path], seed: int) -> Iterator[Made]:
    """The clips of all presets but those that crash ZynAddSubFX 3.0.6 (formant filters) or make it give no numbers."""
    start = 0
    while start < len(paths):
        source, sink = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(target=_play_all, args=(paths[start:], seed, sink))
        process.start()
        sink.close()
        reached = start
        try:
            while reached < len(paths):
                number, made = source.recv()
                yield from made
                reached = start + number + 1
        except EOFError:
            reached += 1
        finally:
            process.terminate()
            process.join()
        start = reached


def clips(seed: int, share: float) -> Iterator[Made]:
    found = [p for p in sorted(fetched(BANKS).glob("*/*.xiz")) if not re.search(UNUSABLE, str(p).lower())]
    wanted = found[:: max(1, round(1 / share))]
    rng = np.random.default_rng(seed)
    for audio, words in played(wanted, seed):
        yield with_effects(rng, audio, words, 0.25)

# ruff: noqa: E501  (tables and formulas read better in one row)
"""What General MIDI's programs and drum keys are, in our words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    words: tuple[str, ...]
    range: tuple[int, int]
    role: str
    chords: bool = True
    lines: bool = True


def _many(
    first: int, role: str, span: tuple[int, int], *rows: tuple[str, ...], chords: bool = True, lines: bool = True
) -> dict[int, Instrument]:
    return {first + i: Instrument(words, span, role, chords, lines) for i, words in enumerate(rows)}


PROGRAMS: dict[int, Instrument] = {
    **_many(0, "piano", (28, 92), ("grand piano", "acoustic"), ("bright piano", "grand piano"), ("electric grand piano",), ("honky-tonk piano", "detuned"),
            ("electric piano",), ("electric piano", "fm electric piano"), ("harpsichord",), ("clavinet",)),
    **_many(8, "mallet", (55, 96), ("celesta", "bell"), ("glockenspiel", "bell", "metallic"), ("music box", "bell"), ("vibraphone", "mallet"), ("marimba", "mallet", "wooden"),
            ("xylophone", "mallet", "wooden"), ("tubular bells", "bell", "metallic"), ("dulcimer", "plucked string")),
    **_many(16, "organ", (36, 84), ("organ", "drawbar organ"), ("organ", "percussive organ"), ("organ", "rock organ"), ("organ", "church organ", "wet"), ("organ", "reed organ"),
            ("accordion",), ("harmonica",), ("accordion", "bandoneon")),
    **_many(24, "guitar", (40, 79), ("acoustic guitar", "nylon guitar", "acoustic"), ("acoustic guitar", "steel guitar", "acoustic"), ("electric guitar", "jazz guitar", "clean guitar"),
            ("electric guitar", "clean guitar"), ("electric guitar", "muted guitar"), ("electric guitar", "overdriven guitar", "distorted"),
            ("electric guitar", "distorted guitar", "distorted"), ("guitar harmonics", "electric guitar")),
    **_many(32, "bass", (24, 52), ("acoustic bass", "upright bass"), ("bass guitar", "fingered bass"), ("bass guitar", "picked bass"), ("bass guitar", "fretless bass"),
            ("slap bass", "bass guitar"), ("slap bass", "bass guitar"), ("synth bass",), ("synth bass",), chords=False),
    **_many(40, "strings", (40, 90), ("violin", "solo strings"), ("viola", "solo strings"), ("cello", "solo strings"), ("double bass strings", "solo strings"), chords=False),
    **_many(44, "strings", (36, 84), ("string ensemble", "tremolo strings"), ("pizzicato strings",), ("harp", "plucked string"), chords=True),
    47: Instrument(("timpani", "big drum"), (36, 60), "percussion", chords=False),
    **_many(48, "strings", (36, 88), ("string ensemble",), ("string ensemble", "slow strings", "swelling"), ("synth strings",), ("synth strings",)),
    **_many(52, "choir", (43, 79), ("choir", "choir aahs", "vocal"), ("choir", "voice oohs", "vocal"), ("synth voice", "vocal")),
    55: Instrument(("orchestra hit",), (48, 72), "strings", lines=False),
    **_many(56, "brass", (43, 82), ("trumpet",), ("trombone",), ("tuba",), ("muted trumpet", "trumpet"), ("french horn",), ("brass section",), ("synth brass",), ("synth brass",)),
    **_many(64, "wind", (48, 86), ("soprano saxophone", "saxophone"), ("alto saxophone", "saxophone"), ("tenor saxophone", "saxophone"), ("baritone saxophone", "saxophone"),
            ("oboe",), ("english horn", "oboe"), ("bassoon",), ("clarinet",), ("piccolo", "flute"), ("flute",), ("recorder", "flute"), ("pan flute", "flute", "breathy"),
            ("bottle blow", "flute", "breathy"), ("shakuhachi", "flute", "breathy"), ("whistle",), ("ocarina", "flute"), chords=False),
    **_many(80, "synth", (48, 88), ("synth lead", "square lead"), ("synth lead", "saw lead"), ("synth lead", "calliope lead"), ("synth lead", "chiff lead"), ("synth lead", "charang lead", "distorted"),
            ("synth lead", "voice lead"), ("synth lead", "fifths"), ("synth lead", "synth bass")),
    **_many(88, "pad", (40, 79), ("synth pad", "new age pad"), ("synth pad", "warm pad"), ("synth pad", "polysynth"), ("synth pad", "choir pad"), ("synth pad", "bowed pad", "glassy"),
            ("synth pad", "metallic pad", "metallic"), ("synth pad", "halo pad"), ("synth pad", "sweep pad")),
    **_many(96, "atmosphere", (40, 79), ("ambience", "rain pad", "synth pad"), ("ambience", "soundtrack pad", "synth pad"), ("synth bell", "crystal", "glassy", "bell"), ("ambience", "atmosphere pad", "synth pad"),
            ("bright pad", "synth pad"), ("ambience", "goblin pad", "eerie"), ("ambience", "echo pad", "echo", "synth pad"), ("sci-fi effect", "synth pad")),
    **_many(104, "ethnic", (45, 80), ("sitar", "plucked string"), ("banjo", "plucked string"), ("shamisen", "plucked string"), ("koto", "plucked string"), ("kalimba", "pluck"),
            ("bagpipes",), ("fiddle", "violin"), ("shanai", "oboe"), chords=False),
    **_many(112, "percussion", (48, 84), ("bell", "tinkle bell", "metallic"), ("agogo", "cowbell", "metallic"), ("steel drum",), ("woodblock", "wooden"), ("taiko", "big drum", "deep"),
            ("tom", "melodic tom"), ("tom", "electronic tom", "electronic"), ("reversed cymbal", "cymbal swell", "swelling", "reversed"), chords=False, lines=False),
    **_many(120, "fx", (45, 75), ("guitar fret noise", "foley"), ("breath noise", "breathy"), ("ocean waves", "water", "nature ambience"), ("bird chirp", "bird", "animal"),
            ("telephone", "beep"), ("helicopter", "motor", "machine noise"), ("applause", "crowd"), ("gunshot", "explosion"), chords=False, lines=False),
}  # fmt: skip

DRUM_KEYS: dict[int, tuple[str, ...]] = {
    35: ("kick", "acoustic kick"), 36: ("kick",), 37: ("rimshot",), 38: ("snare",), 39: ("clap",), 40: ("snare",), 41: ("tom", "low tom"), 42: ("closed hi-hat", "hi-hat"),
    43: ("tom", "low tom"), 44: ("closed hi-hat", "hi-hat", "pedal hi-hat"), 45: ("tom", "mid tom"), 46: ("open hi-hat", "hi-hat"), 47: ("tom", "mid tom"), 48: ("tom", "high tom"),
    49: ("crash cymbal",), 50: ("tom", "high tom"), 51: ("ride cymbal",), 52: ("china cymbal", "crash cymbal"), 53: ("ride bell", "ride cymbal", "bell"), 54: ("tambourine",),
    55: ("splash cymbal",), 56: ("cowbell", "metallic"), 57: ("crash cymbal",), 58: ("vibraslap",), 59: ("ride cymbal",), 60: ("bongo", "hand drum"), 61: ("bongo", "hand drum"),
    62: ("conga", "hand drum"), 63: ("conga", "hand drum"), 64: ("conga", "hand drum"), 65: ("timbale", "tom"), 66: ("timbale", "tom"), 67: ("agogo", "cowbell", "metallic"),
    68: ("agogo", "cowbell", "metallic"), 69: ("shaker", "cabasa"), 70: ("maracas", "shaker"), 71: ("whistle",), 72: ("whistle",), 73: ("guiro",), 74: ("guiro",),
    75: ("claves", "wooden"), 76: ("woodblock", "wooden"), 77: ("woodblock", "wooden"), 78: ("cuica",), 79: ("cuica",), 80: ("triangle percussion", "metallic"),
    81: ("triangle percussion", "metallic"), 82: ("shaker",), 83: ("sleigh bells", "metallic"), 85: ("castanets", "wooden"),
}  # fmt: skip

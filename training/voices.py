# ruff: noqa: E501  (tables read better in one row)
"""Voices of flite and festival: letters, numbers, words and phrases spoken, and short melodies sung; plain, chopped, treated."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.audio import written_by
from training.dsp import RATE, Audio, Rng, crush, echo, log_uniform, peaked, resample, reverb
from training.effects import with_effects
from training.registry import Made
from training.speech import WORDS

SPEAKERS = {"slt": "female voice", "rms": "male voice", "awb": "male voice", "kal16": "male voice"}
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
NUMBERS = (
    *(*"0123456789", "10", "11", "12", "13", "16", "20", "100", "1000"),
    "one two three",
    "three two one",
    "five six seven eight",
    "ten nine eight",
)
SAID = (*WORDS, "yes", "no", "okay", "please", "now", "please stop", "warning", "system failure", "access denied", "level up", "you win", "good morning", "thank you", "left", "right", "up", "down",
        "start", "play", "record", "next", "monday", "friday", "red", "blue", "water", "fire", "radio", "this is not a test", "can you hear me", "ladies and gentlemen", "put your hands together",
        "make some noise", "are you ready", "bring it back", "one more time", "the sky above the port was the color of television", "it was a dark and stormy night", "you have one new message")  # fmt: skip
SYLLABLES = (
    "la",
    "ah",
    "oh",
    "love",
    "you",
    "fly",
    "dream",
    "hey",
    "yeah",
    "light",
    "home",
    "free",
    "ooh",
    "now",
    "rain",
    "time",
    "night",
    "sun",
    "feel",
    "go",
    "na",
    "doo",
)
"""Festival sings one syllable a note."""
SINGERS = ("voice_kal_diphone", "voice_ked_diphone")
SINGING_HEAD = """<?xml version="1.0"?>
<!DOCTYPE SINGING PUBLIC "-//SINGING//DTD SINGING mark up//EN" "Singing.v0_1.dtd" []>"""
NOTES = ("C", "D", "E", "F", "G", "A", "B")


def spoken(text: str, speaker_name: str, stretch: float) -> Audio:
    """flite's `speaker_name` says it, `stretch` times as slowly as usual."""
    return _run(["flite", "-voice", speaker_name, "--setf", f"duration_stretch={stretch:.2f}", "-t", text, "-o"])


def sung(words: list[str], notes: list[str], beats: list[float], singer_name: str) -> Audio:
    """Festival's singing mode: one note a word."""
    rows = [
        f'<PITCH NOTE="{note}"><DURATION BEATS="{beat}">{word}</DURATION></PITCH>'
        for word, note, beat in zip(words, notes, beats, strict=True)
    ]
    text = "\n".join([SINGING_HEAD, '<SINGING BPM="100">', *rows, "</SINGING>", ""])
    with tempfile.TemporaryDirectory() as folder:
        score = Path(folder) / "score.xml"
        score.write_text(text)
        return _run(["text2wave", "-mode", "singing", "-eval", f"({singer_name})", str(score), "-o"])


def _run(command: list[str]) -> Audio:
    """What a program writes, without silence at its ends."""
    sound = written_by(command)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    return sound[max(0, int(loud[0]) - 640) : int(loud[-1]) + 3200] if loud.size else sound


def saying(rng: Rng) -> tuple[str, list[str]]:
    """A text, and what kind of text it is."""
    form = rng.random()
    if form < 0.17:
        return str(rng.choice(LETTERS)), ["spoken letter"]
    if form < 0.34:
        return str(rng.choice(NUMBERS)), ["spoken number"]
    return str(rng.choice(SAID)), ["speech"]


def treated(rng: Rng, x: Audio, words: list[str]) -> Made:
    """Mostly as it is; a voice moved far by `resample` has no longer its sex."""
    form = rng.random()
    if form < 0.55:
        return resample(x, rng.uniform(0.93, 1.07)), words
    if form < 0.75:
        first = int(rng.uniform(0, 0.6) * x.size)
        cut = resample(x[first : first + int(log_uniform(rng, 0.07, 0.45) * RATE)], rng.uniform(0.75, 1.4))
        repeats = int(rng.choice([1, 1, 2, 3, 4]))
        return np.tile(cut, repeats), ["vocal chop", *(["chopped"] if repeats > 1 else [])]
    sexless = [w for w in words if w not in ("female voice", "male voice")]
    if form < 0.82:
        return resample(x, rng.uniform(0.5, 0.75)), [*sexless, "pitched down", "vocal"]
    if form < 0.89:
        return resample(x, rng.uniform(1.4, 1.9)), [*sexless, "pitched up", "vocal"]
    if form < 0.95:
        return reverb(rng, echo(x, rng.uniform(0.12, 0.4), 0.5, 3), 1.4, 0.35), [*words, "wet", "echo"]
    return crush(x, int(rng.integers(4, 8)), int(rng.integers(2, 7))), [*words, "lo-fi", "bitcrushed"]


def speaker(rng: Rng) -> Made:
    text, words = saying(rng)
    name = str(rng.choice(list(SPEAKERS), p=[0.35, 0.3, 0.2, 0.15]))
    return spoken(text, name, rng.uniform(0.8, 1.5)), [*words, SPEAKERS[name]]


def singer(rng: Rng) -> Made:
    count = int(rng.choice([1, 1, 2, 3, 4]))
    words = [str(w) for w in rng.choice(SYLLABLES, count)]
    notes = [f"{rng.choice(NOTES)}{rng.integers(3, 5)}" for _ in range(count)]
    beats = [float(rng.choice([0.5, 1, 1])) for _ in range(count - 1)] + [float(rng.choice([1, 2, 3]))]
    x = sung(words, notes, beats, str(rng.choice(SINGERS)))
    return x, ["singing voice", "male voice", *(["melody"] if count > 2 else [])]


def clips(seed: int, share: float) -> Iterator[Made]:
    """Every utterance twice, treated each time anew."""
    for make, count in ((speaker, 700), (singer, 180)):
        for number in range(int(count * share)):
            rng = np.random.default_rng([seed, count, number])
            audio, words = make(rng)
            if audio.size > 1000 and np.abs(audio).max() > 1e-3:
                for _ in range(2):
                    said, own = treated(rng, peaked(audio), words)
                    yield with_effects(rng, said, ["vocal", *own], 0.25)

"""A name's tokens, and how numbers, keys, chords and notes are spelled in them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from soundpalette.core.music.notes import PITCH_CLASSES, Key, mode_of, note_name, pitch_class, read_key, read_note

MAX_TEXT: Final = 400
"""Characters of a name that are looked at; names come from strangers."""
TEMPO_WORDS: Final = frozenset({"bpm", "tempo"})
_PLAIN: Final = str.maketrans({"♯": "#", "♭": "b", "&": " and ", "\u2019": "'"})
_TOKEN: Final = re.compile(r"\d{1,3}[.,]\d{1,3}(?!\d)[^\W\d_]*|[^\W_]+(?:#[^\W_]*)?")
_PIECE: Final = re.compile(r"\d+(?:[.,]\d+)?|(?i:bpm|tempo)|(?:(?!(?i:bpm|tempo))\D)+")
_HUMP: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_BREAK: Final = re.compile(r"\s[^\w\s]|[^\w\s]\s|[()\[\]{},;+]")
_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?", re.ASCII)
_KEY: Final = re.compile(r"[A-Ga-g][#b]?(?:m|(?i:maj(?:or)?|min(?:or)?))")
_SHORT: Final = 3
_MODES: Final = frozenset({"maj", "major", "min", "minor"})
_NOTE: Final = re.compile(r"([A-G])([#b]?)")
_OCTAVE_NOTE: Final = re.compile(r"[A-Ga-g][#b]?[0-8]", re.ASCII)
_CAMELOT: Final = re.compile(r"(?:[1-9]|1[0-2])[AB]", re.ASCII)
_CHORD: Final = re.compile(
    r"([A-G])([#b]?)(?:(m|M|[Mm]in|[Mm]aj)(?:6|7|9|11|13|69|add9)|(?:m|min)7b5|7?sus[24]|dim7?|aug7?|add(?:9|11)|m(?:in)?[Mm]aj7)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A run of letters and digits, and what stands before it: "" at the beginning and within what was one run."""

    text: str
    gap: str

    @property
    def word(self) -> str:
        return self.text.lower()

    @property
    def number(self) -> float | None:
        """124, 87.5; None for words and for numbers with a leading zero, which count files."""
        plain = _NUMBER.fullmatch(self.text) and not self.text.startswith("0")
        return float(self.text.replace(",", ".")) if plain else None


@dataclass(frozen=True, slots=True)
class KeyAt:
    """A key that is spelled by the tokens from `first` to `last`."""

    key: Key
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord's root, and the key whose tonic it is; None where it is neither major nor minor (sus, dim, aug)."""

    root: str
    key: Key | None


def plain(text: str) -> str:
    """The first 400 characters in compatible Unicode, with ASCII accidentals."""
    return unicodedata.normalize("NFKC", text[:MAX_TEXT])[:MAX_TEXT].translate(_PLAIN)


def split(text: str) -> list[Token]:
    """The tokens of `text` (as `plain` gives it); "124bpmAm" is three, "C#3" and "Am9" are one."""
    tokens: list[Token] = []
    end = 0
    for found in _TOKEN.finditer(text):
        pieces = _pieces(found[0])
        tokens.append(Token(pieces[0], text[end : found.start()]))
        tokens += [Token(piece, "") for piece in pieces[1:]]
        end = found.end()
    return tokens


def humps(tokens: list[Token]) -> list[str]:
    """The words of all tokens, CamelCase and digits taken apart: Tech, House, 128; but "DnB" stays whole.

    Where brackets, commas or a dash between spaces part them, an empty word stands, across which no phrase is read.
    """
    words: list[str] = []
    for token in tokens:
        words += [""] if _BREAK.search(token.gap) else []
        words += _HUMP.findall(token.text) if _compound(token.text) else [token.text]
    return words


def spelled_key(tokens: list[Token], at: int) -> KeyAt | None:
    """A key with its mode that begins at token `at`: "Am", "F#min", "A minor", "F sharp minor"."""
    if _KEY.fullmatch(tokens[at].text) and (key := read_key(tokens[at].text)):
        return KeyAt(key, at, at)
    for words in (2, 3):
        parts = [token.text for token in tokens[at : at + words]]
        if len(parts) == words and parts[-1].lower() in _MODES and (key := read_key(" ".join(parts))):
            return KeyAt(key, at, at + words - 1)
    return None


def camelot(token: Token) -> Key | None:
    """The key of a token such as "8A"; whether it is meant as one, its neighbours must tell."""
    return read_key(token.text) if _CAMELOT.fullmatch(token.text) else None


def chord(token: Token) -> Chord | None:
    """What a chord symbol such as "Cmaj7", "Am9" or "Gsus4" tells. E7 and C6 are notes with an octave here."""
    found = _CHORD.fullmatch(token.text)
    if not found:
        return None
    root = pitch_class(found[1], found[2])
    return Chord(PITCH_CLASSES[root], Key(root, mode_of(found[3])) if found[3] else None)


def bare_note(token: Token) -> str | None:
    """The pitch class of a token such as "C" or "Bb", with a capital letter."""
    found = _NOTE.fullmatch(token.text)
    return PITCH_CLASSES[pitch_class(found[1], found[2])] if found else None


def octave_note(token: Token) -> str | None:
    """The note of a token such as "C#3" or "bb2"."""
    midi = read_note(token.text) if _OCTAVE_NOTE.fullmatch(token.text) else None
    return None if midi is None else note_name(midi)


def _compound(text: str) -> bool:
    return len(text) > _SHORT or not text.isalpha()


def _pieces(token: str) -> list[str]:
    """Takes a tempo off what it is glued to: a "bpm", or a key beside a number of two or three digits."""
    whole = Token(token, "")
    if octave_note(whole) or chord(whole) or camelot(whole):
        return [token]
    pieces: list[str] = _PIECE.findall(token)
    words = [piece for piece in pieces if not piece[0].isdigit()]
    numbers = [piece for piece in pieces if piece[0].isdigit() and len(piece) > 1]
    tempo = any(word.lower() in TEMPO_WORDS or _KEY.fullmatch(word) for word in words)
    return pieces if numbers and tempo else [token]

"""What words in names mean: role, kind, genre, descriptive tags, by the tables of core/vocabulary.toml."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from soundpalette.core.music import spelling

Words = tuple[str, ...]
Phrases = dict[Words, str]
_DENIALS: Final = frozenset({"no", "without", "minus", "non"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a name says, in the vocabulary's own words and in its order; `hints` are roles that it only suggests."""

    roles: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubts:
    """Small words beside which a number or a letter is no tempo, key or note (the vocabulary says why).

    `prefixes`: letters, and the words that they belong to.
    """

    machines: frozenset[str]
    counted: frozenset[str]
    units: frozenset[str]
    lettered: frozenset[str]
    am: frozenset[str]
    fm: frozenset[str]
    prefixes: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Phrases (as small words) and what they say; codes (in capitals) and their roles."""

    silent: Phrases
    roles: Phrases
    hints: Phrases
    kinds: Phrases
    genres: Phrases
    tags: Phrases
    codes: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Found:
    first: int
    length: int
    value: str


def said(words: list[str]) -> Said:
    """What a name's words (in their own case, in order) say. What stands behind "no" is not said."""
    book = _lexicon()
    small = [word.lower() for word in words]
    heard = _without(small, _find(small, book.silent))
    genres = _find(heard, book.genres)
    rest = _without(
        heard, [g for g in genres if g.length > 1 and tuple(small[g.first : g.first + g.length]) not in book.roles]
    )
    roles = _find(rest, book.roles) or _coded(words, book.codes)
    return Said(
        _values(small, roles),
        _values(small, _find(rest, book.hints)),
        _values(small, _find(heard, book.kinds)),
        _values(small, genres),
        _values(small, _find(rest, book.tags)),
    )


def said_in(text: str) -> Said:
    """As `said`, of a tag's text, such as "Drum & Bass"."""
    return said(spelling.humps(spelling.split(spelling.plain(text))))


@cache
def doubts() -> Doubts:
    """The vocabulary's words that make a number or letter doubtful, read once."""
    table = _vocabulary()
    return Doubts(**{name: frozenset(words) for name, words in table["doubts"].items()}, prefixes=table["prefixes"])


@cache
def _lexicon() -> _Lexicon:
    table = _vocabulary()
    return _Lexicon(
        silent=_phrases({"": table["silent"]["words"]}),
        roles=_phrases(table["role_words"]),
        hints=_phrases(table["role_hints"]),
        kinds=_phrases(table["kind_words"]),
        genres=_phrases(table["genre_words"]),
        tags=_phrases({word: [word] for word in table["words"]}),
        codes={code: role for role, codes in table["role_codes"].items() for code in codes},
    )


def _vocabulary() -> dict[str, Any]:
    return tomllib.loads((files("soundpalette.core") / "vocabulary.toml").read_text("utf-8"))


def _phrases(table: dict[str, list[str]]) -> Phrases:
    """By a phrase's words as names are taken apart, so that "Hi-Hat" and "hi hat" are the same."""
    return {
        tuple(word.lower() for word in spelling.humps(spelling.split(spelling.plain(text)))): value
        for value, texts in table.items()
        for text in texts
    }


def _coded(words: list[str], codes: dict[str, str]) -> list[_Found]:
    """The codes in a name that spells no role: beside one they are a label's initials ("SD_bass_loop")."""
    first = words[:1] if any(word != word.lower() for word in words) else [word.upper() for word in words[:1]]
    return [_Found(at, 1, codes[word]) for at, word in enumerate([*first, *words[1:]]) if word in codes]


def _find(words: list[str], phrases: Phrases) -> list[_Found]:
    """The phrases in `words` from left to right, the longest first."""
    longest = max(map(len, phrases))
    found: list[_Found] = []
    at = 0
    while at < len(words):
        sizes = range(min(longest, len(words) - at), 0, -1)
        phrase = next((known for size in sizes if (known := _known(words[at : at + size], phrases))), ())
        if phrase:
            found.append(_Found(at, len(phrase), phrases[phrase]))
        at += max(len(phrase), 1)
    return found


def _known(words: list[str], phrases: Phrases) -> Words:
    """The phrase that `words` are, themselves or as a plural in -s; () where they are none."""
    exact = tuple(words)
    single = (*exact[:-1], exact[-1].removesuffix("s"))
    return exact if exact in phrases else single if single in phrases else ()


def _without(words: list[str], spans: Iterable[_Found]) -> list[str]:
    """`words` with those of `spans` struck out, so that nothing is read across them."""
    kept = list(words)
    for span in spans:
        kept[span.first : span.first + span.length] = [""] * span.length
    return kept


def _values(small: list[str], found: list[_Found]) -> tuple[str, ...]:
    said = (f.value for f in found if f.first == 0 or small[f.first - 1] not in _DENIALS)
    return tuple(dict.fromkeys(said))

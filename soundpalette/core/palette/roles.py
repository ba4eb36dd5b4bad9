"""Roles in a set of sounds: which are there, and which a palette of this kind lacks."""

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

DRUMS: Final = frozenset({"kick", "snare", "clap", "hi-hat", "cymbal", "tom", "percussion", "drum loop"})
TONAL: Final = frozenset(
    {"bass", "lead", "pad", "chord", "pluck", "keys", "guitar", "strings", "brass", "wind", "vocal"}
)
DRUM_KIT: Final = "drum kit"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of palette: words that tell it, and its slots, each a choice of roles of which the first is the usual."""

    name: str
    words: tuple[str, ...]
    slots: tuple[tuple[str, ...], ...]


def kind_of(text: str, genres: Sequence[str], roles: Collection[str]) -> Kind:
    """The kind that a brief names, else the samples' most frequent genre, else a kit of drums alone, else any."""
    kinds = _kinds()
    for told in (text, *sorted(set(genres), key=lambda genre: (-genres.count(genre), genre))):
        for kind in kinds:
            if any(_says(told, word) for word in kind.words):
                return kind
    only_drums = bool(roles) and DRUMS.issuperset(roles)
    return next(kind for kind in kinds if kind.name == DRUM_KIT) if only_drums else kinds[-1]


def lacking(kind: Kind, roles: Iterable[str]) -> tuple[str, ...]:
    """Of each slot that no role fills, the usual role."""
    there = set(roles)
    return tuple(slot[0] for slot in kind.slots if there.isdisjoint(slot))


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text.lower()) is not None


@lru_cache(maxsize=1)
def _kinds() -> tuple[Kind, ...]:
    table = tomllib.loads((files("soundpalette.core.palette") / "kinds.toml").read_text("utf-8"))
    return tuple(
        Kind(kind["name"], tuple(kind["words"]), tuple(tuple(slot.split("|")) for slot in kind["slots"]))
        for kind in table["kind"]
    )

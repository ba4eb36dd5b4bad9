"""What a sample's file name and its nearest folders tell of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from soundpalette.core.audio import EXTENSIONS
from soundpalette.core.music import lexicon, reading, spelling
from soundpalette.core.music.clues import Clues

T = TypeVar("T")
FOLDERS: Final = 3
MAX_TAGS: Final = 8
_SEPARATORS: Final = re.compile(r"[/\\]+")
_DRUMS: Final = frozenset({"kick", "snare", "clap", "hi-hat", "cymbal", "tom", "percussion"})
_UNTUNED: Final = frozenset({"snare", "clap", "hi-hat", "cymbal", "percussion", "drum loop", "fx", "texture"})


@dataclass(frozen=True, slots=True)
class _Part:
    """The file's name, or one folder, taken apart."""

    tokens: list[spelling.Token]
    said: lexicon.Said


def from_name(path: str | Path) -> Clues:
    """What the name and up to three nearest folders of `path` tell; the nearest that tells a thing is believed.

    Nothing is invented: `core.music.reading` says when a number or letter counts. Pass paths relative to the library's
    root where there is one: folders above it are not about the sample. Of each part 400 characters are looked at.
    """
    name, *folders = parts = [_part(text) for text in _parts(str(path))]
    kind = _first(reading.only(part.said.kinds) for part in parts)
    loop = kind == "loop"
    told = [reading.tempo_and_key(name.tokens, loop)]
    told += [reading.tempo_and_key(folder.tokens, loop and _is_a_tempo(folder)) for folder in folders]
    key = _first(one.key for one in told)
    roles = (*name.said.hints, *name.said.roles)
    timed = next((one for one in told if one.bpm is not None), told[0])
    return Clues(
        bpm=timed.bpm,
        bpm_in_doubt=timed.in_doubt,
        key=str(key) if key else None,
        root=reading.root(
            name.tokens, told[0].bpm, bool(roles) or "808" in name.said.tags, bool(roles) and roles[-1] not in _UNTUNED
        ),
        kind=kind,
        role=_role(name, folders, loop),
        genre=_first(genre for part in parts for genre in part.said.genres),
        tags=tuple(dict.fromkeys(tag for part in parts for tag in part.said.tags))[:MAX_TAGS],
    )


def from_text(text: str) -> Clues:
    """The tempo and key that a comment tells ("128 BPM, A minor"). As bounded as a name."""
    told = reading.tempo_and_key(spelling.split(spelling.plain(text)), loop=False)
    return Clues(bpm=told.bpm, key=str(told.key) if told.key else None)


def _parts(path: str) -> list[str]:
    """The name without its extension, then the nearest folders."""
    name, *folders = [part for part in reversed(_SEPARATORS.split(path)) if part] or [""]
    stem, _, extension = name.rpartition(".")
    return [stem if f".{extension.lower()}" in EXTENSIONS else name, *folders[:FOLDERS]]


def _part(text: str) -> _Part:
    tokens = spelling.split(spelling.plain(text))
    return _Part(tokens, lexicon.said(spelling.humps(tokens)))


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _is_a_tempo(folder: _Part) -> bool:
    """A folder's plain number is believed where nothing but loops is said beside it: "120", "Drum Loops 120"."""
    return len(folder.tokens) == 1 or (reading.only(folder.said.kinds) == "loop" and len(folder.tokens) <= FOLDERS)


def _role(name: _Part, folders: list[_Part], loop: bool) -> str | None:
    """The name's own word, the last as in "vocal pad"; else its hint, the nearest folder's word, a folder's hint."""
    roles = name.said.roles
    if loop and len(_DRUMS.intersection(roles)) > 1:
        return "drum loop"
    if roles:
        return roles[-1]
    hints = [_hint(part, loop) for part in (name, *folders)]
    return hints[0] or _first(reading.only(folder.said.roles) for folder in folders) or _first(hints)


def _hint(part: _Part, loop: bool) -> str | None:
    hints = [hint for hint in part.said.hints if loop or hint != "drum loop"]
    return hints[-1] if hints else None

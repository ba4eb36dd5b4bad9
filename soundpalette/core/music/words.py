"""Role, genre and tags guessed in the encoder's space: which of the vocabulary's words lie nearest to a sound.

A sound's cosines to texts differ from sound to sound and from encoder to encoder, so all are read in deviations of
this sound's own cosines. What stays below its threshold is not said: an empty role is better than a wrong one.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from soundpalette.core.encoders.base import Encoder
from soundpalette.core.strength import Bank, make_bank
from soundpalette.core.types import Fact, Guess, Vectors
from soundpalette.errors import ConfigError

MOST_TAGS: Final = 8
ROLE_CONFIDENCE: Final = 0.5
"""On the validation splits four of five roles guessed with at least this are right, and two of three sounds get one."""
GENRE_CONFIDENCE: Final = 0.5
"""Not measured: the splits have no genres, and the bundled encoder has hardly learnt any."""
TAG_DEVIATIONS: Final = 1.75
"""How far above the middle of all words a tag lies; every second one is right there (chance: one in fourteen)."""
BUNDLED: Final = files("soundpalette.core") / "vocabulary.toml"
LONGEST: Final = 64
"""Characters of a role, a word or a query in a vocabulary."""
MOST_ROLES: Final = 64
"""They stand in the schema of each search tool."""
SHOWN: Final = 60
SOFTNESS: Final = 0.5
"""Deviations in which a choice of `exp(x / SOFTNESS)` is told: what one deviation of lead makes likely."""
_ROLE: Final = re.compile(r"[^\W_]+(?:[ &-][^\W_]+)*")
Marks = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that sounds are told by (core/vocabulary.toml, or a user's copy). `prompts`: other names of a role;
    `genres`: the sounds that mark each; `background`: what people ask a library for, for the strength of a match."""

    roles: tuple[str, ...]
    words: tuple[str, ...]
    background: tuple[str, ...]
    prompts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    genres: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The package's vocabulary, or a user's own. Raises ConfigError where it cannot be read or lacks something."""
    if path is None:
        return _bundled()
    mend = f"mend it, or start again from a copy of {BUNDLED}"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        vocabulary = _VOCABULARY.validate_python(table)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"the vocabulary {path} cannot be read as TOML ({reason}); {mend}") from error
    except ValidationError as error:
        raise ConfigError(f"the vocabulary {path}: {_fault(error)}; {mend}") from error
    if wrong := _wrong(vocabulary) or _unknown(table):
        raise ConfigError(f"the vocabulary {path}: {wrong}")
    return vocabulary


@cache
def _bundled() -> Vocabulary:
    return _VOCABULARY.validate_python(tomllib.loads(BUNDLED.read_text("utf-8")))


def _fault(error: ValidationError) -> str:
    """What came and what is wanted, of the first of pydantic's faults."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    came = "is missing" if first["type"] == "missing" else f"is {_shown(first['input'])}"
    return f'{where} {came}; lists of words are wanted, such as ["kick", "snare"]'


def _wrong(vocabulary: Vocabulary) -> str:
    """What is wrong with it and the mend, or nothing."""
    roles, lists = vocabulary.roles, (vocabulary.roles, vocabulary.words, vocabulary.background)
    if any(len(set(entries)) < 2 for entries in lists):
        return "`roles`, `words` and `background` need at least 2 entries each; add some"
    if twice := [role for role in roles if roles.count(role) > 1]:
        return f"`roles` has {_shown(twice[0])} twice; take one of them out"
    if len(roles) > MOST_ROLES:
        return f"`roles` has {len(roles)} entries; up to {MOST_ROLES} are allowed; take some out"
    if strangers := sorted(set(vocabulary.prompts) - set(roles)):
        return f"[prompts] has {_shown(strangers[0])}, which `roles` has not; add it there or take it out"
    if not all(vocabulary.genres.values()):
        return "every genre needs the words of at least one sound; add some, or take the genre out"
    texts = (text for part in (*lists, *vocabulary.prompts.values(), *vocabulary.genres.values()) for text in part)
    if long := [text for text in texts if not 1 <= len(text.strip()) <= LONGEST]:
        return f"an entry is {_shown(long[0])}, of {len(long[0])} characters; 1 to {LONGEST} are allowed; mend it"
    if odd := [role for role in roles if not _ROLE.fullmatch(role) or role != role.lower() or role == "any"]:
        return f"a role is {_shown(odd[0])}; small words with single spaces or hyphens are allowed, but for 'any'"
    return ""


def _unknown(table: Mapping[str, object]) -> str:
    """What is said of a name that no vocabulary has, such as "prompt" for "prompts", or nothing."""
    known = tomllib.loads(BUNDLED.read_text("utf-8"))
    strangers = [name for name in table if name not in known]
    return f"{_shown(strangers[0])} is no part of a vocabulary; these are: {', '.join(known)}" if strangers else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


_VOCABULARY: Final = TypeAdapter(Vocabulary)


@dataclass(frozen=True, slots=True)
class Choices:
    """Names to choose from and the vectors [prompts, dimension] that stand for them: `owner` int [prompts]."""

    names: tuple[str, ...]
    vectors: Vectors
    owner: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A vocabulary in an encoder's space; made once, then any number of sounds are guessed. `bank` is for strengths."""

    roles: Choices
    genres: Choices | None
    words: tuple[str, ...]
    word_vectors: Vectors
    bank: Bank

    def guess(self, vectors: Vectors) -> list[Guess]:
        """A guess a sound, from unit vectors [n, dimension]. Each is guessed alone: no sound changes another's."""
        cosines = vectors @ self.roles.vectors.T
        roles = _chosen(self.roles, cosines / _deviation(cosines), ROLE_CONFIDENCE)
        genres = self._genres(vectors, cosines)
        return [Guess(*row) for row in zip(roles, genres, self._tags(vectors), strict=True)]

    def _genres(self, vectors: Vectors, roles: npt.NDArray[np.floating]) -> list[Fact[str] | None]:
        """A genre must be nearer than every role: a kick is near "house beat", and nearer to "kick drum"."""
        if self.genres is None:
            return [None] * len(vectors)
        cosines = vectors @ self.genres.vectors.T
        chosen = _chosen(self.genres, cosines / _deviation(roles), GENRE_CONFIDENCE)
        nearer = cosines.max(axis=1) > roles.max(axis=1)
        return [fact if near else None for fact, near in zip(chosen, nearer.tolist(), strict=True)]

    def _tags(self, vectors: Vectors) -> list[tuple[str, ...]]:
        cosines = vectors @ self.word_vectors.T
        marks = (cosines - cosines.mean(axis=1, keepdims=True)) / _deviation(cosines)
        order = np.argsort(-marks, axis=1, kind="stable")[:, :MOST_TAGS]
        return [
            tuple(self.words[k] for k in best if row[k] >= TAG_DEVIATIONS)
            for best, row in zip(order.tolist(), marks, strict=True)
        ]


class WordGuesser:
    """Guesses roles and tags with a vocabulary (a `Guesser` of indexing/analyse.py); embeds it when first asked.

    Genres are not guessed: the bundled encoder has hardly learnt any, so a genre is what file or name tell.
    """

    def __init__(self, vocabulary: Vocabulary, encoder: Encoder) -> None:
        self._vocabulary = replace(vocabulary, genres={})
        self._encoder = encoder

    @cached_property
    def revision(self) -> str:
        """12 hex digits of the vocabulary's hash."""
        told = json.dumps(asdict(self._vocabulary), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    @cached_property
    def _lexicon(self) -> Lexicon:
        return make_lexicon(self._vocabulary, self._encoder)

    def load(self) -> None:
        """Embed the words now."""
        _ = self._lexicon

    def guess(self, vectors: Vectors) -> list[Guess]:
        """A guess for each unit vector of [n, dimension]."""
        return self._lexicon.guess(vectors)


def make_lexicon(vocabulary: Vocabulary, encoder: Encoder) -> Lexicon:
    """Embed every word of a vocabulary (some 500 short texts)."""
    bank = make_bank(encoder.embed_text(vocabulary.background), encoder.cohort())
    roles = {role: (role, *vocabulary.prompts.get(role, ())) for role in vocabulary.roles}
    return Lexicon(
        _choices(roles, encoder, bank),
        _choices(vocabulary.genres, encoder, bank) if vocabulary.genres else None,
        vocabulary.words,
        encoder.embed_text(vocabulary.words),
        bank,
    )


def _choices(prompts: Mapping[str, Sequence[str]], encoder: Encoder, bank: Bank) -> Choices:
    owner = np.repeat(np.arange(len(prompts)), [len(own) for own in prompts.values()])
    return Choices(
        tuple(prompts), bank.apart(encoder.embed_text([text for own in prompts.values() for text in own])), owner
    )


def _chosen(choices: Choices, marks: npt.NDArray[np.floating], least: float) -> list[Fact[str] | None]:
    """For each row of marks [n, prompts] the likeliest name by its best prompt, where it is as likely as `least`."""
    best = np.stack([marks[:, choices.owner == k].max(axis=1) for k in range(len(choices.names))], axis=1)
    weights = np.exp((best - best.max(axis=1, keepdims=True)) / SOFTNESS)
    likely = weights / weights.sum(axis=1, keepdims=True)
    return [
        Fact(choices.names[int(row.argmax())], "encoder", round(float(row.max()), 3)) if row.max() >= least else None
        for row in likely
    ]


def _deviation(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Of each sound's cosines [n, 1], never zero."""
    return np.asarray(np.maximum(cosines.std(axis=1, keepdims=True), 1e-6))

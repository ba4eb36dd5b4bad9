"""Which numbers and letters of a name are meant as its tempo, its key and its root; where there is a doubt, none is.

- A key needs its mode ("Am", "F#min", "A minor") or is a Camelot code beside a tempo. A note alone is a root.
- A chord ("Cmaj7", "Am9") gives its root and the key whose tonic it is; sus, dim and aug chords give the root alone.
- A tempo has "bpm" beside it; or it is a plain number of 50 to 220, no machine's and no counter's, beside a key or in a
  loop.
- A plain number in a loop's name without a key beside it is in doubt: 112 may be the hundred and twelfth loop.
- Two different tempos or keys in one name are no tempo and no key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from soundpalette.core.music import spelling
from soundpalette.core.music.lexicon import doubts
from soundpalette.core.music.notes import Key
from soundpalette.core.music.spelling import TEMPO_WORDS, KeyAt, Token

T = TypeVar("T")
SPELLED_BPM: Final = (30.0, 300.0)
"""Tempos that are believed with "bpm" beside them."""
PLAIN_BPM: Final = (50.0, 220.0)
"""Tempos that are believed of a plain number."""
_MACHINE_NUMBERS: Final = frozenset({101.0, 106.0, 202.0})
"""SH-101, Juno-106, MC-202; the other well-known ones (303, 505, 606, 707, 727, 808, 909) are no tempos anyway."""
_DASHES: Final = frozenset({"-", "–", "~"})
_HOURS: Final = frozenset(str(hour) for hour in range(1, 13))
_NONE: Final = Token("", "")


@dataclass(frozen=True, slots=True)
class TempoAndKey:
    """Beats a minute, and a key; None where a name does not tell them. `in_doubt`: the tempo is a bare number."""

    bpm: float | None
    key: Key | None
    in_doubt: bool = False


def only(values: Sequence[T]) -> T | None:
    """The one value there is; None where there is none, or where two differ."""
    return values[0] if len(set(values)) == 1 else None


def tempo_and_key(tokens: list[Token], loop: bool) -> TempoAndKey:
    """What a name's tokens tell; in a `loop` a plain number may be a tempo without a key beside it."""
    beside = _beside_bpm(tokens)
    keys = _keys(tokens, beside)
    says_bpm = any(token.word in TEMPO_WORDS for token in tokens)
    plain = [] if says_bpm else _plain(tokens)
    near_key = [at for at in plain if at in _around_keys(tokens, keys)]
    tempos = beside or near_key or (plain if loop else [])
    spelled = [found.key for found in keys] + _camelots(tokens, tempos)
    chords = [chord.key for chord in map(spelling.chord, tokens) if chord and chord.key]
    bpm = only([number for at in tempos if (number := tokens[at].number) is not None])
    return TempoAndKey(bpm, only(spelled or chords), bpm is not None and not (beside or near_key))


def root(tokens: list[Token], bpm: float | None, named: bool, tonal: bool) -> str | None:
    """The one note that the name tells: of a chord, with its octave, or alone where the letter can mean nothing else.

    `named`: the name says what sounds; `tonal`: and that is something tuned.
    """
    places = range(len(tokens))
    return only([note for at in places if (note := _root_at(tokens, at, bpm, named, tonal)) is not None])


def _at(tokens: list[Token], at: int) -> Token:
    """The token at a place, an empty one beyond the ends."""
    return tokens[at] if 0 <= at < len(tokens) else _NONE


# --- tempo


def _beside_bpm(tokens: list[Token]) -> list[int]:
    """Where the numbers with "bpm" beside them stand; of a range ("120-125 bpm") none."""
    places: list[int] = []
    for at, token in enumerate(tokens):
        if token.word in TEMPO_WORDS:
            around = [i for i in (at - 1, at + 1) if _within(_at(tokens, i), SPELLED_BPM)]
            places += [i for i in around[:1] if not _in_a_range(tokens, i)]
    return places


def _in_a_range(tokens: list[Token], at: int) -> bool:
    before = tokens[at].gap.strip() in _DASHES and _within(_at(tokens, at - 1), PLAIN_BPM)
    after = _at(tokens, at + 1)
    return before or (after.gap.strip() in _DASHES and _within(after, PLAIN_BPM))


def _within(token: Token, bounds: tuple[float, float]) -> bool:
    return token.number is not None and bounds[0] <= token.number <= bounds[1]


def _plain(tokens: list[Token]) -> list[int]:
    """Where plain numbers stand that may be a tempo."""
    return [at for at, token in enumerate(tokens) if _within(token, PLAIN_BPM) and not _counts(tokens, at)]


def _around_keys(tokens: list[Token], keys: list[KeyAt]) -> set[int]:
    """The places beside a key or a Camelot code: a plain number there can only be a tempo."""
    camelots = [at for at, token in enumerate(tokens) if spelling.camelot(token)]
    spelled = {at for key in keys for at in (key.first - 1, key.last + 1)}
    return spelled | {i for at in camelots for i in (at - 1, at + 1)}


def _counts(tokens: list[Token], at: int) -> bool:
    """Whether the number at `at` is a machine's, or counts or measures something else."""
    before = _at(tokens, at - 1).word
    label = len(before) == 2 and "_" in tokens[at].gap  # "TR-808", but "SO_TR_140_loop"
    behind = (before in doubts().machines and not label) or before in doubts().counted
    return tokens[at].number in _MACHINE_NUMBERS or behind or _at(tokens, at + 1).word in doubts().units


# --- key


def _keys(tokens: list[Token], tempos: list[int]) -> list[KeyAt]:
    found: list[KeyAt] = []
    for at in range(len(tokens)):
        key = spelling.spelled_key(tokens, at)
        if key and (not found or at > found[-1].last) and _key_meant(tokens, key, tempos):
            found.append(key)
    return found


def _key_meant(tokens: list[Token], key: KeyAt, tempos: list[int]) -> bool:
    """Whether a key's letters are no word: not so in "Am I", "3 Am", "Fm Bass", "in a minor way"."""
    token, after = tokens[key.first], _at(tokens, key.last + 1)
    timed = _touches_tempo(tokens, key.first, key.last, tempos)
    if key.last > key.first:
        return token.text != "a" or token.gap != " " or after is _NONE or timed
    if len(token.text) > len("Am"):
        return True
    if token.text[0].islower():
        return timed and token.text != "fm"
    return not _is_a_word(tokens, key.first, timed)


def _is_a_word(tokens: list[Token], at: int, timed: bool) -> bool:
    token, before, after = tokens[at], _at(tokens, at - 1), _at(tokens, at + 1)
    if token.text == "Am" and (before.word in doubts().am or after.word in doubts().am):
        return True
    if token.text == "Fm" and after.word in doubts().fm:
        return not timed and not _within(before, PLAIN_BPM)
    return before.text in _HOURS and token.gap in ("", " ")


def _camelots(tokens: list[Token], tempos: list[int]) -> list[Key]:
    """Codes such as "8A" beside a tempo, or behind "key"; elsewhere 1A and 2B count takes."""
    return [
        key
        for at, token in enumerate(tokens)
        if (key := spelling.camelot(token))
        and (_touches_tempo(tokens, at, at, tempos) or _at(tokens, at - 1).word in ("key", "camelot"))
    ]


def _touches_tempo(tokens: list[Token], first: int, last: int, tempos: list[int]) -> bool:
    """A tempo, or the "bpm" of one, stands directly before or after."""
    return any(at in tempos or _at(tokens, at).word in TEMPO_WORDS for at in (first - 1, last + 1))


# --- root


def _root_at(tokens: list[Token], at: int, bpm: float | None, named: bool, tonal: bool) -> str | None:
    token, counts = tokens[at], _at(tokens, at - 1).word in doubts().lettered
    if chord := spelling.chord(token):
        return chord.root
    if counts or spelling.spelled_key(tokens, at):
        return None
    if note := spelling.octave_note(token):
        variant = named and not tonal and len(token.text) == len("B2") and not _set_apart(tokens, at)
        return note if tonal or (token.text[0].isupper() and not variant) else None
    note = spelling.bare_note(token)
    if note is None or _at(tokens, at + 1).word in doubts().prefixes.get(token.text, ()):
        return None
    meant = not _is_decibels(tokens, at, bpm) if len(token.text) > 1 else _letter_meant(tokens, at, bpm, named, tonal)
    return note if meant else None


def _is_decibels(tokens: list[Token], at: int, bpm: float | None) -> bool:
    return tokens[at].text == "Db" and _at(tokens, at - 1).number not in (None, bpm)


def _letter_meant(tokens: list[Token], at: int, bpm: float | None, named: bool, tonal: bool) -> bool:
    """A natural note stands beside the tempo or behind "key"; or it ends the name, or stands before its number.

    Between mere spaces it counts for what is tuned: "Snare B" may be the second snare, "808 Kick C" is tuned to C.
    """
    before, after = _at(tokens, at - 1), _at(tokens, at + 1)
    beside_tempo = bpm is not None and (bpm in (before.number, after.number) or _touches_tempo(tokens, at, at, []))
    if beside_tempo or _behind_key(tokens, at):
        return True
    ends = at > 0 and (after is _NONE or after.text[0].isdigit())
    return ends and named and (tonal or _set_apart(tokens, at))


def _set_apart(tokens: list[Token], at: int) -> bool:
    """More than spaces stands beside: an underscore, a dash, a bracket."""
    return bool(tokens[at].gap.strip() or _at(tokens, at + 1).gap.strip())


def _behind_key(tokens: list[Token], at: int) -> bool:
    """Whether "key", "root" or "key of" stands before: without its mode such a note is a root."""
    before = _at(tokens, at - 1).word
    return before in ("key", "root") or (before == "of" and _at(tokens, at - 2).word == "key")

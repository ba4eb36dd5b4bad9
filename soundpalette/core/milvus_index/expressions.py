"""Filters as Milvus expressions over the fields beside the vectors, with the very meaning of core/filters.py.

Values stand in the text itself, quoted: templates (`filter_params`) are unknown to Milvus Lite. Comparisons with a
field that is null are never true, and no condition is ever negated, so what is not known meets none.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from soundpalette.core.filters import TEMPO_SLACK, Place, keys_that_fit, places, plain
from soundpalette.core.types import Filters, Ids, Root

NOTHING: Final = "id < 0"
"""What no sample meets: ids are 48 bits without a sign."""
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
"""What ends a string of Milvus' grammar, or has no place in it; all else stands for itself."""


def expression(wanted: Filters, roots: Sequence[Root]) -> str:
    """The expression that `wanted` sets, "" for none. Raises RequestError for a key that is none."""
    parts = (
        _tempo(wanted),
        _key(wanted),
        _equal("role", wanted.role),
        f"genre == {quoted(plain(wanted.genre))}" if wanted.genre.strip() else "",
        _equal("kind", wanted.kind),
        _between("seconds", wanted.min_seconds, wanted.max_seconds or math.inf),
        _folder(wanted.folder, roots),
        f"array_contains(tags, {quoted(plain(wanted.tag))})" if wanted.tag.strip() else "",
    )
    return " and ".join(f"({part})" for part in parts if part)


def among(ids: Ids) -> str:
    """The expression of samples [n] by id."""
    return f"id in [{', '.join(map(str, ids.tolist()))}]"


def quoted(text: str) -> str:
    """A string of Milvus' grammar."""
    return f'"{text.translate(_ESCAPED)}"'


def _tempo(wanted: Filters) -> str:
    low, high = wanted.min_bpm, wanted.max_bpm or math.inf
    if not low and math.isinf(high):
        return ""
    # bpm * scale lies within the bounds where bpm lies within bounds / scale: powers of two, so to the last bit
    scales = (1, 2, 0.5) if wanted.half_double else (1,)
    bounds = [((low - TEMPO_SLACK) / scale, (high + TEMPO_SLACK) / scale) for scale in scales]
    return _any(_between("bpm", low, high) for low, high in bounds)


def _between(field: str, low: float, high: float) -> str:
    """Bounds included; "" where there are none."""
    if not low and math.isinf(high):
        return ""
    above = f"{field} >= {float(low)!r}"
    return above if math.isinf(high) else f"{above} and {field} <= {float(high)!r}"


def _key(wanted: Filters) -> str:
    if not wanted.key.strip():
        return ""
    return f"key in [{', '.join(map(quoted, keys_that_fit(wanted.key, wanted.key_match)))}]"


def _equal(field: str, word: str) -> str:
    return "" if word in ("", "any") else f"{field} == {quoted(word)}"


def _folder(folder: str, roots: Sequence[Root]) -> str:
    if not folder.strip():
        return ""
    there = places(folder, roots)
    if any(not place.root_id and not place.folder for place in there):  # the folder "."
        return ""
    return _any(_at(place) for place in there) or NOTHING


def _at(place: Place) -> str:
    root = f"root_id == {quoted(place.root_id)}" if place.root_id else ""
    return " and ".join(filter(None, [root, _below(place.folder) if place.folder else ""]))


def _below(folder: str) -> str:
    """Paths that are the folder or begin with it and a slash: those from there up to the character behind the slash.
    (LIKE would read % and _ in names as wildcards, and not every Milvus knows how to escape them.)"""
    first, behind = quoted(f"{folder}/"), quoted(f"{folder}{chr(ord('/') + 1)}")
    return f"(path == {quoted(folder)} or (path >= {first} and path < {behind}))"


def _any(parts: Iterable[str]) -> str:
    return " or ".join(f"({part})" for part in parts)

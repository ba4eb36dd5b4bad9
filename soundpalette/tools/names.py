"""Names of files are data from strangers: what leaves the house is bounded and holds nothing that steers a display."""

import unicodedata
from typing import Final

MAX_PATH: Final = 320
_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, format (bidirectional marks among them), surrogate, private, line and paragraph separator."""


def clean(text: str, limit: int = MAX_PATH) -> str:
    """`text` without control and bidirectional characters, its middle left out where it is longer than `limit`."""
    kept = "".join(c for c in text if unicodedata.category(c) not in _STEERING)
    if len(kept) <= limit:
        return kept
    half = (limit - 1) // 2
    return f"{kept[: limit - 1 - half]}…{kept[-half:]}"


def quoted(text: str, limit: int = MAX_PATH) -> str:
    """`text` in quotation marks that it cannot end itself, at most `limit` characters together."""
    return f'"{unquoted(text, limit - 2)}"'


def unquoted(text: str, limit: int = MAX_PATH) -> str:
    """`text` cleaned, without quotation marks of its own, so that it may stand between some."""
    return clean(text.replace('"', "'"), limit)


def fitted(text: str, limit: int) -> str:
    """`text` cleaned to at most `limit` characters of JSON, in which quotes and backslashes count twice."""
    cleaned = clean(text, limit)
    doubled = cleaned.count('"') + cleaned.count("\\")
    return cleaned if len(cleaned) + doubled <= limit else clean(text, max(limit - doubled, limit // 2))

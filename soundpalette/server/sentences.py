"""A validation library's findings as sentences of ours."""

from typing import Any, Final

from soundpalette.tools.names import clean

SHOWN: Final = 60


def fault(found: Any) -> str:
    """One of pydantic's errors (a mapping with loc, type, input, msg): what is wrong with which parameter."""
    name = ".".join(str(part) for part in found["loc"])
    if found["type"] == "missing":
        return f"{name} is missing; the input schema lists what is taken"
    return f"{name} is {clean(repr(found['input']), SHOWN)}: {found['msg'][0].lower()}{found['msg'][1:]}"

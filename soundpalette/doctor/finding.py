"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum

from soundpalette.errors import SoundPaletteError


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it stands, what was seen, and how to mend it where that is not well."""

    check: str
    state: State
    told: str
    mend: str = ""


def ok(check: str, told: str) -> Finding:
    return Finding(check, State.OK, told)


def warning(check: str, told: str, mend: str) -> Finding:
    return Finding(check, State.WARNING, told, mend)


def fault(check: str, told: str, mend: str) -> Finding:
    return Finding(check, State.FAULT, told, mend)


def fault_of(check: str, error: SoundPaletteError) -> Finding:
    """An error of ours, whose sentence ends in the mend, behind its last semicolon."""
    told, _, mend = str(error).rpartition("; ")
    return fault(check, told, mend) if told else fault(check, mend, "see docs/reference.md")

"""What the palette tools take and give over the wire. Descriptions are read by models: they are short."""

from typing import Annotated, Final

from pydantic import Field

from soundpalette.tools.names import quoted
from soundpalette.tools.schemas import MAX_PALETTE, MAX_QUERY, Answer

MAX_ROLES: Final = 16
TEXT_NAME: Final = 60
TEXT_TAGS: Final = 2

Target = Annotated[
    str,
    Field(
        description="What it shall be: 'dark minimal techno, 126 BPM, A minor'",
        json_schema_extra={"maxLength": MAX_QUERY},
    ),
]
PaletteBrief = Annotated[
    str,
    Field(
        description="The whole in words: 'warm melodic techno, 124 BPM, A minor'",
        json_schema_extra={"minLength": 1, "maxLength": MAX_QUERY},
    ),
]
Roles = Annotated[
    list[str],
    Field(
        description="Each a role, or with words of its own: 'kick: short, dry'. Empty: the usual ones",
        json_schema_extra={"maxItems": MAX_ROLES},
    ),
]
Bpm = Annotated[float, Field(description="0: the brief's, or any", json_schema_extra={"minimum": 0, "maximum": 400})]
Key = Annotated[str, Field(description="As 'A minor'; empty: the brief's, or any")]
Locked = Annotated[
    list[str],
    Field(
        description="Samples that stay; the others go with them",
        json_schema_extra={"maxItems": MAX_PALETTE},
    ),
]


class PaletteSample(Answer):
    """One sound. Empty or 0: not known."""

    sample_id: str
    name: str
    role: str
    kind: str
    seconds: float
    bpm: float
    stretch: float = Field(description="Speed factor to meet bpm")
    key: str
    semitones: int = Field(description="Transposition to fit key")
    tags: list[str]
    loudness_lufs: float
    brightness_hz: float
    likeness: float

    def text(self) -> str:
        """One line."""
        what = " ".join(part for part in (self.role, self.kind) if part)
        facts = [what, f"{self.seconds:.2f} s"]
        facts += [f"{self.bpm:g} BPM"] if self.bpm else []
        facts += [self.key] if self.key else []
        facts += [f"{self.loudness_lufs:.0f} LUFS, {self.brightness_hz:.0f} Hz, likeness {self.likeness:.2f}"]
        facts += self.tags[:TEXT_TAGS]
        return f"{self.sample_id or '-'} {quoted(self.name, TEXT_NAME)}: {', '.join(facts)}"


class PaletteDescription(Answer):
    """What the sounds are one by one, and together."""

    summary: str
    samples: list[PaletteSample]
    bpm: float
    key: str
    balance: dict[str, float]
    loudness_spread: float
    cohesion: float = Field(description="Mean cosine")
    outlier: str
    fights: list[str] = Field(description="Pairs that want one band")
    duplicates: list[str]
    lacking: dict[str, str] = Field(description="Missing role: query")
    words: list[str]
    target_fit: dict[str, float]

    def text(self) -> str:
        """A line a sample, then the paragraph."""
        return "\n".join([*(s.text() for s in self.samples), self.summary, f"Sounds like: {', '.join(self.words)}."])


class Alternative(Answer):
    """The next best."""

    sample_id: str
    path: str


class PalettePick(Answer):
    """One sound chosen."""

    role: str
    sample_id: str
    root: str
    path: str
    seconds: float
    bpm: float
    key: str
    why: str
    alternatives: list[Alternative]

    def text(self) -> str:
        """One line."""
        others = ", ".join(f"{a.sample_id} {quoted(a.path, TEXT_NAME)}" for a in self.alternatives)
        shown = f"{self.role or '-'}: {self.sample_id or '-'} {quoted(self.path, TEXT_NAME)} ({self.why})"
        return shown + (f" or {others}" if others else "")


class BuiltPalette(Answer):
    """One sound a role, chosen to go together."""

    roots: dict[str, str]
    bpm: float
    key: str
    picks: list[PalettePick]
    missing: list[str] = Field(description="Roles left empty")
    cohesion: float
    summary: str

    def text(self) -> str:
        """A line a pick, what is missing, the paragraph."""
        below = [f"Paths below {quoted(path)}" for path in self.roots.values()]
        return "\n".join([*(pick.text() for pick in self.picks), *self.missing, *below, self.summary])

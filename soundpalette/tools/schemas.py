"""What the tools take and give over the wire. Descriptions are read by models: they are short, for they cost tokens."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from soundpalette.tools.names import quoted

MAX_QUERY: Final = 1000
MAX_REFERENCE: Final = 4096
MAX_PALETTE: Final = 64
TEXT_PATH: Final = 42
TEXT_ROOT: Final = 200


# The bounds are published here and checked in `tools` (workbench.py), so that whoever breaks one reads our sentence.
Query = Annotated[
    str,
    Field(
        description="The sound in plain English: 'dark evolving pad'",
        json_schema_extra={"minLength": 1, "maxLength": MAX_QUERY},
    ),
]
Reference = Annotated[
    str,
    Field(
        description="A sample_id of an answer, or a path: absolute or below a root",
        json_schema_extra={"minLength": 1, "maxLength": MAX_REFERENCE},
    ),
]
TopK = Annotated[int, Field(description="How many hits", json_schema_extra={"minimum": 1})]
Alpha = Annotated[
    float,
    Field(
        description="The text's share: 1 text alone, 0 audio alone",
        json_schema_extra={"minimum": 0, "maximum": 1},
    ),
]
Samples = Annotated[
    list[str],
    Field(
        description="sample_ids or paths of sounds to be used together",
        json_schema_extra={"minItems": 1, "maxItems": MAX_PALETTE},
    ),
]


class Answer(BaseModel):
    """What a tool gives."""

    model_config = ConfigDict(frozen=True)


class SearchHit(Answer):
    """One sample found."""

    sample_id: str
    root: str = Field(description="A key of roots")
    path: str
    score: float = Field(description="Cosine")
    strength: str = Field(description="strong, fair or weak")
    similar: int = Field(description="Near-duplicates")
    seconds: float
    bpm: float = Field(description="0: unknown")
    key: str
    role: str
    kind: str

    def line(self) -> str:
        """Id, score, strength, seconds, what is known as music, path, how many near-duplicates there are."""
        music = [f"{self.bpm:g}bpm" if self.bpm else "", _short_key(self.key), self.role]
        kind = "loop" if self.kind == "loop" and "loop" not in self.role else ""
        known = "".join(f" {word}" for word in (*music, kind) if word)
        more = f" +{self.similar}" if self.similar else ""
        path = quoted(self.path, TEXT_PATH - len(more))
        return f"{self.sample_id} {self.score:.3f} {self.strength} {self.seconds:.2f}s{known} {path}{more}"


def _short_key(key: str) -> str:
    """F#m for F# minor."""
    tonic, _, mode = key.partition(" ")
    return f"{tonic}{'m' if mode == 'minor' else ''}"


class SearchResult(Answer):
    """Hits, best first."""

    roots: dict[str, str] = Field(description="Absolute paths")
    hits: list[SearchHit]
    pending: int = Field(description="Not in the index yet")
    note: str = Field(description="Why nothing fits")

    def text(self) -> str:
        """A line a hit (id, score, strength, seconds, music, path), then the roots, for who reads text alone."""
        lines = [hit.line() for hit in self.hits]
        if not lines:
            return f"No sample matches: {self.note}." if self.note else "No sample matches."
        several = len(self.roots) > 1
        for root, path in self.roots.items():
            of = " ".join(hit.sample_id for hit in self.hits if hit.root == root) if several else "Paths"
            lines.append(f"{of} below {quoted(path, TEXT_ROOT // len(self.roots))}")
        if self.note:
            lines.append(f"({self.note})")
        if self.pending:
            lines.append(f"({self.pending} samples of the library are not in the index yet)")
        return "\n".join(lines)


class RootStatus(Answer):
    """A root folder and whether it is there."""

    id: str
    path: str
    there: bool


class Status(Answer):
    """The state of catalogue and index."""

    encoder: str
    space: str
    samples: int = Field(description="Files in the catalogue")
    embedded: int = Field(description="Of these, in the encoder's space")
    indexed: int = Field(description="In the published index")
    pending: int
    failed: int
    generation: int
    index_generation: int = Field(description="-1 where no index is published")
    catalogue_bytes: int
    index_bytes: int
    data_dir: str
    other_spaces: list[str]
    roots: list[RootStatus]


class Overview(Answer):
    """What the library consists of."""

    samples: int
    index: str
    counts: dict[str, dict[str, int]] = Field(
        description="By kinds, roles, genres, keys, tempos (BPM), packs (top folders); unknown: samples without"
    )
    missing: list[str] = Field(description="Roles with no sample")

    def text(self) -> str:
        """A line a subject."""
        lines = [f"{self.samples} samples. {self.index}"]
        for subject, counts in self.counts.items():
            named = {quoted(value) if subject == "packs" else value: count for value, count in counts.items()}
            lines.append(f"{subject}: " + (", ".join(f"{value} {count}" for value, count in named.items()) or "none"))
        return "\n".join([*lines, *([f"missing: {', '.join(self.missing)}"] if self.missing else [])])

"""What the tools take and give over the wire. Descriptions are read by models: they are short, for they cost tokens."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from soundpalette.tools.names import clean

MAX_QUERY: Final = 1000
MAX_REFERENCE: Final = 4096
MAX_PALETTE: Final = 64
TEXT_PATH: Final = 80
TEXT_ROOT: Final = 200


# The bounds are published here and checked in `tools` (workbench.py), so that whoever breaks one reads our sentence.
Query = Annotated[
    str,
    Field(
        description="The sound in plain English, as a producer would say it: 'punchy techno kick', 'dark evolving pad'",
        json_schema_extra={"minLength": 1, "maxLength": MAX_QUERY},
    ),
]
Reference = Annotated[
    str,
    Field(
        description="A sample_id from an earlier answer, or a path: absolute, or relative to a root of the library",
        json_schema_extra={"minLength": 1, "maxLength": MAX_REFERENCE},
    ),
]
TopK = Annotated[int, Field(description="How many hits", json_schema_extra={"minimum": 1})]
Alpha = Annotated[
    float,
    Field(
        description="The text's share: 1 is text alone, 0 is audio alone, 0.7 is 70 % text",
        json_schema_extra={"minimum": 0, "maximum": 1},
    ),
]
Samples = Annotated[
    list[str],
    Field(
        description="Sample ids or paths of the sounds that are to be used together",
        json_schema_extra={"minItems": 1, "maxItems": MAX_PALETTE},
    ),
]


class Answer(BaseModel):
    """What a tool gives."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Without titles and without the list of what is always there (all of it): every client pays for each word."""
        schema = handler(core)
        resolved = handler.resolve_ref_schema(schema)
        for key in ("title", "required", "description"):
            resolved.pop(key, None)
        for field in resolved.get("properties", {}).values():
            field.pop("title", None)
        return schema


class SearchHit(Answer):
    """One sample found."""

    sample_id: str = Field(description="Stable; other tools take it")
    root: str = Field(description="A key of roots")
    path: str = Field(description="Relative to the root")
    score: float = Field(description="Cosine to the query, -1 to 1; compare within one answer only")
    seconds: float


class SearchResult(Answer):
    """Hits, best first."""

    roots: dict[str, str] = Field(description="Absolute path of each root that hits lie in")
    hits: list[SearchHit]
    pending: int = Field(description="Samples of the library that the published index does not hold yet")

    def text(self) -> str:
        """A line a hit (id, score, seconds, path), then the roots, for clients and models that read text alone."""
        lines = [f"{h.sample_id} {h.score:.3f} {h.seconds:.2f}s {clean(h.path, TEXT_PATH)}" for h in self.hits]
        if not lines:
            return "No sample matches."
        several = len(self.roots) > 1
        for root, path in self.roots.items():
            of = " ".join(hit.sample_id for hit in self.hits if hit.root == root) if several else "Paths"
            lines.append(f"{of} below {clean(path, TEXT_ROOT // len(self.roots))}")
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
            lines.append(f"{subject}: " + (", ".join(f"{value} {count}" for value, count in counts.items()) or "none"))
        return "\n".join([*lines, *([f"missing: {', '.join(self.missing)}"] if self.missing else [])])


class FactShown(Answer):
    """A value, its source (file, name, sound, encoder) and how sure it is, 0 to 1."""

    value: str | float
    source: str
    confidence: float


class SampleMetadata(Answer):
    """All that is known of one sample; null: not known, or it makes no sense for this sound."""

    sample_id: str
    root: str
    path: str
    seconds: float
    rate: int
    channels: int
    kind: FactShown
    bpm: FactShown | None
    beats: FactShown | None
    key: FactShown | None
    root_note: FactShown | None
    role: FactShown | None
    genre: FactShown | None
    tags: list[str]
    loudness_lufs: float
    peak_db: float
    brightness_hz: float

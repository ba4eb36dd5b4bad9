"""What REST requests carry: the tools' parameters as JSON, with every bound that `tools` checks in the schema."""

from typing import Annotated, Any, Final

from fastapi import File, UploadFile
from pydantic import BaseModel, ConfigDict, Field, create_model

from soundpalette.core.types import NO_FILTERS, NO_PREFERENCES, Filters, Preferences
from soundpalette.errors import RequestError
from soundpalette.tools import filters, preferences
from soundpalette.tools.palette_schemas import Bpm, Key, Locked, PaletteBrief, Roles, Target
from soundpalette.tools.schemas import MAX_QUERY, MAX_REFERENCE, Alpha, Query, Samples

SAMPLE_ID: Final = "^[0-9A-Fa-f]{12}$"
ID: Final = "0123456789ab"
"""Of an example."""
LENGTHS: Final = {
    **dict.fromkeys(("key", "genre", "tag"), filters.MAX_WORD),
    "folder": filters.MAX_FOLDER,
    "avoid": MAX_QUERY,
}
"""Characters of the words among filters and preferences; MCP's schemas leave them out, for models pay by the word."""

Id = Annotated[
    str,
    Field(description="The sample_id of a search's answer", json_schema_extra={"pattern": SAMPLE_ID}, examples=[ID]),
]
TopK = Annotated[int, Field(description="How many hits; 0: the server's default", json_schema_extra={"minimum": 0})]


def _json(**example: Any) -> ConfigDict:
    """Of a body in JSON, which has types of its own: false is no 0, and "5" no 5."""
    return ConfigDict(strict=True, json_schema_extra={"examples": [example]})


class Body(BaseModel):
    """What a request carries; a field that is not known is refused rather than overlooked."""

    model_config = ConfigDict(extra="forbid")


def _fields(default: Filters | Preferences, published: dict[str, Any]) -> dict[str, Any]:
    """Filters or preferences as fields, like the tools' parameters."""
    values = {name: getattr(default, name) for name in published}
    return {
        name: (_bounded(name, annotation), list(values[name]) if isinstance(values[name], tuple) else values[name])
        for name, annotation in published.items()
    }


def _bounded(name: str, annotation: Any) -> Any:
    if name in LENGTHS:
        return Annotated[annotation, Field(json_schema_extra={"maxLength": LENGTHS[name]})]
    return annotation


_Filters: Any = create_model("_Filters", __base__=Body, **_fields(NO_FILTERS, filters.PUBLISHED))
Narrowing: Any = create_model("Narrowing", __base__=_Filters, **_fields(NO_PREFERENCES, preferences.PUBLISHED))


class Narrowed(_Filters):
    """Filters alone."""

    model_config = _json(role="kick", min_bpm=120)

    @property
    def filters(self) -> Filters:
        return filters_of(self)


class LikeSound(Body):
    """A sound to be like, by exactly one of its two names."""

    sample_id: Annotated[str, Field(description="Of a search's answer", json_schema_extra={"maxLength": 12})] = ""
    audio_path: Annotated[
        str, Field(description="Below a root of the library", json_schema_extra={"maxLength": MAX_REFERENCE})
    ] = ""

    @property
    def reference(self) -> str:
        """Raises RequestError unless exactly one name came."""
        if bool(self.sample_id) == bool(self.audio_path):
            raise RequestError("pass either sample_id or audio_path")
        return self.sample_id or self.audio_path


class TextSearch(Narrowing):
    """A sound in words."""

    model_config = _json(query="punchy techno kick", top_k=5, kind="one-shot")

    query: Query
    top_k: TopK = 0


class AudioSearch(Narrowing, LikeSound):
    """A sound to be like."""

    model_config = _json(sample_id=ID, top_k=5)

    top_k: TopK = 0


class HybridSearch(Narrowing, LikeSound):
    """A sound to be like, and words."""

    model_config = _json(query="drier and shorter", sample_id=ID, alpha=0.4, top_k=5)

    query: Query
    alpha: Alpha = 0.5
    top_k: TopK = 0


class Upload(Narrowing):
    """A sound to be like, and words if there are any, as the fields of a form."""

    file: Annotated[UploadFile, File(description="An audio file of at most 10 minutes at 48 kHz")]
    query: Annotated[str, Field(description="Empty: the sound alone", json_schema_extra={"maxLength": MAX_QUERY})] = ""
    alpha: Alpha = 0.5
    top_k: TopK = 0


class Describe(Body):
    """Sounds that are to be used together."""

    model_config = _json(samples=[ID, "drums/kick.wav"], target="dark minimal techno, 126 BPM, A minor")

    samples: Samples
    target: Target = ""


class Build(Body):
    """A brief for a palette."""

    model_config = _json(brief="warm melodic techno, 124 BPM, A minor", roles=["kick: short, dry", "bass", "pad"])

    brief: PaletteBrief
    roles: Roles = []
    bpm: Bpm = 0
    key: Key = ""
    locked: Locked = []


def narrowed(body: Any) -> tuple[Filters, Preferences]:
    """The filters and the preferences that a body holds."""
    return filters_of(body), Preferences(body.diversity, body.avoid, tuple(body.context))


def filters_of(body: Any) -> Filters:
    """The filters that a body holds."""
    return Filters(**{name: getattr(body, name) for name in filters.PUBLISHED})

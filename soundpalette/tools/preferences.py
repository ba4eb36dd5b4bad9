"""Preferences at the wire: what every search tool publishes of them, and a sentence for what cannot be one."""

from typing import Annotated, Any, Final

from pydantic import Field

from soundpalette.core.types import Preferences
from soundpalette.errors import RequestError
from soundpalette.tools.schemas import MAX_PALETTE
from soundpalette.tools.workbench import SAMPLE_ID, Workbench

PUBLISHED: Final[dict[str, Any]] = {
    "diversity": Annotated[float, Field(description="1: most varied", json_schema_extra={"minimum": 0, "maximum": 1})],
    "avoid": Annotated[str, Field(description="Unwanted: 'reverb'")],
    "context": Annotated[
        list[str],
        Field(description="sample_ids to go with", json_schema_extra={"maxItems": MAX_PALETTE}),
    ],
}
"""The parameter that each field of `Preferences` is to a client."""


def checked_preferences(bench: Workbench, given: Preferences) -> Preferences:
    """With ids as the catalogue writes them. Raises RequestError for what is out of bounds or no sample."""
    if not 0 <= given.diversity <= 1:
        raise RequestError(f"diversity is {given.diversity:g}; 0 (the nearest) to 1 (the most varied) are allowed")
    avoid = bench.checked_query(given.avoid, "avoid") if given.avoid.strip() else ""
    if len(given.context) > MAX_PALETTE:
        raise RequestError(f"context has {len(given.context)} samples; up to {MAX_PALETTE} are allowed; leave some out")
    return Preferences(given.diversity, avoid, tuple(_sample_id(bench, one) for one in given.context))


def _sample_id(bench: Workbench, given: str) -> str:
    if not SAMPLE_ID.fullmatch(given.lower()):
        raise RequestError("context takes sample_ids (12 hexadecimal digits) from earlier answers, and no paths")
    sample = bench.resolve(given)
    bench.searcher.vector_of(sample)
    return given.lower()

"""How many samples each further choice of a filter would leave."""

from pydantic import Field

from soundpalette.core.types import Filters
from soundpalette.tools.schemas import Answer
from soundpalette.tools.workbench import Workbench


class Facets(Answer):
    """Counts under the filters given; those of each subject as if it were not filtered by itself."""

    matching: int = Field(description="Samples that meet all filters")
    roles: dict[str, int]
    kinds: dict[str, int]
    keys: dict[str, int]
    genres: dict[str, int] = Field(description="The 24 most frequent")
    tempos: dict[str, int] = Field(description="By bands: '125-134'")
    folders: dict[str, int] = Field(description="Top folders, the 24 largest")


def facets(bench: Workbench, filters: Filters) -> Facets:
    """Raises RequestError for filters that cannot be met by anything."""
    raise NotImplementedError

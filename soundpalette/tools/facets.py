"""How many samples each further choice of a filter would leave."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from pydantic import Field

from soundpalette.core.types import Filters
from soundpalette.tools.filters import MAX_FOLDER, MAX_WORD, checked
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import Answer
from soundpalette.tools.workbench import Workbench

MOST_CHOICES: Final = 24


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
    counted = bench.searcher.facets.of(checked(filters, bench.roles))
    subjects = counted.subjects
    return Facets(
        matching=counted.matching,
        roles=dict(subjects["roles"]),
        kinds=dict(subjects["kinds"]),
        keys=dict(subjects["keys"]),
        genres=_askable(subjects["genres"], MAX_WORD),
        tempos=dict(subjects["tempos"]),
        folders=_askable(subjects["packs"], MAX_FOLDER),
    )


def _askable(counts: Mapping[str, int], longest: int) -> dict[str, int]:
    """The most frequent of the names from strangers that can be sent back as they are shown."""
    good = ((name, count) for name, count in counts.items() if clean(name, longest) == name)
    return dict(islice(good, MOST_CHOICES))

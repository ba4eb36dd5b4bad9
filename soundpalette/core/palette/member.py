"""A sound as a palette sees it."""

from dataclasses import dataclass

from soundpalette.core.types import Traits, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One sound of a palette: its name as it may be shown (cleaned and bounded), its unit vector float32 [dimension],
    how many seconds it lasts, and what is known of it."""

    name: str
    vector: Vector
    seconds: float
    traits: Traits

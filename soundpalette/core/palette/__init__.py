"""Palettes: what a set of sounds is like as a set, what it lacks, and how one is chosen as a whole."""

from soundpalette.core.palette.brief import Brief, parse
from soundpalette.core.palette.build import Candidate, Pick, Slot, choose
from soundpalette.core.palette.describe import Description, describe
from soundpalette.core.palette.likeness import Cohesion, cohesion, nearest_words
from soundpalette.core.palette.member import Member

__all__ = [
    "Brief",
    "Candidate",
    "Cohesion",
    "Description",
    "Member",
    "Pick",
    "Slot",
    "choose",
    "cohesion",
    "describe",
    "nearest_words",
    "parse",
]

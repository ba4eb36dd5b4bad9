"""A figure of the benchmark: what was measured, of us and of a baseline in the same run, and what it has to reach."""

import operator
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

GOAL: Final = re.compile(r"(?:(ours|difference) )?(<=|>=) (\d+(?:\.\d+)?)")
SIGNS: Final[dict[str, Callable[[float, float], bool]]] = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    `ours` and `baseline` hold every single figure, in `unit` ("ms", "files/s"); no figure of a baseline where there is
    none. `goal` bounds ours / baseline: "<= 1.7" or ">= 6"; with a word before, something else: "ours <= 0.9" the
    median of ours, "difference <= 3" the median of ours - baseline; "" where nothing has to be reached.
    `samples` is the library's size where this is a point of a growth: rows of one name and unit make a curve of the
    plot. Raises ValueError without a figure, and for a goal that cannot be read.
    """

    name: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...]
    unit: str
    goal: str = ""
    samples: int = 0

    def __post_init__(self) -> None:
        if not self.ours:
            raise ValueError(f"{self.name}: no figure came; at least one of ours is needed")
        if self.goal and GOAL.fullmatch(self.goal) is None:
            raise ValueError(
                f"{self.name}: the goal is {self.goal!r}; "
                "allowed are '<= 1.7', '>= 6', 'ours <= 0.9' and 'difference <= 3'"
            )
        if not self.baseline and self.goal and not self.goal.startswith("ours"):
            raise ValueError(f"{self.name}: the goal {self.goal!r} needs a baseline; give one, or write 'ours ...'")

    @property
    def title(self) -> str:
        """The name, and of how many samples."""
        return f"{self.name}, {self.samples:,} samples" if self.samples else self.name

    @property
    def ratio(self) -> float | None:
        """Ours / baseline: the median of pairs where both were measured equally often, else of the medians."""
        return self._compared(operator.truediv) if self.baseline and all(self.baseline) else None

    @property
    def difference(self) -> float | None:
        """Ours - baseline, in the same way."""
        return self._compared(operator.sub) if self.baseline else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        found = GOAL.fullmatch(self.goal)
        if found is None:
            return None
        subjects = {None: self.ratio, "ours": median(self.ours), "difference": self.difference}
        reached = subjects[found[1]]
        return reached is not None and SIGNS[found[2]](reached, float(found[3]))

    def _compared(self, compare: Callable[[float, float], float]) -> float:
        if len(self.ours) == len(self.baseline):
            return median(tuple(map(compare, self.ours, self.baseline)))
        return compare(median(self.ours), median(self.baseline))


@dataclass(frozen=True, slots=True)
class Spread:
    """The least and the greatest of figures."""

    least: float
    greatest: float


def median(figures: tuple[float, ...]) -> float:
    """Of at least one figure."""
    return float(statistics.median(figures))


def spread(figures: tuple[float, ...]) -> Spread:
    """Of at least one figure."""
    return Spread(min(figures), max(figures))


def told(figures: tuple[float, ...]) -> str:
    """The median, and from where to where they spread: "1.23 (1.2-1.3)"; "-" for none."""
    if len(figures) < 2:
        return "".join(map(number, figures)) or "-"
    return f"{number(median(figures))} ({number(min(figures))}-{number(max(figures))})"


def number(value: float) -> str:
    """Three digits, or whole above a thousand: "0.0123", "12,300"."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

"""The plot of how times grow with the library, powers of ten on both axes, as an SVG for light and dark pages.

A panel a unit; in it a curve a name, ours drawn through, its baseline dashed; dotted, what linear growth would be.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from bench.rows import Row, median

WIDTH: Final = 460
HEIGHT: Final = 300
LEFT: Final = 64
RIGHT: Final = 16
TOP: Final = 34
BOTTOM: Final = 46
LINE: Final = 17
"""Height of a line of the legend."""
COLOURS: Final = 6
STYLE: Final = """
text { font: 12px sans-serif; fill: #1f2328 } .title { font-weight: 600 }
.grid { stroke: #8c959f; stroke-opacity: .35 } .linear { stroke: #8c959f; stroke-dasharray: 1 4; stroke-width: 1.5 }
polyline { fill: none; stroke-width: 2 } .baseline { stroke-dasharray: 6 4 }
.c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 }
.c3 { stroke: #8250df } .c4 { stroke: #bf3989 } .c5 { stroke: #7d6608 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 }
.c0 { stroke: #4493f8 } .c1 { stroke: #f0883e } .c2 { stroke: #3fb950 }
.c3 { stroke: #ab7df8 } .c4 { stroke: #f778ba } .c5 { stroke: #d29922 } }
"""


@dataclass(frozen=True, slots=True)
class Point:
    """A time (or whatever the panel's unit measures) at a number of samples; both above 0."""

    samples: float
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    name: str
    points: tuple[Point, ...]
    kind: str
    """ "ours" or "baseline"."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From one power of ten to another, over a stretch of pixels."""

    least: int
    greatest: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> "Axis":
        least, greatest = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return cls(least, max(greatest, least + 1), start, end)

    def at(self, value: float) -> float:
        """The pixel of a value."""
        share = (math.log10(value) - self.least) / (self.greatest - self.least)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> range:
        """The powers of ten."""
        return range(self.least, self.greatest + 1)


def svg(rows: Sequence[Row]) -> str:
    """The plot of rows that have a number of samples, as the text of an SVG file."""
    units = list(dict.fromkeys(row.unit for row in rows))
    panels = [_curves([row for row in rows if row.unit == unit]) for unit in units]
    height = HEIGHT + LINE * max(map(len, panels), default=0)
    drawn = [
        line
        for number, (unit, curves) in enumerate(zip(units, panels, strict=True))
        for line in (f'<g transform="translate({number * WIDTH} 0)">', *_panel(unit, curves), "</g>")
    ]
    size = f'width="{WIDTH * len(units)}" height="{height}" viewBox="0 0 {WIDTH * len(units)} {height}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    return "\n".join([opening, f"<style>{STYLE}</style>", *drawn, "</svg>"]) + "\n"


def _curves(rows: Sequence[Row]) -> list[Curve]:
    """In the order of the rows, each by rising number of samples."""
    curves = []
    for name in dict.fromkeys(row.name for row in rows):
        own = sorted((row for row in rows if row.name == name), key=lambda row: row.samples)
        curves.append(Curve(name, tuple(Point(row.samples, median(row.ours)) for row in own), "ours"))
        beside = tuple(Point(row.samples, median(row.baseline)) for row in own if row.baseline)
        if beside:
            curves.append(Curve(f"{name}: baseline", beside, "baseline"))
    return curves


def _panel(unit: str, curves: Sequence[Curve]) -> Iterator[str]:
    points = [point for curve in curves for point in curve.points]
    across = Axis.over([point.samples for point in points], LEFT, WIDTH - RIGHT)
    up = Axis.over([point.value for point in points], HEIGHT - BOTTOM, TOP)
    yield f'<text class="title" x="{LEFT}" y="18">{escape(unit)} over the number of samples</text>'
    yield from _grid(across, up)
    yield _linear(curves[0].points[0], across, up)
    names = list(dict.fromkeys(curve.name.removesuffix(": baseline") for curve in curves))
    for place, curve in enumerate(curves):
        style = f"c{names.index(curve.name.removesuffix(': baseline')) % COLOURS} {curve.kind}"
        yield _line(style, [(across.at(point.samples), up.at(point.value)) for point in curve.points])
        y = HEIGHT + LINE * place
        yield _line(style, [(LEFT, y), (LEFT + 26, y)])
        yield f'<text x="{LEFT + 32}" y="{y + 4}">{escape(curve.name)}</text>'


def _grid(across: Axis, up: Axis) -> Iterator[str]:
    for power in across.ticks:
        x = across.at(10.0**power)
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>'
    for power in up.ticks:
        y = up.at(10.0**power)
        yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'


def _linear(start: Point, across: Axis, up: Axis) -> str:
    """From the first curve's first point on, as far as the panel goes."""
    times = min(10.0**across.greatest / start.samples, 10.0**up.greatest / start.value)
    ends = [(across.at(start.samples * k), up.at(start.value * k)) for k in (1, times)]
    return _line("linear", ends)


def _line(style: str, points: Sequence[tuple[float, float]]) -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="{style}" points="{drawn}"/>'

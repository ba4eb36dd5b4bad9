"""What a run of the benchmark found, and on which machine: kept as JSON, told as a table, published in docs/."""

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from bench import growth
from bench.rows import Row, median, number, told
from soundpalette.core.threads import processors

PACKAGES: Final = ("numpy", "torch", "faiss-cpu", "mcp", "transformers")
INSTRUCTIONS: Final = ("avx2", "fma3", "avx_vnni", "avx512_f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
"""The sets that matter here, under torch's names."""
BEGIN: Final = "<!-- measured: written by `python -m bench.run --publish` -->"
END: Final = "<!-- end of what was measured -->"
HEADINGS: Final = ("figure", "ours", "baseline", "unit", "ours / baseline", "goal", "reached")


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on; `memory` in bytes, `cores` those that this process may use."""

    processor: str
    cores: int
    instructions: tuple[str, ...]
    memory: int
    system: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One part's rows, measured at `date` in `commit`; `failure` says why it has none."""

    name: str
    date: str
    commit: str
    seconds: float
    rows: tuple[Row, ...]
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All parts measured on one machine."""

    machine: Machine
    parts: tuple[Part, ...] = ()

    def with_part(self, part: Part) -> "Report":
        """`part` in place of its earlier figures, else as the last."""
        parts = {known.name: known for known in self.parts} | {part.name: part}
        return replace(self, parts=tuple(parts.values()))

    def of(self, names: Sequence[str]) -> "Report":
        """Only these parts, in this order."""
        parts = {part.name: part for part in self.parts}
        return replace(self, parts=tuple(parts[name] for name in names if name in parts))


REPORT: Final = TypeAdapter(Report)


def machine() -> Machine:
    """This one. Imports torch, which knows the processor."""
    import torch

    able = torch.cpu.get_capabilities()
    return Machine(
        processor=_processor(),
        cores=processors(),
        instructions=tuple(name for name in INSTRUCTIONS if able.get(name)),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0,
        system=f"{platform.system()} {platform.release()}",
        versions={"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES},
    )


def commit() -> str:
    """The commit that is measured, with a plus where files differ from it; "" outside of a repository."""
    described = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(described, capture_output=True, text=True, check=False).stdout.strip()


def load(path: Path, machine: Machine) -> Report:
    """What was measured before on this very machine with these versions; else an empty report."""
    try:
        known = REPORT.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return Report(machine)
    return known if known.machine == machine else Report(machine)


def save(report: Report, path: Path) -> None:
    """Write `report` as JSON: beside each row's figures what follows from them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [asdict(part) | {"rows": [_as_json(row) for row in part.rows]} for part in report.parts]
    path.write_text(json.dumps(asdict(report) | {"parts": parts}, indent=1) + "\n", encoding="utf-8")


def table(report: Report) -> Table:
    """For a terminal."""
    shown = Table(*HEADINGS, title="medians (and from where to where)")
    for part in report.parts:
        for row in part.rows:
            shown.add_row(*_cells(row))
        if part.failure:
            shown.add_row(f"[red]{part.name} failed: {part.failure}")
        shown.add_section()
    return shown


def publish(report: Report, page: Path) -> None:
    """Put the table into `page` between its two marks, and the plot beside it. Raises ValueError without marks."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has not the lines {BEGIN!r} and {END!r}; put them where the table should stand")
    lines = list(_markdown(report))
    sizes = Counter(row.name for part in report.parts for row in part.rows if row.samples)
    if points := [row for part in report.parts for row in part.rows if sizes[row.name] > 1]:
        (page.parent / "growth.svg").write_text(growth.svg(points), encoding="utf-8")
        lines += ["![query and index time over the number of samples](growth.svg)", ""]
    page.write_text("\n".join([before + begin, "", *lines, end + after]), encoding="utf-8")


def _markdown(report: Report) -> Iterator[str]:
    yield from _told_machine(report.machine)
    for part in report.parts:
        yield from (f"## {part.name}", "", f"Measured {part.date} at {part.commit} in {part.seconds:.0f} s.", "")
        if part.failure:
            yield from (f"Failed: {part.failure}", "")
            continue
        yield "| " + " | ".join(HEADINGS) + " |"
        yield "|---|" + "---:|" * (len(HEADINGS) - 1)
        yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in _cells(row)) + " |" for row in part.rows)
        yield ""


def _told_machine(machine: Machine) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    able, memory = ", ".join(machine.instructions), f"{machine.memory / 2**30:.0f} GiB"
    yield f"{machine.processor}, {machine.cores} cores ({able}), {memory}, {machine.system}; {versions}."
    yield ""


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "-" if row.ratio is None else number(row.ratio)
    if row.goal.startswith("difference"):
        ratio += f" ({row.difference:+.3g})"
    reached = {None: "", True: "yes", False: "no"}[row.met]
    return row.title, told(row.ours), told(row.baseline), row.unit, ratio, row.goal, reached


def _as_json(row: Row) -> dict[str, Any]:
    summary = {
        f"{side}_{name}": choose(figures)
        for side, figures in (("ours", row.ours), ("baseline", row.baseline))
        for name, choose in (("median", median), ("least", min), ("greatest", max))
        if figures
    }
    return asdict(row) | summary | {"ratio": row.ratio, "difference": row.difference, "met": row.met}


def _processor() -> str:
    """The name that Linux tells; platform's elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or sys.platform

"""`make bench`: every figure beside a baseline of the same run, since machines differ and drift.

    python -m bench.run [NAME...] [--publish]

measures the parts of that name (none: all of `PARTS`), each in a process of its own, prints a table and keeps the
figures in build/bench.json; a part that is measured again takes its earlier figures' place. `--publish` writes all of
them into docs/benchmarks.md.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final, TypeVar

from rich.console import Console

from bench import report
from bench.report import Part, Report
from bench.rows import Row

PARTS: Final = {
    "handshake": "bench.handshake:rows",
    "indexing": "bench.compact:indexing",
    "encoding": "bench.compact:encoding",
    "text query": "bench.crate:text_query",
    "service": "bench.crate:served_query",
    "sizes": "bench.sizes:rows",
    "clamp3": "bench.clamp3:rows",
    "memory": "bench.memory:rows",
    "library": "bench.library:rows",
    "text query of clamp3": "bench.library:text_query_clamp3",
    "vectors": "bench.vectors:rows",
    "milvus": "bench.milvus:rows",
    "music": "bench.music:rows",
    "palettes": "bench.palettes:rows",
    "map": "bench.map:rows",
    "web": "bench.web:rows",
}
BY_NAME: Final = {
    "strength": "bench.strength:rows",
    "gpu": "bench.gpu:rows",
    "ray": "bench.ray:rows",
    "growing": "bench.library:growing",
}
"""Left out unless named: strength needs data made before (`make train-data`), gpu a GPU, ray the extra of that name,
growing some twenty minutes."""
ALL: Final = PARTS | BY_NAME
PROJECT: Final = Path(__file__).parent.parent
RESULTS: Final = PROJECT / "build" / "bench.json"
PAGE: Final = PROJECT / "docs" / "benchmarks.md"
T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep; 1 where a part could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ALL))
    parser.add_argument("--publish", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in ALL]:
        parser.error(f"there is no part {unknown[0]!r}; allowed are {', '.join(ALL)}")
    names = given.names or list(PARTS)
    found = run(names, RESULTS)
    Console(width=160).print(report.table(found.of(names)))
    if given.publish:
        report.publish(found.of([*ALL]), PAGE)
    return int(any(part.failure for part in found.of(names).parts))


def run(names: Iterable[str], results: Path) -> Report:
    """Measure these parts and keep what was found in `results` after each."""
    found = report.load(results, alone(report.machine).result())
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found = found.with_part(measured(name, ALL[name]))
        report.save(found, results)
    return found


def measured(name: str, target: str) -> Part:
    """What "module:function" yields. What it raises, or the death of its process, is told as the part's failure."""
    date, started = datetime.now(UTC).strftime("%Y-%m-%d"), time.monotonic()
    done = alone(rows_of, target)
    seconds = time.monotonic() - started
    if error := done.exception():
        traceback.print_exception(error)
        return Part(name, date, report.commit(), seconds, (), f"{type(error).__name__}: {error}")
    return Part(name, date, report.commit(), seconds, done.result())


def alone(work: Callable[..., T], *arguments: object) -> Future[T]:
    """Done, in a process of its own: threads, memory and imports of one part must not disturb the next."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments)


def rows_of(target: str) -> tuple[Row, ...]:
    """Call a part's function, with neither a configuration nor data of the user's own."""
    for name in [name for name in os.environ if name.startswith("SOUNDPALETTE_")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"SOUNDPALETTE_DATA_DIR": folder, "XDG_CONFIG_HOME": folder}
        module, function = target.split(":")
        return tuple(getattr(import_module(module), function)())


if __name__ == "__main__":
    sys.exit(main())

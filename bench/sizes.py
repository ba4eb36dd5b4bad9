"""What a sample takes on the disk, and until it is committed: what was found in the crate, over and over under new
names and contents, with vectors of the width that an encoder has."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from dataclasses import replace
from functools import partial
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import numpy as np

from bench.compact import CRATE
from bench.rows import Row
from bench.stopwatch import milliseconds
from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import unit
from soundpalette.core.runs_table import Advance
from soundpalette.core.types import NewFailure, NewSample, Root, Space
from soundpalette.indexing.progress import Lines

SAMPLES: Final = 10_240
BATCHES: Final = (32, 1024)
"""That of the default configuration, and the largest that it takes."""
WIDTHS: Final = {"compact": 256, "clamp3": 768}


class Recording(Catalogue):
    """A catalogue that remembers what came whole: copies share what their content has."""

    seen: list[NewSample]

    def commit(
        self,
        space: Space,
        samples: Sequence[NewSample],
        failures: Sequence[NewFailure],
        so_far: Advance | None = None,
    ) -> None:
        super().commit(space, samples, failures, so_far)
        self.seen += [sample for sample in samples if sample.analysis and sample.vector is not None]


def rows() -> Iterator[Row]:
    """Bytes a sample in the catalogue, and milliseconds until it is committed, for both encoders' vectors."""
    found = _found()
    for encoder, width in WIDTHS.items():
        space, vector = Space(encoder, "0" * 12, width), f"{width} dimensions"
        sizes = []
        for batch in BATCHES:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "catalogue.sqlite"
                taken = tuple(_fill(path, space, found, batch))
                sizes.append(path.stat().st_size / SAMPLES)
            yield Row(f"commit a sample, {vector}, {batch:,} at once", taken, (), "ms")
        title = f"catalogue a sample, {vector}; baseline: its vector alone"
        yield Row(title, tuple(sizes), (4.0 * width,), "bytes")


def _found() -> list[NewSample]:
    """What indexing the crate commits."""
    app = App(load_config())
    catalogue = Recording(Path(os.environ["SOUNDPALETTE_DATA_DIR"]) / "catalogue.sqlite")
    catalogue.seen = []
    app.__dict__["catalogue"] = catalogue
    with redirect_stderr(StringIO()):  # its progress lines would break the table
        app.indexer().run([CRATE], Lines())
    catalogue.close()
    return catalogue.seen


def _fill(path: Path, space: Space, found: Sequence[NewSample], size: int) -> Iterator[float]:
    """Commit as many samples as are wanted; milliseconds a sample of each batch."""
    catalogue, draw = Catalogue(path), np.random.default_rng(0)
    root, patterns = catalogue.add_root(path.parent), cycle(found)
    for start in range(0, SAMPLES, size):
        vectors = unit(draw.standard_normal((size, space.dimension)).astype(np.float32))
        numbered = enumerate(islice(patterns, size), start)
        batch = [
            _named(root, number, replace(sample, vector=vector))
            for (number, sample), vector in zip(numbered, vectors, strict=True)
        ]
        yield milliseconds(partial(catalogue.commit, space, batch, [])) / size
    catalogue.close()


def _named(root: Root, number: int, sample: NewSample) -> NewSample:
    """A path as long as those of vendors, and another content."""
    path = (
        f"Some Vendor - Some Pack Vol. {number // 500}/{Path(sample.path).parent}/{number:06} {Path(sample.path).name}"
    )
    return replace(sample, root_id=root.id, path=path, content_hash=hashlib.sha256(path.encode()).hexdigest())

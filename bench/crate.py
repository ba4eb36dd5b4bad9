"""What indexing and asking cost over the demo crate.

indexing    files a second, beside decoding and resampling the same files alone
encoding    the compact encoder's front end and network for clips of 1 s on one core, beside decoding and resampling
text query  a warm search_by_text in process, beside the text tower and a FAISS query called by hand
service     the same over stdio and HTTP, beside in process (bench/service.py)
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Final

import numpy as np

from bench import service
from bench.rows import Row
from bench.stopwatch import milliseconds, seconds
from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.core.audio import decode
from soundpalette.core.encoders import load_encoder
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.encoders.compact_frontend import RATE
from soundpalette.core.threads import one_thread_a_call, processors
from soundpalette.core.vector_index import VectorIndex
from soundpalette.indexing.progress import Lines
from soundpalette.tools.search import search_by_text
from soundpalette.tools.workbench import Reach

CRATE: Final = Path(__file__).parent.parent / "demo" / "crate"
CLIPS: Final = 64


def indexing() -> Iterator[Row]:
    """Files a second, tower loaded, empty catalogue each time; the baseline decodes and resamples alone."""
    loaded = App(load_config())
    loaded.encoder.load_audio()
    files = [path for path in CRATE.rglob("*") if path.suffix.lower() in {".flac", ".wav", ".aiff"}]
    ours, alone = [], []
    for _ in range(5):
        with _empty() as app:
            app.__dict__["encoder"] = loaded.encoder  # loaded once
            ours.append(len(files) / seconds(partial(_index, app)))
        alone.append(len(files) / seconds(lambda: [decode(path, RATE) for path in files]))
    name = f"indexing the crate, {processors()} cores (more is better); baseline: only decoding"
    yield Row(name, tuple(ours), tuple(alone), "files/s")


def encoding() -> Iterator[Row]:
    """Milliseconds a clip of 1 s at 44.1 kHz, one thread; the files' decoding is taken off the whole."""
    import torch

    torch.set_num_threads(1)
    encoder = load_encoder("compact")
    with tempfile.TemporaryDirectory() as folder:
        paths = _clips(Path(folder))
        ours, alone = [], []
        for _ in range(12):
            alone.append(milliseconds(lambda: [decode(path, RATE) for path in paths]) / len(paths))
            whole = milliseconds(lambda: encoder.embed_windows([w for path in paths for w in encoder.windows(path)]))
            ours.append(whole / len(paths) - alone[-1])
    name = "encoding a clip of 1 s, one core (less is better); baseline: decode, resample"
    yield Row(name, tuple(ours[2:]), tuple(alone[2:]), "ms")


def text_query() -> Iterator[Row]:
    """Milliseconds; the baseline does the two necessary steps and nothing else."""
    one_thread_a_call()
    with _empty() as app:
        _index(app)
        bench, index = app.workbench(Reach()), app.searcher.index()
        ours, hand = [], []
        for number in range(200):
            query = f"dark kick drum number {number}"
            ours.append(milliseconds(partial(search_by_text, bench, query, 10)))
            hand.append(milliseconds(partial(_by_hand, app.encoder, index, query)))
    name = "warm text query over the crate (less is better); baseline: tower and FAISS by hand"
    yield Row(name, tuple(ours[10:]), tuple(hand[10:]), "ms")


def served_query() -> Iterator[Row]:
    """Milliseconds over each transport; the baseline is the same call in process, with as many threads."""
    one_thread_a_call()
    with _empty() as app:
        _index(app)
        bench = app.workbench(Reach())
        yield from service.rows(lambda query: search_by_text(bench, query, service.TOP_K))


@contextmanager
def _empty() -> Iterator[App]:
    """The services over a folder of their own, which servers that are started meanwhile use, too."""
    before = os.environ["SOUNDPALETTE_DATA_DIR"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SOUNDPALETTE_DATA_DIR"] = folder
        yield App(load_config())
    os.environ["SOUNDPALETTE_DATA_DIR"] = before


def _index(app: App) -> None:
    with redirect_stderr(StringIO()):  # its progress lines would break the table
        app.indexer().run([CRATE], Lines())


def _clips(folder: Path) -> list[Path]:
    import soundfile

    paths = [folder / f"{number}.wav" for number in range(CLIPS)]
    for path, source in zip(paths, sorted(CRATE.rglob("*.flac")), strict=False):
        soundfile.write(path, np.resize(decode(source, 44_100), 44_100), 44_100, subtype="PCM_16")
    return paths


def _by_hand(encoder: Encoder, index: VectorIndex, query: str) -> None:
    index.query(encoder.embed_text([query])[0], 10)

"""`make bench`: every figure beside a baseline of the same run, since machines differ and drift.

handshake   process start to answered initialize, beside a server of the bare SDK with one tool
indexing    files a second over the demo crate, beside decoding and resampling the same files alone
text query  a warm search_by_text in process, beside the text tower and a FAISS query called by hand
service     the same over stdio and HTTP, beside in process (bench/service.py)
encoding    the compact encoder's front end and network for clips of 1 s on one core, beside decoding and resampling
music       tempo, key, root and kind of rendered sounds, and what analysing costs, beside librosa (bench/music.py)
palettes    how the joint choice of a palette holds together, beside the best hit of each role (bench/palettes.py)
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from bench import music, palettes, service

if TYPE_CHECKING:
    from soundpalette.app import App
    from soundpalette.core.encoders.base import Encoder
    from soundpalette.core.vector_index import VectorIndex

CRATE: Final = Path(__file__).parent.parent / "demo" / "crate"
HANDSHAKE: Final = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}},
}
BARE: Final = (
    "from mcp.server.mcpserver import MCPServer; server = MCPServer('bare')\n"
    "@server.tool()\n"
    "def add(a: int, b: int) -> int: return a + b\n"
    "server.run()"
)


def main() -> None:
    """Measure and print."""
    table = Table("figure", "ours", "baseline", "ours / baseline", title="medians (and spread)")
    for name in [name for name in os.environ if name.startswith("SOUNDPALETTE_")]:
        del os.environ[name]  # a configuration of the user's own must not change what is measured
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"SOUNDPALETTE_DATA_DIR": folder, "XDG_CONFIG_HOME": folder}
        for row in (handshake, indexing, text_query, encoding):
            table.add_row(*row())
        for cells in chain(served_query(), music.rows(), palettes.rows()):
            table.add_row(*cells)
    Console(width=120).print(table)


def handshake() -> tuple[str, str, str, str]:
    """Seconds from starting the process to the answer, each in turn."""
    ours, bare = [], []
    for _ in range(7):
        ours.append(_answered([sys.executable, "-m", "soundpalette", "serve"]))
        bare.append(_answered([sys.executable, "-c", BARE]))
    return _row("handshake, s (less is better); baseline: a bare SDK server", ours, bare)


def indexing() -> tuple[str, str, str, str]:
    """Files a second, tower loaded, empty catalogue each time; the baseline decodes and resamples alone."""
    from soundpalette.app import App
    from soundpalette.config import load_config
    from soundpalette.core.audio import decode
    from soundpalette.core.threads import processors
    from soundpalette.indexing.progress import Lines

    app = App(load_config())
    app.encoder.load_audio()
    files = [path for path in CRATE.rglob("*") if path.suffix.lower() in {".flac", ".wav", ".aiff"}]
    ours, alone = [], []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["SOUNDPALETTE_DATA_DIR"] = folder
            run = App(load_config())
            run.__dict__["encoder"] = app.encoder  # loaded once
            with redirect_stderr(StringIO()):  # its progress lines would break the table
                ours.append(len(files) / _seconds(partial(run.indexer().run, [CRATE], Lines())))
        alone.append(len(files) / _seconds(lambda: [decode(path, 32_000) for path in files]))
    return _row(f"indexing, files/s (more is better), {processors()} cores; baseline: only decoding", ours, alone)


def text_query() -> tuple[str, str, str, str]:
    """Milliseconds; the baseline does the two necessary steps and nothing else."""
    from soundpalette.tools.search import search_by_text
    from soundpalette.tools.workbench import Reach

    with _indexed() as app:
        bench, index = app.workbench(Reach()), app.searcher.index()
        ours, hand = [], []
        for number in range(200):
            query = f"dark kick drum number {number}"
            ours.append(1000 * _seconds(partial(search_by_text, bench, query, 10)))
            hand.append(1000 * _seconds(partial(_by_hand, app.encoder, index, query)))
        return _row("warm text query, ms (less is better); baseline: tower and FAISS by hand", ours[10:], hand[10:])


def served_query() -> list[tuple[str, str, str, str]]:
    """Milliseconds over each transport; the baseline is the same call in process."""
    from soundpalette.tools.search import search_by_text
    from soundpalette.tools.workbench import Reach

    with _indexed() as app:
        bench = app.workbench(Reach())
        return service.rows(lambda query: search_by_text(bench, query, service.TOP_K))


@contextmanager
def _indexed() -> Iterator["App"]:
    """The services over a folder of its own in which the crate is indexed."""
    from soundpalette.app import App
    from soundpalette.config import load_config
    from soundpalette.indexing.progress import Lines

    with tempfile.TemporaryDirectory() as folder:
        os.environ["SOUNDPALETTE_DATA_DIR"] = folder
        app = App(load_config())
        with redirect_stderr(StringIO()):  # its progress lines would break the table
            app.indexer().run([CRATE], Lines())
        yield app


def encoding() -> tuple[str, str, str, str]:
    """Milliseconds a clip of 1 s at 44.1 kHz, 64 of them, one thread; the files' decoding is taken off the whole."""
    import soundfile
    import torch

    from soundpalette.core.audio import decode
    from soundpalette.core.encoders import load_encoder
    from soundpalette.core.encoders.compact_frontend import RATE

    torch.set_num_threads(1)
    encoder = load_encoder("compact")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.wav" for number in range(64)]
        for path, source in zip(paths, sorted(CRATE.rglob("*.flac")), strict=False):
            soundfile.write(path, np.resize(decode(source, 44_100), 44_100), 44_100, subtype="PCM_16")
        ours, alone = [], []
        for _ in range(12):
            alone.append(1000 * _seconds(lambda: [decode(path, RATE) for path in paths]) / len(paths))
            whole = _seconds(lambda: encoder.embed_windows([w for path in paths for w in encoder.windows(path)]))
            ours.append(1000 * whole / len(paths) - alone[-1])
        return _row("encoding a clip of 1 s, ms (less is better); baseline: decode, resample", ours[2:], alone[2:])


def _by_hand(encoder: "Encoder", index: "VectorIndex", query: str) -> None:
    index.query(encoder.embed_text([query])[0], 10)


def _answered(command: list[str]) -> float:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    process.stdin.write(json.dumps(HANDSHAKE) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    seconds = time.perf_counter() - started
    if '"result"' not in answer:
        sys.exit(f"{command} did not answer the handshake: {answer!r}")
    process.stdin.close()
    process.wait()
    process.stdout.close()
    return seconds


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _row(name: str, ours: list[float], baseline: list[float]) -> tuple[str, str, str, str]:
    ratio = statistics.median(a / b for a, b in zip(ours, baseline, strict=True))
    return name, _told(ours), _told(baseline), f"{ratio:.2f}"


def _told(figures: list[float]) -> str:
    return f"{statistics.median(figures):.3g} ({min(figures):.3g}-{max(figures):.3g})"


if __name__ == "__main__":
    main()

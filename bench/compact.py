"""What the compact encoder costs: `python -m bench.compact`, and two parts of `make bench`.

encoding    from file to vector without musical analysis, on one core and on all, and the network alone, beside decoding
            and resampling the same files: the demo crate, and 64 clips of one second
indexing    files a second over the demo crate, beside decoding and resampling alone; what musical analysis costs of it
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, redirect_stderr
from functools import cache, partial
from io import StringIO
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np

from bench.rows import Row
from bench.stopwatch import milliseconds, seconds
from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.core.audio import decode, recording
from soundpalette.core.encoders import load_encoder
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.encoders.compact_frontend import RATE
from soundpalette.core.music.sound import analyse_file
from soundpalette.core.threads import processors
from soundpalette.core.types import Vectors
from soundpalette.indexing.progress import Lines

CRATE: Final = Path(__file__).parent.parent / "demo" / "crate"
CLIPS: Final = 64
GOAL: Final = "<= 1.7"
ROUNDS: Final = 12
WARMING: Final = 2
INDEXED: Final = 5


def encoding() -> Iterator[Row]:
    """Milliseconds a file; each core has a process with one thread, for us and for the baseline."""
    os.environ["OMP_NUM_THREADS"] = "1"  # of the processes that are started, too
    with tempfile.TemporaryDirectory() as folder:
        for sounds, files in (("the crate", crate()), ("clips of 1 s", _clips(Path(folder)))):
            for cores in sorted({1, processors()}):
                name = f"compact encoder, file to vector, {sounds}, {_told(cores)}; baseline: decode, resample"
                yield _side_by_side(name, files, cores)
            yield _network(f"compact encoder, its network alone, {sounds}, one core; baseline: decode, resample", files)


def indexing() -> Iterator[Row]:
    """Files a second, tower loaded, empty catalogue each time; the baseline decodes and resamples, on one core."""
    loaded = App(load_config())
    loaded.encoder.load_audio()
    files = crate()
    ours, alone = [], []
    for _ in range(INDEXED):
        with empty() as app:
            app.__dict__["encoder"] = loaded.encoder  # loaded once
            ours.append(len(files) / seconds(partial(index, app)))
        alone.append(len(files) / seconds(partial(_decode, files)))
    name = f"indexing the crate, {_told(processors())} (more is better); baseline: only decoding"
    yield Row(name, tuple(ours), tuple(alone), "files/s")
    yield _analysis(files)


def crate() -> list[Path]:
    """The demo's sounds."""
    return sorted(path for path in CRATE.rglob("*") if path.suffix.lower() in {".flac", ".wav", ".aiff"})


def _side_by_side(name: str, files: Sequence[Path], cores: int) -> Row:
    """The files dealt out to as many processes, each in turn for us and for the baseline."""
    hands = [files[start::cores] for start in range(cores)]
    ours, alone = [], []
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:

        def by_all(work: Callable[[Sequence[Path]], object]) -> float:
            return milliseconds(lambda: list(pool.map(work, hands))) / len(files)

        for _ in range(ROUNDS):
            alone.append(by_all(_decode))
            ours.append(by_all(_embed))
    return Row(name, tuple(ours[WARMING:]), tuple(alone[WARMING:]), "ms", GOAL)


def _network(name: str, files: Sequence[Path]) -> Row:
    encoder = _encoder()
    windows = [window for path in files for window in encoder.windows(path)]
    ours, alone = [], []
    for _ in range(ROUNDS):
        alone.append(milliseconds(partial(_decode, files)) / len(files))
        ours.append(milliseconds(partial(encoder.embed_windows, windows)) / len(files))
    return Row(name, tuple(ours[WARMING:]), tuple(alone[WARMING:]), "ms")


def _analysis(files: Sequence[Path]) -> Row:
    """The sounds decoded already, as while indexing."""
    encoder = _encoder()
    ours, whole = [], []
    for _ in range(INDEXED + WARMING):
        spent = 0.0
        for path in files:
            with recording(path, shared=True) as recorded:
                list(encoder.windows(recorded))
                spent += milliseconds(partial(analyse_file, recorded))
        ours.append(spent / len(files))
        whole.append(milliseconds(partial(_embed, files)) / len(files))
    name = "musical analysis of the crate, decoded already (less is better); baseline: file to vector"
    return Row(name, tuple(ours[WARMING:]), tuple(whole[WARMING:]), "ms")


def _decode(files: Sequence[Path]) -> None:
    for path in files:
        decode(path, RATE)


def _embed(files: Sequence[Path]) -> Vectors:
    """Their vectors; the windows of all go through the network together, as a batch of indexing does."""
    encoder = _encoder()
    windows = [list(encoder.windows(path)) for path in files]
    features = encoder.embed_windows(list(chain.from_iterable(windows)))
    ends = np.cumsum([len(some) for some in windows])[:-1]
    return np.stack([encoder.pool(some) for some in np.split(features, ends)])


@cache
def _encoder() -> Encoder:
    """With one thread."""
    import torch

    torch.set_num_threads(1)
    encoder = load_encoder("compact")
    encoder.load_audio()
    return encoder


@contextmanager
def empty() -> Iterator[App]:
    """The services over a folder of their own, which servers that are started meanwhile use, too."""
    before = os.environ["SOUNDPALETTE_DATA_DIR"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SOUNDPALETTE_DATA_DIR"] = folder
        yield App(load_config())
    os.environ["SOUNDPALETTE_DATA_DIR"] = before


def index(app: App) -> None:
    """The crate."""
    with redirect_stderr(StringIO()):  # its progress lines would break the table
        app.indexer().run([CRATE], Lines())


def _clips(folder: Path) -> list[Path]:
    import soundfile

    paths = [folder / f"{number}.wav" for number in range(CLIPS)]
    for path, source in zip(paths, sorted(CRATE.rglob("*.flac")), strict=False):
        soundfile.write(path, np.resize(decode(source, 44_100), 44_100), 44_100, subtype="PCM_16")
    return paths


def _told(cores: int) -> str:
    return "one core" if cores == 1 else f"{cores} cores"


if __name__ == "__main__":
    from bench.run import main

    main(["encoding", "indexing"])

"""CLaMP3's audio encoding, full-size random weights, beside the reference's method, the limit, and a naive start.

    python -m bench.clamp3 [--weights FOLDER]

60 clips of 0.05 to 10 s (log-uniform, 44.1 and 48 kHz) are rendered; FOLDER holds what `make_clamp3_weights.py` writes
(2.2 GB; without it, it is made and deleted). Floating-point operations are counted by formula, a multiplication and an
addition each:

    convolution   2 * tokens out * channels in / groups * kernel * channels out
    projection    2 * tokens * channels * width
    layer         2 * tokens * (4 * width^2 + 2 * width * wide) + 4 * tokens^2 * width

The SAAS tower is layers and a projection. Norms, GELU and softmax count nothing and take their time.
"""

import argparse
import math
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile

from bench.make_clamp3_weights import made
from bench.rows import Row
from bench.stopwatch import seconds
from soundpalette.core.encoders import load_encoder, mert
from soundpalette.core.encoders.base import unit
from soundpalette.core.encoders.clamp3 import Clamp3Encoder
from soundpalette.core.encoders.hubert import Architecture
from soundpalette.core.types import Vectors, Window

if TYPE_CHECKING:
    from bench.reference import Reference

CLIPS: Final = 60
ROUNDS: Final = 3
BATCH: Final = 20
NAIVE: Final = 3
SHAPES: Final = ((1024, 1024, 1024), (2048, 2048, 2048), (2048, 768, 3072), (2048, 3072, 768))
SIZES: Final = Architecture()
SAAS_LAYERS: Final = 12


@dataclass(frozen=True, slots=True)
class Clip:
    path: Path
    windows: list[Window]

    @property
    def operations(self) -> float:
        """Of MERT alone."""
        return sum(network_operations(window.size) for window in self.windows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--naive", nargs="+", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.naive:
        naive(given.weights, given.naive)
        return
    for row in rows(given.weights):
        ratio = "-" if row.ratio is None else f"{row.ratio:.3g}"
        print(f"{row.name}: ours {told(row.ours)}, baseline {told(row.baseline)} {row.unit}, {ratio} ({row.goal})")


def told(figures: tuple[float, ...]) -> str:
    """Median, least and greatest."""
    return f"{np.median(figures):.3g} ({min(figures):.3g}-{max(figures):.3g})" if figures else "-"


def rows(weights: Path | None = None) -> Iterator[Row]:
    """All figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        weights = weights or made()
        encoder = load_clamp3(weights, folder / "cache")
        clips = [Clip(path, list(encoder.windows(path))) for path in render(folder / "clips", CLIPS)]
        encoder.embed_audio_files([clip.path for clip in clips])  # once before: kernels are made at their first use
        yield from against_reference(encoder, weights, clips)
        yield from against_the_limit(encoder, clips)
        yield from against_loading(encoder, weights, clips)


def load_clamp3(weights: Path, cache: Path) -> Clamp3Encoder:
    """In the arithmetic that a user gets."""
    (checkpoint,) = weights.glob("*.pth")
    text = weights / "text"
    return load_encoder("clamp3", mert=weights / "mert", clamp3=checkpoint, text=text, cache_dir=cache, dtype="auto")


def render(folder: Path, count: int, seed: int = 0) -> Sequence[Path]:
    """Clips of a falling tone with noise that die away, 0.05 to 10 s, mono and stereo."""
    folder.mkdir()
    random = np.random.default_rng(seed)
    paths = []
    for number in range(count):
        length, rate = math.exp(random.uniform(math.log(0.05), math.log(10))), int(random.choice([44_100, 48_000]))
        time = np.arange(round(length * rate)) / rate
        tone = np.sin(2 * np.pi * random.uniform(40, 2000) * time * np.exp(-time / length))
        noise = random.standard_normal((time.size, random.integers(1, 3))) * random.uniform(0.01, 0.5)
        sound = 0.3 * (tone[:, None] + noise) * np.exp(-3 * time / length)[:, None]
        paths.append(folder / f"{number:03}.wav")
        soundfile.write(paths[-1], np.clip(sound, -1, 1), rate, subtype="PCM_16")
    return paths


def vectors_of(encoder: Clamp3Encoder, paths: Sequence[Path]) -> Vectors:
    """Decode, embed and pool, `BATCH` files at a time, as an indexer does; float32 [files, 768], unit length."""
    made = []
    for start in range(0, len(paths), BATCH):
        files = [list(encoder.windows(path)) for path in paths[start : start + BATCH]]
        features = iter(encoder.embed_windows([window for file in files for window in file]))
        made.append(encoder.pool_all([np.stack(list(islice(features, len(file)))) for file in files]))
    return unit(np.concatenate(made))


def against_reference(encoder: Clamp3Encoder, weights: Path, clips: Sequence[Clip]) -> Iterator[Row]:
    """Files a second of both, a third of the clips a round, one after the other; and who embeds how many."""
    from bench.reference import Reference

    reference = Reference(weights)
    ours, theirs, cosines = [], [], []
    for start in range(ROUNDS):
        some = [clip.path for clip in clips[start::ROUNDS]]
        made: list[Vectors] = []
        ours.append(len(some) / seconds(lambda: made.append(vectors_of(encoder, some))))  # noqa: B023
        theirs.append(len(some) / seconds(lambda: made.append(by_reference(reference, encoder, some))))  # noqa: B023
        cosines += [float(cosine) for cosine in (made[0] * made[1]).sum(axis=1)]
    longer = sum(soundfile.info(clip.path).duration >= 1 for clip in clips) / len(clips)
    yield Row("clamp3, mixed clips; baseline: the reference's method, clips under 1 s padded for it",
              tuple(ours), tuple(theirs), "files/s", ">= 6")  # fmt: skip
    yield Row("clamp3, share of clips embedded; baseline: the reference, which fails under 1 s",
              (1.0,), (longer,), "", "ours >= 1")  # fmt: skip
    yield Row("clamp3, lowest cosine with the reference's vectors", (min(cosines),), (), "", "ours >= 0.999")


def by_reference(reference: "Reference", encoder: Clamp3Encoder, paths: Sequence[Path]) -> Vectors:
    """The same files one by one."""
    return unit(np.stack([reference.vector(list(encoder.windows(path))) for path in paths]))


def against_the_limit(encoder: Clamp3Encoder, clips: Sequence[Clip]) -> Iterator[Row]:
    """Operations a second of MERT, and of everything from the file on, beside those of a matrix product."""
    windows = [window for clip in clips for window in clip.windows]
    network = sum(clip.operations for clip in clips)
    whole = network + sum(pool_operations(len(clip.windows)) for clip in clips)
    paths = [clip.path for clip in clips]
    speeds, totals, peaks = [], [], []
    for _ in range(2 * ROUNDS):
        peaks.append(peak())
        speeds.append(network / seconds(lambda: encoder.embed_windows(windows)) / 1e9)
        totals.append(whole / seconds(lambda: vectors_of(encoder, paths)) / 1e9)
    limit = "baseline: bfloat16 matrix products"
    yield Row(f"clamp3, MERT's convolutions and transformer; {limit}",
              tuple(speeds), tuple(peaks), "GFLOP/s", ">= 0.6")  # fmt: skip
    yield Row(f"clamp3, from file to vector, decoding and pooling included; {limit}",
              tuple(totals), tuple(peaks), "GFLOP/s")  # fmt: skip


def peak() -> float:
    """The most GFLOP/s of a bfloat16 matrix product over a few shapes, the best of three runs each."""
    import torch

    best = 0.0
    for rows, inner, columns in SHAPES:
        left, right = torch.randn(rows, inner).bfloat16(), torch.randn(inner, columns).bfloat16()
        out = torch.empty(rows, columns, dtype=torch.bfloat16)
        once: Callable[[], object] = lambda: torch.matmul(left, right, out=out)  # noqa: B023, E731
        once()
        best = max(best, 2 * rows * inner * columns / min(seconds(once) for _ in range(3)) / 1e9)
    return best


def network_operations(frames: int) -> float:
    """Of MERT for one window (see the module's docstring)."""
    operations, channels, tokens = 0, 1, frames
    for out, kernel, stride in zip(SIZES.conv_dim, SIZES.conv_kernel, SIZES.conv_stride, strict=True):
        tokens = (tokens - kernel) // stride + 1
        operations += 2 * tokens * channels * kernel * out
        channels = out
    width, groups = SIZES.hidden_size, SIZES.num_conv_pos_embedding_groups
    operations += 2 * tokens * channels * width
    operations += 2 * tokens * width // groups * SIZES.num_conv_pos_embeddings * width
    return operations + SIZES.num_hidden_layers * layer_operations(tokens)


def layer_operations(tokens: int) -> int:
    """Of a layer of either transformer: both are 768 wide, 3072 inside."""
    width, wide = SIZES.hidden_size, SIZES.intermediate_size
    return 2 * tokens * (4 * width**2 + 2 * width * wide) + 4 * tokens**2 * width


def pool_operations(windows: int) -> float:
    """Of the SAAS tower for one file of one segment."""
    return SAAS_LAYERS * layer_operations(windows + 2) + 2 * SIZES.hidden_size**2


def against_loading(encoder: Clamp3Encoder, weights: Path, clips: Sequence[Clip]) -> Iterator[Row]:
    """Files a second, loaded once, beside a process a file that loads everything, the reference's way and ours."""
    short = [clip.path for clip in clips if len(clip.windows) == 1]
    once = tuple(
        len(clips) / seconds(lambda: vectors_of(encoder, [clip.path for clip in clips])) for _ in range(ROUNDS)
    )
    naively = tuple(1 / seconds(lambda: _naive_process(weights, path)) for path in short[:NAIVE])  # noqa: B023
    yield Row(f"clamp3, loaded once; baseline: the reference loaded for each file ({NAIVE} files, a process each)",
              once, naively, "files/s", ">= 30")  # fmt: skip
    again = []
    for path in short[:NAIVE]:
        encoder.release()
        again.append(1 / seconds(lambda: vectors_of(encoder, [path])))  # noqa: B023
    yield Row(f"clamp3, loaded once; baseline: our own towers released and loaded for each file ({NAIVE} files)",
              once, tuple(again), "files/s")  # fmt: skip


def _naive_process(weights: Path, path: Path) -> None:
    subprocess.run([sys.executable, "-m", "bench.clamp3", "--weights", weights, "--naive", path], check=True)


def naive(weights: Path, paths: Sequence[Path]) -> None:
    """Load the reference and embed `paths`, in this process, which ends then."""
    from bench.reference import Reference

    reference = Reference(weights)
    for path in paths:
        reference.vector(list(mert.windows(path)))


if __name__ == "__main__":
    main()

"""CLaMP3 on GPUs, one process each: for a machine that has CUDA. What it needs else is made on the spot.

    python -m bench.gpu [--device cpu --processes 2] [--weights FOLDER] [--clips 960]

files a second  of mixed clips (0.05 to 10 s) that are decoded already, beside the CPU in float32 on some of them
share of peak   floating-point operations of matrix multiplications and convolutions a second and device, beside a
                large bfloat16 matrix multiplication on the same device
cosine          the lowest between a clip's vector and that of the CPU in float32

`--device cpu` swaps the device alone: the same code runs, in as many processes as are named.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.rows import Row
from bench.stopwatch import seconds
from soundpalette.core.encoders import load_encoder
from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.threads import processors
from soundpalette.core.types import Vectors, Window

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

CLIPS: Final = 960
BATCH: Final = 64
"""Files whose windows are handed over together."""
COMPARED: Final = 24
"""Files that the CPU encodes, too."""
PATIENCE: Final = 600
"""Seconds in which every process has to have loaded its weights."""
SIDE: Final = {"cuda": 8192, "cpu": 2048}
"""Of the square matrices by which the peak is measured."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to encode with which weights, where, in how many processes."""

    weights: Path
    clips: tuple[Path, ...]
    device: str
    processes: int
    dtype: str = "bfloat16"

    def encoder(self) -> Encoder:
        """Converts the weights where that has not been done."""
        (checkpoint,) = self.weights.glob("*.pth")
        return load_encoder(
            "clamp3", mert=self.weights / "mert", clamp3=checkpoint, text=self.weights / "text",
            cache_dir=self.weights / "converted", device=self.device, dtype=self.dtype,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """One process's part: vectors [clips, dimension] made between two moments of the system's clock, the operations
    that they took, and how many a second the device is able to do."""

    vectors: Vectors
    began: float
    ended: float
    operations: float
    peak: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", choices=list(SIDE))
    parser.add_argument("--processes", type=int, help="without: one a GPU")
    parser.add_argument("--weights", type=Path, help="a folder as of make_clamp3_weights.py; without: made, full size")
    parser.add_argument("--clips", type=int, default=CLIPS)
    given = parser.parse_args()
    for row in rows(given.device, given.processes, given.weights, given.clips):
        print(row.title, row.ours, row.baseline, row.unit, row.goal, row.met, sep=" | ")


def rows(
    device: str = "cuda", processes: int | None = None, weights: Path | None = None, clips: int = CLIPS
) -> Iterator[Row]:
    """Three rows. Ends with a sentence where there is no such device."""
    processes = processes or devices(device)
    with tempfile.TemporaryDirectory() as folder:
        job = Job(weights or make_weights(Path(folder) / "weights"), render(Path(folder), clips), device, processes)
        job.encoder()  # converts the weights once, before several processes want them
        done = encode(job)
        yield from compared(job, done, encode(on_the_cpu(job)))


def devices(device: str) -> int:
    """How many there are."""
    import torch

    count = torch.cuda.device_count() if device == "cuda" else 1
    if not count:
        sys.exit(f"torch {torch.__version__} finds no CUDA device; run it where one is, or try `--device cpu`")
    return count


def on_the_cpu(job: Job) -> Job:
    """The first clips, encoded by the CPU in float32."""
    return replace(job, clips=job.clips[: COMPARED * job.processes], device="cpu", processes=1, dtype="float32")


def compared(job: Job, done: Sequence[Done], cpu: Sequence[Done]) -> Iterator[Row]:
    """The rows of what the devices and what the CPU did."""
    where = f"{job.processes} x {job.device}"
    rate, baseline = files_a_second(done), files_a_second(cpu)
    yield Row(f"clamp3, mixed clips, {where}, bfloat16; baseline: the CPU in float32", (rate,), (baseline,), "files/s")
    speeds = tuple(one.operations / (one.ended - one.began) / 1e12 for one in done)
    peaks = tuple(one.peak / 1e12 for one in done)
    yield Row(f"clamp3, {where}; baseline: bfloat16 matrix multiplication", speeds, peaks, "TFLOP/s", ">= 0.6")
    vectors = in_order([one.vectors for one in done])
    reference = cpu[0].vectors
    cosines = np.sum(vectors[: len(reference)] * reference, axis=1)
    yield Row(f"clamp3, lowest cosine of {len(reference)} clips to the CPU in float32", (float(cosines.min()),), (), "",
              "ours >= 0.999")  # fmt: skip


def files_a_second(done: Sequence[Done]) -> float:
    """Of all processes together, from the first's start to the last's end."""
    return sum(len(one.vectors) for one in done) / (max(one.ended for one in done) - min(one.began for one in done))


def in_order(shares: Sequence[Vectors]) -> Vectors:
    """The vectors in the order of the clips, which were dealt out like cards."""
    order = np.argsort(np.concatenate([np.arange(len(one)) * len(shares) + k for k, one in enumerate(shares)]))
    return np.asarray(np.concatenate(shares)[order])


# --- one process a device ---

_together: "Barrier | None" = None


def encode(job: Job) -> list[Done]:
    """Deal the clips out to the processes, which begin together."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(job.processes)
    with ProcessPoolExecutor(job.processes, context, _begin, (barrier,)) as pool:
        return [each.result() for each in [pool.submit(_share, job, number) for number in range(job.processes)]]


def _begin(barrier: "Barrier") -> None:
    global _together  # noqa: PLW0603 (a barrier reaches a pool's process by inheritance alone)
    _together = barrier


def _share(job: Job, number: int) -> Done:
    _take_device(job, number)
    encoder = job.encoder()
    encoder.load_audio()
    files = [tuple(encoder.windows(path)) for path in job.clips[number :: job.processes]]
    operations = _operations(encoder, files)
    peak = _peak(job.device)
    if _together is None:
        raise RuntimeError("no process to begin together with")
    _together.wait(PATIENCE)
    began = time.monotonic()
    vectors = _vectors(encoder, files)
    return Done(vectors, began, time.monotonic(), operations, peak)


def _take_device(job: Job, number: int) -> None:
    """Before torch is loaded: this process sees one GPU, or takes its share of the cores."""
    if job.device == "cuda":
        visible = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
        os.environ["CUDA_VISIBLE_DEVICES"] = (visible or [str(k) for k in range(job.processes)])[number]
    else:
        os.environ["OMP_NUM_THREADS"] = str(max(1, processors() // job.processes))


def _vectors(encoder: Encoder, files: Sequence[tuple[Window, ...]]) -> Vectors:
    """Unit vectors [files, dimension]; a batch's windows go together, as the indexer's do."""
    found = []
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        features = encoder.embed_windows([window for file in batch for window in file])
        ends = np.cumsum([len(file) for file in batch])[:-1]
        found.append(encoder.pool_all(np.split(features, ends)))
    return unit(np.concatenate(found))


def _operations(encoder: Encoder, files: Sequence[tuple[Window, ...]]) -> float:
    """Of one pass over the files, which warms the device up, too. Attention on the CPU is not counted by torch."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        _vectors(encoder, files)
    return float(counter.get_total_flops())


def _peak(device: str) -> float:
    """Operations a second of a bfloat16 matrix multiplication: the median of 10."""
    import torch

    side = SIDE[device]
    matrix: Any = torch.randn(side, side, dtype=torch.bfloat16, device=device)

    def multiply() -> None:
        (matrix @ matrix)[0, 0].item()  # which waits for the GPU

    taken = [seconds(multiply) for _ in range(13)][3:]
    return 2 * side**3 / median(taken)


# --- what is encoded, with what ---


def make_weights(folder: Path) -> Path:
    """Random ones of the published sizes, 2.2 GB."""
    import torch

    from bench import make_clamp3_weights as full
    from soundpalette.core.encoders.weights import CHECKPOINT

    torch.manual_seed(0)
    full.make_mert(folder / "mert", 12)
    full.make_text(folder / "text", 12)
    full.make_checkpoint(folder / CHECKPOINT, 12)
    return folder


def render(folder: Path, count: int, seed: int = 0) -> tuple[Path, ...]:
    """Clips of 0.05 to 10 s (log-uniform) at 44.1 and 48 kHz: a tone that dies away, in noise."""
    import soundfile

    draw = np.random.default_rng(seed)
    paths = tuple(folder / f"{number}.wav" for number in range(count))
    for path in paths:
        rate = int(draw.choice((44_100, 48_000)))
        moments = np.arange(round(rate * np.exp(draw.uniform(np.log(0.05), np.log(10))))) / rate
        tone = np.sin(2 * np.pi * draw.uniform(40, 4000) * moments) * np.exp(-moments * draw.uniform(0.3, 20))
        sound = 0.7 * tone + draw.uniform(0, 0.2) * draw.standard_normal(len(moments))
        soundfile.write(path, np.clip(sound, -1, 1).astype(np.float32), rate, subtype="PCM_16")
    return paths


if __name__ == "__main__":
    main()

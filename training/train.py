# ruff: noqa: E501  (tables and formulas read better in one row)
"""Stage 3: train both towers. `python -m training.train NAME --minutes 4`; writes DATA/runs/NAME.pt and prints figures.

Multi-positive InfoNCE in both directions, and a lesson: from what the audio tower heard, a linear layer that is thrown away
afterwards guesses the teacher's embedding. Batches are random over the whole data (never bucketed by length), clips are
drawn by their rarest tag's count^-0.5.
"""

import argparse
import math
import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from soundpalette.core.encoders.compact_frontend import BANDS, DESCRIPTORS, FLOOR_VALUE
from soundpalette.core.encoders.compact_model import AudioTower, TextTower, filled_length
from training.captions import Captioner, Tagged, tag
from training.clips import DATA, load_shards
from training.text import TokenTable

CROPS = (128, 208, 304)
SHAPE_STEP = 32


@dataclass
class Data:
    frames: npt.NDArray[np.float16]
    starts: npt.NDArray[np.int64]
    descriptors: npt.NDArray[np.float32]
    taught: npt.NDArray[np.float32]
    """The teacher's embeddings [n, 512], each dimension with mean 0 and deviation 1."""
    tagged: Tagged
    weights: npt.NDArray[np.float64]

    @cached_property
    def mean(self) -> npt.NDArray[np.float32]:
        return self.descriptors.mean(0)

    @cached_property
    def deviation(self) -> npt.NDArray[np.float32]:
        return self.descriptors.std(0) + 1e-3


def load_data(names: list[str] | None) -> Data:
    frames, starts, descriptors, taught, words, base = [], [], [], [], [], 0
    for shard in load_shards(names):
        frames.append(shard.frames)
        starts.append(np.stack([shard.starts[:-1], shard.starts[1:]], 1) + base)
        base += int(shard.starts[-1])
        descriptors.append(shard.descriptors)
        taught.append(shard.taught.astype(np.float32))
        words += shard.words
    joined = np.concatenate(descriptors)[:, : len(DESCRIPTORS)]
    tagged = tag(words, joined)
    counts = tagged.has.sum(0)
    weights = np.array([1.0 / math.sqrt(min(counts[own])) for own in tagged.own])
    lessons = np.concatenate(taught)
    lessons = (lessons - lessons.mean(0)) / (lessons.std(0) + 1e-3)
    return Data(np.concatenate(frames), np.concatenate(starts), joined, lessons, tagged, weights / weights.sum())


def altered(rng: np.random.Generator, window: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """One window [frames, 64] as another recording might have it: speed, pitch, spectrum, level, holes, a noise floor."""
    if rng.random() < 0.4 and len(window) > 12:
        window = window[np.arange(0, len(window) - 1, rng.uniform(0.85, 1.18)).astype(int)]
    if rng.random() < 0.3:
        window = np.roll(window, shift := int(rng.integers(-2, 3)), axis=1)
        window[:, :shift] = window[:, [max(shift, 0)]]
    tilt = np.linspace(-1, 1, BANDS) * rng.normal(0, 0.13)
    ripple = np.interp(np.arange(BANDS), np.linspace(0, 63, 7), rng.normal(0, 0.11, 7))
    window = np.maximum(window + tilt + ripple + rng.normal(0, 0.08), FLOOR_VALUE)
    if rng.random() < 0.3:
        band = rng.integers(0, BANDS - 8)
        window[:, band : band + rng.integers(2, 9)] = FLOOR_VALUE
    if rng.random() < 0.2 and len(window) > 40:
        frame = rng.integers(8, len(window) - 10)
        window[frame : frame + rng.integers(2, 10)] = FLOOR_VALUE
    if rng.random() < 0.4:
        window = np.maximum(window, rng.uniform(FLOOR_VALUE, FLOOR_VALUE + 1.4))
    return window


@dataclass(frozen=True, slots=True)
class Batch:
    """What the audio tower sees: frames [n, t, 64], descriptors [n, 20], lengths [n]; `rows` are places in the step.

    n may exceed the rows: the first is repeated, so that few shapes occur (oneDNN compiles for each new one).
    """

    rows: npt.NDArray[np.int64]
    frames: Tensor
    descriptors: Tensor
    lengths: Tensor


def audio_batches(
    data: Data, rng: np.random.Generator, rows: npt.NDArray[np.int64], most: int, grouped: bool
) -> list[Batch]:
    """Altered windows of the clips, every fourth without its descriptors, filled to one length.

    `grouped`: one batch a length of CROPS, which saves work, but is only right while batch norms are frozen.
    """
    windows = []
    for start, stop in data.starts[rows]:
        windows.append(altered(rng, data.frames[start : min(stop, start + most)].astype(np.float32))[:most])
    lengths = np.array([len(w) for w in windows])
    known = data.descriptors[rows] + rng.normal(0, 0.05, (len(rows), len(DESCRIPTORS))) * data.deviation
    known[rng.random(len(rows)) < 0.25] = data.mean
    edges = np.array([c for c in CROPS if c <= most] if grouped else [most])
    group = np.searchsorted(edges, lengths)
    return [
        _filled(windows, known, lengths, np.flatnonzero(group == g), filled_length(int(edges[g])))
        for g in np.unique(group)
    ]


def _filled(
    windows: list[npt.NDArray[np.float32]],
    known: npt.NDArray[np.floating],
    lengths: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    length: int,
) -> Batch:
    size = -(-len(rows) // SHAPE_STEP) * SHAPE_STEP
    padded = np.concatenate([rows, np.full(size - len(rows), rows[0])])
    frames = np.full((size, length, BANDS), FLOOR_VALUE, np.float32)
    for place, row in enumerate(padded):
        frames[place, : lengths[row]] = windows[row]
    descriptors = torch.from_numpy(known[padded].astype(np.float32))
    return Batch(rows, torch.from_numpy(frames), descriptors, torch.from_numpy(lengths[padded]))


def loss_of(audio: Tensor, text: Tensor, right: Tensor, scale: Tensor) -> Tensor:
    """Cross-entropy against all right partners, both ways: audio [b, d], text [c, d], right bool [b, c]."""
    scores = scale * functional.normalize(audio, dim=1) @ functional.normalize(text, dim=1).T
    target = right.float()
    there = -(target / target.sum(1, keepdim=True) * scores.log_softmax(1)).sum(1).mean()
    back = -(target / target.sum(0, keepdim=True) * scores.log_softmax(0)).sum(0).mean()
    return (there + back) / 2


class Trainer:
    def __init__(self, data: Data, seed: int) -> None:
        torch.manual_seed(seed)
        self.data, self.rng = data, np.random.default_rng(seed)
        self.audio, self.text, self.table = AudioTower(), TextTower(), TokenTable()
        self.pupil = torch.nn.Linear(self.audio.head[0].in_features, data.taught.shape[1])
        self.audio.mean.copy_(torch.from_numpy(data.mean))
        self.audio.deviation.copy_(torch.from_numpy(data.deviation))
        self.frozen = False
        self.log_scale = torch.nn.Parameter(torch.tensor(math.log(14.0)))
        self.captioner = Captioner(data.tagged)
        self.audio = self.audio.to(memory_format=torch.channels_last)

    @property
    def scale(self) -> float:
        return float(self.log_scale.detach().exp())

    def ready(self, frozen: bool) -> None:
        """Training mode; at the end with the batch norms frozen, as they will be in use."""
        self.frozen = frozen
        self.audio.train()
        self.text.train()
        if frozen:
            for module in self.audio.modules():
                if isinstance(module, torch.nn.BatchNorm2d):
                    module.eval()

    def save(self, name: str) -> None:
        (DATA / "runs").mkdir(exist_ok=True)
        states = {"audio": self.audio.state_dict(), "text": self.text.state_dict(), "table": self.table.vectors}
        torch.save(states | {"log_scale": self.log_scale.detach()}, DATA / "runs" / f"{name}.pt")

    def resume(self, name: str) -> None:
        run = torch.load(DATA / "runs" / f"{name}.pt", weights_only=True)
        self.audio.load_state_dict(run["audio"])
        self.text.load_state_dict(run["text"])
        self.log_scale.data.copy_(run["log_scale"])

    def step_loss(self, size: int, texts: int) -> Tensor:
        rows = self.rng.choice(len(self.data.starts), size, replace=False, p=self.data.weights)
        captions = [self.captioner.draw(self.rng, int(r)) for r in rows for _ in range(texts)]
        wanted = np.zeros((len(captions), len(self.data.tagged.tags)), np.float32)
        for k, (_, tags) in enumerate(captions):
            wanted[k, tags] = 1
        have = self.data.tagged.has[rows].astype(np.float32)
        right = torch.from_numpy(have @ wanted.T >= wanted.sum(1)[None])
        most = int(self.rng.choice(CROPS, p=[0.5, 0.3, 0.2] if not self.frozen else [0.4, 0.35, 0.25]))
        batches = audio_batches(self.data, self.rng, rows, most, self.frozen)
        with torch.autocast("cpu", torch.bfloat16):
            parts = [self.audio.heard(b.frames, b.descriptors, b.lengths)[: len(b.rows)] for b in batches]
            order = torch.from_numpy(np.concatenate([b.rows for b in batches]).argsort())
            heard = torch.cat(parts)[order]
            sound, guess = self.audio.head(heard), self.pupil(heard)
        text = self.text(self.table.means([t for t, _ in captions]))
        missed = 1.0 - functional.cosine_similarity(guess.float(), torch.from_numpy(self.data.taught[rows])).mean()
        return loss_of(sound.float(), text, right, self.log_scale.exp().clamp(max=60)) + self.lesson * missed


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast: minutes, clips a batch, top learning rate, seed."""

    minutes: float
    size: int
    rate: float
    seed: int
    thaw: float
    """Share of the run in which batch norms learn; then they are frozen, and short clips cost less."""


class Average:
    """The parameters' moving average, which is what is kept."""

    def __init__(self, modules: list[torch.nn.Module]) -> None:
        self.pairs = [(p, p.detach().clone()) for m in modules for p in m.parameters()]

    def update(self, step: int) -> None:
        keep = min(0.996, (step + 1) / (step + 10))
        for live, kept in self.pairs:
            kept.lerp_(live.detach(), 1 - keep)

    def use(self) -> None:
        for live, kept in self.pairs:
            live.data.copy_(kept)


def train(name: str, plan: Plan, names: list[str] | None, start: str | None) -> None:
    trainer = Trainer(load_data(names), plan.seed)
    if start is not None:
        trainer.resume(start)
    data = trainer.data
    print(f"{len(data.starts)} windows, {len(data.tagged.tags)} tags", flush=True)
    parameters = [*trainer.audio.parameters(), *trainer.text.parameters(), trainer.log_scale]
    optimizer = torch.optim.AdamW(parameters, plan.rate, weight_decay=0.02)
    average = Average([trainer.audio, trainer.text])
    started, step, smooth = time.monotonic(), 0, 0.0
    while (share := (time.monotonic() - started) / (plan.minutes * 60)) < 1:
        trainer.ready(frozen=share > plan.thaw)
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * min(1.0, (step + 1) / 60) * (0.5 + 0.5 * math.cos(math.pi * share)) + 1e-6
        optimizer.zero_grad(set_to_none=True)
        loss = trainer.step_loss(plan.size, 2)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update(step)
        smooth = loss.item() if step == 0 else 0.98 * smooth + 0.02 * loss.item()
        step += 1
        if step % 100 == 0:
            print(f"{step} {share * plan.minutes:.1f} min loss {smooth:.3f} scale {trainer.scale:.1f}", flush=True)
        if step % 400 == 0:
            trainer.save(f"{name}-now")
    average.use()
    trainer.save(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--batch", type=int, default=160)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--thaw", type=float, default=0.5, help="share of the run before batch norms are frozen")
    parser.add_argument("--start", help="a run whose weights to go on from")
    parser.add_argument("--sources", nargs="*", default=None)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train(given.name, Plan(given.minutes, given.batch, given.rate, given.seed, given.thaw), given.sources, given.start)


if __name__ == "__main__":
    main()

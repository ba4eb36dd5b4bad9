# ruff: noqa: E501  (tables and formulas read better in one row)
"""Stage 3: train both towers. `python -m training.train NAME --minutes 60`; writes DATA/runs/NAME.pt.

Multi-positive InfoNCE in both directions, and a lesson: from what the audio tower heard, a linear layer that is thrown away
afterwards guesses the teacher's embedding. Batches are random over the whole data (never bucketed by length), clips are
drawn by their rarest tag's count^-0.5.
"""

import argparse
import math
import time
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from soundpalette.core.encoders.compact_frontend import BANDS, DESCRIPTORS, FLOOR_VALUE
from soundpalette.core.encoders.compact_model import AudioTower, Matrix, TextTower, fill, filled_length
from training.alterations import altered
from training.captions import Captioner, Tagged, tag
from training.clips import load_shards
from training.optimizer import Optimizer
from training.places import DATA
from training.text import TokenTable

CROPS = (64, 128, 208, 304)
LONGEST = {False: (0.0, 0.5, 0.3, 0.2), True: (0.0, 0.4, 0.35, 0.25)}
"""How often a step cuts its windows to which of CROPS, while batch norms learn and when they are frozen."""
SHAPE_STEP = 32
CENTRED = 0.3
"""The share of the mean vector that each tower takes off in the end."""
CENTRE_CLIPS = 4096
COHORT_CLIPS = 4096
"""Clips whose vectors go into the package: match strength is told beside what a query reaches among them."""


@dataclass
class Data:
    """Clips of all shards: frames float16 [sum of lengths, 64], starts and stops [n, 2], descriptors [n, 32], weights [n]."""

    frames: npt.NDArray[np.float16]
    starts: npt.NDArray[np.int64]
    descriptors: npt.NDArray[np.float32]
    taught: npt.NDArray[np.float32]
    """The teacher's embeddings [n, 512], each dimension with mean 0 and deviation 1."""
    tagged: Tagged
    weights: npt.NDArray[np.float64]

    @cached_property
    def mean(self) -> npt.NDArray[np.float32]:
        return np.asarray(self.descriptors.mean(0))

    @cached_property
    def deviation(self) -> npt.NDArray[np.float32]:
        return np.asarray(self.descriptors.std(0) + 1e-3)


def load_data(names: list[str] | None) -> Data:
    """The shards of `names`, or all: tagged, and weighted by their rarest tags."""
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


@dataclass(frozen=True, slots=True)
class Batch:
    """What the audio tower sees: frames [n, t, 64], descriptors [n, 32], lengths [n]; `rows` are places in the step.

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


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast: minutes, clips a batch, top learning rate, seed."""

    minutes: float
    size: int
    rate: float
    seed: int
    thaw: float
    """Share of the run in which batch norms learn; then they are frozen, and short clips cost less."""
    lesson: float
    """Weight of the teacher's lesson."""
    texts: int
    """Captions a clip and step: the text tower is cheap, and each is one more that the other clips are not."""
    muon: float
    """Muon's learning rate over AdamW's; 0: AdamW alone."""


class Trainer(torch.nn.Module):
    """Both towers, the pupil that learns the teacher's lesson, the temperature; draws batches and tells their loss."""

    def __init__(self, data: Data, plan: Plan, tower: AudioTower) -> None:
        super().__init__()
        self.data, self.rng, self.lesson = data, np.random.default_rng(plan.seed), plan.lesson
        tower.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # documented, not typed
        self.audio, self.text, self.table = tower, TextTower(), TokenTable()
        self.pupil = torch.nn.Linear(cast(Matrix, tower.head[0]).in_features, data.taught.shape[1])
        self.audio.mean.copy_(torch.from_numpy(data.mean))
        self.audio.deviation.copy_(torch.from_numpy(data.deviation))
        self.frozen = False
        self.log_scale = torch.nn.Parameter(torch.tensor(math.log(14.0)))
        self.captioner = Captioner(data.tagged)

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

    def step_loss(self, size: int, texts: int) -> Tensor:
        rows = self.rng.choice(len(self.data.starts), size, replace=False, p=self.data.weights)
        captions = [self.captioner.draw(self.rng, int(r)) for r in rows for _ in range(texts)]
        wanted = np.zeros((len(captions), len(self.data.tagged.tags)), np.float32)
        for k, (_, tags) in enumerate(captions):
            wanted[k, tags] = 1
        have = self.data.tagged.has[rows].astype(np.float32)
        right = torch.from_numpy(have @ wanted.T >= wanted.sum(1)[None])
        most = int(self.rng.choice(CROPS, p=LONGEST[self.frozen]))
        batches = audio_batches(self.data, self.rng, rows, most, self.frozen)
        with torch.autocast("cpu", torch.bfloat16):
            parts = [self.audio.heard(b.frames, b.descriptors, b.lengths)[: len(b.rows)] for b in batches]
            order = torch.from_numpy(np.concatenate([b.rows for b in batches]).argsort())
            heard = torch.cat(parts)[order]
            sound, guess = self.audio.head(heard), self.pupil(heard)
        text = self.text(self.table.means([t for t, _ in captions]))
        missed = 1.0 - functional.cosine_similarity(guess.float(), torch.from_numpy(self.data.taught[rows])).mean()
        return loss_of(sound.float(), text, right, self.log_scale.exp().clamp(max=60)) + self.lesson * missed

    @torch.no_grad()
    def centre(self) -> None:
        """Give each tower its middle: a share of the mean of its unit vectors over clips and captions as training draws them."""
        self.eval()
        rows = self.rng.choice(len(self.data.starts), CENTRE_CLIPS, p=self.data.weights)
        sounds = [
            self.audio(b.frames, b.descriptors, b.lengths)[: len(b.rows)]
            for start in range(0, CENTRE_CLIPS, 128)
            for b in audio_batches(self.data, self.rng, rows[start : start + 128], CROPS[-1], grouped=True)
        ]
        texts = self.text(self.table.means([self.captioner.draw(self.rng, int(r))[0] for r in rows]))
        self.audio.middle.copy_(CENTRED * torch.cat(sounds).mean(0))
        self.text.middle.copy_(CENTRED * texts.mean(0))

    @torch.no_grad()
    def cohort(self) -> Tensor:
        """Clips as training draws them, but unaltered and each once, as the package keeps them: int8 [n, 256]."""
        self.eval()
        n = min(COHORT_CLIPS, len(self.data.starts))
        rows = self.rng.choice(len(self.data.starts), n, replace=False, p=self.data.weights)
        sounds = torch.cat([self._sound(int(row)) for row in rows])
        return (sounds / sounds.abs().amax(1, keepdim=True) * 127).round().to(torch.int8)

    def _sound(self, row: int) -> Tensor:
        start, stop = (int(edge) for edge in self.data.starts[row])
        window = torch.from_numpy(self.data.frames[start:stop].astype(np.float32))
        frames, known = fill(window, filled_length(stop - start)), torch.from_numpy(self.data.descriptors[row])
        sound: Tensor = self.audio(frames[None], known[None], torch.tensor([stop - start]))
        return sound


class Run:
    """A training run that can be broken off: `DATA/runs/NAME-now.pt` holds all that it needs to go on."""

    def __init__(self, name: str, plan: Plan, trainer: Trainer) -> None:
        self.name, self.plan, self.trainer = name, plan, trainer
        self.optimizer = Optimizer(trainer, plan.muon)
        self.kept = {n: t.detach().clone() for n, t in trainer.state_dict().items()}
        self.step, self.minutes, self.smooth = 0, 0.0, 0.0

    @property
    def share(self) -> float:
        return self.minutes / self.plan.minutes

    def advance(self) -> None:
        """One step; the parameters' moving average is what is kept in the end."""
        started = time.monotonic()
        self.trainer.ready(frozen=self.share > self.plan.thaw)
        self.trainer.zero_grad(set_to_none=True)
        loss = self.trainer.step_loss(self.plan.size, self.plan.texts)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.trainer.parameters(), 1.0)
        self.optimizer.step(self._rate())
        self._keep()
        self.smooth = loss.item() if self.step == 0 else 0.98 * self.smooth + 0.02 * loss.item()
        self.step += 1
        self.minutes += (time.monotonic() - started) / 60

    def _rate(self) -> float:
        warm = min(1.0, (self.step + 1) / 60)
        return self.plan.rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1.0, self.share))) + 1e-6

    @torch.no_grad()
    def _keep(self) -> None:
        decay = min(0.999, (self.step + 1) / (self.step + 10))
        for name, live in self.trainer.state_dict().items():
            if live.is_floating_point():
                self.kept[name].lerp_(live, 1 - decay)
            else:
                self.kept[name].copy_(live)

    def save(self) -> None:
        here = {"step": self.step, "minutes": self.minutes, "smooth": self.smooth, "plan": asdict(self.plan)}
        states = {"trainer": self.trainer.state_dict(), "optimizer": self.optimizer.state_dict(), "kept": self.kept}
        _write(self.name + "-now", here | states)

    def resume(self) -> None:
        """Go on where a run of this name and plan was broken off, with the random numbers of a new start."""
        path = run_file(self.name + "-now")
        if path.exists():
            held = torch.load(path, weights_only=True)
            if held["plan"] != asdict(self.plan):
                raise ValueError(f"{path} was begun with {held['plan']}; remove it, or train with the same options")
            self.trainer.load_state_dict(held["trainer"])
            self.optimizer.load_state_dict(held["optimizer"])
            self.kept = held["kept"]
            self.step, self.minutes, self.smooth = held["step"], held["minutes"], held["smooth"]
            self.trainer.rng = np.random.default_rng([self.plan.seed, self.step])

    def finish(self) -> None:
        """Write what `training.export` reads."""
        self.trainer.load_state_dict(self.kept)
        self.trainer.centre()
        states = self.trainer.state_dict()
        towers = {
            tower: {n.removeprefix(f"{tower}."): t for n, t in states.items() if n.startswith(f"{tower}.")}
            for tower in ("audio", "text")
        }
        _write(self.name, towers | {"table": self.trainer.table.vectors, "cohort": self.trainer.cohort()})
        run_file(self.name + "-now").unlink(missing_ok=True)


def run_file(name: str) -> Path:
    return DATA / "runs" / f"{name}.pt"


def _write(name: str, held: dict[str, Any]) -> None:
    run_file(name).parent.mkdir(exist_ok=True)
    torch.save(held, part := run_file(name).with_suffix(".part"))
    part.rename(run_file(name))


def train(name: str, plan: Plan, tower: AudioTower, names: list[str] | None = None) -> None:
    """Train `tower` and a text tower for `plan.minutes`, saving every 300 steps; nothing to do for a finished run."""
    if run_file(name).exists():
        print(f"{run_file(name)} is there; remove it to train again")
        return
    data = load_data(names)
    run = Run(name, plan, Trainer(data, plan, tower))
    run.resume()
    print(f"{len(data.starts)} windows, {len(data.tagged.tags)} tags, from step {run.step}", flush=True)
    while run.share < 1:
        run.advance()
        if run.step % 100 == 0:
            print(f"{run.step} {run.minutes:.1f} min loss {run.smooth:.3f} scale {run.trainer.scale:.1f}", flush=True)
        if run.step % 300 == 0:
            run.save()
    run.finish()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--minutes", type=float, default=52.0)
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--thaw", type=float, default=0.4, help="share of the run before batch norms are frozen")
    parser.add_argument("--lesson", type=float, default=1.0, help="weight of the teacher's lesson; 0: none")
    parser.add_argument("--texts", type=int, default=12, help="captions a clip and step")
    parser.add_argument("--muon", type=float, default=3.0, help="Muon's learning rate over AdamW's; 0: AdamW alone")
    parser.add_argument("--sources", nargs="*", default=None)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    plan = Plan(given.minutes, given.batch, given.rate, given.seed, given.thaw, given.lesson, given.texts, given.muon)
    train(given.name, plan, AudioTower(), given.sources)


if __name__ == "__main__":
    main()

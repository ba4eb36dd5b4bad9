# ruff: noqa: E501  (tables and formulas read better in one row)
"""Stage 3: train both towers. `python -m training.train NAME --minutes 4`; writes DATA/runs/NAME.pt and prints figures.

Multi-positive InfoNCE in both directions; batches are random over the whole data (never bucketed by length), clips are
drawn by their rarest tag's count^-0.5.
"""

import argparse
import math
import time
from dataclasses import dataclass

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


@dataclass
class Data:
    frames: npt.NDArray[np.float16]
    starts: npt.NDArray[np.int64]
    descriptors: npt.NDArray[np.float32]
    tagged: Tagged
    weights: npt.NDArray[np.float64]


def load_data(names: list[str] | None) -> Data:
    frames, starts, descriptors, words, base = [], [], [], [], 0
    for shard in load_shards(names):
        frames.append(shard.frames)
        starts.append(np.stack([shard.starts[:-1], shard.starts[1:]], 1) + base)
        base += int(shard.starts[-1])
        descriptors.append(shard.descriptors)
        words += shard.words
    joined = np.concatenate(descriptors)[:, : len(DESCRIPTORS)]
    tagged = tag(words, joined)
    counts = tagged.has.sum(0)
    weights = np.array([1.0 / math.sqrt(min(counts[own])) for own in tagged.own])
    return Data(np.concatenate(frames), np.concatenate(starts), joined, tagged, weights / weights.sum())


def audio_batch(
    data: Data, rng: np.random.Generator, rows: npt.NDArray[np.int64], most: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Windows of the clips, augmented: tilt and ripple of the spectrum, level, bands and frames hidden, a small shift."""
    spans = data.starts[rows]
    lengths = np.minimum(spans[:, 1] - spans[:, 0], most)
    size = filled_length(int(lengths.max()))
    batch = np.full((len(rows), size, BANDS), FLOOR_VALUE, np.float32)
    for k, ((start, _), length) in enumerate(zip(spans, lengths, strict=True)):
        window = data.frames[start : start + length].astype(np.float32)
        tilt = np.linspace(-1, 1, BANDS) * rng.normal(0, 0.1) + np.interp(
            np.arange(BANDS), np.linspace(0, 63, 6), rng.normal(0, 0.08, 6)
        )
        window = np.maximum(window + tilt + rng.normal(0, 0.08), FLOOR_VALUE)
        if rng.random() < 0.3:
            band = rng.integers(0, BANDS - 8)
            window[:, band : band + rng.integers(2, 9)] = FLOOR_VALUE
        if rng.random() < 0.2 and length > 40:
            frame = rng.integers(8, length - 10)
            window[frame : frame + rng.integers(2, 10)] = FLOOR_VALUE
        if rng.random() < 0.3:
            window = np.maximum(window, rng.uniform(FLOOR_VALUE, FLOOR_VALUE + 1.0))
        batch[k, :length] = window
    known = data.descriptors[rows] + rng.normal(0, 0.05, (len(rows), len(DESCRIPTORS))).astype(np.float32)
    return torch.from_numpy(batch), torch.from_numpy(known.astype(np.float32)), torch.from_numpy(lengths)


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
        self.audio.mean.copy_(torch.from_numpy(data.descriptors.mean(0)))
        self.audio.deviation.copy_(torch.from_numpy(data.descriptors.std(0) + 1e-3))
        self.log_scale = torch.nn.Parameter(torch.tensor(math.log(14.0)))
        self.captioner = Captioner(data.tagged)
        self.audio = self.audio.to(memory_format=torch.channels_last)

    def step_loss(self, size: int, texts: int) -> Tensor:
        rows = self.rng.choice(len(self.data.starts), size, replace=False, p=self.data.weights)
        captions = [self.captioner.draw(self.rng, int(r)) for r in rows for _ in range(texts)]
        wanted = np.zeros((len(captions), len(self.data.tagged.tags)), np.float32)
        for k, (_, tags) in enumerate(captions):
            wanted[k, tags] = 1
        have = self.data.tagged.has[rows].astype(np.float32)
        right = torch.from_numpy(have @ wanted.T >= wanted.sum(1)[None])
        batch = audio_batch(self.data, self.rng, rows, int(self.rng.choice(CROPS, p=[0.5, 0.3, 0.2])))
        with torch.autocast("cpu", torch.bfloat16):
            sound = self.audio(*batch)
        text = self.text(self.table.means([t for t, _ in captions]))
        return loss_of(sound.float(), text, right, self.log_scale.exp().clamp(max=60))


def train(name: str, minutes: float, size: int, rate: float, seed: int, names: list[str] | None) -> None:
    trainer = Trainer(load_data(names), seed)
    data = trainer.data
    print(
        f"{len(data.starts)} windows, {len(data.tagged.tags)} tags, {sum(p.numel() for p in trainer.audio.parameters()):,} parameters",
        flush=True,
    )
    parameters = [*trainer.audio.parameters(), *trainer.text.parameters(), trainer.log_scale]
    optimizer = torch.optim.AdamW(parameters, rate, weight_decay=0.02)
    started, step, smooth = time.monotonic(), 0, 0.0
    while (share := (time.monotonic() - started) / (minutes * 60)) < 1:
        frozen = share > 0.93
        trainer.audio.train(), trainer.text.train()
        if frozen:
            for module in trainer.audio.modules():
                if isinstance(module, torch.nn.BatchNorm2d):
                    module.eval()
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 60) * (0.5 + 0.5 * math.cos(math.pi * share)) + 1e-6
        optimizer.zero_grad(set_to_none=True)
        loss = trainer.step_loss(size, 2)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        smooth = loss.item() if step == 0 else 0.98 * smooth + 0.02 * loss.item()
        step += 1
        if step % 50 == 0:
            print(
                f"{step} {share * minutes:.1f} min loss {smooth:.3f} scale {trainer.log_scale.exp().item():.1f}",
                flush=True,
            )
    (DATA / "runs").mkdir(exist_ok=True)
    torch.save(
        {"audio": trainer.audio.state_dict(), "text": trainer.text.state_dict(), "table": trainer.table.vectors},
        DATA / "runs" / f"{name}.pt",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--batch", type=int, default=160)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sources", nargs="*", default=None)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    train(given.name, given.minutes, given.batch, given.rate, given.seed, given.sources)


if __name__ == "__main__":
    main()

"""The compact encoder's two networks (torch). Ours; trained by `training/`."""

from collections.abc import Sequence
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from soundpalette.core.encoders.compact_frontend import BANDS, DESCRIPTORS, FLOOR_VALUE

DIMENSION: Final = 256
CHANNELS: Final = (32, 64, 128, 192)
WIDE: Final = 512
MIN_FRAMES: Final = 32
FRAME_STEP: Final = 16
"""Frames are filled with silence to a multiple of this: it depends on the window alone, never on its batch."""

BATCH: Final = 16
"""Windows in the network at once: more leave the processor's caches (320: twice as long each, and 1.3 GB)."""
IDLE: Final = 100
"""Frames that a batch may compute for nothing, behind the ends of its shorter windows: a batch more costs as much."""


class Block(nn.Module):
    """Two 3x3 convolutions with a way around; the first may take steps of (time, bands)."""

    def __init__(self, inside: int, outside: int, step: tuple[int, int]) -> None:
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, step, 1, bias=False)
        self.first_norm: nn.Module = nn.BatchNorm2d(outside)
        self.second = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.second_norm: nn.Module = nn.BatchNorm2d(outside)
        around = nn.Sequential(nn.AvgPool2d(step, step, ceil_mode=True), nn.Conv2d(inside, outside, 1, bias=False))
        self.around: nn.Module = around if step != (1, 1) or inside != outside else nn.Identity()

    def forward(self, x: Tensor, alive: Tensor | None = None) -> Tensor:
        inner = _ended(functional.relu(self.first_norm(self.first(x))), alive)
        return _ended(functional.relu(self.second_norm(self.second(inner)) + self.around(x)), alive)

    def fuse(self) -> None:
        self.first, self.first_norm = _fused(self.first, self.first_norm), nn.Identity()
        self.second, self.second_norm = _fused(self.second, self.second_norm), nn.Identity()


class Matrix(nn.Linear):
    """A linear layer that computes in its weights' kind and answers in float32."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.to(self.weight.dtype)).float()


class AudioTower(nn.Module):
    """Log-mel [n, frames, 64], descriptors [n, 32] and true lengths [n] -> features [n, 256]."""

    mean: Tensor
    deviation: Tensor
    middle: Tensor
    """Taken off every unit vector: a part of their mean, since vectors near it are neighbours of everything."""

    def __init__(self) -> None:
        super().__init__()
        one, two, three, four = CHANNELS
        self.stem = nn.Sequential(nn.Conv2d(1, one, 5, 2, 2, bias=False), nn.BatchNorm2d(one), nn.ReLU())
        self.blocks = nn.Sequential(
            Block(one, two, (2, 2)), Block(two, three, (2, 2)), Block(three, three, (1, 1)), Block(three, four, (2, 1)),
        )  # fmt: skip
        self.fold = nn.Sequential(Matrix(four * BANDS // 8, WIDE, bias=False), nn.LayerNorm(WIDE), nn.ReLU())
        self.attention = nn.Linear(WIDE, 4)
        self.measured = nn.Sequential(nn.Linear(len(DESCRIPTORS), 64), nn.ReLU())
        self.head = nn.Sequential(
            Matrix(WIDE * 3 + 64, 640), nn.LayerNorm(640), nn.ReLU(), nn.Dropout(0.15), nn.Linear(640, DIMENSION)
        )
        self.register_buffer("mean", torch.zeros(len(DESCRIPTORS)))
        self.register_buffer("deviation", torch.ones(len(DESCRIPTORS)))
        self.register_buffer("middle", torch.zeros(DIMENSION))

    def fuse(self, kind: torch.dtype) -> None:
        """For inference, once: batch norms become part of their convolutions, which compute in `kind`, channels last.

        The two wide matrices compute in `kind`, too. A fused tower can neither be trained nor loaded into.
        """
        self.stem = nn.Sequential(_fused(self.stem[0], self.stem[1]), nn.ReLU())
        for block in self.blocks:
            cast(Block, block).fuse()
        for part in (self.stem, self.blocks):
            part.to(kind, memory_format=torch.channels_last)  # type: ignore[call-overload]  # documented, not typed
        for matrix in (self.fold[0], self.head[0]):
            matrix.to(kind)

    def forward(self, frames: Tensor, descriptors: Tensor, lengths: Tensor) -> Tensor:
        return self.placed(self.heard(frames, descriptors, lengths))

    def placed(self, heard: Tensor) -> Tensor:
        """Features [n, 256] of what was `heard`."""
        return functional.normalize(self.head(heard), dim=1) - self.middle

    def heard(self, frames: Tensor, descriptors: Tensor, lengths: Tensor, alive: Tensor | None = None) -> Tensor:
        """What the head reads, [n, 1600]: mean, maximum and attention over the true frames, and what was measured.

        Windows filled to different lengths end where `alive` [n, frames / 16] turns from 1 to 0, and are zero behind:
        each layer's outcome is zero there, too, as if its padding began there, so that each is heard as if alone.
        """
        kind = next(self.stem.parameters()).dtype
        deep = _ended(self.stem(frames[:, None].to(kind, memory_format=torch.channels_last)), alive)
        for block in self.blocks:
            deep = block(deep, alive)
        x = self.fold(deep.transpose(1, 2).flatten(2))
        steps = torch.arange(x.shape[1], device=x.device)
        inside = (steps[None] < (lengths[:, None] + FRAME_STEP - 1) // FRAME_STEP)[..., None]
        scores = self.attention(x).masked_fill(~inside, float("-inf")).softmax(1)
        attended = torch.einsum("bth,bthd->bhd", scores, x.unflatten(-1, (4, -1))).flatten(1)
        mean = (x * inside).sum(1) / inside.sum(1)
        top = x.masked_fill(~inside, float("-inf")).amax(1)
        known = ((descriptors - self.mean) / self.deviation).clamp(-3, 3)
        return torch.cat([mean, top, attended, self.measured(known)], 1)


class TextTower(nn.Module):
    """The mean of static token vectors [n, 256] -> text features [n, 256]."""

    middle: Tensor
    """As the audio tower's."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("middle", torch.zeros(DIMENSION))
        self.lift = nn.Sequential(nn.Linear(DIMENSION, 768), nn.GELU(), nn.Dropout(0.1), nn.Linear(768, DIMENSION))
        self.straight = nn.Linear(DIMENSION, DIMENSION)

    def forward(self, mean: Tensor) -> Tensor:
        return functional.normalize(self.straight(mean) + self.lift(mean), dim=1) - self.middle


def _fused(convolution: nn.Module, norm: nn.Module) -> nn.Conv2d:
    """A convolution and the batch norm behind it as one convolution."""
    return fuse_conv_bn_eval(cast(nn.Conv2d, convolution), cast(nn.BatchNorm2d, norm))


def _ended(x: Tensor, alive: Tensor | None) -> Tensor:
    """`x` [n, channels, steps, bands], zero where a window is over."""
    if alive is None:
        return x
    return x.mul_(alive.repeat_interleave(x.shape[2] // alive.shape[1], 1)[:, None, :, None])


def filled_length(frames: int) -> int:
    """To how many frames a window of `frames` is filled."""
    return max(MIN_FRAMES, -(-frames // FRAME_STEP) * FRAME_STEP)


def batches_of(frames: Sequence[int]) -> list[list[int]]:
    """Which of windows with so many `frames` each go through the network together: neighbours in length."""
    ends = [filled_length(count) for count in frames]
    batches: list[list[int]] = []
    idle = 0
    for row in sorted(range(len(ends)), key=ends.__getitem__, reverse=True):
        idle += ends[batches[-1][0]] - ends[row] if batches else 0
        if not batches or len(batches[-1]) == BATCH or idle > IDLE:
            batches.append([])
            idle = 0
        batches[-1].append(row)
    return batches


def fill(frames: Tensor, length: int) -> Tensor:
    """Frames [t, 64] followed by silence up to `length`."""
    return functional.pad(frames, (0, 0, 0, length - len(frames)), value=FLOOR_VALUE)

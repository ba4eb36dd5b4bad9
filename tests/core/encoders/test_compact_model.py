"""The compact encoder's networks, with random weights: what must hold whatever they have learned."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from soundpalette.core.encoders.compact_frontend import BANDS, DESCRIPTORS
from soundpalette.core.encoders.compact_model import (
    BATCH,
    FRAME_STEP,
    IDLE,
    AudioTower,
    batches_of,
    fill,
    filled_length,
)

ALONE_OR_IN_A_BATCH = 1e-6
"""Of features: sums over a window's steps are rounded in another order where zeros stand behind."""


@pytest.fixture(scope="module")
def tower() -> AudioTower:
    """Random weights, batch norms far from identity."""
    torch.manual_seed(0)
    tower = AudioTower().eval()
    for module in tower.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1)  # type: ignore[union-attr]
            module.running_var.uniform_(0.05, 0.2)  # type: ignore[union-attr]
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.3, 0.3)
    return tower


def features(tower: AudioTower, frames: Tensor, length: int) -> Tensor:
    known = torch.linspace(-1, 1, len(DESCRIPTORS))[None]
    with torch.inference_mode():
        heard: Tensor = tower(frames[None], known, torch.tensor([length]))
    return heard[0]


@pytest.mark.parametrize("count", [1, 16, 17, 101, 301])
def test_a_fused_tower_computes_what_it_computed_before(tower: AudioTower, count: int) -> None:
    frames = fill(torch.randn(count, BANDS, generator=torch.Generator().manual_seed(count)), filled_length(count))
    fused, short = copy.deepcopy(tower), copy.deepcopy(tower)
    fused.fuse(torch.float32)
    short.fuse(torch.bfloat16)
    before = features(tower, frames, count)
    torch.testing.assert_close(features(fused, frames, count), before, rtol=0, atol=1e-5)
    assert torch.cosine_similarity(features(short, frames, count), before, dim=0) > 0.999


@pytest.mark.parametrize(("frames", "filled"), [(1, 32), (32, 32), (33, 48), (48, 48), (301, 304)])
def test_windows_are_filled_to_a_multiple_of_the_step(frames: int, filled: int) -> None:
    assert filled_length(frames) == filled
    assert filled % FRAME_STEP == 0


def test_what_lies_far_behind_a_window_s_end_is_not_heard(tower: AudioTower) -> None:
    heard = torch.randn(16, BANDS, generator=torch.Generator().manual_seed(1))
    silence, noise = fill(heard, 304), fill(heard, 304)
    noise[160:] = 1.0
    torch.testing.assert_close(features(tower, noise, 16), features(tower, silence, 16), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_a_window_is_heard_in_an_uneven_batch_as_alone(tower: AudioTower, kind: torch.dtype) -> None:
    fused = copy.deepcopy(tower)
    fused.fuse(kind)
    counts = [301, 300, 208, 97, 32, 1]
    windows = [torch.randn(count, BANDS, generator=torch.Generator().manual_seed(count)) for count in counts]
    known = torch.linspace(-1, 1, len(DESCRIPTORS))
    together = torch.zeros(len(counts), 304, BANDS)
    for row, window in zip(together, windows, strict=True):
        row[: filled_length(len(window))] = fill(window, filled_length(len(window)))
    ends = torch.tensor([filled_length(count) for count in counts])
    alive = torch.arange(0, 304, FRAME_STEP) < ends[:, None]
    with torch.inference_mode():
        heard = fused.placed(fused.heard(together, known.expand(len(counts), -1), torch.tensor(counts), alive))
    alone = [features(fused, fill(window, filled_length(len(window))), len(window)) for window in windows]
    torch.testing.assert_close(heard, torch.stack(alone), rtol=0, atol=ALONE_OR_IN_A_BATCH)


@given(st.lists(st.integers(1, 301), max_size=60))
def test_batches_take_each_window_once_and_waste_little(frames: list[int]) -> None:
    batches = batches_of(frames)
    assert sorted(row for batch in batches for row in batch) == list(range(len(frames)))
    for batch in batches:
        ends = [filled_length(frames[row]) for row in batch]
        assert len(batch) <= BATCH
        assert sum(max(ends) - end for end in ends) <= IDLE

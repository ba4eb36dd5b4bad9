"""The optimizer steps the network's own memory: kernels through views as matrices."""

from copy import deepcopy

import pytest
import torch

from soundpalette.core.encoders.compact_model import AudioTower
from training.optimizer import Optimizer, is_wide

RATE = 1e-3
MUON = 3.0


def give_gradients(tower: AudioTower, seed: int) -> None:
    torch.manual_seed(seed)
    for weight in tower.parameters():
        weight.grad = torch.randn(weight.shape).to(memory_format=torch.preserve_format)


def a_tower() -> AudioTower:
    torch.manual_seed(0)
    tower = AudioTower()
    tower.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # documented, not typed
    return tower


def test_every_parameter_takes_a_step_of_about_the_rate() -> None:
    tower = a_tower()
    optimizer = Optimizer(tower, MUON)
    before = {name: weight.detach().clone() for name, weight in tower.named_parameters()}
    give_gradients(tower, 1)
    optimizer.step(RATE)
    for name, weight in tower.named_parameters():
        moved = (weight.detach() - before[name]).square().mean().sqrt().item()
        expected = RATE * (MUON * 0.2 if is_wide(name, weight) else 1.0)
        assert moved == pytest.approx(expected, rel=0.5), name


def test_a_step_goes_on_from_its_state() -> None:
    one, two = a_tower(), a_tower()
    first, second = Optimizer(one, MUON), Optimizer(two, MUON)
    for tower, optimizer in ((one, first), (two, second)):
        give_gradients(tower, 1)
        optimizer.step(RATE)
    second = Optimizer(two, MUON)
    second.load_state_dict(deepcopy(first.state_dict()))
    for tower, optimizer in ((one, first), (two, second)):
        give_gradients(tower, 2)
        optimizer.step(RATE)
    for a, b in zip(one.parameters(), two.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)


def test_without_muon_all_parameters_are_adamws() -> None:
    tower = a_tower()
    optimizer = Optimizer(tower, 0.0)
    before = {name: weight.detach().clone() for name, weight in tower.named_parameters()}
    give_gradients(tower, 1)
    optimizer.step(RATE)
    for name, weight in tower.named_parameters():
        assert (weight.detach() - before[name]).abs().max().item() == pytest.approx(RATE, rel=0.2), name

"""The optimizer: Muon for kernels and matrices, AdamW for all else."""

from typing import Any, Final

import torch
from torch import Tensor, nn

WEIGHT_DECAY: Final = 0.02
SMALL: Final = ("stem.", "attention.", "measured.")


class Optimizer:
    """Both optimizers as one. Muon is torch's, which takes matrices alone: a kernel [out, in, h, w] is shown to it as
    [out, h * w * in], a view of the same memory (the tower is channels last)."""

    def __init__(self, module: nn.Module, muon: float) -> None:
        """For all parameters of `module`. `muon` is Muon's learning rate over AdamW's; 0 leaves all to AdamW."""
        self._factors = (muon, 1.0)
        wide = [weight for name, weight in module.named_parameters() if muon and is_wide(name, weight)]
        self._views = [(weight, nn.Parameter(_matrix(weight.detach()))) for weight in wide]
        others = {id(weight) for weight in wide}
        rest = [weight for weight in module.parameters() if id(weight) not in others]
        matrices = [view for _, view in self._views]
        self._parts: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon([{"params": matrices}], weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, weight_decay=WEIGHT_DECAY, fused=True),
        )

    def step(self, rate: float) -> None:
        """One step along the parameters' gradients, AdamW's at this learning rate."""
        for weight, view in self._views:
            view.grad = None if weight.grad is None else _matrix(weight.grad)
        for part, factor in zip(self._parts, self._factors, strict=True):
            for group in part.param_groups:
                group["lr"] = factor * rate
            part.step()

    def state_dict(self) -> dict[str, Any]:
        return {str(k): part.state_dict() for k, part in enumerate(self._parts)}

    def load_state_dict(self, held: dict[str, Any]) -> None:
        for k, part in enumerate(self._parts):
            part.load_state_dict(held[str(k)])


def is_wide(name: str, weight: Tensor) -> bool:
    """Whether Muon takes it: kernels and matrices, but for what first meets the input and the few rows of attention."""
    return weight.ndim >= 2 and not any(part in name for part in SMALL)


def _matrix(weight: Tensor) -> Tensor:
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1) if weight.ndim == 4 else weight

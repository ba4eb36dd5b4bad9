"""A transformer with layer norms after its halves, as BERT and HuBERT are, over sequences of many lengths at once.

The tokens of all sequences stand in one table, so that linear layers and norms run over them together; attention alone
goes length by length. Nothing is ever padded or masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from soundpalette.core.encoders.packing import Pack, unpack
from soundpalette.core.encoders.tensors import Tensors

if TYPE_CHECKING:
    import torch


TOKENS: Final = 1_000
"""So many are in a batch, about: oneDNN chooses its order by that."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a layer's tensors are called, without `.weight` and `.bias`."""

    query: str
    key: str
    value: str
    merge: str
    mixed: str
    widen: str
    narrow: str
    widened: str


@dataclass(frozen=True, slots=True)
class Linear:
    weight: torch.Tensor
    bias: torch.Tensor

    @classmethod
    def of(cls, tensors: Tensors, name: str) -> Linear:
        return cls(tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def __call__(self, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        return functional.linear(hidden, self.weight, self.bias)

    def gelu(self, hidden: torch.Tensor) -> torch.Tensor:
        """GELU of what the layer gives."""
        from torch.nn import functional

        return functional.gelu(self(hidden))


@dataclass(frozen=True, slots=True)
class Packed:
    """A linear layer whose weights stand in oneDNN's own order, which it would else bring them into at every call.

    These are the calls that torch's compiler makes. For 1,000 tokens they take 0.6 to 0.9 of the time, GELU included.
    """

    weight: torch.Tensor
    bias: torch.Tensor

    def __call__(self, hidden: torch.Tensor) -> torch.Tensor:
        return self._done(hidden, "none", "")

    def gelu(self, hidden: torch.Tensor) -> torch.Tensor:
        """GELU of what the layer gives, before it is rounded."""
        return self._done(hidden, "gelu", "none")

    def _done(self, hidden: torch.Tensor, then: str, how: str) -> torch.Tensor:
        import torch

        done: torch.Tensor = torch.ops.mkldnn._linear_pointwise(hidden, self.weight, self.bias, then, [], how)
        return done


def packed(linear: Linear | Packed) -> Linear | Packed:
    """Where the processor computes in bfloat16 and torch has oneDNN; elsewhere as it is."""
    import torch

    weight = linear.weight
    if not hasattr(torch.ops.mkldnn, "_linear_pointwise") or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return linear
    if isinstance(linear, Packed) or weight.device.type != "cpu" or weight.dtype != torch.bfloat16:
        return linear
    return Packed(torch.ops.mkldnn._reorder_linear_weight(weight, TOKENS), linear.bias)


@dataclass(frozen=True, slots=True)
class Norm:
    weight: torch.Tensor
    bias: torch.Tensor
    epsilon: float

    @classmethod
    def of(cls, tensors: Tensors, name: str, epsilon: float) -> Norm:
        return cls(tensors[f"{name}.weight"], tensors[f"{name}.bias"], epsilon)

    def __call__(self, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        return functional.layer_norm(hidden, self.weight.shape, self.weight, self.bias, self.epsilon)


@dataclass(frozen=True, slots=True)
class Layer:
    """Query, key and value in one matrix; the query's part is scaled for the dot products beforehand."""

    mix: Linear | Packed
    merge: Linear | Packed
    mixed: Norm
    widen: Linear | Packed
    narrow: Linear | Packed
    widened: Norm
    heads: int

    @classmethod
    def of(cls, tensors: Tensors, names: Names, heads: int, epsilon: float) -> Layer:
        return cls(
            _mix(tensors, names, heads),
            Linear.of(tensors, names.merge),
            Norm.of(tensors, names.mixed, epsilon),
            Linear.of(tensors, names.widen),
            Linear.of(tensors, names.narrow),
            Norm.of(tensors, names.widened, epsilon),
            heads,
        )

    def __call__(self, hidden: torch.Tensor, packs: Sequence[Pack]) -> torch.Tensor:
        """[tokens, width] -> [tokens, width]."""
        import torch

        context = torch.cat([_attend(part, self.heads) for part in unpack(self.mix(hidden), packs)])
        hidden = self.mixed(self.merge(context).add_(hidden))
        return self.widened(self.narrow(self.widen.gelu(hidden)).add_(hidden))

    def packed(self) -> Layer:
        """For many tokens at once."""
        mix, merge, widen, narrow = map(packed, (self.mix, self.merge, self.widen, self.narrow))
        return replace(self, mix=mix, merge=merge, widen=widen, narrow=narrow)


def _mix(tensors: Tensors, names: Names, heads: int) -> Linear:
    import torch

    query, key, value = (Linear.of(tensors, name) for name in (names.query, names.key, names.value))
    # A power of two for heads of 64, so exact in bfloat16, too.
    scale = (query.weight.shape[0] // heads) ** -0.5
    return Linear(
        torch.cat([query.weight * scale, key.weight, value.weight]),
        torch.cat([query.bias * scale, key.bias, value.bias]),
    )


def _attend(mixed: torch.Tensor, heads: int) -> torch.Tensor:
    """Queries, keys and values [n, length, 3 · width] -> what they attend to [n · length, width]."""
    import torch
    from torch.nn import functional

    query, key, value = mixed.view(*mixed.shape[:2], 3, heads, -1).permute(2, 0, 3, 1, 4)
    context: torch.Tensor
    if mixed.device.type == "cpu" and mixed.dtype == torch.bfloat16:
        # torch's fused attention takes 1.8 times as long there as two matrix products (374 tokens, AVX512-BF16).
        context = (query @ key.mT).softmax(-1) @ value
    else:
        context = functional.scaled_dot_product_attention(query, key, value, scale=1.0)
    return context.transpose(1, 2).flatten(2).flatten(0, 1)

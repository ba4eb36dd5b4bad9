"""HuBERT's forward pass over its tensors: seven convolutions, a positional one, a transformer. No transformers needed.

Paper: Hsu et al., "HuBERT: Self-Supervised Speech Representation Learning by Masked Prediction of Hidden Units" (2021).
Arithmetic as in transformers' `HubertModel` (feat_extract_norm "group", no stable layer norm).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from soundpalette.core.encoders.packing import Pack, unpack
from soundpalette.core.encoders.runtime import Placement
from soundpalette.core.encoders.tensors import Tensors
from soundpalette.core.encoders.transformer import Layer, Linear, Names, Norm

if TYPE_CHECKING:
    import torch

CONVOLVED: Final = 120_000
"""Frames convolved at once: the first layer's output for 5 s (25 MB in bfloat16) still finds room in a large cache."""
SHORTEST: Final = 24_000
STEP: Final = 6_400
"""Frames. Windows are convolved with silence behind them, up to one of 16 lengths between 1 s and 5 s (both among them,
at 24 kHz): a library of one-shots has a length a file, and the kernels made for each would take 6 MB. What is computed
from that silence alone is cut off again; the norm over time is that of the window without it, so all this is exact."""
SHORTEST_TOKENS: Final = 74
STEP_TOKENS: Final = 20
"""The same in tokens."""
GROUP_EPSILON: Final = 1e-5
"""torch's default for a group norm, which the published code leaves as it is."""
LARGEST: Final = 65_536
"""No size in a config.json is larger: the file may come from anybody, and layers are counted up to it."""

_REQUIRED: Final = {
    "feat_extract_norm": "group",
    "feat_extract_activation": "gelu",
    "hidden_act": "gelu",
    "conv_bias": False,
    "conv_pos_batch_norm": False,
    "feat_proj_layer_norm": True,
    "do_stable_layer_norm": False,
}
_FIRST: Final = "feature_extractor.conv_layers.0"
_PLACES: Final = "encoder.pos_conv_embed.conv"
_MAGNITUDE, _DIRECTION = (f"{_PLACES}.parametrizations.weight.original{part}" for part in (0, 1))


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes of a HuBERT, under the names and with the defaults of transformers' HubertConfig."""

    conv_dim: tuple[int, ...] = (512,) * 7
    conv_kernel: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    conv_stride: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    layer_norm_eps: float = 1e-5
    num_conv_pos_embeddings: int = 128
    num_conv_pos_embedding_groups: int = 16

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Architecture:
        """From a config.json. Raises ValueError for a variant with another arithmetic, or what are no sizes."""
        for key, wanted in _REQUIRED.items():
            if config.get(key, wanted) != wanted:
                raise ValueError(f"{key} is {config[key]!r}, {wanted!r} is supported")
        given: dict[str, Any] = {key: config[key] for key in cls.__dataclass_fields__ if key in config}
        given |= {key: tuple(value) for key, value in given.items() if isinstance(value, list)}
        found = cls(**given)
        found._check()
        return found

    def _check(self) -> None:
        convolutions = (self.conv_dim, self.conv_kernel, self.conv_stride)
        sizes = [self.hidden_size, self.num_hidden_layers, self.num_attention_heads, self.intermediate_size]
        sizes += [self.num_conv_pos_embeddings, self.num_conv_pos_embedding_groups]
        if not all(isinstance(sizes, tuple) for sizes in convolutions):
            raise ValueError("conv_dim, conv_kernel and conv_stride have to be lists")
        sizes += [size for each in convolutions for size in each]
        if not all(type(size) is int and 0 < size <= LARGEST for size in sizes):
            raise ValueError(f"sizes have to be whole numbers from 1 to {LARGEST:,}")
        if not isinstance(self.layer_norm_eps, float):
            raise ValueError(f"layer_norm_eps is {self.layer_norm_eps!r}, it has to be a number")
        if not len(self.conv_dim) == len(self.conv_kernel) == len(self.conv_stride) > 0:
            raise ValueError("conv_dim, conv_kernel and conv_stride differ in length")
        if self.hidden_size % self.num_attention_heads or self.hidden_size % self.num_conv_pos_embedding_groups:
            raise ValueError("hidden_size is no multiple of num_attention_heads and num_conv_pos_embedding_groups")

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor."""
        width, taps = self.hidden_size, self.num_conv_pos_embeddings
        shapes: dict[str, tuple[int, ...]] = {"masked_spec_embed": (width,)}
        inner = (1, *self.conv_dim)
        for layer, kernel in enumerate(self.conv_kernel):
            shapes[f"feature_extractor.conv_layers.{layer}.conv.weight"] = (inner[layer + 1], inner[layer], kernel)
        shapes |= _norm(f"{_FIRST}.layer_norm", inner[1]) | _norm("feature_projection.layer_norm", inner[-1])
        shapes |= _linear("feature_projection.projection", width, inner[-1]) | _norm("encoder.layer_norm", width)
        shapes |= {f"{_PLACES}.bias": (width,), _MAGNITUDE: (1, 1, taps)}
        shapes |= {_DIRECTION: (width, width // self.num_conv_pos_embedding_groups, taps)}
        for layer in range(self.num_hidden_layers):
            shapes |= self._layer(names(layer))
        return shapes

    def _layer(self, named: Names) -> dict[str, tuple[int, ...]]:
        width, wide = self.hidden_size, self.intermediate_size
        shapes = _norm(named.mixed, width) | _norm(named.widened, width)
        for name in (named.query, named.key, named.value, named.merge):
            shapes |= _linear(name, width, width)
        return shapes | _linear(named.widen, wide, width) | _linear(named.narrow, width, wide)


def names(layer: int) -> Names:
    """What the tensors of a transformer layer are called."""
    prefix = f"encoder.layers.{layer}."
    attention, feed = f"{prefix}attention.", f"{prefix}feed_forward."
    return Names(
        query=f"{attention}q_proj",
        key=f"{attention}k_proj",
        value=f"{attention}v_proj",
        merge=f"{attention}out_proj",
        mixed=f"{prefix}layer_norm",
        widen=f"{feed}intermediate_dense",
        narrow=f"{feed}output_dense",
        widened=f"{prefix}final_layer_norm",
    )


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _linear(name: str, out: int, inner: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, inner), f"{name}.bias": (out,)}


class Hubert:
    """The network, from the tensors that `Architecture.shapes` names. Holds no state: threads may share it."""

    def __init__(self, tensors: Tensors, sizes: Architecture) -> None:
        epsilon = sizes.layer_norm_eps
        self._first = _First.of(tensors, sizes)
        self._later = [_Convolution.of(tensors, sizes, layer) for layer in range(1, len(sizes.conv_dim))]
        self._fitted = Norm.of(tensors, "feature_projection.layer_norm", epsilon)
        self._fit = Linear.of(tensors, "feature_projection.projection")
        self._places = _Places.of(tensors, sizes)
        self._norm = Norm.of(tensors, "encoder.layer_norm", epsilon)
        layers = range(sizes.num_hidden_layers)
        self._layers = [
            Layer.of(tensors, names(layer), sizes.num_attention_heads, epsilon).packed() for layer in layers
        ]

    def means(self, groups: Sequence[torch.Tensor]) -> torch.Tensor:
        """Mean over time and all hidden states, float32 [windows, width], of the windows of all `groups`.

        A group is float32 [n, frames] on the processor: windows of equal length.
        """
        import torch

        sounds = [self._convolved(group) for group in groups]
        packs = [Pack(*sound.shape[:2]) for sound in sounds]
        hidden = self._fit(self._fitted(torch.cat([sound.flatten(0, 1) for sound in sounds])))
        del sounds
        hidden = self._norm(torch.cat([self._places(part) for part in unpack(hidden, packs)]).add_(hidden))
        # Summed as they are made; none of the states is kept.
        total = hidden.float()
        for layer in self._layers:
            hidden = layer(hidden, packs)
            total += hidden
        return torch.cat([part.mean(1) for part in unpack(total, packs)]).div_(1 + len(self._layers))

    def _convolved(self, group: torch.Tensor) -> torch.Tensor:
        """[n, frames] -> [n, tokens, channels]."""
        import torch

        made = []
        tokens = self._tokens(group.shape[1])
        for windows in torch.split(group, max(1, CONVOLVED // group.shape[1])):
            sound = self._first(windows)
            for convolution in self._later:
                sound = convolution(sound)
            made.append(sound[..., :tokens].squeeze(2).transpose(1, 2))
        return torch.cat(made)

    def _tokens(self, frames: int) -> int:
        frames = (frames - self._first.kernel) // self._first.stride + 1
        for convolution in self._later:
            frames = (frames - convolution.kernel) // convolution.stride + 1
        return frames


@dataclass(frozen=True, slots=True)
class _First:
    """The first convolution and the group norm after it as one matrix product a window.

    The norm needs mean and variance of each channel over time. The channel is a weighted sum of ten neighbouring
    frames, so both follow from the mean and the covariance of those ten alone (in float64: small differences of large
    numbers), and what the norm does to it is another weight and a bias.
    """

    weight: torch.Tensor
    gain: torch.Tensor
    offset: torch.Tensor
    stride: int
    placement: Placement

    @property
    def kernel(self) -> int:
        return self.weight.shape[1]

    @classmethod
    def of(cls, tensors: Tensors, sizes: Architecture) -> _First:
        names = (f"{_FIRST}.conv.weight", f"{_FIRST}.layer_norm.weight", f"{_FIRST}.layer_norm.bias")
        weight, gain, offset = (tensors.stored(name).double() for name in names)
        return cls(weight.squeeze(1), gain, offset, sizes.conv_stride[0], tensors.placement)

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """float32 [n, frames] -> [n, channels, 1, tokens], channels last in memory."""
        import torch
        from torch.nn import functional

        exact = windows.unfold(1, self.kernel, self.stride).double()
        mean = exact.mean(1)
        exact = exact - mean[:, None]
        covariance = exact.mT @ exact / exact.shape[1]
        variance = ((self.weight @ covariance) * self.weight).sum(-1)
        scale = self.gain * (variance.clamp_(min=0) + GROUP_EPSILON).rsqrt()
        weight, bias = self.weight * scale[..., None], self.offset - scale * (mean @ self.weight.T)
        put, frames = self.placement.put, windows.shape[1]
        padded = functional.pad(put(windows), (0, -(frames - SHORTEST) % STEP))
        taps = padded.unfold(1, self.kernel, self.stride)
        return _gelu(torch.baddbmm(put(bias[:, None]), taps, put(weight.mT))).transpose(1, 2).unsqueeze(2)


@dataclass(frozen=True, slots=True)
class _Convolution:
    """A convolution over time, as one over height 1 and width: that one keeps channels last in memory, which is twice
    as fast."""

    weight: torch.Tensor
    stride: int

    @classmethod
    def of(cls, tensors: Tensors, sizes: Architecture, layer: int) -> _Convolution:
        weight = tensors[f"feature_extractor.conv_layers.{layer}.conv.weight"]
        return cls(_channels_last(weight), sizes.conv_stride[layer])

    @property
    def kernel(self) -> int:
        return self.weight.shape[3]

    def __call__(self, sound: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        return _gelu(functional.conv2d(sound, self.weight, stride=(1, self.stride)))


@dataclass(frozen=True, slots=True)
class _Places:
    """The positional convolution, its weight norm computed once."""

    weight: torch.Tensor
    bias: torch.Tensor
    groups: int

    @classmethod
    def of(cls, tensors: Tensors, sizes: Architecture) -> _Places:
        direction = tensors.stored(_DIRECTION)
        weight = direction * (tensors.stored(_MAGNITUDE) / direction.norm(dim=(0, 1), keepdim=True))
        bias = tensors[f"{_PLACES}.bias"]
        return cls(_channels_last(tensors.placement.put(weight)), bias, sizes.num_conv_pos_embedding_groups)

    def __call__(self, hidden: torch.Tensor) -> torch.Tensor:
        """[n, length, width] -> [n · length, width]."""
        from torch.nn import functional

        tokens, padding = hidden.shape[1], (0, self.weight.shape[3] // 2)
        # Zeros stand behind the tokens anyway; with a few more there are fewer lengths (see STEP).
        sound = (
            functional.pad(hidden, (0, 0, 0, -(tokens - SHORTEST_TOKENS) % STEP_TOKENS)).transpose(1, 2).unsqueeze(2)
        )
        placed = functional.conv2d(sound, self.weight, self.bias, padding=padding, groups=self.groups)
        return _gelu(placed[..., :tokens].squeeze(2).transpose(1, 2).flatten(0, 1))


def _gelu(sound: torch.Tensor) -> torch.Tensor:
    """In place: a second copy of the first convolution's output would cost more than the function itself."""
    import torch

    activated: torch.Tensor = torch.ops.aten.gelu_(sound)
    return activated


def _channels_last(weight: torch.Tensor) -> torch.Tensor:
    import torch

    return weight.unsqueeze(2).contiguous(memory_format=torch.channels_last)

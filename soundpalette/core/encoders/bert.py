"""BERT's forward pass over its tensors, and the projection after it: CLaMP3's audio tower and its text tower.

Thirty lines of torch, so that a text query does not wait for transformers' import.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from soundpalette.core.encoders.packing import Pack, unpack
from soundpalette.core.encoders.tensors import Tensors
from soundpalette.core.encoders.transformer import Layer, Linear, Names, Norm

if TYPE_CHECKING:
    import torch

PAD: Final = 1
"""XLM-RoBERTa's padding token; positions count from the one after it."""
_WORDS: Final = "embeddings.word_embeddings.weight"


class Bert:
    """A BERT without its pooler: the mean over the tokens, projected. Holds no state: threads may share it."""

    def __init__(self, tensors: Tensors, heads: int, epsilon: float) -> None:
        self._placement = tensors.placement
        # Mapped, and its few rows put in place at each use: XLM-RoBERTa's table is 0.8 GB of the text tower's 1.1 GB.
        self._words = tensors.stored(_WORDS)
        self._places = tensors["embeddings.position_embeddings.weight"]
        self._kind = tensors["embeddings.token_type_embeddings.weight"][0]
        self._norm = Norm.of(tensors, "embeddings.LayerNorm", epsilon)
        known, self._layers = tensors.names(), list[Layer]()
        while f"{_prefix(len(self._layers))}output.dense.weight" in known:
            self._layers.append(Layer.of(tensors, _names(len(self._layers)), heads, epsilon))
        self._project = Linear.of(tensors, "proj")

    @property
    def positions(self) -> int:
        return len(self._places)

    def embed_items(self, groups: Sequence[torch.Tensor]) -> torch.Tensor:
        """Groups float32 [n, length, width] -> float32 [sum of n, dimension], items in the places 0, 1, 2 ..."""
        return self._embed([self._placement.put(items) + self._places[: items.shape[1]] for items in groups])

    def embed_ids(self, groups: Sequence[torch.Tensor]) -> torch.Tensor:
        """Groups [n, length] -> float32 [sum of n, dimension]; a padding token takes no place, as in XLM-RoBERTa."""
        return self._embed([self._placement.put(self._words[ids]) + self._places[_places(ids)] for ids in groups])

    def _embed(self, groups: Sequence[torch.Tensor]) -> torch.Tensor:
        import torch

        packs = [Pack(*group.shape[:2]) for group in groups]
        hidden = self._norm(torch.cat([group.flatten(0, 1) for group in groups]).add_(self._kind))
        for layer in self._layers:
            hidden = layer(hidden, packs)
        return self._project(torch.cat([part.mean(1) for part in unpack(hidden, packs)])).float()


def _places(ids: torch.Tensor) -> torch.Tensor:
    real = ids != PAD
    return real.cumsum(1) * real + PAD


def _prefix(layer: int) -> str:
    return f"encoder.layer.{layer}."


def _names(layer: int) -> Names:
    prefix = _prefix(layer)
    return Names(
        query=f"{prefix}attention.self.query",
        key=f"{prefix}attention.self.key",
        value=f"{prefix}attention.self.value",
        merge=f"{prefix}attention.output.dense",
        mixed=f"{prefix}attention.output.LayerNorm",
        widen=f"{prefix}intermediate.dense",
        narrow=f"{prefix}output.dense",
        widened=f"{prefix}output.LayerNorm",
    )

"""MERT: music features, one row a window of 5 s at 24 kHz. MERT-v1-95M is a HuBERT and runs as transformers' own class.

Paper: Li et al., "MERT: Acoustic Music Understanding Model with Large-Scale Self-supervised Training" (2023).
Arithmetic as in sanderwood/clamp3 `preprocessing/audio/extract_mert.py` and `hf_pretrains.py` (commit 9016d2b).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, Recording, recording
from soundpalette.core.types import Features, Waveform, Window
from soundpalette.errors import AudioError, WeightsError

if TYPE_CHECKING:
    import torch

RATE: Final = 24_000
WINDOW: Final = 5 * RATE
SHORTEST: Final = RATE
EPSILON: Final = 1e-7
"""Added to the variance, as transformers' Wav2Vec2FeatureExtractor does."""
KEPT: Final = 12 * WINDOW
"""Frames (one minute, 6 MB) up to which a file is decoded once and kept; a longer one is streamed twice."""

_OLD_NAMES: Final = {
    "encoder.pos_conv_embed.conv.weight_g": "encoder.pos_conv_embed.conv.parametrizations.weight.original0",
    "encoder.pos_conv_embed.conv.weight_v": "encoder.pos_conv_embed.conv.parametrizations.weight.original1",
}
_NOT_ARCHITECTURE: Final = frozenset({"model_type", "architectures", "transformers_version", "dtype", "torch_dtype"})


@dataclass(frozen=True, slots=True)
class _Statistics:
    mean: np.float32
    deviation: np.float32

    def normalise(self, block: Waveform) -> Waveform:
        return (block - self.mean) / self.deviation


def windows(source: Path | Recording, limits: Limits = DEFAULT_LIMITS) -> Iterator[Window]:
    """Yield the windows of `source`, float32 [24_000 to 120_000], in bounded memory however long the file is.

    The file is brought to zero mean and unit variance as a whole, so it is read twice: statistics (summed in float64),
    then windows of 5 s. A last window under 1 s is dropped when another exists. A file shorter than 1 s is normalised,
    then padded with silence to 1 s: the reference cannot embed it at all. Raises AudioError.
    """
    kept: list[Waveform] | None = []
    count, total, squares = 0, 0.0, 0.0
    with recording(source, limits) as file:
        for block in file.stream(RATE):
            exact = block.astype(np.float64)
            count += block.size
            total += float(exact.sum())
            squares += float(exact @ exact)
            if kept is not None:
                kept.append(block)
                kept = kept if count <= KEPT else None
        statistics = _statistics(file.path, count, total, squares)
        blocks = file.stream(RATE) if kept is None else iter(kept)
        yield from _cut(map(statistics.normalise, blocks))


def _statistics(path: Path, count: int, total: float, squares: float) -> _Statistics:
    if not count:
        raise AudioError(path, f"holds no sound at {RATE:,} Hz; export it again")
    mean = total / count
    variance = max(squares / count - mean * mean, 0.0)
    if not math.isfinite(variance):
        raise AudioError(path, "holds values far beyond full scale; normalise it and export it again")
    return _Statistics(np.float32(mean), np.float32(np.sqrt(variance + EPSILON)))


def _cut(blocks: Iterable[Waveform]) -> Iterator[Window]:
    window, filled, made = np.empty(WINDOW, np.float32), 0, 0
    for block in blocks:
        used = 0
        while used < block.size:
            taken = min(WINDOW - filled, block.size - used)
            window[filled : filled + taken] = block[used : used + taken]
            filled, used = filled + taken, used + taken
            if filled == WINDOW:
                yield window
                window, filled, made = np.empty(WINDOW, np.float32), 0, made + 1
    if filled >= SHORTEST:
        yield window[:filled].copy()
    elif not made:
        yield np.pad(window[:filled], (0, SHORTEST - filled))


class Mert:
    """MERT, loaded. Threads may share it."""

    def __init__(self, model: Any, device: torch.device, dtype: torch.dtype, batch: int) -> None:
        self._model, self._device, self._dtype, self._batch = model, device, dtype, batch

    @classmethod
    def load(cls, weights: Path, config: Path, device: torch.device, dtype: torch.dtype, batch: int) -> Mert:
        """Load converted `weights` (safetensors, mapped into memory); at most `batch` windows run at once."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from torch.nn.utils.parametrize import remove_parametrizations

        model = _skeleton(config)
        try:
            model.load_state_dict(load_file(weights), strict=True, assign=True)
        except (SafetensorError, RuntimeError, OSError) as error:
            raise WeightsError(f"{weights} is damaged: delete its folder, and it is made again") from error
        # The weight norm is computed once here instead of at every window.
        remove_parametrizations(model.encoder.pos_conv_embed.conv, "weight")
        return cls(model.to(device=device, dtype=dtype).eval().requires_grad_(False), device, dtype, batch)

    def features(self, windows: Sequence[Window]) -> Features:
        """Features float32 [n, width] of `n` windows of any lengths.

        Only windows of equal length share a batch. None is padded: MERT's first layer is a group norm over time, and
        padding would change every value.
        """
        import torch

        by_length: dict[int, list[int]] = defaultdict(list)
        for position, window in enumerate(windows):
            by_length[window.size].append(position)
        features = np.empty((len(windows), self._model.config.hidden_size), np.float32)
        with torch.inference_mode():
            for positions in by_length.values():
                for start in range(0, len(positions), self._batch):
                    chosen = positions[start : start + self._batch]
                    batch = torch.from_numpy(np.stack([windows[position] for position in chosen]))
                    features[chosen] = self._forward(batch.to(self._device, self._dtype)).cpu().numpy()
        return features

    def _forward(self, batch: torch.Tensor) -> torch.Tensor:
        """[n, frames] -> float32 [n, width]: mean over time, then over the hidden states, summed as they are made."""
        import torch

        model, encoder = self._model, self._model.encoder
        hidden = model.feature_projection(model.feature_extractor(batch).transpose(1, 2))
        hidden = encoder.layer_norm(hidden + encoder.pos_conv_embed(hidden))
        total: torch.Tensor = hidden.mean(1, dtype=torch.float32)
        for layer in encoder.layers:
            hidden = layer(hidden)
            total += hidden.mean(1, dtype=torch.float32)
        return total / (1 + len(encoder.layers))


def modern_names(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The published checkpoint names its weight norm as torch did before 2.0; the names of today."""
    return {_OLD_NAMES.get(name, name): tensor for name, tensor in state.items()}


def expected_shapes(config: Path) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor that a checkpoint with this config.json holds."""
    return {name: tuple(tensor.shape) for name, tensor in _skeleton(config).state_dict().items()}


def _skeleton(config: Path) -> Any:
    """A HubertModel without weights (on torch's meta device), built from the keys of config.json that HuBERT knows.

    `model_type: mert_model` would ask for the remote code that we never run.
    """
    import torch
    from huggingface_hub.errors import StrictDataclassError
    from transformers.models.hubert.configuration_hubert import HubertConfig
    from transformers.models.hubert.modeling_hubert import HubertModel

    try:
        given = json.loads(config.read_text(encoding="utf-8"))
        _refuse_variants(config, given)
        known = set(HubertConfig().to_dict()) - _NOT_ARCHITECTURE
        wanted = HubertConfig(**{key: value for key, value in given.items() if key in known})
        with torch.device("meta"):
            return HubertModel(wanted)
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RuntimeError, StrictDataclassError) as error:
        raise WeightsError(f"{config} does not describe MERT-v1-95M; download it again") from error


def _refuse_variants(config: Path, given: dict[str, Any]) -> None:
    """Settings of other MERTs that change the arithmetic, some of them without changing one key of the weights."""
    for key in ("do_stable_layer_norm", "deepnorm", "feature_extractor_cqt"):
        if given.get(key):
            raise WeightsError(f"{config} sets {key}; only the layout of MERT-v1-95M is supported")
    if given.get("attention_relax", -1.0) > 0:
        raise WeightsError(f"{config} sets attention_relax; only the layout of MERT-v1-95M is supported")

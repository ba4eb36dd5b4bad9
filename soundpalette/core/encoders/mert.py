"""MERT: music features, one row a window of 5 s at 24 kHz. MERT-v1-95M is a HuBERT.

Paper: Li et al., "MERT: Acoustic Music Understanding Model with Large-Scale Self-supervised Training" (2023).
Arithmetic as in sanderwood/clamp3 `preprocessing/audio/extract_mert.py` and `hf_pretrains.py` (commit 9016d2b).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, Recording, recording
from soundpalette.core.encoders.hubert import Architecture, Hubert
from soundpalette.core.encoders.packing import batches
from soundpalette.core.encoders.runtime import Placement
from soundpalette.core.encoders.tensors import Tensors
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
AT_ONCE: Final = {"cpu": 20 * RATE, "mps": 40 * RATE, "cuda": 160 * RATE}
"""Frames in a batch: 20 s are 1,500 tokens, where a processor's matrix products are as fast as they get."""

_OLD_NAMES: Final = {
    "encoder.pos_conv_embed.conv.weight_g": "encoder.pos_conv_embed.conv.parametrizations.weight.original0",
    "encoder.pos_conv_embed.conv.weight_v": "encoder.pos_conv_embed.conv.parametrizations.weight.original1",
}


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

    def __init__(self, network: Hubert, width: int, frames: int) -> None:
        self._network, self._width, self._frames = network, width, frames

    @classmethod
    def load(cls, weights: Path, config: Path, placement: Placement) -> Mert:
        """Load converted `weights` (safetensors). Raises WeightsError where a file is damaged."""
        sizes = _architecture(config)
        return cls(Hubert(Tensors(weights, placement), sizes), sizes.hidden_size, AT_ONCE[placement.device.type])

    def features(self, windows: Sequence[Window]) -> Features:
        """Features float32 [n, width] of `n` windows of any lengths.

        Windows of all lengths share batches, but none is padded: MERT's first layer is a group norm over time, and
        padding would change every value.
        """
        import torch

        features = np.empty((len(windows), self._width), np.float32)
        with torch.inference_mode():
            for groups in batches([window.size for window in windows], self._frames):
                stacked = [torch.from_numpy(np.stack([windows[one] for one in group])) for group in groups]
                features[list(chain(*groups))] = self._network.means(stacked).cpu().numpy()
        return features


def modern_names(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The published checkpoint names its weight norm as torch did before 2.0; the names of today."""
    return {_OLD_NAMES.get(name, name): tensor for name, tensor in state.items()}


def expected_shapes(config: Path) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor that a checkpoint with this config.json holds."""
    return _architecture(config).shapes()


def _architecture(config: Path) -> Architecture:
    """`model_type: mert_model` would ask for the remote code that we never run; a HuBERT it is."""
    try:
        given = json.loads(config.read_text(encoding="utf-8"))
        _refuse_variants(given)
        return Architecture.of(given)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f"{config} does not describe MERT-v1-95M ({error}); download it again") from error


def _refuse_variants(given: dict[str, Any]) -> None:
    """Settings of other MERTs that change the arithmetic, some of them without changing one key of the weights."""
    for key in ("deepnorm", "feature_extractor_cqt"):
        if given.get(key):
            raise ValueError(f"{key} is set")
    if given.get("attention_relax", -1.0) > 0:
        raise ValueError("attention_relax is set")

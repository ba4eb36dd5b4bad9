"""aiSFX (PyPI `aisfx`, CC-BY-4.0, A. B. Ma and A. Lerch): an embedding of sound effects that teaches the audio tower.

Its network and the spectrogram that it reads (96 mel bands of 44.1 kHz, hop 1,024, 100 frames: 2.3 s), from the paper
and the package's code; the weights are the package's. Shorter windows are filled with zeros, as the package does it.
"""

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soxr
import torch
from torch import Tensor, nn
from torch.nn import functional

from soundpalette.core.encoders.compact_frontend import RATE
from training.places import DATA

TEACHER_RATE: Final = 44_100
FFT: Final = 2048
HOP: Final = 1024
BANDS: Final = 96
FRAMES: Final = 100
TOP: Final = 9.457798957824707
"""The largest log power of the spectra that it was trained on, from the package."""
CHANNELS: Final = (64, 128, 256, 512)
DIMENSION: Final = CHANNELS[-1]
WEIGHTS: Final = "pk/aisfx/aisfx/models/checkpoint.pth"


class _Block(nn.Module):
    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(outside), nn.BatchNorm2d(outside)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(x))))))


class Teacher(nn.Module):
    """Log-mel [n, 100, 96] -> embeddings [n, 512]."""

    def __init__(self) -> None:
        super().__init__()
        sizes = (1, *CHANNELS)
        for k in range(4):
            setattr(self, f"conv_block{k + 1}", _Block(sizes[k], sizes[k + 1]))

    def forward(self, mel: Tensor) -> Tensor:
        x = mel[:, None].contiguous(memory_format=torch.channels_last)
        for k in range(1, 5):
            x = self.get_submodule(f"conv_block{k}")(x)
            x = functional.max_pool2d(x, 2) if k < 4 else x
        return x.mean(3).amax(2)


@cache
def teacher() -> Teacher:
    """The package's network; its pickle is trusted for the archive's checksum, and read as tensors alone."""
    scalar = (np._core.multiarray.scalar, "numpy.core.multiarray.scalar")  # type: ignore[attr-defined]  # untyped
    safe: list[Any] = [scalar, np.dtype, np.dtypes.Int64DType]
    with torch.serialization.safe_globals(safe):
        weights, _ = torch.load(DATA / WEIGHTS, map_location="cpu", weights_only=True)
    model = Teacher()
    model.load_state_dict(
        {n.removeprefix("embedding_net."): t for n, t in weights.items() if n.startswith("embedding")}
    )
    model.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # documented, not typed
    return model


def heard(clips: list[npt.NDArray[np.floating]]) -> npt.NDArray[np.float16]:
    """Clips at 32 kHz [samples] each -> embeddings float16 [n, 512]; 16 at once, in bfloat16."""
    made = []
    for start in range(0, len(clips), 16):
        mel = torch.from_numpy(np.stack([log_mel(c) for c in clips[start : start + 16]]))
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            made.append(teacher()(mel).half().numpy())
    return np.concatenate(made) if made else np.zeros((0, DIMENSION), np.float16)


def log_mel(audio: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """The first 2.3 s, peak at 1: log10(10,000 x power + 1) in 96 bands over its largest value, float32 [100, 96]."""
    part = np.asarray(audio[: int(RATE * (FRAMES * HOP + FFT) / TEACHER_RATE)], np.float32)
    part = soxr.resample(part / max(float(np.abs(part).max(initial=0.0)), 1e-6), RATE, TEACHER_RATE, quality="MQ")
    padded = np.zeros(FFT + (FRAMES - 1) * HOP, np.float32)
    inside = part[: padded.size - FFT // 2]
    padded[FFT // 2 : FFT // 2 + inside.size] = inside
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    spectrum = np.fft.rfft(frames * np.hanning(FFT + 1)[:FFT].astype(np.float32), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32) @ _filters()
    level = np.log10(power * 10_000.0 + 1.0) / TOP
    level[int(np.ceil((inside.size + FFT // 2) / HOP)) :] = 0.0
    return np.asarray(level, np.float32)


@cache
def _filters() -> npt.NDArray[np.float32]:
    """Triangles on the HTK mel scale, 0 to 22,050 Hz, each with the sum 1: float32 [1025, 96]."""
    top = 2595.0 * np.log10(1.0 + TEACHER_RATE / 2 / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(0, top, BANDS + 2) / 2595.0) - 1.0)
    bins = np.arange(FFT // 2 + 1)[:, None] * TEACHER_RATE / FFT
    rise = (bins - edges[:-2]) / np.maximum(edges[1:-1] - edges[:-2], 1e-9)
    fall = (edges[2:] - bins) / np.maximum(edges[2:] - edges[1:-1], 1e-9)
    triangles = np.maximum(0.0, np.minimum(rise, fall))
    triangles[np.abs(bins[:, 0][:, None] - edges[1:-1][None]).argmin(0), np.arange(BANDS)] += 1e-6
    return np.asarray(triangles / triangles.sum(0), np.float32)

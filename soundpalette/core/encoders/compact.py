"""The compact encoder: a small model of ours whose weights are in the package, so that it works with no download.

Audio: trimmed, peak-normalised, log-mel windows of up to 3 s and measured descriptors, a residual CNN. Text: the mean
of static WordPiece vectors (distilled from all-MiniLM-L6-v2), a small projection. Both end in 256 dimensions.
How it was trained: `training/`; what it is good and bad at: docs/compact-model-card.md.
"""

import hashlib
import json
import textwrap
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, Recording, recording
from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.encoders.compact_frontend import (
    BANDS,
    DESCRIPTORS,
    FLOOR_VALUE,
    RATE,
    RECIPE,
    SILENCE_PEAK,
    TRIM_RATIO,
    WINDOW_SAMPLES,
    WINDOW_SECONDS,
    make_window,
    normalise,
)
from soundpalette.core.encoders.runtime import fast_bfloat16
from soundpalette.core.stereo import Width
from soundpalette.core.types import Features, Space, Vector, Vectors, Waveform, Window
from soundpalette.errors import EncoderError, WeightsError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from soundpalette.core.encoders.compact_model import AudioTower, TextTower

NAME: Final = "compact"
DIMENSION: Final = 256
FOLDER: Final = Path(__file__).parents[2] / "weights" / "compact"
FILES: Final = ("audio.safetensors", "text.safetensors", "tokenizer.json")
COHORT: Final = "cohort.safetensors"
WHOLE_SECONDS: Final = 30.0
"""Files up to here are decoded whole; of longer ones only what the windows need is kept."""
MAX_WINDOWS: Final = 10
DEVICES: Final = ("auto", "cpu", "cuda", "mps")
DTYPES: Final = ("auto", "float32", "bfloat16")
MAX_TEXT: Final = 2_000
"""Characters of a text that are read; a description of a sound is far shorter."""


def load(
    *, folder: str | Path = FOLDER, device: str = "auto", dtype: str = "auto", limits: Limits = DEFAULT_LIMITS
) -> "CompactEncoder":
    """The encoder with the package's weights (`folder` names others, for training); loads no tower, imports no torch.

    `device` auto is the processor: the model is so small that decoding is what indexing waits for. `dtype` is the
    arithmetic of the audio tower's convolutions and wide layers; auto is bfloat16 where the processor has instructions
    for it, float32 elsewhere.
    Raises EncoderError for an unknown device or dtype and WeightsError where the weights are missing.
    """
    for name, given, allowed in (("device", device, DEVICES), ("dtype", dtype, DTYPES)):
        if given not in allowed:
            raise EncoderError(f"{name} is {given!r}; {', '.join(allowed)} are allowed")
    encoder = CompactEncoder(Path(folder), "cpu" if device == "auto" else device, dtype, limits)
    _ = encoder.space
    return encoder


class CompactEncoder(Encoder):
    """See the module's docstring. Threads may share it; each tower loads at its first use."""

    def __init__(
        self, folder: Path = FOLDER, device: str = "cpu", dtype: str = "auto", limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self._folder, self._device, self._dtype, self._limits = folder, device, dtype, limits
        self._lock = threading.RLock()
        self._audio: AudioTower | None = None
        self._text: _TextSide | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._folder, self._device, self._dtype, self._limits)

    @property
    def space(self) -> Space:
        return Space(NAME, _revision(self._folder), DIMENSION)

    def windows(self, source: Path | Recording) -> Iterator[Window]:
        """The first 3 s, and of files over 3.6 s up to nine more spread to the end: float32 [1 + frames, 64] each.

        Silence before and after is trimmed (files up to 30 s), the peak scaled to 1. Keeps at most 31 s of audio.
        """
        with recording(source, self._limits) as file:
            seconds, width = file.header.seconds, Width()
            blocks = file.stream(RATE, width)
            if seconds <= WHOLE_SECONDS:
                sound = normalise(_joined(blocks, int((WHOLE_SECONDS + 1) * RATE)))
                seconds = sound.size / RATE
                parts = [sound[s : s + WINDOW_SAMPLES] for s in _starts(sound.size)]
            else:
                parts = _normalised_together(_cut(blocks, _starts(int(seconds * RATE))))
            for part in parts:
                yield make_window(part, seconds, width.value)

    def embed_windows(self, windows: Sequence[Window]) -> Features:
        """Windows of like length go through the network together; none sees its batch's lengths."""
        import torch

        from soundpalette.core.encoders.compact_model import batches_of

        if not windows:
            return np.empty((0, DIMENSION), np.float32)
        tower = self._audio_tower()
        batches = batches_of([len(window) - 1 for window in windows])
        features = np.empty((len(windows), DIMENSION), np.float32)
        with torch.inference_mode():
            heard = torch.cat([self._heard(tower, [windows[row] for row in rows]) for rows in batches])
            features[list(chain.from_iterable(batches))] = tower.placed(heard).cpu().numpy()
        return features

    def _heard(self, tower: "AudioTower", windows: list[Window]) -> "Tensor":
        """What the network hears in a batch, [n, 1600]: each window filled with silence, zeros behind."""
        import torch

        from soundpalette.core.encoders.compact_model import FRAME_STEP, filled_length

        counts = [len(window) - 1 for window in windows]
        ends = [filled_length(count) for count in counts]
        frames = np.zeros((len(windows), max(ends), BANDS), np.float32)
        for row, (window, count, end) in enumerate(zip(windows, counts, ends, strict=True)):
            frames[row, :count], frames[row, count:end] = window[1:], FLOOR_VALUE
        described = np.stack([window[0, : len(DESCRIPTORS)] for window in windows])
        alive = np.arange(0, max(ends), FRAME_STEP) < np.array(ends)[:, None]
        heard, known, lengths, inside = (
            torch.from_numpy(array).to(self._device) for array in (frames, described, np.array(counts), alive)
        )
        return tower.heard(heard, known, lengths, None if alive.all() else inside)

    def pool(self, features: Features) -> Vector:
        """The mean of the windows' unit vectors."""
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        return np.asarray((features / np.maximum(lengths, 1e-9)).mean(axis=0), np.float32)

    def text_features(self, texts: Sequence[str]) -> Vectors:
        """Lower case, punctuation ignored, unknown words by their parts; a text without words: one fixed vector."""
        return self._text_side().features(texts)

    def cohort(self) -> Vectors:
        """Some thousands of the clips that it was trained with, stored as int8."""
        return unit(_tensors(self._folder / COHORT)["sounds"].float().numpy())

    def load_audio(self) -> None:
        self._audio_tower()

    def load_text(self) -> None:
        self._text_side()

    def release(self) -> None:
        with self._lock:
            self._audio = None
            self._text = None

    def _audio_tower(self) -> "AudioTower":
        with self._lock:
            if self._audio is None:
                from soundpalette.core.encoders.compact_model import AudioTower

                path = self._folder / FILES[0]
                tower = AudioTower()
                _fill_in(tower, _tensors(path), path)
                tower.eval().to(_placed(self._device)).fuse(_arithmetic(self._device, self._dtype))
                self._audio = tower
            return self._audio

    def _text_side(self) -> "_TextSide":
        with self._lock:
            if self._text is None:
                self._text = _TextSide(self._folder, _placed(self._device))
            return self._text


class _TextSide:
    """Tokenizer, static table (int8 rows with a scale each) and projection."""

    def __init__(self, folder: Path, device: str) -> None:
        from tokenizers import Tokenizer

        from soundpalette.core.encoders.compact_model import TextTower

        path = folder / FILES[1]
        tensors = _tensors(path)
        self._table = tensors.pop("table")
        self._scale = tensors.pop("table_scale")
        tower: TextTower = TextTower()
        _fill_in(tower, tensors, path)
        self._tower = tower.eval().to(device)
        self._device = device
        self._tokenizer: Tokenizer = Tokenizer.from_str(_json(folder / FILES[2]))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def features(self, texts: Sequence[str]) -> Vectors:
        import torch

        means = torch.stack([self._mean(text) for text in texts]) if texts else torch.zeros(0, DIMENSION)
        with torch.inference_mode():
            return np.asarray(self._tower(means.to(self._device)).float().cpu().numpy(), np.float32)

    def _mean(self, text: str) -> "Tensor":
        import torch

        ids = self._tokenizer.encode(plain(text), add_special_tokens=False).ids
        if not ids:
            return torch.zeros(DIMENSION)
        rows = torch.tensor(ids)
        return (self._table[rows].float() * self._scale[rows].float()).mean(0)


def _placed(device: str) -> str:
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if not here[device]:
        raise EncoderError(
            f"torch {torch.__version__} finds no {device} device; set [processing] device to auto or cpu"
        )
    return device


def _arithmetic(device: str, dtype: str) -> "torch.dtype":
    """Auto is bfloat16 on a processor that is fast in it."""
    import torch

    fast = device == "cpu" and fast_bfloat16()
    return torch.bfloat16 if dtype == "bfloat16" or (dtype == "auto" and fast) else torch.float32


def plain(text: str) -> str:
    """`text` in lower case with every character that is no letter or digit a space, at most 2,000 characters."""
    kept = "".join(c if c.isalnum() else " " for c in text[:MAX_TEXT].lower())
    return " ".join(kept.split())


def _starts(samples: int) -> list[int]:
    """Where windows begin in `samples`: at 0, then spread evenly so that the last ends with the sound."""
    if samples <= WINDOW_SAMPLES * 1.2:
        return [0]
    count = min(MAX_WINDOWS, max(2, round(samples / WINDOW_SAMPLES)))
    return [round(s) for s in np.linspace(0, samples - WINDOW_SAMPLES, count)]


def _joined(blocks: Iterator[Waveform], most: int) -> Waveform:
    have: list[Waveform] = []
    count = 0
    for block in blocks:
        have.append(block)
        count += block.size
        if count >= most:
            break
    return np.concatenate(have)[:most] if have else np.zeros(0, np.float32)


def _cut(blocks: Iterator[Waveform], starts: list[int]) -> list[Waveform]:
    """The 3 s behind each of `starts`, cut from a stream without keeping the rest; what never comes is left out."""
    parts: list[list[Waveform]] = [[] for _ in starts]
    now = 0
    for block in blocks:
        for part, start in zip(parts, starts, strict=True):
            piece = block[max(0, start - now) : max(0, start + WINDOW_SAMPLES - now)]
            if piece.size:
                part.append(piece.copy())
        now += block.size
    return [np.concatenate(part) for part in parts if part] or [np.zeros(RATE // 10, np.float32)]


def _normalised_together(parts: list[Waveform]) -> list[Waveform]:
    """Windows of one long file without DC and scaled by their common peak; those 60 dB below it are left out."""
    offset = np.float32(np.mean([part.mean(dtype=np.float64) for part in parts]))
    centred = [part - offset for part in parts]
    peaks = [float(np.abs(part).max()) for part in centred]
    if max(peaks) < SILENCE_PEAK:
        return [np.zeros(RATE // 10, np.float32)]
    loud = np.float32(max(peaks))
    return [
        np.asarray(part / loud, np.float32)
        for part, peak in zip(centred, peaks, strict=True)
        if peak > TRIM_RATIO * loud
    ]


@cache
def _revision(folder: Path) -> str:
    """12 hex digits over the data files and the recipe's number."""
    digest = hashlib.sha256(f"recipe {RECIPE}, windows of {WINDOW_SECONDS} s".encode())
    for name in FILES:
        digest.update(hashlib.sha256(_read(folder / name)).digest())
    return digest.hexdigest()[:12]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(
            f"{path} is missing or cannot be read ({error.strerror}); install soundpalette again"
        ) from error


def _json(path: Path) -> str:
    """The file's text, proven to be JSON: what reads it raises bare Exceptions."""
    try:
        text = _read(path).decode()
        json.loads(text)
    except ValueError as error:
        raise WeightsError(f"{path} is damaged ({error}); install soundpalette again") from error
    return text


def _tensors(path: Path) -> "dict[str, Tensor]":
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(_read(path))
    except SafetensorError as error:
        raise WeightsError(f"{path} is damaged ({error}); install soundpalette again") from error


def _fill_in(tower: "AudioTower | TextTower", tensors: "dict[str, Tensor]", path: Path) -> None:
    """Stored as float16, used as float32; any missing or unexpected name is an error."""
    counters: dict[str, Any] = {n: t for n, t in tower.state_dict().items() if n.endswith("num_batches_tracked")}
    try:
        tower.load_state_dict({n: t.float() for n, t in tensors.items()} | counters)
    except RuntimeError as error:
        told = textwrap.shorten(str(error), 200, placeholder=" ...")
        raise WeightsError(f"{path} does not fit this version's model ({told}); install soundpalette again") from error

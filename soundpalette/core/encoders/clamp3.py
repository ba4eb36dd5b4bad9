"""CLaMP3: MERT's features through its audio tower, text through its XLM-RoBERTa, into one space.

Paper: Wu et al., "CLaMP 3: Universal Music Information Retrieval Across Unaligned Modalities and Unseen Languages"
(2025).
Arithmetic as in sanderwood/clamp3 `code/extract_clamp3.py` and `code/utils.py` (commit 9016d2b). Both towers are BERTs;
thirty lines of torch run them from their tensors, so that a text query does not wait for transformers' import.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from soundpalette.core.audio import DEFAULT_LIMITS, Limits
from soundpalette.core.encoders import checkpoint, mert, weights
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.types import Features, Space, Vector, Vectors, Window
from soundpalette.errors import EncoderError, WeightsError

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

    _Embed = Callable[[torch.Tensor], torch.Tensor]

T = TypeVar("T")

DEFAULTS: Final = weights.Sources()
TEXT_SEGMENT: Final = 128
PAD: Final = 1
"""XLM-RoBERTa's padding token; positions count from the one after it."""
AUDIO_EPSILON: Final = 1e-12
"""Layer norm of transformers' BertConfig, which the reference leaves at its default."""
BATCH: Final = {"cpu": 4, "mps": 8, "cuda": 16}
"""Windows or segments run at once: five seconds in MERT's first layer are 50 MB a window."""


def load(
    *,
    mert: str | Path = DEFAULTS.mert,
    clamp3: str | Path = DEFAULTS.clamp3,
    text: str | Path = DEFAULTS.text,
    cache_dir: str | Path | None = None,
    device: str = "auto",
    dtype: str = "float32",
    limits: Limits = DEFAULT_LIMITS,
) -> Clamp3Encoder:
    """The encoder of these weights: hub ids (`id@revision`) once downloaded, or local paths in the published layout.

    Loads no tower and imports no torch, but for the first time that local files are named, or changed: then they are
    hashed and converted into `cache_dir` (see `weights`). Raises EncoderError for an unknown device or dtype and
    WeightsError, in one sentence, where weights are missing or not what was expected.
    """
    _one_of("device", device, ("auto", *BATCH))
    _one_of("dtype", dtype, ("auto", "float32", "bfloat16"))
    sources = weights.Sources(mert, clamp3, text)
    installed = weights.install(sources, Path(cache_dir or weights.default_cache()).expanduser())
    return Clamp3Encoder(installed, device, dtype, limits)


class Clamp3Encoder(Encoder):
    """CLaMP3 SAAS over MERT-v1-95M, 768 dimensions. Threads may share it; each tower loads at its first use."""

    def __init__(self, installed: weights.Installed, device: str, dtype: str, limits: Limits) -> None:
        self._installed, self._device, self._dtype, self._limits = installed, device, dtype, limits
        self._mert = _Late(self._make_mert)
        self._audio = _Late(self._make_audio)
        self._text = _Late(self._make_text)

    @property
    def space(self) -> Space:
        return Space("clamp3", self._installed.revision, self._installed.dimension)

    @property
    def features_revision(self) -> str:
        """MERT's weights and the recipe of its windows; another CLaMP3 checkpoint keeps it."""
        return self._installed.features

    def windows(self, path: Path) -> Iterator[Window]:
        """Windows of 5 s at 24 kHz, see `mert.windows`; a file shorter than 1 s is padded with silence to 1 s."""
        return mert.windows(path, self._limits)

    def embed_windows(self, windows: Sequence[Window]) -> Features:
        """MERT's features float32 [n, 768]; windows of equal length are batched, none is padded."""
        return self._mert.get().features(windows)

    def pool(self, features: Features) -> Vector:
        """One file's vector: a zero vector before and after its features, segments of 128, their weighted mean."""
        return np.asarray(self.pool_all([features])[0])

    def pool_all(self, files: Sequence[Features]) -> Vectors:
        """`pool` of each file; segments of many files share batches, as a pass is bound by reading the weights."""
        import torch

        tower = self._audio.get()
        items = [torch.from_numpy(np.pad(features, ((1, 1), (0, 0)))) for features in files]
        return self._embedded(items, tower.positions, tower.batch, tower.embed_items)

    def text_features(self, texts: Sequence[str]) -> Vectors:
        """Text vectors float32 [n, 768]. Lines of one text count as sentences of their own, each once."""
        import torch

        tower, _ = self._text.get()
        ids = [torch.tensor(self.text_ids(text)) for text in texts]
        return self._embedded(ids, TEXT_SEGMENT, tower.batch, tower.embed_ids)

    def _embedded(self, all_items: Sequence[torch.Tensor], length: int, batch: int, embed: _Embed) -> Vectors:
        """The weighted mean of its segments for each of `all_items`; segments of all of them share batches."""
        segments = [_segments(items, length) for items in all_items]
        vectors = iter(_batched([segment for each in segments for segment in each], batch, embed))
        means = np.empty((len(all_items), self._installed.dimension), np.float32)
        for row, (items, each) in enumerate(zip(all_items, segments, strict=True)):
            means[row] = _weighted_mean(np.stack(list(islice(vectors, len(each)))), len(items), length)
        return means

    def text_ids(self, text: str) -> list[int]:
        """The ids that the text tower sees. Raises EncoderError for what is not Unicode."""
        return _ids(self._text.get()[1], text)

    def load_audio(self) -> None:
        """Load MERT and the audio tower now."""
        self._mert.get()
        self._audio.get()

    def load_text(self) -> None:
        """Load the text tower and its tokenizer now."""
        self._text.get()

    def release(self) -> None:
        for tower in (self._mert, self._audio, self._text):
            tower.drop()
        gc.collect()
        if (torch := sys.modules.get("torch")) and torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _make_mert(self) -> mert.Mert:
        device, dtype = _placement(self._device, self._dtype)
        folder = self._installed.folder
        return mert.Mert.load(
            folder / checkpoint.MERT_WEIGHTS, folder / checkpoint.MERT_CONFIG, device, dtype, BATCH[device.type]
        )

    def _make_audio(self) -> _Bert:
        file = self._installed.folder / checkpoint.AUDIO_WEIGHTS
        return _Bert.load(file, self._installed.audio_heads, AUDIO_EPSILON, _placement(self._device, self._dtype))

    def _make_text(self) -> tuple[_Bert, Tokenizer]:
        from tokenizers import Tokenizer

        folder = self._installed.folder
        heads, epsilon = checkpoint.text_settings(folder / checkpoint.TEXT_CONFIG)
        tower = _Bert.load(folder / checkpoint.TEXT_WEIGHTS, heads, epsilon, _placement(self._device, self._dtype))
        tokenizer = Tokenizer.from_file(str(folder / checkpoint.TOKENIZER))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tower, tokenizer


class _Late(Generic[T]):
    """Made at its first use, by one thread; the others wait for it. Towers do not wait for one another."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: T | None = None

    def get(self) -> T:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def drop(self) -> None:
        with self._lock:
            self._made = None


@dataclass(frozen=True, slots=True)
class _Bert:
    """A BERT as a table of tensors under transformers' names, and the projection after it."""

    weights: Mapping[str, torch.Tensor]
    heads: int
    epsilon: float
    batch: int

    @classmethod
    def load(cls, file: Path, heads: int, epsilon: float, placement: tuple[torch.device, torch.dtype]) -> _Bert:
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        device, dtype = placement
        try:
            table = load_file(file)
        except (SafetensorError, OSError) as error:
            raise WeightsError(f"{file} is damaged: delete its folder, and it is made again") from error
        placed = {name: tensor.to(device=device, dtype=dtype) for name, tensor in table.items()}
        return cls(placed, heads, epsilon, BATCH[device.type])

    @property
    def positions(self) -> int:
        return len(self.weights["embeddings.position_embeddings.weight"])

    def embed_items(self, items: torch.Tensor) -> torch.Tensor:
        """[n, length, width] -> float32 [n, dimension], items in the places 0, 1, 2 ..."""
        places = self.weights["embeddings.position_embeddings.weight"]
        return self._embed(items.to(places.device, places.dtype) + places[: items.shape[1]])

    def embed_ids(self, ids: torch.Tensor) -> torch.Tensor:
        """[n, length] -> float32 [n, dimension]; a padding token inside a text takes no place, as in XLM-RoBERTa."""
        places = self.weights["embeddings.position_embeddings.weight"]
        ids = ids.to(places.device)
        real = ids != PAD
        place = real.cumsum(1) * real + PAD
        return self._embed(self.weights["embeddings.word_embeddings.weight"][ids] + places[place])

    def _embed(self, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        hidden = hidden + self.weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm("embeddings.LayerNorm", hidden)
        layer = 0
        while (prefix := f"encoder.layer.{layer}.") + "output.dense.weight" in self.weights:
            mixed = self._linear(prefix + "attention.output.dense", self._attention(prefix + "attention.self.", hidden))
            hidden = self._norm(prefix + "attention.output.LayerNorm", mixed + hidden)
            wide = functional.gelu(self._linear(prefix + "intermediate.dense", hidden))
            hidden = self._norm(prefix + "output.LayerNorm", self._linear(prefix + "output.dense", wide) + hidden)
            layer += 1
        return self._linear("proj", hidden.mean(1)).float()

    def _attention(self, prefix: str, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        query, key, value = (
            self._linear(prefix + name, hidden).view(*hidden.shape[:2], self.heads, -1).transpose(1, 2)
            for name in ("query", "key", "value")
        )
        return functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)

    def _linear(self, name: str, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        return functional.linear(hidden, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, name: str, hidden: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return functional.layer_norm(hidden, weight.shape, weight, bias, self.epsilon)


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """The tokenizer's ids. The reference drops empty and repeated lines and joins the rest by the separator token."""
    lines = dict.fromkeys(line for line in text.split("\n") if line)
    try:
        ids: list[int] = tokenizer.encode("</s>".join(lines)).ids
    except (TypeError, UnicodeError) as error:
        raise EncoderError("the text holds half a character (a lone surrogate); send valid Unicode") from error
    return ids


def _segments(items: torch.Tensor, length: int) -> list[torch.Tensor]:
    """Pieces of `length` items, the last one being the last `length` items; so all are equally long."""
    starts = range(0, len(items), length)
    return [*(items[start : start + length] for start in starts[:-1]), items[-length:]]


def _batched(segments: list[torch.Tensor], batch: int, embed: _Embed) -> Vectors:
    """A vector a segment, in order. Only segments of equal length share a batch, so nothing is padded or masked."""
    import torch

    by_length: dict[int, list[int]] = defaultdict(list)
    for position, segment in enumerate(segments):
        by_length[len(segment)].append(position)
    vectors: dict[int, Vector] = {}
    with torch.inference_mode():
        for positions in by_length.values():
            for start in range(0, len(positions), batch):
                chosen = positions[start : start + batch]
                made = embed(torch.stack([segments[position] for position in chosen])).cpu().numpy()
                vectors.update(zip(chosen, made, strict=True))
    return np.array([vectors[position] for position in range(len(segments))], np.float32)


def _weighted_mean(vectors: Vectors, items: int, length: int) -> Vector:
    """The segments' mean, weighted by their lengths, the last by the remainder although it saw `length` items."""
    shares = np.full(len(vectors), length, np.float32)
    shares[-1] = items % length or length
    return np.asarray((vectors * shares[:, None]).sum(axis=0) / shares.sum(), dtype=np.float32)


def _placement(device: str, dtype: str) -> tuple[torch.device, torch.dtype]:
    """Auto is cuda, then mps, then cpu; and bfloat16 where a CUDA device computes in it, float32 elsewhere."""
    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    chosen = next(name for name, here in available.items() if here) if device == "auto" else device
    if not available[chosen]:
        raise EncoderError(
            f"torch {torch.__version__} finds no {chosen} device; set [processing] device to auto or cpu"
        )
    short = dtype == "bfloat16"
    if dtype == "auto":
        short = chosen == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.device(chosen), torch.bfloat16 if short else torch.float32


def _one_of(name: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise EncoderError(f"{name} is {given!r}; {', '.join(allowed)} are allowed")

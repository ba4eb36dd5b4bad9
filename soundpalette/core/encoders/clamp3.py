"""CLaMP3: MERT's features through its audio tower, text through its XLM-RoBERTa, into one space.

Paper: Wu et al., "CLaMP 3: Universal Music Information Retrieval Across Unaligned Modalities and Unseen Languages"
(2025).
Arithmetic as in sanderwood/clamp3 `code/extract_clamp3.py` and `code/utils.py` (commit 9016d2b). Both towers are BERTs.
"""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, Recording
from soundpalette.core.encoders import checkpoint, mert, weights
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.encoders.bert import Bert
from soundpalette.core.encoders.packing import batches
from soundpalette.core.encoders.runtime import check_placement, give_back, memory_errors, place
from soundpalette.core.encoders.tensors import Tensors
from soundpalette.core.types import Features, Space, Vector, Vectors, Window
from soundpalette.errors import EncoderError

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

    _Embed = Callable[[Sequence[torch.Tensor]], torch.Tensor]

T = TypeVar("T")

DEFAULTS: Final = weights.Sources()
TEXT_SEGMENT: Final = 128
AUDIO_EPSILON: Final = 1e-12
"""Layer norm of transformers' BertConfig, which the reference leaves at its default."""
AT_ONCE: Final = 2048
"""Items or tokens in a batch: matrix products are no faster with more."""

LOAD_MEND: Final = "make room in memory, set [processing] profile to sequential, or take the encoder compact"


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
    check_placement(device, dtype)
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

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._installed, self._device, self._dtype, self._limits)

    @property
    def space(self) -> Space:
        return Space("clamp3", self._installed.revision, self._installed.dimension)

    @property
    def features_revision(self) -> str:
        """MERT's weights and the recipe of its windows; another CLaMP3 checkpoint keeps it."""
        return self._installed.features

    def windows(self, source: Path | Recording) -> Iterator[Window]:
        """Windows of 5 s at 24 kHz, see `mert.windows`; a file shorter than 1 s is padded with silence to 1 s."""
        return mert.windows(source, self._limits)

    def embed_windows(self, windows: Sequence[Window]) -> Features:
        """MERT's features float32 [n, 768]; windows of all lengths share batches, none is padded."""
        tower = self._mert.get()
        with memory_errors():
            return tower.features(windows)

    def pool(self, features: Features) -> Vector:
        """One file's vector: a zero vector before and after its features, segments of 128, their weighted mean."""
        return np.asarray(self.pool_all([features])[0])

    def pool_all(self, files: Sequence[Features]) -> Vectors:
        """`pool` of each file; segments of many files share batches, as a pass is bound by reading the weights."""
        import torch

        tower = self._audio.get()
        items = [torch.from_numpy(np.pad(features, ((1, 1), (0, 0)))) for features in files]
        return self._embedded(items, tower.positions, tower.embed_items)

    def text_features(self, texts: Sequence[str]) -> Vectors:
        """Text vectors float32 [n, 768]. Lines of one text count as sentences of their own, each once."""
        import torch

        tower, _ = self._text.get()
        ids = [torch.tensor(self.text_ids(text)) for text in texts]
        return self._embedded(ids, TEXT_SEGMENT, tower.embed_ids)

    def _embedded(self, all_items: Sequence[torch.Tensor], length: int, embed: _Embed) -> Vectors:
        """The weighted mean of its segments for each of `all_items`; segments of all of them share batches."""
        segments = [_segments(items, length) for items in all_items]
        with memory_errors():
            vectors = _batched([one for each in segments for one in each], AT_ONCE, embed, self.space.dimension)
        rows = iter(vectors)
        means = np.empty((len(all_items), self.space.dimension), np.float32)
        for row, (items, each) in enumerate(zip(all_items, segments, strict=True)):
            means[row] = _weighted_mean(np.stack(list(islice(rows, len(each)))), len(items), length)
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
        give_back()

    def _make_mert(self) -> mert.Mert:
        folder = self._installed.folder
        with memory_errors():
            return mert.Mert.load(
                folder / checkpoint.MERT_WEIGHTS, folder / checkpoint.MERT_CONFIG, place(self._device, self._dtype)
            )

    def _make_audio(self) -> Bert:
        return self._bert(checkpoint.AUDIO_WEIGHTS, self._installed.audio_heads, AUDIO_EPSILON)

    def _make_text(self) -> tuple[Bert, Tokenizer]:
        from tokenizers import Tokenizer

        folder = self._installed.folder
        heads, epsilon = checkpoint.text_settings(folder / checkpoint.TEXT_CONFIG)
        tower = self._bert(checkpoint.TEXT_WEIGHTS, heads, epsilon)
        tokenizer = Tokenizer.from_file(str(folder / checkpoint.TOKENIZER))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tower, tokenizer

    def _bert(self, file: str, heads: int, epsilon: float) -> Bert:
        with memory_errors():
            return Bert(Tensors(self._installed.folder / file, place(self._device, self._dtype)), heads, epsilon)


class _Late(Generic[T]):
    """Made at its first use, by one thread; the others wait for it. Towers do not wait for one another.

    What cannot be made is an EncoderError: no file is to blame for it.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: T | None = None

    def get(self) -> T:
        with self._lock:
            if self._made is None:
                try:
                    self._made = self._make()
                except (MemoryError, RuntimeError) as error:
                    raise EncoderError(f"a tower of clamp3 cannot be loaded ({_told(error)}); {LOAD_MEND}") from error
            return self._made

    def drop(self) -> None:
        with self._lock:
            self._made = None


def _told(error: Exception) -> str:
    return textwrap.shorten(str(error), 200, placeholder=" ...") or type(error).__name__


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


def _batched(segments: Sequence[torch.Tensor], budget: int, embed: _Embed, dimension: int) -> Vectors:
    """A vector a segment, in order. Segments of all lengths share batches, none is padded or masked."""
    import torch

    vectors = np.empty((len(segments), dimension), np.float32)
    with torch.inference_mode():
        for groups in batches([len(segment) for segment in segments], budget):
            stacked = [torch.stack([segments[one] for one in group]) for group in groups]
            vectors[list(chain(*groups))] = embed(stacked).cpu().numpy()
    return vectors


def _weighted_mean(vectors: Vectors, items: int, length: int) -> Vector:
    """The segments' mean, weighted by their lengths, the last by the remainder although it saw `length` items."""
    shares = np.full(len(vectors), length, np.float32)
    shares[-1] = items % length or length
    return np.asarray((vectors * shares[:, None]).sum(axis=0) / shares.sum(), dtype=np.float32)

"""Texts to means of static token vectors, as the shipped encoder does it."""

from functools import lru_cache

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from soundpalette.core.encoders.compact import plain
from training.places import DATA


class TokenTable:
    """The table that `training.distill_text` made: texts -> mean vectors [n, 256]."""

    def __init__(self) -> None:
        self.vectors = torch.from_numpy(np.load(DATA / "table.npy"))
        self.tokenizer = Tokenizer.from_file(str(DATA / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.ids = lru_cache(maxsize=200_000)(self._ids)

    def _ids(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(plain(text), add_special_tokens=False).ids)

    def means(self, texts: list[str]) -> Tensor:
        rows = [self.ids(t) for t in texts]
        flat = torch.tensor([i for row in rows for i in row])
        offsets = torch.tensor(np.cumsum([0, *(len(r) for r in rows[:-1])]))
        return torch.nn.functional.embedding_bag(flat, self.vectors, offsets, mode="mean")

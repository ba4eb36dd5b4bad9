"""Many sequences of many lengths in one table of tokens, and into which batches they go. Nothing is ever padded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Pack:
    """`count` sequences of `length` tokens each, one after the other in the table."""

    count: int
    length: int


def unpack(table: torch.Tensor, packs: Sequence[Pack]) -> Iterator[torch.Tensor]:
    """The sequences of each pack, [count, length, width], as views of `table` [tokens, width]."""
    import torch

    parts = torch.split(table, [pack.count * pack.length for pack in packs])
    for part, pack in zip(parts, packs, strict=True):
        yield part.view(pack.count, pack.length, -1)


def batches(sizes: Sequence[int], budget: int) -> Iterator[list[list[int]]]:
    """Batches of about equal total size, each at most `budget` and one item more; a batch is groups of equal size.

    Positions in `sizes` come back, each once, shortest items first.
    """
    whole = sum(sizes)
    wanted = whole / max(1, -(-whole // budget))
    batch: list[int] = []
    for position in sorted(range(len(sizes)), key=sizes.__getitem__):
        batch.append(position)
        if sum(sizes[one] for one in batch) >= wanted:
            yield _groups(batch, sizes)
            batch = []
    if batch:
        yield _groups(batch, sizes)


def _groups(batch: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    return [list(positions) for _, positions in groupby(batch, key=sizes.__getitem__)]

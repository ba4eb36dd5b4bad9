"""Converted weights, read tensor by tensor."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundpalette.core.encoders.runtime import Placement
from soundpalette.errors import WeightsError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Tensors:
    """The tensors of a safetensors file by name, each put in its place when it is asked for.

    The file is mapped anew for each: what was read for one does not stay in memory beside its copy in another
    arithmetic. Raises WeightsError where the file is damaged, MemoryError where it cannot be mapped.
    """

    file: Path
    placement: Placement

    def names(self) -> frozenset[str]:
        return frozenset(self._read(lambda content: content.keys()))

    def stored(self, name: str) -> torch.Tensor:
        """As it stands in the file: float32, on the processor, its pages read when they are touched."""
        tensor: torch.Tensor = self._read(lambda content: content.get_tensor(name))
        return tensor

    def __getitem__(self, name: str) -> torch.Tensor:
        return self.placement.put(self.stored(name))

    def _read(self, read: Any) -> Any:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.file, "pt") as content:
                return read(content)
        except (SafetensorError, RuntimeError, OSError) as error:
            if getattr(error, "errno", None) == errno.ENOMEM or "Cannot allocate memory" in str(error):
                raise MemoryError(f"{self.file} cannot be mapped") from error
            raise WeightsError(f"{self.file} is damaged: delete its folder, and it is made again") from error

"""CLaMP3 the reference's way: one file and one window at a time, float32, transformers, every hidden state kept.

As sanderwood/clamp3 does it in `preprocessing/audio/extract_mert.py` and `code/extract_clamp3.py` (commit 9016d2b).
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel
from transformers.models.hubert.configuration_hubert import HubertConfig
from transformers.models.hubert.modeling_hubert import HubertModel

from soundpalette.core.encoders import mert
from soundpalette.core.types import Vector, Window

SEGMENT: Final = 128
_AUDIO: Final = "audio_model."


class Reference:
    """MERT and the SAAS tower of a folder as `make_clamp3_weights.py` writes it."""

    def __init__(self, weights: Path) -> None:
        self._mert = HubertModel(HubertConfig()).eval()
        self._mert.load_state_dict(mert.modern_names(torch.load(weights / "mert" / "pytorch_model.bin")))
        (checkpoint,) = weights.glob("*.pth")
        state = torch.load(checkpoint)["model"]
        sizes = BertConfig(vocab_size=1, max_position_embeddings=SEGMENT)
        self._saas = BertModel(sizes).eval()
        self._saas.load_state_dict({key.removeprefix(_AUDIO): state[key] for key in state if key.startswith(_AUDIO)})
        self._weight, self._bias = state["audio_proj.weight"], state["audio_proj.bias"]

    @torch.no_grad()
    def vector(self, windows: list[Window]) -> Vector:
        """One file's, float32 [768], not normalised; of at most 126 windows, one segment."""
        rows = [self._features(torch.from_numpy(window)[None]) for window in windows]
        edge = torch.zeros(1, 768)
        items = torch.cat([edge, *rows, edge])
        real = torch.zeros(1, SEGMENT)
        real[0, : len(items)] = 1
        padded = torch.nn.functional.pad(items, (0, 0, 0, SEGMENT - len(items)))
        hidden: Any = self._saas(inputs_embeds=padded[None], attention_mask=real).last_hidden_state
        mean = (hidden * real[..., None]).sum(1) / real.sum()
        return np.asarray(torch.nn.functional.linear(mean, self._weight, self._bias)[0].numpy())

    def _features(self, window: torch.Tensor) -> torch.Tensor:
        states = self._mert(window, output_hidden_states=True).hidden_states
        return torch.stack(states).mean(2).mean(0)

"""The operations that the benchmark counts by formula, beside those that torch counts while they run."""

from typing import Any

import pytest

from bench import clamp3


def counted(model: Any, **inputs: Any) -> int:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(**inputs)
    return int(counter.get_total_flops())


@pytest.mark.parametrize("frames", [24_000, 77_777, 120_000])
def test_operations_of_a_window_are_those_that_torch_counts(frames: int) -> None:
    import torch
    from transformers.models.hubert.configuration_hubert import HubertConfig
    from transformers.models.hubert.modeling_hubert import HubertModel

    with torch.device("meta"):
        model, window = HubertModel(HubertConfig()).eval(), torch.zeros(1, frames)
    # The positional convolution makes one token that is thrown away, which is not counted here.
    assert clamp3.network_operations(frames) == pytest.approx(counted(model, input_values=window), rel=2e-3)


def test_operations_of_pooling_are_those_that_torch_counts() -> None:
    import torch
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertModel

    with torch.device("meta"):
        model, items = BertModel(BertConfig(), add_pooling_layer=False).eval(), torch.zeros(1, 5, 768)
    projection = 2 * 768**2
    assert clamp3.pool_operations(3) - projection == counted(model, inputs_embeds=items)

"""Linear layers in oneDNN's own order beside plain ones."""

import pytest
import torch

from soundpalette.core.encoders.transformer import Linear, packed

ROUNDED = 2**-7
"""Two roundings to bfloat16, of values around 1."""


def layer(kind: torch.dtype) -> Linear:
    torch.manual_seed(6)
    return Linear((0.03 * torch.randn(3072, 768)).to(kind), torch.randn(3072).to(kind))


@pytest.mark.parametrize("tokens", [1, 74, 1000, 1501])
def test_a_packed_layer_gives_what_a_plain_one_gives_for_any_number_of_tokens(tokens: int) -> None:
    plain = layer(torch.bfloat16)
    made, hidden = packed(plain), torch.randn(tokens, 768).to(torch.bfloat16)
    with torch.inference_mode():
        torch.testing.assert_close(made(hidden), plain(hidden), rtol=ROUNDED, atol=ROUNDED)
        torch.testing.assert_close(made.gelu(hidden), plain.gelu(hidden), rtol=ROUNDED, atol=ROUNDED)


def test_float32_stays_as_it_is() -> None:
    plain = layer(torch.float32)
    assert packed(plain) is plain

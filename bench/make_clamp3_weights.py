"""Write CLaMP3 weights of the published sizes and layout, but random (seeded): for trials of size, speed and memory.

    python bench/make_clamp3_weights.py FOLDER [--layers 12] [--seed 0]

makes FOLDER/mert, FOLDER/text and FOLDER/<published checkpoint name> (2.2 GB together). They hear nothing; never commit
them. The tokenizer is a small stand-in with as many words as XLM-RoBERTa's.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing
from transformers.models.hubert.configuration_hubert import HubertConfig
from transformers.models.hubert.modeling_hubert import HubertModel

from soundpalette.core.encoders.checkpoint import bert_shapes
from soundpalette.core.encoders.weights import CHECKPOINT

MADE = Path(__file__).parent.parent / "build" / "clamp3-weights"
WIDTH, WIDE, WORDS = 768, 3072, 250_002
OLD_NAMES = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}


def made() -> Path:
    """The folder of full-size weights that all of `make bench` shares, filled where it is not there yet (2.2 GB)."""
    if not (MADE / CHECKPOINT).exists():
        make(MADE)
    return MADE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    make(given.folder, given.layers, given.seed)


def make(folder: Path, layers: int = 12, seed: int = 0) -> None:
    """Fill `folder`; the checkpoint comes last."""
    torch.manual_seed(seed)
    make_mert(folder / "mert", layers)
    make_text(folder / "text", layers)
    make_checkpoint(folder / CHECKPOINT, layers)


def make_mert(folder: Path, layers: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = HubertConfig(num_hidden_layers=layers)
    state = HubertModel(config).state_dict()
    for new, old in OLD_NAMES.items():
        state[f"encoder.pos_conv_embed.conv.{old}"] = state.pop(f"encoder.pos_conv_embed.conv.{new}")
    torch.save(dict(state), folder / "pytorch_model.bin")
    extra = {"model_type": "mert_model", "architectures": ["MERTModel"], "deepnorm": False, "attention_relax": -1.0}
    write(folder / "config.json", {**config.to_dict(), **extra, "feature_extractor_cqt": False, "sample_rate": 24_000})


def make_text(folder: Path, layers: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_type": "xlm-roberta", "hidden_size": WIDTH, "num_hidden_layers": layers, "hidden_act": "gelu"}
    config |= {"num_attention_heads": 12, "layer_norm_eps": 1e-5, "pad_token_id": 1, "vocab_size": WORDS}
    write(folder / "config.json", config)
    words = ["<s>", "<pad>", "</s>", "<unk>", "▁", *(chr(code) for code in range(97, 123))]
    words += [f"▁word{number}" for number in range(WORDS - len(words))]
    tokenizer = Tokenizer(Unigram([(word, -float(place)) for place, word in enumerate(words)], unk_id=3))
    tokenizer.pre_tokenizer = Metaspace()
    tokenizer.post_processor = TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))


def make_checkpoint(file: Path, layers: int) -> None:
    state = tower("text_model.", layers, words=WORDS, positions=514, types=1)
    state |= tower("symbolic_model.base.", layers, words=1, positions=512, types=2)
    state |= tower("audio_model.", layers, words=1, positions=128, types=2)
    shapes = {"symbolic_model.patch_embedding": (WIDTH, 64 * 128)}
    shapes |= {f"{name}_proj": (WIDTH, WIDTH) for name in ("text", "symbolic", "audio")}
    for name, shape in shapes.items():
        state |= {f"{name}.weight": torch.randn(shape) * 0.02, f"{name}.bias": torch.zeros(WIDTH)}
    torch.save({"model": state, "epoch": 0, "best_epoch": 0, "min_eval_loss": 0.0}, file)


def tower(prefix: str, layers: int, *, words: int, positions: int, types: int) -> dict[str, torch.Tensor]:
    shapes = bert_shapes(WIDTH, layers, WIDE)
    tables = {"word": words, "position": positions, "token_type": types}
    shapes |= {f"embeddings.{name}_embeddings.weight": (rows, WIDTH) for name, rows in tables.items()}
    return {prefix + name: random_tensor(name, shape) for name, shape in shapes.items()}


def random_tensor(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    if "LayerNorm.weight" in name:
        return torch.ones(shape)
    return torch.zeros(shape) if name.endswith("bias") else torch.randn(shape) * 0.02


def write(file: Path, value: dict[str, Any]) -> None:
    file.write_text(json.dumps(value, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The published checkpoints, read once: pickles in, checked tensors out as safetensors, one file a tower.

Nothing in a pickle is ever run: torch's `weights_only` unpickler admits tensors and plain containers, no code. The
symbolic tower (sheet music) is checked like the others and left behind, as are BERT's poolers, which CLaMP3 never uses.
"""

from __future__ import annotations

import json
import pickle
import shutil
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from soundpalette.core.encoders import mert
from soundpalette.errors import WeightsError

if TYPE_CHECKING:
    import torch

Shapes = dict[str, tuple[int, ...]]

MERT_WEIGHTS: Final = "mert.safetensors"
MERT_CONFIG: Final = "mert.json"
AUDIO_WEIGHTS: Final = "audio.safetensors"
TEXT_WEIGHTS: Final = "text.safetensors"
TEXT_CONFIG: Final = "text.json"
TOKENIZER: Final = "tokenizer.json"
WIDTH_OF_A_HEAD: Final = 64

_WORDS: Final = "embeddings.word_embeddings.weight"
_POSITIONS: Final = "embeddings.position_embeddings.weight"
_TYPES: Final = "embeddings.token_type_embeddings.weight"
_WIDENED: Final = "encoder.layer.0.intermediate.dense.weight"


@dataclass(frozen=True, slots=True)
class Converted:
    """What the converted weights are: width of the vectors, heads of the audio tower."""

    dimension: int
    audio_heads: int


@dataclass(frozen=True, slots=True)
class Published:
    """The files as they are published: MERT's folder, the CLaMP3 checkpoint, XLM-RoBERTa's config and tokenizer.

    `heads` is the optional clamp3.json beside the checkpoint.
    """

    mert_config: Path
    mert_weights: Path
    checkpoint: Path
    text_config: Path
    tokenizer: Path

    @property
    def heads(self) -> Path:
        return self.checkpoint.parent / "clamp3.json"

    def roles(self) -> dict[str, Path]:
        names = ("mert_config", "mert_weights", "checkpoint", "heads", "text_config", "tokenizer")
        return {name: getattr(self, name) for name in names}


def convert(published: Published, folder: Path) -> Converted:
    """Check `published` and write what the encoder loads into `folder`, tensors as float32.

    Raises WeightsError, naming the file, on any key that is missing, unexpected or of another shape.
    """
    from safetensors.torch import save_file

    music = _checked_mert(published)
    save_file(music, folder / MERT_WEIGHTS)
    width = music["encoder.layer_norm.weight"].numel()
    audio, text = _checked_clamp3(published, width)
    save_file(audio, folder / AUDIO_WEIGHTS)
    save_file(text, folder / TEXT_WEIGHTS)
    shutil.copyfile(published.mert_config, folder / MERT_CONFIG)
    shutil.copyfile(published.text_config, folder / TEXT_CONFIG)
    shutil.copyfile(published.tokenizer, folder / TOKENIZER)
    return Converted(audio["proj.weight"].shape[0], _audio_heads(published.heads, width))


def _checked_mert(published: Published) -> dict[str, torch.Tensor]:
    file = published.mert_weights
    state = mert.modern_names(_tensors(file, unpickle(file)))
    _compare(file, _shapes(state), mert.expected_shapes(published.mert_config))
    return _plain(state)


def _checked_clamp3(published: Published, mert_width: int) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    file = published.checkpoint
    outer = unpickle(file)
    if not isinstance(outer, Mapping) or "model" not in outer:
        raise WeightsError(f"{file} has no 'model' in it; it is not a CLaMP3 checkpoint")
    state = _tensors(file, outer["model"])
    expected: Shapes = {}
    for tower, inner in (("text", ""), ("symbolic", "base."), ("audio", "")):
        expected |= _expected_tower(file, state, tower, inner)
    _compare(file, _shapes(state), expected)
    audio, text = _tower(state, "audio"), _tower(state, "text")
    if audio[_WORDS].shape[1] != mert_width:
        raise WeightsError(f"{file} and {published.mert_weights} differ in width; they do not belong together")
    if audio["proj.weight"].shape[0] != text["proj.weight"].shape[0]:
        raise WeightsError(f"{file} projects audio and text to different widths; it is not a CLaMP3 checkpoint")
    _check_text(published, text)
    return audio, text


def unpickle(file: Path) -> Any:
    """The content of a torch checkpoint, tensors mapped from the file. Code in it is refused and never run."""
    import torch

    try:
        with warnings.catch_warnings():  # torch's advice about odd pickles; ours follows as an error
            warnings.simplefilter("ignore")
            return torch.load(file, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(file))
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{file} is refused: it is damaged or holds code; nothing in it was run; get it anew"
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{file} is damaged or cut off; delete it and download it again") from error


def text_settings(config: Path) -> tuple[int, float]:
    """Heads and layer-norm epsilon of the text tower, which no state dict holds."""
    given = _read(config)
    try:
        return int(given["num_attention_heads"]), float(given["layer_norm_eps"])
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{config} lacks num_attention_heads or layer_norm_eps; download it again") from error


def _check_text(published: Published, text: Mapping[str, torch.Tensor]) -> None:
    from tokenizers import Tokenizer

    file, config = published.text_config, _read(published.text_config)
    words, width = text[_WORDS].shape
    wanted = {"hidden_size": width, "vocab_size": words, "hidden_act": "gelu", "pad_token_id": 1}
    for key, value in wanted.items():
        if config.get(key) != value:
            raise WeightsError(f"{file}: {key} is {config.get(key)!r}, but {value!r} in the checkpoint; get both anew")
    heads, _ = text_settings(file)
    if heads < 1 or width % heads:
        raise WeightsError(f"{file} says {heads} heads, which do not divide the width {width}; download it again")
    try:
        known = Tokenizer.from_file(str(published.tokenizer)).get_vocab_size()
    except Exception as error:  # tokenizers raises nothing narrower
        raise WeightsError(f"{published.tokenizer} is not a tokenizer; download it again") from error
    if known > words:
        raise WeightsError(f"{published.tokenizer} has {known} words, the checkpoint {words}; get both anew")


def _audio_heads(file: Path, width: int) -> int:
    heads = _read(file).get("audio_heads") if file.exists() else width // WIDTH_OF_A_HEAD
    if not isinstance(heads, int) or heads < 1 or width % heads:
        raise WeightsError(f"{file} has to give audio_heads that divide the width {width}, not {heads!r}")
    return heads


def _expected_tower(file: Path, state: Mapping[str, torch.Tensor], tower: str, inner: str) -> Shapes:
    """What a tower of this depth and width holds; sizes are read from a few of its own tensors."""
    prefix = f"{tower}_model.{inner}"
    try:
        words, width = state[prefix + _WORDS].shape
        positions, types = state[prefix + _POSITIONS].shape[0], state[prefix + _TYPES].shape[0]
        wide, projected = state[prefix + _WIDENED].shape[0], state[f"{tower}_proj.weight"].shape[0]
        patches = state["symbolic_model.patch_embedding.weight"].shape[1]
    except (KeyError, ValueError, IndexError) as error:
        raise WeightsError(f"{file} lacks {error}; it is not a whole CLaMP3 checkpoint, download it again") from error
    layers = {name.removeprefix(prefix).split(".")[2] for name in state if name.startswith(f"{prefix}encoder.layer.")}
    shapes = bert_shapes(width, len(layers), wide)
    shapes |= {_WORDS: (words, width), _POSITIONS: (positions, width), _TYPES: (types, width)}
    expected = {prefix + name: shape for name, shape in shapes.items()}
    expected |= {f"{tower}_proj.weight": (projected, width), f"{tower}_proj.bias": (projected,)}
    if inner:
        patch = "symbolic_model.patch_embedding."
        expected |= {f"{patch}weight": (width, patches), f"{patch}bias": (width,)}
    return expected


def bert_shapes(width: int, depth: int, wide: int) -> Shapes:
    """Name and shape of every tensor of a BERT but its three tables of embeddings."""
    linear = {"attention.self.query": (width, width), "attention.self.key": (width, width)}
    linear |= {"attention.self.value": (width, width), "attention.output.dense": (width, width)}
    linear |= {"intermediate.dense": (wide, width), "output.dense": (width, wide)}
    shapes: Shapes = {"pooler.dense.weight": (width, width), "pooler.dense.bias": (width,)}
    norms = ["embeddings.LayerNorm"]
    for layer in range(depth):
        prefix = f"encoder.layer.{layer}."
        norms += [f"{prefix}attention.output.LayerNorm", f"{prefix}output.LayerNorm"]
        for name, shape in linear.items():
            shapes |= {f"{prefix}{name}.weight": shape, f"{prefix}{name}.bias": shape[:1]}
    for name in norms:
        shapes |= {f"{name}.weight": (width,), f"{name}.bias": (width,)}
    return shapes


def _tower(state: Mapping[str, torch.Tensor], tower: str) -> dict[str, torch.Tensor]:
    prefix = f"{tower}_model."
    own = {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}
    own |= {f"proj.{kind}": state[f"{tower}_proj.{kind}"] for kind in ("weight", "bias")}
    return _plain({name: tensor for name, tensor in own.items() if not name.startswith("pooler.")})


def _plain(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    import torch

    return {name: tensor.to(torch.float32).contiguous() for name, tensor in state.items()}


def _tensors(file: Path, state: object) -> Mapping[str, torch.Tensor]:
    import torch

    if isinstance(state, Mapping) and all(isinstance(tensor, torch.Tensor) for tensor in state.values()):
        return state
    raise WeightsError(f"{file} holds no table of tensors; download it again")


def _shapes(state: Mapping[str, torch.Tensor]) -> Shapes:
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _compare(file: Path, found: Shapes, expected: Shapes) -> None:
    if missing := sorted(expected.keys() - found.keys()):
        raise WeightsError(f"{file} lacks {_some(missing)}; it is damaged or another model, download it again")
    if unexpected := sorted(found.keys() - expected.keys()):
        raise WeightsError(f"{file} holds the unexpected {_some(unexpected)}; it is another model or version")
    for name, shape in expected.items():
        if found[name] != shape:
            raise WeightsError(f"{file}: {name} has shape {found[name]}, {shape} is expected; it is another model")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _read(file: Path) -> dict[str, Any]:
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{file} is not readable JSON; download it again") from error
    if not isinstance(given, dict):
        raise WeightsError(f"{file} is not a JSON object; download it again")
    return given

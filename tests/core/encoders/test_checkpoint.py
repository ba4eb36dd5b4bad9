"""The published checkpoints: what is not exactly what was expected is refused, and nothing in a pickle is run."""

import json
import os
import pickle
import shutil
from pathlib import Path

import pytest

from soundpalette.core.encoders import weights
from soundpalette.core.encoders.weights import Sources
from soundpalette.errors import WeightsError

PARITY = Path(__file__).parents[2] / "data" / "parity"


def local(**changed: Path) -> Sources:
    return Sources(**{"mert": PARITY / "mert", "clamp3": PARITY / "clamp3.pth", "text": PARITY / "text", **changed})


def test_the_symbolic_tower_and_the_poolers_are_left_behind(tmp_path: Path) -> None:
    from safetensors import safe_open

    folder = weights.install(local(), tmp_path).folder
    for name in ("audio", "text"):
        with safe_open(folder / f"{name}.safetensors", "np") as file:
            assert not [key for key in file.keys() if not key.startswith(("embeddings.", "encoder.", "proj."))]  # noqa: SIM118


def changed_checkpoint(folder: Path, name: str, value: object, *, inside: str = "clamp3.pth") -> Path:
    """A copy of the parity files with one tensor set, or removed where `value` is None; its path."""
    import torch

    path = shutil.copytree(PARITY, folder / "changed") / inside
    outer = torch.load(path, weights_only=True)
    state = outer.get("model", outer)
    if value is None:
        del state[name]
    else:
        state[name] = value if not isinstance(value, tuple) else torch.zeros(value)
    torch.save(outer, path)
    return path


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("audio_model.encoder.layer.1.output.dense.bias", None, "lacks audio_model.encoder.layer.1.output.dense.bias"),
        ("text_model.embeddings.word_embeddings.weight", None, "lacks 'text_model.embeddings.word_embeddings.weight'"),
        ("audio_proj.bias", None, "lacks audio_proj.bias"),
        ("symbolic_proj.bias", None, "lacks symbolic_proj.bias"),
        ("audio_model.extra.weight", (3,), "holds the unexpected audio_model.extra.weight"),
        ("audio_proj.bias", (3,), r"audio_proj.bias has shape \(3,\), \(48,\) is expected"),
        ("text_proj.weight", "no tensor", "holds no table of tensors"),
    ],
)
def test_a_checkpoint_of_other_keys_or_shapes_is_refused(tmp_path: Path, name: str, value: object, says: str) -> None:
    changed = changed_checkpoint(tmp_path, name, value)
    with pytest.raises(WeightsError, match=says) as error:
        weights.install(local(clamp3=changed), tmp_path)
    assert str(error.value).startswith(str(changed))
    assert weights.find(local(clamp3=changed), tmp_path) is None


def test_mert_that_lacks_or_exceeds_a_key_is_refused(tmp_path: Path) -> None:
    for name, value, says in (
        ("encoder.layer_norm.bias", None, "lacks encoder.layer_norm.bias"),
        ("encoder.more", (2,), "holds the unexpected encoder.more"),
    ):
        changed = changed_checkpoint(tmp_path / name, name, value, inside="mert/pytorch_model.bin")
        with pytest.raises(WeightsError, match=says):
            weights.install(local(mert=changed.parent), tmp_path)


def test_another_mert_is_refused_though_its_keys_are_the_same(tmp_path: Path) -> None:
    folder = shutil.copytree(PARITY / "mert", tmp_path / "mert")
    config = json.loads((folder / "config.json").read_text())
    for key, value in (("do_stable_layer_norm", True), ("attention_relax", 32.0), ("hidden_size", "wide")):
        (folder / "config.json").write_text(json.dumps({**config, key: value}))
        with pytest.raises(WeightsError, match=r"MERT-v1-95M"):
            weights.install(local(mert=folder), tmp_path)


def test_text_settings_of_another_model_are_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(PARITY / "text", tmp_path / "text")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 71}))
    with pytest.raises(WeightsError, match="vocab_size is 71, but 70 in the checkpoint"):
        weights.install(local(text=folder), tmp_path)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(WeightsError, match=r"tokenizer\.json is not a tokenizer"):
        weights.install(local(text=folder), tmp_path)


class Attack:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_pickle_is_refused_and_never_run(tmp_path: Path, zipped: bool) -> None:
    import torch

    evil, mark = tmp_path / "evil.pth", tmp_path / "ran"
    if zipped:
        torch.save({"model": {"audio_proj.bias": Attack(mark)}}, evil)
    else:
        evil.write_bytes(pickle.dumps({"model": Attack(mark)}))
    with pytest.raises(WeightsError, match=r"evil\.pth is refused: it is damaged or holds code; nothing in it was run"):
        weights.install(local(clamp3=evil), tmp_path)
    assert not mark.exists()


@pytest.mark.parametrize("kept", [0, 10, 1_000_000])
def test_a_cut_off_checkpoint_is_refused(tmp_path: Path, kept: int) -> None:
    whole = (PARITY / "clamp3.pth").read_bytes()
    (tmp_path / "cut.pth").write_bytes(whole[:kept])
    with pytest.raises(WeightsError, match=r"cut\.pth is (refused: it is damaged|damaged or cut off)"):
        weights.install(local(clamp3=tmp_path / "cut.pth"), tmp_path)

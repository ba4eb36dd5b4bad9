"""The training's own code: generators, tags, captions, and runs that are broken off. Nothing is fetched or played."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from soundpalette.core.encoders.compact import FILES, FOLDER
from soundpalette.core.encoders.compact_frontend import DESCRIPTORS, RATE, make_window
from soundpalette.core.encoders.compact_model import AudioTower
from training import places, text, train
from training.basses import BASSES
from training.captions import Captioner, language, tag, with_parents
from training.drums import DRUMS
from training.effects import EFFECTS
from training.electronics import ELECTRONICS
from training.guitars import GUITARS
from training.percussion import PERCUSSION
from training.registry import Registry, runs
from training.scenes import SCENES
from training.sweeps import SWEEPS
from training.teacher import DIMENSION
from training.tones import TONES
from training.train import Data, Plan, Run, Trainer
from training.vinyl import VINYL

REGISTRIES = (DRUMS, PERCUSSION, BASSES, GUITARS, TONES, SWEEPS, VINYL, SCENES, ELECTRONICS)
PLAN = Plan(minutes=1.0, size=8, rate=1e-3, seed=0, thaw=0.5, lesson=1.0, texts=3, muon=3.0)


@pytest.mark.parametrize("registry", REGISTRIES)
def test_every_generator_makes_the_same_sound_for_the_same_seed(registry: Registry) -> None:
    for (one, make), (two, _) in zip(runs(registry, 0, 0), runs(registry, 0, 0), strict=True):
        first, words = make(one)
        second, again = make(two)
        np.testing.assert_array_equal(first, second)
        assert np.isfinite(first).all(), make
        assert np.abs(first).max() > 1e-3, make
        assert words, make
        assert words == again


def test_words_of_effects_are_adjectives() -> None:
    assert {w for _, _, words in EFFECTS.values() for w in words} <= set(language().adjectives)


def test_no_tag_is_its_own_ancestor() -> None:
    parents = language().parents
    for word in parents:
        assert word not in with_parents(parents[word]), word


def windows(count: int) -> tuple[list[list[str]], list[np.ndarray]]:
    made = [make(rng) for _, (rng, make) in zip(range(count), runs(DRUMS, 1, 0), strict=False)]
    return [words for _, words in made], [
        make_window(np.asarray(a[: 2 * RATE], np.float32), a.size / RATE, 0.0) for a, _ in made
    ]


@pytest.fixture
def data() -> Data:
    words, made = windows(12)
    descriptors = np.stack([w[0, : len(DESCRIPTORS)] for w in made])
    ends = np.cumsum([len(w) - 1 for w in made])
    starts = np.stack([np.concatenate([[0], ends[:-1]]), ends], 1)
    frames = np.concatenate([w[1:] for w in made]).astype(np.float16)
    taught = np.random.default_rng(0).normal(size=(12, DIMENSION)).astype(np.float32)
    return Data(frames, starts, descriptors, taught, tag(words, descriptors), np.full(12, 1 / 12))


def test_captions_are_right_for_the_clip_that_they_are_drawn_for(data: Data) -> None:
    captioner = Captioner(data.tagged)
    rng = np.random.default_rng(0)
    for clip in range(12):
        for _ in range(40):
            caption, wanted = captioner.draw(rng, clip)
            assert caption.strip()
            assert data.tagged.has[clip, wanted].all(), (caption, [data.tagged.tags[t] for t in wanted])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the shipped text table."""
    stored = load_file(FOLDER / FILES[1])
    np.save(tmp_path / "table.npy", (stored["table"].float() * stored["table_scale"].float()).numpy())
    (tmp_path / "tokenizer.json").write_bytes((FOLDER / FILES[2]).read_bytes())
    for module in (places, text, train):
        monkeypatch.setattr(module, "DATA", tmp_path)
    return tmp_path


def test_a_run_that_was_broken_off_goes_on(data: Data, folder: Path) -> None:
    run = Run("some", PLAN, Trainer(data, PLAN, AudioTower()))
    run.advance()
    run.advance()
    run.save()
    later = Run("some", PLAN, Trainer(data, PLAN, AudioTower()))
    later.resume()
    assert (later.step, later.minutes) == (2, run.minutes)
    for name, tensor in run.kept.items():
        torch.testing.assert_close(later.kept[name], tensor, rtol=0, atol=0)
    later.advance()
    later.finish()
    assert {p.name for p in (folder / "runs").iterdir()} == {"some.pt"}
    towers = torch.load(folder / "runs/some.pt", weights_only=True)
    assert towers["cohort"].dtype == torch.int8
    assert towers["cohort"].shape == (len(data.starts), 256)
    assert all(0 < towers[tower]["middle"].norm() < train.CENTRED for tower in ("audio", "text"))


def test_a_run_does_not_go_on_with_another_plan(data: Data, folder: Path) -> None:
    run = Run("some", PLAN, Trainer(data, PLAN, AudioTower()))
    run.save()
    other = Plan(minutes=2.0, size=8, rate=1e-3, seed=0, thaw=0.5, lesson=1.0, texts=3, muon=3.0)
    with pytest.raises(ValueError, match="was begun with"):
        Run("some", other, Trainer(data, other, AudioTower())).resume()

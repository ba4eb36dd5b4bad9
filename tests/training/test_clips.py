"""Shards: what is written is read again, and what is broken off is not there."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from training import clips
from training.clips import load_shards, save_shard
from training.registry import Made
from training.teacher import DIMENSION


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "DATA", tmp_path)
    monkeypatch.setattr(clips, "heard", lambda sounds: np.zeros((len(sounds), DIMENSION), np.float16))


def sounds(rng: np.random.Generator) -> Iterator[Made]:
    yield rng.standard_normal(5000), ["snare", "", "drum"]
    yield np.zeros(9000), ["silence"]
    yield rng.standard_normal((160_000, 2)), ["noise"]


def test_a_shard_holds_both_ends_of_a_long_clip_and_no_silence() -> None:
    assert save_shard("some", sounds(np.random.default_rng(0))) == 3
    (shard,) = load_shards()
    assert shard.words == [["drum", "snare"], ["noise"], ["noise"]]
    assert shard.starts[-1] == len(shard.frames)
    assert len(shard.starts) - 1 == len(shard.descriptors) == len(shard.taught) == 3


def test_a_render_that_is_broken_off_leaves_the_old_shard_or_none() -> None:
    def broken() -> Iterator[Made]:
        yield from sounds(np.random.default_rng(1))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_shard("some", broken())
    assert list(load_shards()) == []
    save_shard("some", sounds(np.random.default_rng(0)))
    with pytest.raises(KeyboardInterrupt):
        save_shard("some", broken())
    assert [len(shard.words) for shard in load_shards()] == [3]


def test_a_shard_that_is_broken_off_while_it_is_written_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    save_shard("some", sounds(np.random.default_rng(0)))

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        save_shard("some", [(np.random.default_rng(2).standard_normal(5000), ["clap"])])
    assert list(load_shards()) == []

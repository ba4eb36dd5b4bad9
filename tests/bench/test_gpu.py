"""The benchmark of GPUs with the device swapped: two processes on the CPU, the small weights of the parity tests."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from bench.gpu import devices, in_order, rows

PARITY = Path(__file__).parents[1] / "data" / "parity"


@pytest.mark.timeout(600)  # three processes load torch
def test_two_processes_encode_what_the_cpu_encodes_alone(tmp_path: Path) -> None:
    weights = shutil.copytree(PARITY, tmp_path / "weights")
    rate, share, cosine = rows("cpu", 2, weights, clips=5)
    assert rate.unit == "files/s"
    assert rate.ours[0] > 0 < rate.baseline[0]
    assert len(share.ours) == len(share.baseline) == 2
    assert 0 < share.ours[0] < share.baseline[0]
    assert (cosine.met, cosine.name) == (True, "clamp3, lowest cosine of 5 clips to the CPU in float32")


def test_vectors_come_back_in_the_order_of_the_clips() -> None:
    clips = np.arange(7, dtype=np.float32)[:, None]
    assert np.array_equal(in_order([clips[0::3], clips[1::3], clips[2::3]]), clips)


def test_without_a_gpu_a_sentence_tells_what_to_do() -> None:
    import torch

    if torch.cuda.is_available():
        assert devices("cuda") == torch.cuda.device_count()
    else:
        with pytest.raises(SystemExit, match=r"finds no CUDA device; run it where one is, or try `--device cpu`"):
            devices("cuda")

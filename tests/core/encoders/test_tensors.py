"""Weights read tensor by tensor: what loading costs beside the weights themselves."""

import subprocess
import sys
from pathlib import Path

import pytest

from soundpalette.core.encoders.runtime import place
from soundpalette.core.encoders.tensors import Tensors
from soundpalette.errors import WeightsError

MB = 2**20
PROBE = """
import sys
from pathlib import Path
from soundpalette.core.encoders.runtime import place
from soundpalette.core.encoders.tensors import Tensors

def status(key):
    lines = dict(line.split(":") for line in open("/proc/self/status"))
    return int(lines[key].split()[0]) * 1024

tensors = Tensors(Path(sys.argv[1]), place("cpu", "bfloat16"))
tensors["small"]
before = status("VmHWM")
table = {name: tensors[name] for name in sorted(tensors.names())}
print(status("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_loading_in_bfloat16_holds_no_second_copy(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"small": torch.zeros(8)} | {str(one): torch.zeros(4 * MB) for one in range(8)}, tmp_path / "a")
    ran = subprocess.run([sys.executable, "-c", PROBE, tmp_path / "a"], capture_output=True, text=True, check=True)
    # 64 MB in bfloat16 and one tensor of 16 MB, mapped, beside them; with all 128 MB mapped it would be 192.
    assert int(ran.stdout) < 96 * MB


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "mert.safetensors").write_bytes(b"\x10" + bytes(30))
    with pytest.raises(WeightsError, match=r"mert\.safetensors is damaged: delete its folder"):
        Tensors(tmp_path / "mert.safetensors", place("cpu", "float32")).names()

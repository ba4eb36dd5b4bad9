"""Memory that does not suffice leaves the encoder as Python's MemoryError, and the next call is served again."""

import subprocess
import sys
from pathlib import Path

import pytest

PARITY = Path(__file__).parents[2] / "data" / "parity"

PROBE = """
import resource, sys
from pathlib import Path
import numpy as np
from soundpalette.core.encoders import clamp3

folder, cache = sys.argv[1:]
encoder = clamp3.load(mert=folder + "/mert", clamp3=folder + "/clamp3.pth", text=folder + "/text", cache_dir=cache)
windows = [np.ones(120_000, np.float32)] * 400
encoder.embed_windows(windows[:1])
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(5e6), resource.RLIM_INFINITY))
try:
    encoder.embed_windows(windows)
except MemoryError as error:
    print(type(error).__name__, "from", type(error.__cause__).__name__)
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(encoder.embed_windows(windows[:1]).shape)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space are Linux's")
def test_an_allocation_that_fails_is_a_memory_error_and_no_more(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", PROBE, PARITY, tmp_path], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == ["MemoryError from RuntimeError", "(1, 48)"]

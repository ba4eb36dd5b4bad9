"""Threads of a server's calls, in a process of their own: what is set before torch loads cannot be set again."""

import os
import subprocess
import sys

import pytest

TOLD = """
from soundpalette.app import App
from soundpalette.config import load_config
App(load_config()).http()
import numpy, torch, threadpoolctl
pools = threadpoolctl.threadpool_info()
print(torch.get_num_threads(), {pool["num_threads"] for pool in pools if pool["user_api"] == "blas"})
"""


@pytest.mark.parametrize(("given", "told"), [({}, "1 {1}"), ({"OMP_NUM_THREADS": "2"}, "2 {2}")])
def test_a_server_computes_in_one_thread_a_call_unless_the_environment_says_otherwise(
    given: dict[str, str], told: str
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "OPENBLAS_", "MKL_"))}
    done = subprocess.run([sys.executable, "-c", TOLD], env=kept | given, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == told

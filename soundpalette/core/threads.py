"""How many processor cores to use, and how the two OpenMP runtimes (torch's and faiss's) share them."""

import os


def processors() -> int:
    """Processor cores that this process may run on (taskset, cpusets; a quota as of `docker --cpus` does not show)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def set_threads() -> None:
    """Set both OpenMP runtimes before either is loaded, unless the user's environment already does.

    Each would take every core that the machine has, and its idle threads would spin: beside decoding threads or a busy
    neighbour (a DAW) that made indexing 4 to 14 times slower on two cores. Passive waiting sleeps instead.
    """
    os.environ.setdefault("OMP_NUM_THREADS", str(processors()))
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

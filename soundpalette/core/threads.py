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


def one_thread_a_call() -> None:
    """For a server whose calls run side by side, one a core: none shares its small matrices out among further threads.

    A text query took 15 ms of processor time with two threads each on two cores and 4 ms with one; beside busy
    neighbours 62 ms passed until it was answered, and 13 ms. To be called before torch and faiss are loaded. The
    user's environment wins.
    """
    if "OMP_NUM_THREADS" in os.environ:
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")  # numpy's, which is loaded and reads no environment any more

"""Joining a Ray cluster, or starting Ray on this machine; what can be wrong with it is told in one sentence."""

import logging
import os
import platform
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from soundpalette.errors import IndexingError

LOCAL: Final = ("", "local")
CLIENT: Final = "ray://"
REACH_SECONDS: Final = 5.0
"""A port that does not answer within this is not reached; Ray itself would try for a minute and end the process."""
SETTINGS: Final = 4
GREETING: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, SETTINGS, 0, 0, 0, 0, 0))
"""What begins a connection of HTTP/2 (RFC 9113, 3.4), which a head speaks: it answers with a frame of settings."""
NODE_SECONDS: Final = 60.0
"""Within this a node has to have started a process; a busy one takes some seconds."""
ENVIRONMENT: Final = {
    # Which clusters somebody runs, and on what, is nobody's business: what we start tells nobody.
    "RAY_USAGE_STATS_ENABLED": "0",
    # Ray prints what it knows of dead processes, pages long, to stdout, where `--json` has its one object.
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",
    # On stderr it warns that an actor may not come up again without its driver; ours are not meant to.
    "RAY_BACKEND_LOG_LEVEL": "fatal",
}
INSTALL: Final = "run `pip install 'soundpalette[ray]'`, here and on each node"


@dataclass(frozen=True, slots=True)
class Resources:
    """What the nodes of a cluster have for us together: processors, GPUs; and the processors beside a GPU, as many as
    each node with GPUs has for each of them. A share of a processor or a GPU counts as none."""

    cpus: int
    gpus: int
    cpus_beside: int = 1


@contextmanager
def joined(address: str) -> Iterator[Resources]:
    """A cluster in use: the one at `address` ("auto", "host:6379"), or Ray started here ("" or "local").

    One that this process has joined before is used, and not left. Raises IndexingError where none can be reached, in
    bounded time, or where a node has another version of us.
    """
    _check_installed()
    import ray

    already = ray.is_initialized()
    if not already:
        _join(address)
    try:
        _check_nodes(address)
        yield resources_of([node["Resources"] for node in ray.nodes() if node["Alive"]])
    finally:
        if not already:
            ray.shutdown()


def resources_of(nodes: Sequence[Mapping[str, float]]) -> Resources:
    """What nodes have, each told as Ray does. An actor runs on one node: sums tell how many there may be, never what
    one may ask for."""
    each = [(int(node.get("CPU", 0)), int(node.get("GPU", 0))) for node in nodes]
    beside = min((cpus // gpus for cpus, gpus in each if gpus), default=1)
    return Resources(sum(cpus for cpus, _ in each), sum(gpus for _, gpus in each), max(1, beside))


def _check_installed() -> None:
    """Ray is no part of the usual installation."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray.data  # noqa: F401
    except ImportError as error:
        raise IndexingError(f"Ray cannot be loaded ({error}); {INSTALL}") from error
    # What it says of lost batches we say ourselves, in a line.
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)


def _join(address: str) -> None:
    import ray

    if address.startswith(CLIENT):
        raise IndexingError(
            f"{address} is a Ray Client's address, over which Ray Data does not run; run `soundpalette index` on a "
            "machine of the cluster (`ray start --address=HEAD:6379 --num-cpus=0` makes this one such), "
            "with --ray-address auto"
        )
    host, _, port = address.rpartition(":")
    if port.isdecimal():
        _check_reached(host, int(port), address)
    local = address in LOCAL
    try:
        ray.init(
            address="local" if local else address,
            include_dashboard=False if local else None,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, RuntimeError, ValueError, OSError, AssertionError, ray.exceptions.RayError) as error:
        told = " ".join(str(error).split())[:300]
        raise IndexingError(
            f"the Ray cluster at {address or 'this machine'} cannot be joined ({told}); start it with "
            f"`ray start --head`, with Python {platform.python_version()} and Ray {ray.__version__} on each node, "
            "and run this on one of its machines"
        ) from error


def _check_reached(host: str, port: int, address: str) -> None:
    """Raises IndexingError where nothing listens, or what listens does not answer gRPC's greeting."""
    try:
        with socket.create_connection((host.strip("[]"), port), REACH_SECONDS) as head:
            if os.environ.get("RAY_USE_TLS", "0") == "0":
                head.sendall(GREETING)
                _check_settings(head.recv(9))
    except (OSError, OverflowError, UnicodeError) as error:
        raise IndexingError(
            f"no Ray head can be reached at {address} ({getattr(error, 'strerror', None) or error}); start one there "
            "with `ray start --head --port=6379`, or correct --ray-address"
        ) from error


def _check_settings(frame: bytes) -> None:
    if len(frame) < 4 or frame[3] != SETTINGS:
        raise ConnectionError("what listens there is no Ray head")


def _check_nodes(address: str) -> None:
    """The code travels by name: each node has to have it, in our version."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    def installed() -> str:  # a function within one travels by value, also to where we are not installed
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("soundpalette")
        except PackageNotFoundError:
            return "none"

    ask = ray.remote(num_cpus=0, max_retries=0)(installed)
    nodes = {node["NodeID"]: node["NodeManagerHostname"] for node in ray.nodes() if node["Alive"]}
    asked = {ask.options(scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False)).remote(): host
             for node, host in nodes.items()}  # fmt: skip
    ours = _our_version()
    for answer, host in asked.items():
        try:
            theirs = ray.get(answer, timeout=NODE_SECONDS)
        except ray.exceptions.RayError as error:
            raise IndexingError(
                f"node {host} of the Ray cluster at {address or 'this machine'} runs nothing "
                f"({type(error).__name__}); look at `ray status`, and end or restart that node"
            ) from error
        if theirs != ours:
            raise IndexingError(
                f"node {host} has soundpalette {theirs}, this machine {ours}; install the same version on each node"
            )


def _our_version() -> str:
    try:
        return version("soundpalette")
    except PackageNotFoundError:
        return "none"

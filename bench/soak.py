"""Hours in minutes (`make soak`), on loopback: load while the index is exchanged, memory, kill -9 at every step of
publishing and at random moments of indexing (bench/soak_indexing.py)."""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import numpy as np

from bench import soak_indexing
from bench.served import SECONDS, Place, Server, figure, make_place, process, resident, serving

GROWTH: Final = 1.05
STEPS: Final = 6
"""Of a publication, as the operating system sees it: two files opened and renamed, a folder opened after each."""
WORDS: Final = ("warm", "dark", "bright", "punchy", "dry", "wide", "kick", "snare", "hat", "pad", "bass", "lead")


@dataclass(frozen=True, slots=True)
class Load:
    """Milliseconds of every answer, what failed how often, how many changes of the library were published meanwhile,
    and whether the last one is the one that is served."""

    milliseconds: tuple[float, ...]
    failures: Counter[str]
    changes: int
    up_to_date: bool

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.milliseconds, share))


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident bytes after the first and after all queries."""

    first: int
    last: int

    @property
    def growth(self) -> float:
        return self.last / self.first


@dataclass(frozen=True, slots=True)
class Kills:
    """Rounds in which indexer and server were killed, next starts that served, and rounds that left a file behind."""

    rounds: int
    served: int
    left_behind: int


def load(place: Place, server: Server, clients: int = 64, seconds: float = 60, swaps: int = 20, seed: int = 0) -> Load:
    """`clients` ask without pause, never the same twice, while an indexer publishes `swaps` times."""
    before = place.manifest.generation
    indexer = process(_publish_often, place, swaps, seconds / swaps)
    milliseconds, failures = anyio.run(_load, server.address, clients, seconds, indexer.is_alive, seed)
    indexer.join()
    if indexer.exitcode:
        failures["indexer failed"] += 1
    after = place.manifest.generation
    served = int(figure(server.address, "soundpalette_index_generation"))
    return Load(tuple(milliseconds), failures, after - before, served == after)


def memory(server: Server, first: int = 1000, last: int = 10_000, seed: int = 0) -> Memory:
    """The server's memory after the first and the last of different queries."""
    anyio.run(_ask_all, server.address, _queries(first, seed))
    before = resident(server.process.pid)
    anyio.run(_ask_all, server.address, _queries(last - first, seed + 1))
    return Memory(before, resident(server.process.pid))


def kills(place: Place, rounds: int = 100, seed: int = 0) -> Kills:
    """The indexer is killed at each step of publishing in turn, then the server while it loads; the next one serves."""
    draw, served, left = random.Random(seed), 0, 0
    server = Server.start(place)
    try:
        for number in range(rounds):
            killer = process(_publish_and_die, place, 1000 * (number + 1), number % STEPS + 1, draw.randrange(1, 4))
            anyio.run(_ask_until, server.address, killer.is_alive, seed + number)
            killer.join()
            time.sleep(draw.uniform(0, 0.03))
            server.kill()
            left += any(path.suffix == ".tmp" for path in Path(place.app.store.place).iterdir())
            server = Server.start(place)
            served += _answers(server.address) and killer.exitcode == -signal.SIGKILL
    finally:
        server.kill()
    return Kills(rounds, served, left)


# --- indexers: processes of their own, forked from one that has loaded torch ---


def _publish_often(place: Place, times: int, seconds: float) -> None:
    app = place.app
    for number in range(times):
        began = time.monotonic()
        place.change(number)
        place.index(app)
        time.sleep(max(0.0, began + seconds - time.monotonic()))


def _publish_and_die(place: Place, base: int, step: int, publication: int) -> None:
    """Publish until the given step of the given publication, and die there of SIGKILL."""
    app, seen = place.app, 0
    folder = app.store.place

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in ("open", "os.rename") and str(arguments[0]).startswith(folder) and _writes(event, arguments):
            seen += 1
            if seen == STEPS * (publication - 1) + step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    for number in range(publication):
        place.change(base + number)
        place.index(app)


def _writes(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether this is a step of publishing: reading what is there is none."""
    return event == "os.rename" or str(arguments[0]).endswith(".tmp") or arguments[1] is None


# --- clients ---


async def _load(
    address: str, clients: int, seconds: float, publishing: Callable[[], bool], seed: int
) -> tuple[list[float], Counter[str]]:
    milliseconds: list[float] = []
    failures: Counter[str] = Counter()
    deadline = time.monotonic() + seconds

    async def ask_on(client: httpx.AsyncClient, own: Iterator[str]) -> None:
        while time.monotonic() < deadline or publishing():
            began = time.perf_counter()
            failures.update(await _fault(client, next(own)))
            milliseconds.append(1000 * (time.perf_counter() - began))

    async with _client(address, clients) as client, anyio.create_task_group() as tasks:
        for number in range(clients):
            tasks.start_soon(ask_on, client, _endless(seed, number))
    return milliseconds, failures


async def _ask_all(address: str, queries: Sequence[str]) -> None:
    waiting = iter(queries)

    async def ask_on(client: httpx.AsyncClient) -> None:
        for query in waiting:
            if fault := await _fault(client, query):
                raise RuntimeError(f"{query!r} failed: {fault}")

    async with _client(address, 8) as client, anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(ask_on, client)


async def _ask_until(address: str, alive: Callable[[], bool], seed: int) -> None:
    own = _endless(seed, 0)
    async with _client(address, 1) as client:
        while alive():
            if fault := await _fault(client, next(own)):
                raise RuntimeError(f"a query failed while the indexer was at work: {fault}")


async def _fault(client: httpx.AsyncClient, query: str) -> list[str]:
    """What went wrong, as a list of one; nothing where there are hits."""
    try:
        answer = await client.post("/search/text", json={"query": query})
    except httpx.HTTPError as error:
        return [type(error).__name__]
    return [] if answer.status_code == 200 and answer.json()["hits"] else [f"status {answer.status_code}"]


def _client(address: str, connections: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=address, timeout=SECONDS, limits=limits)


def _answers(address: str) -> bool:
    with suppress(httpx.HTTPError):
        answer = httpx.post(f"{address}/search/text", json={"query": "kick"}, timeout=SECONDS)
        return answer.status_code == 200 and bool(answer.json()["hits"])
    return False


def _endless(seed: int, client: int) -> Iterator[str]:
    draw, number = random.Random(f"{seed} {client}"), 0
    while True:
        yield f"{' '.join(draw.sample(WORDS, 3))} {seed}-{client}-{number}"
        number += 1


def _queries(count: int, seed: int) -> list[str]:
    endless = _endless(seed, 0)
    return [next(endless) for _ in range(count)]


def main() -> int:
    """Run the long forms; 1 where one of them does not hold."""
    for name in [name for name in os.environ if name.startswith("SOUNDPALETTE_")]:
        del os.environ[name]  # a configuration of the user's own must not change what is measured
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = folder
        place = make_place(Path(folder))
        with serving(place) as server:
            loaded = load(place, server)
        answered = len(loaded.milliseconds)
        print(
            f"load: {answered:,} answers, {dict(loaded.failures) or 'none'} failed, {loaded.changes} changes published"
        )
        print(f"      p50 {loaded.percentile(50):.0f} ms, p99 {loaded.percentile(99):.0f} ms", flush=True)
        with serving(place) as server:
            grown = memory(server)
        print(f"memory: {grown.first / 1e6:.0f} MB after 1,000 queries, {grown.last / 1e6:.0f} MB after 10,000", end="")
        print(f" ({grown.growth - 1:+.1%})", flush=True)
        killed = kills(place)
        print(f"kill -9: {killed.served} of {killed.rounds} next starts served; {killed.left_behind} left files behind")
        resumed = soak_indexing.soak(Path(folder))
    held = not loaded.failures and loaded.up_to_date and grown.growth <= GROWTH and killed.served == killed.rounds
    return 0 if held and resumed.held else 1


if __name__ == "__main__":
    sys.exit(main())

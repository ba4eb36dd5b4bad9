"""`make soak` in short, from seeds: real servers and indexers, each a process of its own."""

import sys
from collections.abc import Iterator

import pytest

from bench.served import Place, Server, make_place, serving
from bench.soak import GROWTH, kills, load, memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked, and SIGKILL is POSIX's")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return make_place(tmp_path_factory.mktemp("soak"), sounds=12)


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[Server]:
    with serving(place) as started:
        yield started


def test_no_query_fails_while_indexes_are_exchanged_under_load(place: Place, server: Server) -> None:
    loaded = load(place, server, clients=16, seconds=2, swaps=4, seed=1)
    assert loaded.failures == {}
    assert loaded.milliseconds
    assert loaded.changes >= 4
    assert loaded.up_to_date


def test_memory_does_not_grow_with_queries(server: Server) -> None:
    assert memory(server, first=200, last=600, seed=2).growth <= GROWTH


def test_after_kill_9_of_indexer_and_server_the_next_start_serves(place: Place) -> None:
    killed = kills(place, rounds=2, seed=3)
    assert (killed.served, killed.rounds) == (2, 2)

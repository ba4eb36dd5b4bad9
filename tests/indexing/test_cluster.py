"""What a cluster has for us; addresses at which there is no Ray head: told in a sentence, and soon."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from soundpalette.errors import IndexingError
from soundpalette.indexing.cluster import Resources, joined, resources_of


def test_a_port_of_something_else_is_told_within_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(IndexingError, match=f"no Ray head can be reached at {address} .timed out.; start one"):
            cluster_at(address)


def test_a_server_that_speaks_something_else_is_no_head() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, ThreadPoolExecutor(1) as pool:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        pool.submit(_say, other, b"220 mail.example.org ESMTP\r\n")
        with pytest.raises(IndexingError, match="what listens there is no Ray head"):
            cluster_at(address)


@pytest.mark.parametrize(
    ("nodes", "resources"),
    [
        ([{"CPU": 8.0, "GPU": 1.0}, {"CPU": 8.0}], Resources(16, 1, 8)),
        ([{"CPU": 32.0, "GPU": 8.0}, {"CPU": 8.0, "GPU": 1.0}, {"memory": 1e9}], Resources(40, 9, 4)),
        ([{"CPU": 1.0, "GPU": 4.0}], Resources(1, 4, 1)),
        ([{"CPU": 4.0}, {"CPU": 0.5, "GPU": 0.5}], Resources(4, 0, 1)),
    ],
)
def test_an_actor_with_a_gpu_asks_for_no_more_processors_than_each_node_has_for_it(
    nodes: list[dict[str, float]], resources: Resources
) -> None:
    assert resources_of(nodes) == resources


def cluster_at(address: str) -> None:
    with joined(address):
        pass


def _say(server: socket.socket, said: bytes) -> None:
    with server.accept()[0] as client:
        client.sendall(said)
        client.recv(100)

"""Addresses at which there is no Ray head: told in a sentence, and soon."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from soundpalette.errors import IndexingError
from soundpalette.indexing.cluster import joined


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


def cluster_at(address: str) -> None:
    with joined(address):
        pass


def _say(server: socket.socket, said: bytes) -> None:
    with server.accept()[0] as client:
        client.sendall(said)
        client.recv(100)

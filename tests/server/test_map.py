"""The map over HTTP: sent once, and again only when it has changed."""

import gzip
from collections.abc import Iterator

import httpx
import numpy as np
import pytest

from soundpalette.core.ids import words
from soundpalette.tools.maps import library_map, map_version, zipped_map
from tests.core.test_map_buffer import decode
from tests.server.conftest import Served


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address, timeout=60) as client:
        yield client


def test_every_sample_of_the_crate_has_a_place_and_most_a_role(client: httpx.Client, served: Served) -> None:
    answer = client.get("/library/map")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
    drawn, catalogue = decode(answer.content), served.bench.searcher.catalogue
    space = served.bench.searcher.encoder.space
    assert drawn.header["count"] == 85 == len(np.unique(drawn.plane, axis=0))
    assert drawn.ids == words(catalogue.embedded(space))
    roles = drawn.header["roles"]
    assert isinstance(roles, list)
    known = catalogue.traits(drawn.ids)
    facts = [known[one].role for one in drawn.ids]
    assert [None if one == 255 else roles[one] for one in drawn.roles] == [fact and fact.value for fact in facts]


def test_whoever_has_the_map_is_not_sent_it_again(client: httpx.Client) -> None:
    tag = client.get("/library/map").headers["etag"]
    again = client.get("/library/map", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/library/map", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_map_is_zipped_for_those_who_take_that(client: httpx.Client, served: Served) -> None:
    plain = client.get("/library/map", headers={"Accept-Encoding": "br, gzip;q=0"})
    zipped = client.get("/library/map", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert plain.content == zipped.content == library_map(served.bench) == gzip.decompress(zipped_map(served.bench))
    assert plain.headers["etag"] == zipped.headers["etag"] == f'W/"{map_version(served.bench)}"'

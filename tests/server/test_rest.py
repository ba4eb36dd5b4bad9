"""REST as clients see it: statuses, problems, ranges, media types, CORS."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import CRATE
from tests.server.conftest import KICK, Served
from tests.server.test_http import TOKEN, http_server

PAGE = "https://daw.example.org"
PREFLIGHT = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}
BYTES = Path(CRATE, KICK).read_bytes()


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address, timeout=60) as client:
        yield client


@pytest.fixture
def audio(served: Served) -> str:
    """The path of a sample's audio."""
    root = served.bench.searcher.catalogue.roots()[0]
    sample = served.bench.searcher.catalogue.sample_at(root.id, KICK)
    assert sample is not None
    return f"/samples/{sample.id}/audio"


@pytest.mark.parametrize(
    ("asked", "status", "sent", "part"),
    [
        ("bytes=0-3", 206, BYTES[:4], f"bytes 0-3/{len(BYTES)}"),
        ("bytes=-4", 206, BYTES[-4:], f"bytes {len(BYTES) - 4}-{len(BYTES) - 1}/{len(BYTES)}"),
        (f"bytes=8-{10 * len(BYTES)}", 206, BYTES[8:], f"bytes 8-{len(BYTES) - 1}/{len(BYTES)}"),
        ("seconds=0-1", 200, BYTES, None),  # a unit that is not known is ignored
        ("bytes=x", 200, BYTES, None),
        ("bytes=9-3", 200, BYTES, None),
    ],
)
def test_audio_comes_in_the_range_asked_for(
    client: httpx.Client, audio: str, asked: str, status: int, sent: bytes, part: str | None
) -> None:
    answer = client.get(audio, headers={"Range": asked})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "audio/aiff")
    assert answer.content == sent
    assert answer.headers.get("content-range") == part


def test_a_range_outside_the_file_is_a_problem_that_tells_its_size(client: httpx.Client, audio: str) -> None:
    answer = client.get(audio, headers={"Range": f"bytes={len(BYTES)}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(BYTES)}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert f"{len(BYTES):,}" in answer.json()["detail"]


def test_head_tells_type_and_size_of_audio(client: httpx.Client, audio: str) -> None:
    answer = client.head(audio)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["content-length"], answer.headers["content-type"]) == (str(len(BYTES)), "audio/aiff")
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed", "words"),
    [
        ("GET", "/nowhere", 404, None, "there is nothing at this path"),
        ("GET", "/library/", 404, None, "no slash at its end?"),
        ("DELETE", "/library", 405, "GET", "DELETE cannot be done here; GET can"),
        ("POST", "/samples/0123456789ab/audio", 405, "GET, HEAD", "GET, HEAD can"),
        ("GET", "/session", 405, "POST, DELETE", "POST, DELETE can"),
    ],
)
def test_what_is_not_there_is_a_problem(
    client: httpx.Client, method: str, path: str, status: int, allowed: str | None, words: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers.get("allow") == allowed
    told = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert words in told["detail"]


@pytest.mark.parametrize(
    ("path", "kind", "body", "status", "sentence"),
    [
        ("/search/text", "text/plain", b"{}", 415, "the Content-Type is 'text/plain'; send application/json"),
        ("/search/text", "", b'{"query": "kick"}', 415, "the Content-Type is ''; send application/json"),
        ("/search/audio/upload", "application/json", b"{}", 415, "an upload comes as multipart/form-data"),
        ("/search/text", "application/json", b'{"query"', 422, "the body is no JSON at character 8"),
        ("/search/text", "application/json", b"[]", 422, "body is []: "),
        ("/search/text", "application/json", b"{}", 422, "query is missing"),
        ("/search/text", "application/json", b'{"query": "kick", "top_k": "5"}', 422, "top_k is '5': "),
        ("/search/text", "application/json", b'{"query": "kick", "top_k": false}', 422, "top_k is False: "),
        ("/search/text", "application/json", b'{"query": "kick", "top_k": 101}', 422, "top_k is 101; 1 to 100"),
        ("/search/text", "application/json", b'{"query": "kick", "tempo": 1}', 422, "tempo is 1: extra inputs"),
        ("/search/audio", "application/json", b"{}", 422, "pass either sample_id or audio_path"),
        ("/search/audio", "application/json", b'{"sample_id": "0123456789ab"}', 404, "there is no sample 0123456789ab"),
    ],
)
def test_a_wrong_body_is_a_problem_with_its_mend(
    client: httpx.Client, path: str, kind: str, body: bytes, status: int, sentence: str
) -> None:
    answer = client.post(path, content=body, headers={"Content-Type": kind} if kind else {})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert sentence in answer.json()["detail"]


def test_top_k_0_is_the_default(client: httpx.Client) -> None:
    hits = [client.post("/search/text", json={"query": "drum", **k}).json()["hits"] for k in ({}, {"top_k": 0})]
    assert hits[0] == hits[1]
    assert len(hits[0]) == 10


@pytest.fixture(scope="module")
def open_to_a_page(served: Served) -> Iterator[str]:
    """A server with a token that pages of one other origin may ask."""
    with http_server(
        environment=served.environment,
        SOUNDPALETTE_SERVER__CORS_ORIGINS=f'["{PAGE}"]',
        SOUNDPALETTE_SERVER__TOKEN=TOKEN,
    ) as address:
        yield address


def test_a_listed_page_may_ask_with_the_token(open_to_a_page: str) -> None:
    with httpx.Client(base_url=open_to_a_page, timeout=60) as client:
        preflight = client.options("/search/text", headers=PREFLIGHT)
        assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, PAGE)
        assert preflight.headers["access-control-allow-headers"] == "authorization"
        assert "access-control-allow-credentials" not in preflight.headers
        asking = {"Origin": PAGE, **BEARER}
        answer = client.post("/search/text", json={"query": "kick", "top_k": 1}, headers=asking)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PAGE)
        assert "Content-Range" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    ("path", "headers", "size", "status"),
    [
        ("/library", {}, 0, 401),
        ("/nowhere", BEARER, 0, 404),
        ("/search/text", BEARER, (1 << 20) + 1, 413),
        ("/library", {"Host": "evil.example"}, 0, 421),
    ],
)
def test_a_listed_page_may_read_why_it_is_refused(
    open_to_a_page: str, path: str, headers: dict[str, str], size: int, status: int
) -> None:
    answer = httpx.post(open_to_a_page + path, content=bytes(size), headers={"Origin": PAGE, **headers}, timeout=60)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, PAGE)


def test_no_other_page_may_ask(open_to_a_page: str) -> None:
    with httpx.Client(base_url=open_to_a_page, timeout=60) as client:
        elsewhere = {"Origin": "https://evil.example"}
        preflight = client.options("/search/text", headers=PREFLIGHT | elsewhere)
        assert preflight.status_code == 400
        asked = client.get("/library", headers=elsewhere | BEARER)
        assert asked.status_code == 403
        for answer in (preflight, asked):
            assert "access-control-allow-origin" not in answer.headers
        client.post("/session", headers=BEARER).raise_for_status()
        assert client.get("/library", headers=elsewhere).status_code == 403  # nor with the cookie


@pytest.fixture
def sample(audio: str) -> str:
    return audio.split("/")[2]


def test_a_waveform_is_asked_for_anew_since_its_file_may_have_changed(client: httpx.Client, sample: str) -> None:
    answer = client.get(f"/samples/{sample}/waveform")
    assert answer.headers["cache-control"] == "no-store"  # the file may change, and its loudness with it
    told = answer.json()
    assert (len(told["lows"]), len(told["highs"])) == (160, 160)
    assert max(told["highs"]) > 0 > min(told["lows"])


def test_a_preview_is_ogg_vorbis(client: httpx.Client, sample: str) -> None:
    answer = client.get(f"/samples/{sample}/preview")
    assert (answer.headers["content-type"], answer.content[:4]) == ("audio/ogg", b"OggS")


def test_an_upload_with_words_is_blended(client: httpx.Client) -> None:
    found = {
        alpha: client.post(
            "/search/audio/upload", files={"file": BYTES}, data={"query": "bass", "alpha": alpha, "top_k": "3"}
        ).json()["hits"]
        for alpha in ("0", "1")
    }
    assert found["0"][0]["path"] == KICK
    assert found["1"] == client.post("/search/text", json={"query": "bass", "top_k": 3}).json()["hits"]
    wrong = client.post("/search/audio/upload", files={"file": BYTES}, data={"query": "bass", "alpha": "2"})
    assert (wrong.status_code, wrong.json()["detail"][:10]) == (422, "alpha is 2")


@pytest.mark.parametrize(
    ("kind", "media_type", "begins", "name"),
    [
        ("paths", "text/plain; charset=utf-8", str(CRATE).encode(), "txt"),
        ("json", "application/json", b"{", "json"),
        ("m3u", "audio/x-mpegurl", b"#EXTM3U\n", "m3u8"),
        ("zip", "application/zip", b"PK", "zip"),
    ],
)
def test_a_palette_is_taken_along_as_a_file(
    client: httpx.Client, sample: str, kind: str, media_type: str, begins: bytes, name: str
) -> None:
    answer = client.get("/palette/export", params={"samples": [sample], "format": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''palette%20of%201%20sound.{name}"
    assert answer.content.startswith(begins)


def test_facets_and_failures_and_the_state_are_told(client: httpx.Client) -> None:
    facets = client.post("/library/facets", json={"kind": "loop"}).json()
    assert facets["matching"] == facets["kinds"]["loop"]
    state = client.get("/library/state").json()
    assert (state["samples"], state["running"]) == (85, False)
    assert client.get("/library/failures").json() == {"total": 0, "failures": []}
    assert client.get("/library/failures?limit=501").status_code == 422

"""The page as browsers get it: policy, caches, compression, and what is closed without the token."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from soundpalette.server.page import add_page, built
from soundpalette.server.problems import add_handlers
from tests.server.conftest import Served
from tests.server.test_http import TOKEN, http_server

STRANGER = "https://evil.example"


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address, timeout=60) as client:
        yield client


def parts(page: httpx.Response) -> list[str]:
    """The files that the page names."""
    found = re.findall(r'(?:src|href)="\./([^"]+)"', page.text)
    assert found
    return found


def test_the_page_is_served_under_a_strict_policy_and_asked_for_anew_each_time(client: httpx.Client) -> None:
    page = client.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.content == (files("soundpalette.server") / "web" / "index.html").read_bytes()
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert (policy.pop("img-src"), policy.pop("media-src")) == ("'self' data:", "'self' blob:")
    assert {policy.pop(f"{kind}-src") for kind in ("script", "style", "font", "connect")} == {"'self'"}
    assert policy == dict.fromkeys(("default-src", "frame-ancestors", "base-uri", "form-action"), "'none'")
    assert page.headers["cache-control"] == "no-cache"
    again = client.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", page.headers["etag"])


def test_the_page_has_no_inline_code_and_names_no_other_server(client: httpx.Client) -> None:
    text = client.get("/").text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|https?://|=\"//", text)


def test_what_the_page_loads_is_there_for_ever_and_compressed(client: httpx.Client) -> None:
    kinds = set()
    for name in parts(client.get("/")):
        found = client.get(f"/{name}").raise_for_status()
        plain = client.get(f"/{name}", headers={"Accept-Encoding": "br, gzip;q=0"})
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "content-encoding" not in plain.headers
        assert found.content == plain.content
        if len(plain.content) > 1000:
            assert found.headers["content-encoding"] == "gzip"
            assert int(found.headers["content-length"]) < len(plain.content)
        kinds.add(found.headers["content-type"].partition(";")[0])
        assert client.head(f"/{name}").headers["content-type"] == found.headers["content-type"]
    assert kinds >= {"text/javascript", "text/css"}


@pytest.mark.parametrize(
    "path", ["/web/..%2findex.html", "/web/%2e%2e/page.py", "/web/results.html", "/web/", "/web", "/web//etc/passwd"]
)
def test_nothing_else_is_reached(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_no_method_but_reading_is_there(client: httpx.Client) -> None:
    answer = client.post("/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_with_a_token_the_page_is_open_and_the_library_is_not(served: Served) -> None:
    with (
        http_server(environment=served.environment, SOUNDPALETTE_SERVER__TOKEN=TOKEN) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        page = client.get("/")
        assert page.status_code == 200
        assert {client.get(f"/{name}").status_code for name in parts(page)} == {200}
        closed = (
            "/library/state",
            "/library/failures",
            "/library/map",
            "/library",
            "/palette/export?samples=a",
            "/web",
        )
        assert {client.get(path).status_code for path in closed} == {401}
        for path in ("/", f"/{parts(page)[0]}"):
            assert client.get(path, headers={"Host": "evil.example"}).status_code == 421
            assert client.get(path, headers={"Origin": STRANGER}).status_code == 403
        assert client.post("/session", headers={"Authorization": "Bearer wrong"}).status_code == 401
        client.post("/session", headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()
        assert client.get("/library/state").status_code == 200


@pytest.mark.anyio
async def test_a_missing_build_is_one_sentence_with_its_mend(tmp_path: Path) -> None:
    app = FastAPI()
    add_handlers(app)
    add_page(app, tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get("/")
    assert answer.status_code == 404
    assert "npm run build" in answer.json()["detail"]


@pytest.mark.anyio
async def test_the_licences_of_bundled_code_are_text_that_may_change(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "licences.md").write_text("# Licences – MIT", encoding="utf-8")
    app = FastAPI()
    add_page(app, tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get("/web/licences.md")
    assert (answer.headers["content-type"], answer.text) == ("text/plain; charset=utf-8", "# Licences – MIT")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_whatever_is_built_has_a_type_that_is_known() -> None:
    start, assets = built() / "index.html", built() / "web"
    assert start.is_file()
    assert all(file.name.rpartition(".")[2] in ("js", "css", "svg", "woff2", "md") for file in assets.iterdir())

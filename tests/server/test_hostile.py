"""What strangers try against a real server: refused with the right status, nothing read outside of the roots."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.types import TextContent

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.vector_index import FaissStore
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.server import forged
from tests.server.hostile import CASES, LIBRARY, REFERENCES, Case, House, reference_in
from tests.server.raw import HOST, TOKEN, Reply, ask, chunked, connected, form, post, request, upload
from tests.sounds import tone, write, write_library

MARK: Final = b"the canary sings to nobody"
BEARER: Final = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, compact: Encoder) -> Iterator[House]:
    """A server over a library into which links, devices and pipes have come since it was indexed."""
    folder = tmp_path_factory.mktemp("hostile")
    library = write_library(folder / "library")
    for path in (*LIBRARY, "inner link.wav", "evil\u202egnp.wav"):
        write(library / path, tone(300 + len(path)))
    canary = write(folder / "secret" / "canary.wav", tone(440))
    with canary.open("ab") as file:
        file.write(MARK)
    ids = _index(library, folder / "data", compact)
    _spoil(library, canary)
    log = folder / "log"
    with _serving("soundpalette", folder / "data", log) as address:
        yield House(address, library, ids, canary, log)


@pytest.fixture(scope="module")
def hurried(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same server with little patience."""
    folder = tmp_path_factory.mktemp("hurried")
    with _serving("tests.server.hurried", house.library.parent / "data", folder / "log") as address:
        yield address


def _index(library: Path, data: Path, encoder: Encoder) -> dict[str, str]:
    catalogue = Catalogue(data / "catalogue.sqlite")
    try:
        store = FaissStore(data / "index" / encoder.space.key, encoder.space)
        Indexer(catalogue, encoder, store, Settings(batch_size=4)).run([library], Lines())
        (root,) = catalogue.roots()
        found = {str(path.relative_to(library)) for path in library.rglob("*.wav")}
        samples = {path: catalogue.sample_at(root.id, path) for path in found}
        return {path: sample.id for path, sample in samples.items() if sample is not None}
    finally:
        catalogue.close()


def _spoil(library: Path, canary: Path) -> None:
    for path in LIBRARY:
        (library / path).unlink()
    (library / "folder").rmdir()
    (library / "folder").symlink_to(canary.parent)
    shutil.copy(canary, canary.parent / "below a link out.wav")
    (library / "linked out.wav").symlink_to(canary)
    (library / "later link.wav").symlink_to(canary)
    (library / "device.wav").symlink_to("/dev/zero")
    (library / "loop.wav").symlink_to("loop.wav")
    (library / "dangling.wav").symlink_to("nothing.wav")
    (library / "inner link.wav").unlink()
    (library / "inner link.wav").symlink_to("drums/kick 1.wav")
    (library / "now a folder.wav").mkdir()
    os.mkfifo(library / "pipe.wav")
    os.mkfifo(library / "later pipe.wav")
    before = Path.cwd()
    os.chdir(library)  # a socket's path may have 100 characters
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind("socket.wav")
    finally:
        os.chdir(before)


@contextmanager
def _serving(module: str, data: Path, log: Path) -> Iterator[str]:
    """The address of a server that is ready and logs all that it ever logs."""
    environment = {
        "SOUNDPALETTE_DATA_DIR": str(data),
        "SOUNDPALETTE_SERVER__TOKEN": TOKEN,
        "SOUNDPALETTE_SERVER__LOG_LEVEL": "debug",
    }
    command = [sys.executable, "-m", module, "serve", "--transport", "http", "--port", "0"]
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stderr=stderr, env=os.environ | environment)
    try:
        address = _announced(process, log)
        while httpx.get(f"{address}/health/ready", timeout=60).status_code != 200:
            time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def _announced(process: subprocess.Popen[bytes], log: Path) -> str:
    while process.poll() is None:
        for line in log.read_text("utf-8").splitlines(keepends=True):
            if line.startswith("MCP at ") and line.endswith("\n"):
                return line.split()[2].removesuffix("/mcp,")
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.encode("ascii", "backslashreplace").decode())
def test_is_refused_with_its_status_and_nothing_is_told(house: House, case: Case) -> None:
    sent = case.sent(house)
    reply = ask(house.address, sent)
    assert reply.status == case.status, reply.raw[:500]
    assert MARK not in reply.raw
    assert b"RIFF" not in reply.raw
    assert b"Traceback" not in reply.raw
    assert TOKEN.encode() not in reply.raw
    assert b"/tmp" not in reply.raw or b"/tmp" in sent.replace(b"\\/", b"/")
    assert b"canary" not in reply.raw or b"canary" in sent


def test_the_table_is_long_enough() -> None:
    assert len({case.name for case in CASES}) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    "sent",
    [
        request("GET /library", host="LOCALHOST:1"),
        request("GET /library", host="[::1]:8765"),
        request("GET /library", "Origin: http://LOCALHOST:8765"),
        request("GET /library", auth=f"bearer  {TOKEN}"),
        request("GET /%6cibrary"),
        post("/search/text", {"query": "kick\u202e\0", "folder": "drums/../drums"}),
        post("/search/audio", {"audio_path": "pipe.wav"}),  # by the vector of when it was a sound
        upload(forged.sound(), "../../../../tmp/evil\u202egnp.wav", (("top_k", "2"), ("kind", "any"))),
        upload(forged.wav(bytes(4000), claimed=0xFFFFFF00)),  # as a recorder at the end of a pipe writes it
    ],
)
def test_what_is_only_strange_is_answered(house: House, sent: bytes) -> None:
    assert ask(house.address, sent).status == 200


def test_an_upload_is_searched_by_with_filters(house: House) -> None:
    sent = upload((house.library / "drums" / "kick 1.wav").read_bytes(), fields=(("top_k", "1"), ("folder", "drums")))
    (hit,) = httpx.Response(200, content=ask(house.address, sent).body).json()["hits"]
    assert hit["path"] == "drums/kick 1.wav"


def test_more_uploads_than_eight_at_once_are_told_to_wait(house: House) -> None:
    begun = upload(forged.sound())[:-1]
    with ExitStack() as held:
        for _ in range(8):
            held.enter_context(connected(house.address)).sendall(begun)
        while (refused := ask(house.address, upload(b""))).status == 422:  # not all eight have been seen yet
            continue
        assert refused.status == 429
        assert "retry-after: 1" in refused.head
    while (reply := ask(house.address, upload(forged.sound()))).status == 429:
        continue
    assert reply.status == 200


def test_files_outside_are_told_like_files_that_are_not_there(house: House) -> None:
    secret = house.canary.parent
    there, missing = (
        ask(house.address, post("/search/audio", {"audio_path": str(secret / name)})).detail.replace(name, "")
        for name in ("canary.wav", "missin.wav")
    )
    assert there == missing


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_the_tools_refuse_the_same_references(house: House) -> None:
    strings = [told for told in map(partial(reference_in, house), REFERENCES) if isinstance(told, str)]
    async with (
        create_mcp_http_client(headers=BEARER) as http,
        Client(streamable_http_client(f"{house.address}/mcp", http_client=http)) as client,
    ):
        for reference in strings:
            if "\ud800" in reference:  # the SDK's client cannot send it
                continue
            result = await client.call_tool("search_by_audio", {"reference": reference})
            (told,) = result.content
            assert result.is_error, reference
            assert isinstance(told, TextContent)
            assert MARK.decode() not in told.text


def test_a_sound_is_played_in_ranges_under_a_harmless_name(house: House) -> None:
    sample = house.ids["evil\u202egnp.wav"]
    url = f"{house.address}/samples/{sample}/audio"
    content = (house.library / "evil\u202egnp.wav").read_bytes()
    whole = httpx.get(url, headers=BEARER)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, content, "audio/wav")
    assert whole.headers["content-disposition"] == "inline; filename*=UTF-8''evilgnp.wav"
    for asked, status, part in (
        ("bytes=0-", 206, content),
        ("bytes=0-3", 206, b"RIFF"),
        ("bytes=10-9999999999", 206, content[10:]),
        ("bytes=-4", 206, content[-4:]),
        ("bytes=4-0", 200, content),
        ("bytes=0-1,3-4", 200, content),
        ("bytes=a-b", 200, content),
        ("bytes=" + "9" * 5000 + "-", 200, content),
    ):
        got = httpx.get(url, headers=BEARER | {"Range": asked})
        assert (got.status_code, got.content) == (status, part), asked
    assert httpx.get(url, headers=BEARER | {"Range": "bytes=0-3", "If-Range": '"other"'}).status_code == 200
    tag = whole.headers["etag"]
    assert httpx.get(url, headers=BEARER | {"Range": "bytes=0-3", "If-Range": tag}).status_code == 206
    beyond = httpx.get(url, headers=BEARER | {"Range": f"bytes={len(content)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(content)}")


def test_a_link_inside_the_root_is_played(house: House) -> None:
    played = httpx.get(f"{house.address}/samples/{house.ids['inner link.wav']}/audio", headers=BEARER)
    assert played.content == (house.library / "drums" / "kick 1.wav").read_bytes()


def test_a_file_that_becomes_a_link_while_it_is_asked_for_never_leads_out(house: House) -> None:
    path, good = house.library / "tonal" / "low.wav", (house.library / "tonal" / "low.wav").read_bytes()
    done = threading.Event()
    swapping = threading.Thread(target=_swap, args=(path, house.canary, done))
    swapping.start()
    try:
        with httpx.Client(base_url=house.address, headers=BEARER, timeout=60) as client:
            answers = [client.get(f"/samples/{house.ids['tonal/low.wav']}/audio") for _ in range(60)]
    finally:
        done.set()
        swapping.join()
    assert {answer.status_code for answer in answers} <= {200, 404, 422}
    assert {answer.content for answer in answers if answer.status_code == 200} <= {good}


def _swap(path: Path, canary: Path, done: threading.Event) -> None:
    link, kept = path.with_name("link"), path.with_name("kept")
    os.link(path, kept)
    while not done.is_set():
        link.symlink_to(canary)
        link.replace(path)
        os.link(kept, link)
        link.replace(path)
    kept.unlink()


@pytest.mark.parametrize(
    "sent",
    [
        request("POST /search/text", "Content-Type: application/json", "Content-Length: 9", framed=False) + b"{",
        chunked("/search/text", 10),
        chunked("/mcp", 10, "Accept: application/json, text/event-stream"),
        chunked("/messages/?session_id=" + "0" * 32, 10),
        form(b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nRIFF')[:-2],
    ],
)
def test_a_body_that_does_not_end_is_given_up(hurried: str, sent: bytes) -> None:
    reply = ask(hurried, sent)
    assert (reply.status, reply.detail) == (408, "the body did not come within 2 seconds")


@pytest.mark.parametrize("sent", [b"", b"GET /health/live HTTP/1.1\r\nHost: loc"])
def test_a_head_that_does_not_end_is_hung_up_on(hurried: str, sent: bytes) -> None:
    assert ask(hurried, sent) == Reply(b"")


def test_a_second_head_that_does_not_end_is_hung_up_on(hurried: str) -> None:
    live = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
    with connected(hurried) as connection:
        connection.sendall(live + b"\r\n")
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(1 << 16)
        connection.sendall(live)
        assert connection.recv(1 << 16) == b""


@pytest.mark.parametrize(("headers", "secure"), [({}, False), ({"X-Forwarded-Proto": "https"}, True)])
def test_the_cookie_is_for_tls_alone_where_the_browser_came_by_it(
    house: House, headers: dict[str, str], secure: bool
) -> None:
    given = httpx.post(f"{house.address}/session", headers=BEARER | headers).headers["set-cookie"]
    parts = {part.strip().lower() for part in given.split(";")}
    assert {"httponly", "samesite=strict", "path=/"} <= parts
    assert ("secure" in parts) is secure
    by_origin = BEARER | {"Host": HOST, "Origin": f"https://{HOST}"}
    assert "secure" in httpx.post(f"{house.address}/session", headers=by_origin).headers["set-cookie"].lower()


def test_the_log_holds_no_token_no_trace_and_nothing_of_the_canary(house: House) -> None:
    """Runs after the table, at log level debug."""
    log = house.log.read_text("utf-8")
    assert "DEBUG" in log
    for token in (TOKEN, TOKEN.replace(" ", "+"), TOKEN.replace(" ", "%20"), TOKEN.upper(), MARK.decode()):
        assert token not in log
    assert "Traceback" not in log

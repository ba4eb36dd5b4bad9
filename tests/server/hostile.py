"""The table of what strangers try, each with the one status that is right for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.server import forged
from tests.server.raw import HOST, TOKEN, chunked, form, post, request, upload


@dataclass(frozen=True, slots=True)
class House:
    """A server, its library, ids of samples by path, and a file beside the library that nobody may read."""

    address: str
    library: Path
    ids: dict[str, str]
    canary: Path
    log: Path


@dataclass(frozen=True, slots=True)
class Case:
    """What is sent and the status that it is answered with."""

    name: str
    raw: bytes | Callable[[House], bytes]
    status: int

    def sent(self, house: House) -> bytes:
        return self.raw if isinstance(self.raw, bytes) else self.raw(house)


MIB: Final = 1 << 20
DEEP: Final = b"[" * 200_000
GOOD: Final = f"Bearer {TOKEN}"
TARGETS: Final[dict[str, int]] = {
    "/samples/../../secret/canary.wav/audio": 404,
    "/samples/..%2f..%2fsecret%2fcanary.wav/audio": 404,
    "/samples/%2e%2e%2f%2e%2e%2fsecret%2fcanary.wav": 404,
    "/samples/%252e%252e%252fsecret%252fcanary.wav/audio": 422,
    "/samples/%2e%2e/audio": 422,
    "/samples/..%5c..%5csecret%5ccanary.wav/audio": 422,
    "/samples/%c0%ae%c0%ae%c0%afsecret/audio": 422,
    "/samples/C:%5cWindows%5cwin.ini/audio": 422,
    "/samples/%5c%5cevil.example%5cshare%5cx.wav/audio": 422,
    "/samples/000000000000::$DATA/audio": 422,
    "/samples/%00/audio": 422,
    "/samples/000000000000%00.wav/audio": 422,
    "/samples/000000000000%0d%0aSet-Cookie:%20a=b": 422,
    "/samples/%e2%80%aegnp.wav": 422,
    "/samples/%ff%fe": 422,
    "/samples/" + "%ef%bc%90" * 12: 422,
    "/samples/000000000000000": 422,
    "/samples/000000000000": 404,
    "/samples/FFFFFFFFFFFF/audio": 404,
    "/samples/'%20OR%201=1--": 422,
    "/samples/" + "0" * 50_000: 422,
    "/samples//audio": 404,
    "//localhost/library": 404,
    "/library/": 404,
    "/library%00": 404,
    "/web/../../secret/canary.wav": 404,
    "/web/..%2f..%2fsecret%2fcanary.wav": 404,
    "/web/%2e%2e": 404,
    "/web/..%5cpage.py": 404,
    "/web/" + "a" * 50_000: 404,
    "/palette/export?samples=..%2fsecret%2fcanary.wav&format=zip": 422,
    "/palette/export?samples=000000000000&format=exe": 422,
    "/palette/export?format=zip": 422,
    "/palette/export?" + "samples=000000000000&" * 65: 422,
    "/library/failures?offset=-1": 422,
    "/library/failures?offset=99999999999999999999&limit=1": 422,
    "/library/../../secret/canary.wav": 404,
    "http://169.254.169.254/latest/meta-data/": 400,
    f"http://{HOST}/library": 400,
    "*": 400,
}
LIBRARY: Final[dict[str, int]] = {
    "linked out.wav": 422,
    "folder/below a link out.wav": 422,
    "device.wav": 422,
    "pipe.wav": 404,
    "socket.wav": 404,
    "now a folder.wav": 404,
    "gone.wav": 404,
    "loop.wav": 404,
    "dangling.wav": 404,
}
"""Samples that were good when they were indexed, and became what their name says."""
REFERENCES: Final[tuple[object, ...]] = (
    "{secret}/canary.wav", "../secret/canary.wav", "drums/../../secret/canary.wav", "{library}/../secret/canary.wav",
    "{library}/linked out.wav", "folder/below a link out.wav", "later link.wav", "later pipe.wav",
    "%2e%2e/secret/canary.wav", "..%2fsecret%2fcanary.wav", "..\\secret\\canary.wav", "....//secret/canary.wav",
    "/dev/zero", "/dev/stdin", "/proc/self/environ", "/proc/self/root{secret}/canary.wav", "/proc/self/cwd",
    "~/canary.wav", "~root/canary.wav", "file://{secret}/canary.wav", "http://169.254.169.254/",
    "\\\\evil.example\\share\\x.wav", "//evil.example/share/x.wav", "\\\\?\\C:\\x.wav", "\\\\.\\PhysicalDrive0",
    "/{library}/drums/kick 1.wav", "C:\\Windows\\Media\\x.wav", "C:x.wav", "drums/kick 1.wav::$DATA",
    "drums/kick 1.wav:secret", "NUL", "CON", "drums/kick 1.wav\0", "\0",
    "drums/kick 1.wav/../../../secret/canary.wav", "drums", ".", "", " ", "\ud800", "\u202egnp.wav", "a" * 5000,
    "a/" * 2000, "*", "$(id)", "'; DROP TABLE samples;--", 7, None, ["drums/kick 1.wav"], {"path": "x"}, True,
)  # fmt: skip
HOSTS: Final = (
    "evil.example", "localhost.evil.example", "localhost.", "evil@localhost", "@localhost",
    "localhost:8765@evil.example", "localhost:x", "localhost:999999", "local\thost", "localhost,evil",
    "127.0.0.1.nip.io", "0.0.0.0", "2130706433", "[::1", "[::1%25lo]", "[::ffff:127.0.0.1]", "localhost/library",
    "localhost\\evil", "", "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
)  # fmt: skip
ORIGINS: Final = (
    "https://evil.example", "null", "NULL", "file://", "http://", "http://[", "http://localhost",
    "http://localhost:1", "http://localhost:8765.evil.example", "http://localhost:8765@evil.example",
    "http://localhost:8765/", "localhost:8765", "http://evil.example http://localhost:8765", "ftp://localhost:8765",
    "javascript:alert(1)", "chrome-extension://abc", "*",
)  # fmt: skip
TOKENS: Final = (
    None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN.upper()}",
    f"Bearer{TOKEN}", f"Bearer {TOKEN},{TOKEN}", f'Bearer "{TOKEN}"', f"Basic {TOKEN}", f"Token {TOKEN}", TOKEN,
    "Bearer \u00e4\u00f6\U0001f511", "Bearer " + "x" * 8000, "Bearer null", "Bearer *", "Negotiate abc",
)  # fmt: skip
GUARDED: Final = (
    "/library",
    "/mcp",
    "/sse",
    "/messages/",
    "/docs",
    "/openapi.json",
    "/library/map",
    "/palette/export",
    "/web",
    "//web/x.js",
    "/samples/000000000000/audio",
    "/no",
)
"""Also what is not there: who has no token learns nothing."""
JSON: Final[dict[str, tuple[bytes, int]]] = {
    "deep": (DEEP, 400),
    "deep in a field": (b'{"query": ' + DEEP + b"]" * len(DEEP) + b"}", 400),
    "deep objects": (b'{"a":' * 100_000, 400),
    "cut off": (b'{"query": "kick"', 422),
    "empty": (b"", 422),
    "not UTF-8": (b'{"query": "\xff\xfe"}', 400),
    "half a character": (b'{"query": "\\ud800"}', 422),
    "an array": (b"[]", 422),
    "null": (b"null", 422),
    "a huge exponent": (b'{"query": "kick", "top_k": 1e400}', 422),
    "a number of 5,000 digits": (b'{"query": "kick", "top_k": ' + b"9" * 5000 + b"}", 400),
    "a number of 4,000 digits": (b'{"query": "kick", "top_k": ' + b"9" * 4000 + b"}", 422),
    "top_k of 10^30": (b'{"query": "kick", "top_k": 1000000000000000000000000000000}', 422),
    "a negative top_k": (b'{"query": "kick", "top_k": -1}', 422),
    "too large a top_k": (b'{"query": "kick", "top_k": 101}', 422),
    "NaN for top_k": (b'{"query": "kick", "top_k": NaN}', 422),
    "NaN for a tempo": (b'{"query": "kick", "min_bpm": NaN}', 422),
    "an infinite tempo": (b'{"query": "kick", "max_bpm": Infinity}', 422),
    "a long query": (b'{"query": "' + b"a" * 100_000 + b'"}', 422),
    "an unknown field": (b'{"query": "kick", "__proto__": {}}', 422),
    "a folder out of the library": (b'{"query": "kick", "folder": "' + b"../" * 1000 + b'"}', 422),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(100), 400),
}


def reference_in(house: House, reference: object) -> object:
    """One of `REFERENCES` with the folders of this house."""
    if not isinstance(reference, str):
        return reference
    return reference.replace("{secret}", str(house.canary.parent)).replace("{library}", str(house.library))


def _targets() -> Iterator[Case]:
    for target, status in TARGETS.items():
        yield Case(f"GET {target[:60]}", request(f"GET {target}"), status)
    for path, status in LIBRARY.items():
        yield Case(f"audio: {path}", partial(_of_sample, "/samples/{}/audio", path), status)
        yield Case(f"zip: {path}", partial(_of_sample, "/palette/export?format=zip&samples={}", path), status)
        read = 404 if path == "loop.wav" else 422
        yield Case(f"waveform: {path}", partial(_of_sample, "/samples/{}/waveform", path), read)
        yield Case(f"preview: {path}", partial(_of_sample, "/samples/{}/preview", path), read)
    for reference in REFERENCES:
        yield Case(f"reference {reference!r:.60}", partial(_reference, reference), 422)
    yield Case("reference: two names", post("/search/audio", {"sample_id": "0", "audio_path": "x"}), 422)
    yield Case("palette of outside", _described, 422)
    yield Case("palette of 1,000", post("/palette/describe", {"samples": ["0" * 12] * 1000}), 422)
    yield Case("palette locked outside", _locked, 422)
    yield Case("hybrid with outside", _hybrid, 422)
    yield Case("CONNECT", request("CONNECT evil.example:443"), 400)
    yield Case("TRACE", request("TRACE /library"), 405)
    yield Case("OPTIONS *", request("OPTIONS *"), 400)


def _of_sample(target: str, path: str, house: House) -> bytes:
    return request(f"GET {target.format(house.ids[path])}")


def _reference(reference: object, house: House) -> bytes:
    return post("/search/audio", {"audio_path": reference_in(house, reference)})


def _described(house: House) -> bytes:
    return post("/palette/describe", {"samples": [str(house.canary)]})


def _locked(house: House) -> bytes:
    return post("/palette/build", {"brief": "techno", "roles": ["kick"], "locked": [str(house.canary)]})


def _hybrid(house: House) -> bytes:
    return post("/search/hybrid", {"query": "dark", "audio_path": str(house.canary), "alpha": 0.5})


def _strangers() -> Iterator[Case]:
    for host in HOSTS:
        yield Case(f"Host {host}", request("GET /library", host=host), 421)
    for origin in ORIGINS:
        for target in ("GET /library", "POST /mcp"):
            yield Case(f"{target}, Origin {origin}", request(target, f"Origin: {origin}"), 403)
    for auth in TOKENS:
        yield Case(f"Authorization {auth!r:.40}", request("GET /library", auth=auth), 401)
    for path in GUARDED:
        for method in ("GET", "POST", "OPTIONS", "DELETE"):
            yield Case(f"{method} {path}, no token", request(f"{method} {path}", auth=None), 401)
    for cookie in (TOKEN, "x", "0" * 64, f'"{TOKEN}"'):
        yield Case(f"cookie {cookie}", _cookie(f"soundpalette={cookie}"), 401)
    yield Case("cookie that is none", _cookie("soundpalette; =; \x7f[]=,;;"), 401)
    yield Case("token in the query", request(f"GET /library?token={TOKEN.replace(' ', '+')}", auth=None), 401)
    yield Case("token in the path", request(f"GET /{TOKEN.replace(' ', '%20')}", auth=None), 401)
    yield Case("two Hosts", request("GET /library", f"Host: {HOST}"), 400)
    yield Case("no Host", request("GET /library", host=None), 400)
    yield Case("no Host in HTTP/1.0", f"GET /library HTTP/1.0\r\nAuthorization: {GOOD}\r\n\r\n".encode(), 421)
    yield Case("X-Forwarded-Host", request("GET /library", f"X-Forwarded-Host: {HOST}", host="evil.example"), 421)
    yield Case("two Origins", request("GET /library", f"Origin: http://{HOST}", "Origin: http://e.example"), 403)
    yield Case("evil Origin at SSE", request("GET /sse", "Origin: https://evil.example"), 403)
    yield Case("evil Host at SSE", request("GET /sse", host="evil.example"), 421)
    yield Case("evil Host at MCP", request("POST /mcp", host="evil.example"), 421)


def _cookie(cookie: str) -> bytes:
    return request("GET /library", f"Cookie: {cookie}", auth=None)


def _bodies() -> Iterator[Case]:
    for name, (body, status) in JSON.items():
        yield Case(f"JSON: {name}", post("/search/text", body), status)
    for path in ("/search/text", "/mcp", "/messages/"):
        yield Case(f"declared 1 TB at {path}", _declared(path, "1000000000000"), 413)
        yield Case(f"endless chunks at {path}", chunked(path, MIB + 1), 413)
    yield Case("declared 64 MiB and 1 byte of upload", _declared("/search/audio/upload", str(64 * MIB + 1)), 413)
    for length, status in {
        "9" * 19: 413,
        "9" * 30: 400,
        "-1": 400,
        "1e3": 400,
        "0x10": 400,
        "1, 2": 400,
        "\u0661": 400,
    }.items():
        yield Case(f"Content-Length {length}", _declared("/search/text", length), status)
    yield Case("two lengths", _declared("/search/text", "2", "Content-Length: 3"), 400)
    yield Case("length and chunks", chunked("/search/text", 2, "Content-Length: 2"), 400)
    yield Case("chunks and gzip", _declared("/search/text", "2", "Transfer-Encoding: gzip, chunked"), 400)
    yield Case("an endless head", b"GET /library HTTP/1.1\r\nX: " + b"a" * 70_000, 400)
    yield Case("NUL in a header", request("GET /library", "X: a\0b"), 400)
    yield Case("a bare line feed", b"GET /library HTTP/1.1\nHost: localhost\nConnection: close\n\n", 401)
    yield Case("white space before the colon", request("GET /library", "X : a"), 400)
    yield Case("HTTP/2 by force", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400)
    yield Case("TLS where HTTP is spoken", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400)
    yield Case("a deep message to MCP", post("/mcp", DEEP, "Accept: application/json, text/event-stream"), 400)
    yield Case("an unknown MCP session", post("/mcp", {}, "Mcp-Session-Id: ../../x"), 404)
    yield Case("a message to no SSE session", post("/messages/", {}), 400)
    yield Case("a message to an SSE session that is none", post("/messages/?session_id=../x", {}), 400)
    yield Case("a message to another's SSE session", post("/messages/?session_id=" + "0" * 32, {}), 404)


def _declared(path: str, length: str, *headers: str) -> bytes:
    kind = "multipart/form-data; boundary=x" if path.endswith("upload") else "application/json"
    return request(f"POST {path}", f"Content-Type: {kind}", f"Content-Length: {length}", *headers, framed=False)


def _uploads() -> Iterator[Case]:
    contents: dict[str, bytes | Callable[[], bytes]] = {
        "nothing": b"",
        "zeros": bytes(10_000),
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "a page": b"<script>alert(1)</script>" * 20,
        "a zip": b"PK\x03\x04" + bytes(500),
        "a WAV that claims 1 GB": forged.wav(bytes(4000), claimed=1 << 30),
        "a WAV of 65,535 channels": forged.wav(bytes(400_000), channels=65_535),
        "a WAV of 0 channels": forged.wav(bytes(4000), channels=0),
        "a WAV at 0 Hz": forged.wav(bytes(4000), rate=0),
        "a WAV at 4 GHz": forged.wav(bytes(4000), rate=0xFFFFFFFF),
        "a WAV of 0 bits": forged.wav(bytes(4000), bits=0),
        "a WAV of a codec that is none": forged.wav(bytes(4000), form=0xBEEF),
        "a WAV of one frame": forged.wav(bytes(4)),
        "a WAV that is cut": forged.sound()[:40],
        "nothing but NaN": forged.values(float("nan")),
        "1e30 everywhere": forged.values(1e30),
        "an RF64 of 2^60 frames": forged.rf64(1 << 60),
        "an MP3 behind a tag of 256 MB": forged.giant_tag(),
        "two hours of silence": partial(forged.audio, "FLAC", 2 * 3600 * 8000, rate=8000),
        "11 minutes of unknown length": partial(forged.audio, "FLAC", 11 * 60 * 48_000, known=False),
        "half a FLAC": forged.audio("FLAC", 480_000)[:1000],
        "an Ogg that is cut": forged.audio("OGG", 48_000)[:200],
    }
    for name, content in contents.items():
        yield Case(f"upload: {name}", partial(_sent, content), 422)
    for fields in ((("top_k", "-1"),), (("top_k", "9" * 5000),), (("min_bpm", "nan"),), (("path", "/etc/passwd"),)):
        yield Case(f"upload with {fields[0][0]} {fields[0][1]:.9}", upload(forged.sound(), fields=fields), 422)
    yield Case("upload: a file that is text", form(_field("file", "x")), 422)
    yield Case("upload: no file", form(_field("top_k", "3")), 422)
    yield Case("upload as JSON", post("/search/audio/upload", {"file": "x"}), 415)
    yield Case("upload as a simple form", _typed("application/x-www-form-urlencoded", b"file=x"), 415)
    yield Case("upload as audio", _typed("audio/wav", forged.sound()), 415)
    yield Case("upload without a type", request("POST /search/audio/upload", body=b"abc"), 415)
    yield Case("upload without a boundary", form(b"abc", ""), 400)
    yield Case("upload without parts", form(b"abc"), 400)
    yield Case("upload of 2,000 fields", form(_field("a", "b", 2000)), 400)
    yield Case("upload with a field of over 1 MiB", form(_field("folder", "a" * (MIB + 1))), 400)
    yield Case("upload with a head of 10 KB", form(_field("a" * 10_000, "b")), 400)


def _sent(content: bytes | Callable[[], bytes], _house: House) -> bytes:
    return upload(content if isinstance(content, bytes) else content())


def _field(name: str, value: str, times: int = 1) -> bytes:
    part = f'--frontier\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    return part * times + b"--frontier--\r\n"


def _typed(kind: str, body: bytes) -> bytes:
    return request("POST /search/audio/upload", f"Content-Type: {kind}", body=body)


CASES: Final = [*_targets(), *_strangers(), *_bodies(), *_uploads()]

"""HTTP written byte by byte, since clients would mend what is to be sent broken."""

import json
import socket
from dataclasses import dataclass
from typing import Final

TOKEN: Final = "correct horse battery staple"
HOST: Final = "localhost:8765"
BOUNDARY: Final = "frontier"
SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status (0: nothing), the head's lines in lower case, everything as it came."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1]) if self.raw.startswith(b"HTTP/") else 0

    @property
    def head(self) -> list[str]:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").lower().split("\r\n")

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def detail(self) -> str:
        """The sentence of a problem."""
        return str(json.loads(self.body)["detail"])


def ask(address: str, raw: bytes) -> Reply:
    """What a server says to these bytes until it closes the connection."""
    with connected(address) as connection:
        connection.sendall(raw)
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    return Reply(b"".join(parts))


def connected(address: str) -> socket.socket:
    """A connection to a server."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), SECONDS)


def request(
    line: str,
    *headers: str,
    body: bytes = b"",
    host: str | None = HOST,
    auth: str | None = f"Bearer {TOKEN}",
    framed: bool = True,
) -> bytes:
    """A request of method and target; `framed`: with the length of its body."""
    lines = [f"{line} HTTP/1.1", "Connection: close", *headers]
    lines += [f"Host: {host}"] if host is not None else []
    lines += [f"Authorization: {auth}"] if auth is not None else []
    lines += [f"Content-Length: {len(body)}"] if framed and (body or line.startswith("POST")) else []
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


def post(target: str, body: object, *headers: str) -> bytes:
    """JSON; bytes go as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return request(f"POST {target}", "Content-Type: application/json", *headers, body=content)


def chunked(target: str, size: int, *headers: str) -> bytes:
    """A chunk of `size` bytes, and no end."""
    head = request(
        f"POST {target}", "Content-Type: application/json", "Transfer-Encoding: chunked", *headers, framed=False
    )
    return head + f"{size:x}\r\n".encode() + b" " * size


def upload(content: bytes, name: str = "sound.wav", fields: tuple[tuple[str, str], ...] = ()) -> bytes:
    """A file in a form, and further fields."""
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields]
    parts.append(f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + content)
    return form(
        b"".join(f"--{BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    )


def form(body: bytes, boundary: str = BOUNDARY) -> bytes:
    """Any bytes, called a form."""
    kind = (
        f"Content-Type: multipart/form-data; boundary={boundary}" if boundary else "Content-Type: multipart/form-data"
    )
    return request("POST /search/audio/upload", kind, body=body)

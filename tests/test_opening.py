"""`soundpalette open`: a real process, and a browser that notes what it is given."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.server.test_http import TOKEN

BROWSER = """\
#!{python}
import sys
with open({notes!r}, "a") as notes:
    print(sys.argv[1], file=notes)
"""


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the browser notes the addresses that it is to show."""
    notes = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(BROWSER.format(python=sys.executable, notes=str(notes)))
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    return notes


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def opening(port: int, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "soundpalette", "open", *options]
    environment = dict(os.environ) | {"SOUNDPALETTE_SERVER__PORT": str(port)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)


@pytest.mark.skipif(os.name == "nt", reason="no script is a browser there")
def test_the_page_opens_once_it_is_served_and_a_second_call_only_opens_it_again(
    opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDPALETTE_SERVER__TOKEN", TOKEN)
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    with opening(port) as first:
        assert first.stderr is not None
        assert first.stderr.readline() == f"SoundPalette is at {address}\n"
        assert "<title>SoundPalette</title>" in httpx.get(address, timeout=60).text
        with opening(port) as second:
            assert second.stderr is not None
            assert second.stderr.read() == f"SoundPalette is at {address}\n"
            assert second.wait(60) == 0
    assert first.returncode == 0
    assert opened.read_text() == 2 * f"{address}\n"  # and no token


def test_no_browser_opens_none_and_any_free_port_may_be_configured(opened: Path) -> None:
    with opening(0, "--no-browser") as process:
        assert process.stderr is not None
        address = process.stderr.readline().removeprefix("SoundPalette is at ").strip()
        assert httpx.get(f"{address}health/live", timeout=60).json() == {"status": "live"}
    assert not opened.exists()


def test_a_port_that_a_stranger_holds_is_one_sentence_whose_advice_helps(opened: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        with opening(taken) as process:
            assert process.stderr is not None
            told = process.stderr.read()
            assert "cannot be bound" in told
            assert "--port or [server] port" in told
            assert process.wait(60) == 2
        with opening(taken, "--no-browser", "--port", "0") as process:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("SoundPalette is at http://127.0.0.1:")
    assert not opened.exists()

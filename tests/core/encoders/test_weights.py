"""CLaMP3's weights: fetched by the real hub client from a small local server, checked, converted, found again."""

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from soundpalette.core.encoders import checkpoint, clamp3, weights
from soundpalette.core.encoders.weights import CHECKPOINT, Sources
from soundpalette.errors import WeightsError

PARITY = Path(__file__).parents[2] / "data" / "parity"
Numbers = dict[str, npt.NDArray[np.float32]]
COMMIT = "a" * 40
PUBLISHED = {
    "m-a-p/MERT-v1-95M": {name: PARITY / "mert" / name for name in weights.MERT_FILES},
    "sander-wood/clamp3": {CHECKPOINT: PARITY / "clamp3.pth"},
    "FacebookAI/xlm-roberta-base": {name: PARITY / "text" / name for name in weights.TEXT_FILES},
}


HUB = Sources()


class Hub(ThreadingHTTPServer):
    """The few endpoints of the hub that a download needs, over the parity files; misbehaves on demand."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Files)
        self.files = {
            f"{repo}/{name}": path.read_bytes() for repo, names in PUBLISHED.items() for name, path in names.items()
        }
        self.asked: list[tuple[str, str]] = []
        self.refuse = 0
        self.cut = self.break_off = self.garble = ""
        self.revision = "main"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Files(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer(send=False)

    def do_GET(self) -> None:
        self.answer(send=True)

    def answer(self, *, send: bool) -> None:
        repo, _, rest = self.path.strip("/").partition("/resolve/")
        revision, _, name = rest.partition("/")
        self.server.asked.append((self.command, f"{repo}/{name}"))
        content = self.server.files.get(f"{repo}/{name}")
        if self.server.refuse or content is None or revision not in (self.server.revision, COMMIT):
            self.refuse(self.server.refuse or 404)
            return
        body = content
        if send and name == self.server.garble:
            body = bytes([content[0] ^ 1]) + content[1:]
        if send and name == self.server.cut:
            body = content[: len(content) // 2]
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        if send and name == self.server.break_off:
            self.server.break_off = ""
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif send:
            self.wfile.write(body[start:])

    def refuse(self, status: int) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", "EntryNotFound" if status == 404 else "GatedRepo")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(checkpoint, "WIDTH_OF_A_HEAD", 12)  # the parity tower is 48 wide and has 4 heads
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def expected() -> Numbers:
    with np.load(PARITY / "expected.npz") as numbers:
        return dict(numbers)


def local(**changed: Path) -> Sources:
    return Sources(**{"mert": PARITY / "mert", "clamp3": PARITY / "clamp3.pth", "text": PARITY / "text", **changed})


def download(hub: Hub, cache: Path, sources: Sources = HUB) -> weights.Installed:
    return weights.download_clamp3(sources, cache, accept_license=True, endpoint=hub.url)


def test_a_download_shows_its_progress_on_stderr(
    hub: Hub, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TQDM_POSITION", "-1")  # a progress bar although stderr is no terminal
    download(hub, tmp_path)
    shown = capfd.readouterr()
    assert "pytorch_model.bin: 100%" in shown.err
    assert shown.out == ""


def test_what_is_downloaded_equals_the_reference_and_needs_no_network_again(
    hub: Hub, tmp_path: Path, expected: Numbers
) -> None:
    download(hub, tmp_path)
    assert {name for verb, name in hub.asked if verb == "GET"} == set(hub.files)
    shutil.rmtree(tmp_path / "hub")  # what was fetched is not needed any more
    hub.asked.clear()
    encoder = clamp3.load(cache_dir=tmp_path, device="cpu")
    made = encoder.embed_audio_files([PARITY / "tail_kept.flac"], normalise=False)[0]
    np.testing.assert_allclose(made, expected["audio/tail_kept"], rtol=0, atol=1e-5)
    assert hub.asked == []


def test_only_the_checkpoint_and_no_xlm_roberta_weights_are_asked_for(hub: Hub, tmp_path: Path) -> None:
    download(hub, tmp_path)
    names = [name for _, name in hub.asked]
    assert all(name in hub.files for name in names)
    assert not any(
        "xlm-roberta" in name and name.endswith((".bin", ".safetensors")) for name in names if CHECKPOINT not in name
    )


def test_hub_and_local_copies_of_the_same_bytes_share_a_space_and_other_heads_do_not(hub: Hub, tmp_path: Path) -> None:
    copy = shutil.copytree(PARITY, tmp_path / "copy")
    (copy / "clamp3.json").unlink()
    assert (
        download(hub, tmp_path / "a").revision
        == weights.install(Sources(copy / "mert", copy / "clamp3.pth", copy / "text"), tmp_path / "b").revision
    )
    assert (
        weights.install(local(), tmp_path / "b").revision
        != weights.install(Sources(copy / "mert", copy / "clamp3.pth", copy / "text"), tmp_path / "b").revision
    )


def test_another_checkpoint_over_the_same_mert_keeps_the_features_revision(tmp_path: Path) -> None:
    copy = shutil.copytree(PARITY, tmp_path / "copy")
    changed = Sources(copy / "mert", copy / "clamp3.pth", copy / "text")
    before = weights.install(local(), tmp_path / "cache")
    (copy / "clamp3.json").write_text('{"audio_heads": 3}')
    other_checkpoint = weights.install(changed, tmp_path / "cache")
    (copy / "mert" / "config.json").write_text((copy / "mert" / "config.json").read_text() + "\n")
    other_mert = weights.install(changed, tmp_path / "cache")
    assert other_checkpoint.revision != before.revision
    assert other_checkpoint.features == before.features != other_mert.features


def test_a_named_revision_is_fetched(hub: Hub, tmp_path: Path) -> None:
    hub.revision = "v1.0"
    sources = Sources("m-a-p/MERT-v1-95M@v1.0", "sander-wood/clamp3@v1.0", "FacebookAI/xlm-roberta-base@v1.0")
    assert weights.find(sources, tmp_path) is None
    assert download(hub, tmp_path, sources) == weights.find(sources, tmp_path)
    assert weights.find(Sources(), tmp_path) is None
    with pytest.raises(WeightsError, match=r"config\.json did not come"):
        download(hub, tmp_path)


def test_without_acceptance_nothing_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(
        WeightsError, match=r"2\.2 GB .* CC-BY-NC-4\.0 .* --accept-license or set SOUNDPALETTE_ACCEPT"
    ) as e:
        weights.download_clamp3(Sources(), tmp_path, accept_license=False, endpoint=hub.url)
    assert hub.asked == []
    assert "\n" not in str(e.value)


def test_a_connection_that_breaks_off_is_taken_up_again(hub: Hub, tmp_path: Path) -> None:
    hub.break_off = CHECKPOINT
    assert download(hub, tmp_path).dimension == 48
    assert [verb for verb, name in hub.asked if name.endswith(CHECKPOINT)].count("GET") == 2


def test_a_truncated_file_is_refused_and_fetched_again_later(hub: Hub, tmp_path: Path) -> None:
    hub.cut = "pytorch_model.bin"
    with pytest.raises(WeightsError, match=r"^m-a-p/MERT-v1-95M: pytorch_model\.bin did not come .* again$"):
        download(hub, tmp_path)
    assert weights.find(Sources(), tmp_path) is None
    hub.cut = ""
    assert download(hub, tmp_path).dimension == 48


def test_a_file_garbled_on_its_way_is_deleted_and_fetched_again_later(hub: Hub, tmp_path: Path) -> None:
    hub.garble = CHECKPOINT
    with pytest.raises(
        WeightsError, match="was damaged while it was downloaded and is deleted; run the download again"
    ):
        download(hub, tmp_path)
    hub.garble = ""
    assert download(hub, tmp_path).dimension == 48


@pytest.mark.parametrize("status", [403, 404])
def test_a_server_that_refuses_is_named_in_one_sentence(hub: Hub, tmp_path: Path, status: int) -> None:
    hub.refuse = status
    with pytest.raises(WeightsError, match=rf"^m-a-p/MERT-v1-95M: config\.json .*{status}") as error:
        download(hub, tmp_path)
    assert "\n" not in str(error.value)


def test_no_server_at_all_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)  # the hub's client waits 23 s between its attempts
    with pytest.raises(WeightsError, match=r"config\.json did not come") as error:
        weights.download_clamp3(Sources(), tmp_path, accept_license=True, endpoint="http://127.0.0.1:9")
    assert "\n" not in str(error.value)


def test_missing_weights_say_what_and_how_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as error:
        clamp3.load(text=PARITY / "text", clamp3=tmp_path / "nowhere.pth", cache_dir=tmp_path)
    assert str(error.value) == (
        f"CLaMP3's weights are not here (missing m-a-p/MERT-v1-95M, {tmp_path}/nowhere.pth); "
        "run `soundpalette models download clamp3`, or set [models] mert, clamp3 and text to local paths"
    )


def test_local_files_are_hashed_and_converted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(PARITY, tmp_path / "copy")
    sources = Sources(str(copy / "mert"), copy / "clamp3.pth", copy / "text")
    first = weights.install(sources, tmp_path)
    names = {path.name for path in first.folder.iterdir()}
    assert {"audio.safetensors", "text.safetensors", "mert.safetensors", "manifest.json"} < names
    with monkeypatch.context() as patch:
        patch.setattr(weights, "_sha256", None)
        assert weights.install(sources, tmp_path) == first
    os.utime(copy / "clamp3.pth")
    assert weights.find(sources, tmp_path) is None
    monkeypatch.setattr(weights, "convert", None)
    assert weights.install(sources, tmp_path) == first


def test_a_damaged_conversion_is_made_again(tmp_path: Path) -> None:
    folder = weights.install(local(), tmp_path).folder
    whole = (folder / "text.safetensors").read_bytes()
    (folder / "text.safetensors").write_bytes(whole[:1000])
    assert weights.find(local(), tmp_path) is None
    weights.install(local(), tmp_path)
    assert (folder / "text.safetensors").read_bytes() == whole
    assert not list(folder.parent.glob(".converting-*"))


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WeightsError, match=r"cannot be written .*; set \[models\] cache_dir$"):
        weights.install(local(), tmp_path / "file")

"""The doctor, beside real broken files, folders, ports and processes."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import soundpalette
from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.vector_index import FaissStore
from soundpalette.doctor import Finding, State, examine, machine
from soundpalette.doctor import library as checks
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.conftest import index_store
from tests.sounds import tone, write

PACKAGE = Path(soundpalette.__file__).parent
PARITY = Path(__file__).parents[1] / "data" / "parity"


@pytest.fixture
def indexed(indexer: Indexer, library: Path, catalogue: Catalogue) -> Path:
    """The root of an indexed library, whose catalogue lies on the disk as a whole."""
    indexer.run([library], Lines())
    catalogue.close()
    return library


def findings() -> dict[str, Finding]:
    """By check; of several roots the last."""
    found = {finding.check: finding for finding in examine(0)}
    for finding in found.values():
        assert bool(finding.mend) == (finding.state is not State.OK), finding
    return found


def faults() -> dict[str, Finding]:
    return {check: finding for check, finding in findings().items() if finding.state is State.FAULT}


def test_all_is_well_with_an_indexed_library(indexed: Path, compact: Encoder) -> None:
    found = findings()
    assert {finding.state for finding in found.values()} == {State.OK}
    assert list(found) == [
        "python", "torch", "configuration", "data folder", "disk", "port", "devices", "weights compact", "catalogue",
        "root", "index",
    ]  # fmt: skip
    assert found["root"].told == str(indexed)
    assert "6 samples" in found["catalogue"].told
    assert f"{compact.space.key}, 6 samples of generation 2, checksum right" in found["index"].told


def test_a_new_machine_has_warnings_alone_and_nothing_is_made_on_it(tmp_path: Path) -> None:
    found = findings()
    assert {check for check, finding in found.items() if finding.state is not State.OK} == {"catalogue", "index"}
    assert found["index"].mend.startswith("run `soundpalette index FOLDER`")
    assert "can be made" in found["data folder"].told
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"no database" + data[11:], "file is not a database"),
        (lambda data: data[: len(data) // 2], "is damaged"),
        (lambda data: data[:8192] + b"\xa5" * (len(data) - 8192), "is damaged"),
    ],
)
def test_a_damaged_catalogue_is_told_and_the_rest_is_still_looked_at(
    indexed: Path, tmp_path: Path, damage: object, words: str
) -> None:
    path = tmp_path / "data" / "catalogue.sqlite"
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))
    found = faults()
    assert list(found) == ["catalogue"]
    assert words in found["catalogue"].told
    assert found["catalogue"].mend == "move it away and run `soundpalette index FOLDER` again"
    assert "checksum right" in findings()["index"].told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(holes=st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=600)), max_size=4))
def test_no_damage_of_the_catalogue_stops_the_doctor(
    indexed: Path, tmp_path: Path, holes: list[tuple[int, bytes]]
) -> None:
    whole = tmp_path / "data" / "catalogue.sqlite"
    data = bytearray(whole.read_bytes())
    for start, bad in holes:
        data[start % len(data) : start % len(data) + len(bad)] = bad
    folder = tmp_path / "damaged"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "catalogue.sqlite").write_bytes(data)
    config = load_config()
    app = App(config.model_copy(update={"paths": config.paths.model_copy(update={"data_dir": str(folder)})}))
    finding, catalogue = checks.catalogue(app)
    assert (catalogue is None) == (finding.state is State.FAULT)
    assert bool(finding.mend) == (catalogue is None)
    if catalogue is not None:
        assert all(
            root.mend or root.state is State.OK for root in [*checks.roots(catalogue), checks.index(app, catalogue)]
        )
        catalogue.close()


def test_a_catalogue_of_a_newer_version_is_told(indexed: Path, tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "data" / "catalogue.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "has version 99" in faults()["catalogue"].told


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("*.faiss", b"\0", "its checksum is wrong"),
        ("*.faiss", None, "its file is gone"),
        ("manifest.json", b"[", "its manifest cannot be read"),
        ("manifest.json", None, "6 samples are known, none is indexed"),
    ],
)
def test_a_damaged_index_is_told(
    indexed: Path, tmp_path: Path, compact: Encoder, file: str, content: bytes | None, words: str
) -> None:
    (path,) = index_store(tmp_path, compact).folder.glob(file)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content + path.read_bytes()[1:])
    found = faults()
    assert list(found) == ["index"]
    assert words in found["index"].told
    assert found["index"].mend.startswith("run `soundpalette index`")


def test_samples_that_are_not_indexed_yet_are_a_warning(indexed: Path, catalogue: Catalogue, compact: Encoder) -> None:
    write(indexed / "new.wav", tone(500))
    unused = FaissStore(indexed.parent / "unused", compact.space)
    Indexer(catalogue, compact, unused, Settings(analyse_only=True)).run([indexed], Lines())
    found = findings()["index"]
    assert (found.state, found.mend) == (State.WARNING, "run `soundpalette index`")
    assert "1 samples pending" in found.told


def test_a_root_that_is_gone_a_link_or_a_file_is_told(indexed: Path, tmp_path: Path) -> None:
    indexed.rename(tmp_path / "elsewhere")
    gone = faults()["root"]
    assert f"{indexed} is not there (an unplugged drive?)" in gone.told
    assert f"soundpalette index --prune {indexed}" in gone.mend
    indexed.symlink_to(tmp_path / "elsewhere")
    link = faults()["root"]
    assert f"{indexed} is a link to {tmp_path / 'elsewhere'} by now" in link.told
    assert f"run `soundpalette index {tmp_path / 'elsewhere'}`" in link.mend
    indexed.unlink()
    indexed.write_text("no folder")
    assert "cannot be read (Not a directory)" in faults()["root"].told


def test_a_reference_folder_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    named = json.dumps([str(tmp_path / "link"), str(tmp_path / "gone")])
    monkeypatch.setenv("SOUNDPALETTE_PATHS__REFERENCE_DIRS", named)
    told = [(one.state, one.told) for one in examine(0) if one.check == "reference"]
    assert told[0] == (State.OK, str(tmp_path))
    assert told[1] == (State.FAULT, f"{tmp_path / 'gone'} is not there (an unplugged drive?)")


def test_a_data_folder_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("SOUNDPALETTE_DATA_DIR", str(tmp_path / "file" / "data"))
    found = faults()["data folder"]
    assert "cannot be written (Not a directory)" in found.told
    assert "SOUNDPALETTE_DATA_DIR" in found.mend


def test_a_wrong_configuration_ends_the_examination_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDPALETTE_ENCODER__NAME", "clap")
    monkeypatch.setenv("SOUNDPALETTE_SEARCH__MAX_TOP_K", "0")
    *others, last = examine()
    assert [one.check for one in others] == ["python", "torch"]
    assert (last.check, last.state) == ("configuration", State.FAULT)
    assert "encoder.name is 'clap'" in last.told
    assert "search.max_top_k is '0'" in last.told
    assert last.mend.startswith("correct ")


def test_a_device_that_is_not_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDPALETTE_PROCESSING__DEVICE", "mps")
    assert "mps is configured" in faults()["devices"].told


def test_a_port_that_a_stranger_holds_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        found = machine.port("127.0.0.1", stranger.getsockname()[1], token=False)
    assert found.state is State.FAULT
    assert "cannot be bound" in found.told
    assert "stop what uses it" in found.mend


def test_a_port_that_our_own_server_holds_is_well() -> None:
    command = [sys.executable, "-m", "soundpalette", "serve", "--transport", "http", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        port = int(next(line for line in server.stderr if "MCP at" in line).split("/mcp")[0].rsplit(":", 1)[1])
        found = machine.port("127.0.0.1", port, token=False)
        server.terminate()
    assert (found.state, found.told) == (State.OK, f"127.0.0.1:{port} is served already")


def test_an_open_address_without_a_token_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDPALETTE_SERVER__HOST", "0.0.0.0")
    assert "there is no token" in faults()["port"].told
    monkeypatch.setenv("SOUNDPALETTE_SERVER__TOKEN", "correct horse battery staple")
    assert "port" not in faults()
    monkeypatch.setenv("SOUNDPALETTE_SERVER__TOKEN_FILE", "/nowhere/token")
    assert "token_file /nowhere/token cannot be read" in faults()["port"].told


@pytest.mark.parametrize(("free", "state"), [(50 << 20, State.FAULT), (500 << 20, State.WARNING), (5 << 30, State.OK)])
def test_little_room_is_told(free: int, state: State) -> None:
    assert machine.room(free).state is state


def test_clamp3_is_at_fault_until_its_weights_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDPALETTE_ENCODER__NAME", "clamp3")
    found = findings()
    assert found["weights compact"].state is State.OK
    assert found["weights clamp3"].state is State.FAULT
    assert "soundpalette models download clamp3" in found["weights clamp3"].mend
    assert found["index"].mend == "mend the weights first"
    for name, path in (("MERT", "mert"), ("CLAMP3", "clamp3.pth"), ("TEXT", "text")):
        monkeypatch.setenv(f"SOUNDPALETTE_MODELS__{name}", str(PARITY / path))
    App(load_config()).download_clamp3(accept_license=False)
    assert findings()["weights clamp3"].state is State.OK


def doctor(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "soundpalette", "doctor", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120)
    assert "Traceback" not in result.stderr
    return result


def test_the_command_exits_with_one_where_anything_is_at_fault(indexed: Path) -> None:
    well = doctor("--port", "0")
    assert well.returncode == 0
    assert f"ok       root             {indexed}" in well.stdout
    shutil.rmtree(indexed)
    ill = doctor("--port", "0", "--json")
    assert ill.returncode == 1
    answer = json.loads(ill.stdout)
    assert answer["faults"] == 1
    (root,) = [check for check in answer["checks"] if check["state"] == "fault"]
    assert (root["check"], list(root)) == ("root", ["check", "state", "told", "mend"])
    assert root["mend"] == f"bring it back, or run `soundpalette index --prune {indexed}` to forget its samples"


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("audio.safetensors", None, "is missing"),
        ("text.safetensors", b"short", "is damaged"),
        ("tokenizer.json", b'{"version": ', "is damaged"),
        ("cohort.safetensors", b"", "is damaged"),
    ],
)
def test_weights_that_are_missing_or_damaged_in_the_package_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: bytes | None, words: str
) -> None:
    shutil.copytree(PACKAGE, tmp_path / "soundpalette", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "soundpalette" / "weights" / "compact" / file
    path.unlink() if content is None else path.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    result = doctor("--port", "0", "--json")
    assert result.returncode == 1
    (fault,) = [check for check in json.loads(result.stdout)["checks"] if check["state"] == "fault"]
    assert fault["check"] == "weights compact"
    assert f"{path} {words}" in fault["told"]
    assert fault["mend"] == "install soundpalette again"


def test_a_torch_that_does_not_load_is_told(indexed: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "torch.py").write_text("raise ImportError('libtorch_cpu.so: cannot open')")
    result = doctor("--port", "0", "--json", PYTHONPATH=str(tmp_path / "broken"))
    checks = {check["check"]: check for check in json.loads(result.stdout)["checks"]}
    assert result.returncode == 1
    assert checks["torch"]["told"] == "torch cannot be loaded (libtorch_cpu.so: cannot open)"
    assert [check for check, told in checks.items() if told["state"] == "warning"] == ["weights", "index"]
    assert checks["catalogue"]["state"] == checks["root"]["state"] == "ok"

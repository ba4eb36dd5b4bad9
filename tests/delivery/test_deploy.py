"""What an indexer published, sent to a server that runs; the manifests of deploy/."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.vector_index import FaissStore
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from tests.delivery.compose import read_yaml
from tests.delivery.dockerfile import PROJECT, instructions
from tests.sounds import tone, write

PUBLISH = PROJECT / "deploy" / "gpu-vm" / "publish.py"
SERVICE = read_yaml(PROJECT / "deploy" / "cloud-run" / "service.yaml")
(CONTAINER,) = SERVICE["spec"]["template"]["spec"]["containers"]


def publish(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(PUBLISH), str(source), str(target)], capture_output=True, text=True)


def staged(target: Path) -> list[Path]:
    return list(target.glob("index/*/*.tmp"))


@pytest.fixture
def data(indexer: Indexer, library: Path, tmp_path: Path) -> Path:
    """An indexer's data folder."""
    indexer.run([library], Lines())
    return tmp_path / "data"


@pytest.fixture
def server(compact: Encoder, tmp_path: Path) -> Iterator[Searcher]:
    """A server with a data folder of its own, which it opened before anything was sent."""
    catalogue = Catalogue(tmp_path / "server" / "catalogue.sqlite")
    yield Searcher(catalogue, compact, FaissStore(tmp_path / "server" / "index" / compact.space.key, compact.space))
    catalogue.close()


def found(server: Searcher) -> set[str]:
    answer = server.by_text("a sound", 20)
    assert answer.pending == 0
    return {Path(hit.sample.path).name for hit in answer.hits}


def test_a_running_server_answers_from_what_was_sent_last(
    data: Path, server: Searcher, indexer: Indexer, library: Path, tmp_path: Path
) -> None:
    assert publish(data, tmp_path / "box").returncode == 0
    assert publish(tmp_path / "box", tmp_path / "server").returncode == 0
    before = found(server)
    assert {"low.wav", "kick 1.wav"} <= before
    write(library / "new.wav", tone(300, 1.0))
    (library / "tonal" / "low.wav").unlink()
    indexer.run([library], Lines())
    assert publish(data, tmp_path / "box").returncode == 0
    assert found(server) == before, "nothing was sent to the server yet"
    assert publish(tmp_path / "box", tmp_path / "server").returncode == 0
    assert found(server) == before - {"low.wav"} | {"new.wav"}
    assert len(list(Path(server.store.place).iterdir())) == 2


def test_a_damaged_copy_is_not_published(data: Path, server: Searcher, tmp_path: Path) -> None:
    publish(data, tmp_path / "server")
    before = found(server)
    (index,) = (data / "index").glob("*/*.faiss")
    index.write_bytes(index.read_bytes()[:-1])
    refused = publish(data, tmp_path / "server")
    assert refused.returncode == 1
    assert "is not what its manifest says" in refused.stderr
    assert found(server) == before
    assert not staged(tmp_path / "server")


def test_what_is_there_already_is_not_copied_again(data: Path, tmp_path: Path) -> None:
    assert publish(data, tmp_path / "server").returncode == 0
    (index,) = (tmp_path / "server" / "index").glob("*/*.faiss")
    before, content = index.stat(), index.read_bytes()
    assert publish(data, tmp_path / "server").returncode == 0
    assert (index.stat().st_ino, index.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    index.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert publish(data, tmp_path / "server").returncode == 0
    assert index.read_bytes() == content, "one of that name and size that is damaged is replaced"


def test_a_source_that_published_in_between_is_told_in_a_sentence(data: Path, server: Searcher, tmp_path: Path) -> None:
    publish(data, tmp_path / "server")
    before = found(server)
    (index,) = (data / "index").glob("*/*.faiss")
    index.unlink()  # the manifest that was read names a file that the next one does not
    refused = publish(data, tmp_path / "server")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{data} was not published into {tmp_path / 'server'} (")
    assert "let the indexer finish" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert found(server) == before


@pytest.mark.skipif(not shutil.which("sh"), reason="no POSIX shell")
def test_a_full_disk_is_told_in_a_sentence_and_keeps_nothing_of_what_was_staged(data: Path, tmp_path: Path) -> None:
    limited = ["sh", "-c", 'ulimit -f 1 && exec "$@"', "sh", sys.executable, str(PUBLISH)]
    refused = subprocess.run([*limited, str(data), str(tmp_path / "server")], capture_output=True, text=True)
    assert refused.returncode == 1
    assert "make room there" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not [path for path in (tmp_path / "server").rglob("*") if path.is_file()]


def test_a_catalogue_of_another_version_is_not_laid_over(data: Path, server: Searcher, tmp_path: Path) -> None:
    with sqlite3.connect(data / "catalogue.sqlite") as newer:
        newer.execute("PRAGMA user_version = 999")
    newer.close()
    refused = publish(data, tmp_path / "server")
    assert refused.returncode == 1
    assert "one SoundPalette version on both sides" in refused.stderr
    assert not list(Path(server.store.place).iterdir())


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    refused = publish(tmp_path, tmp_path / "server")
    assert refused.returncode == 1
    assert "holds no published index" in refused.stderr


def test_cloud_run_is_given_what_the_image_needs() -> None:
    told = {one.name: one.value for one in instructions(-1)}
    assert (SERVICE["apiVersion"], SERVICE["kind"]) == ("serving.knative.dev/v1", "Service")
    assert [str(port["containerPort"]) for port in CONTAINER["ports"]] == [told["EXPOSE"]]
    variables = {one["name"]: one for one in CONTAINER["env"]}
    assert "PORT" not in variables, "Cloud Run sets it and refuses it here"
    assert "secretKeyRef" in variables["SOUNDPALETTE_SERVER__TOKEN"]["valueFrom"]
    assert json.loads(variables["SOUNDPALETTE_SERVER__ALLOWED_HOSTS"]["value"])
    annotations = SERVICE["spec"]["template"]["metadata"]["annotations"]
    assert int(annotations["autoscaling.knative.dev/minScale"]) >= 1


def test_cloud_run_probes_fit_its_limits_and_our_endpoints() -> None:
    startup, liveness = CONTAINER["startupProbe"], CONTAINER["livenessProbe"]
    assert startup["httpGet"]["path"] == "/health/ready"
    assert liveness["httpGet"]["path"] == "/health/live"
    assert startup["periodSeconds"] * startup["failureThreshold"] <= 240
    assert all(probe["timeoutSeconds"] <= probe["periodSeconds"] for probe in (startup, liveness))


def test_cloud_run_mounts_are_volumes_that_there_are_and_read_only() -> None:
    volumes = {volume["name"]: volume for volume in SERVICE["spec"]["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in CONTAINER["volumeMounts"]} == set(volumes)
    assert all(volume["csi"]["readOnly"] for volume in volumes.values())


@pytest.mark.skipif(not shutil.which("sh"), reason="no POSIX shell")
def test_the_sending_script_is_one_that_a_shell_reads() -> None:
    subprocess.run(["sh", "-n", str(PUBLISH.with_name("send.sh"))], check=True)


def test_the_unit_starts_files_that_there_are() -> None:
    unit = (PUBLISH.parent / "soundpalette-index.service").read_text(encoding="utf-8")
    started = [word for line in unit.splitlines() if line.startswith("ExecStart=") for word in line[10:].split()]
    files = [word for word in started if word.startswith("deploy/") or word.endswith(".yaml")]
    assert len(files) == 3
    assert all((PROJECT / file).is_file() for file in files)

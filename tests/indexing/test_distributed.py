"""Indexing on a Ray cluster of two nodes that work and a head that does not, on one machine; a bucket of a real server.

The catalogue is that of the engine of this machine, whatever nodes, workers and drivers die on the way.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import ray

from soundpalette.core.audio import Limits
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders import load_encoder
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.types import Counts, Space
from soundpalette.doctor import library as doctor
from soundpalette.errors import IndexingError, RequestError, ScanError
from soundpalette.indexing import remote
from soundpalette.indexing.distributed import ROUND_BYTES, RayEngine, Work, round_of
from soundpalette.indexing.pipeline import Indexer, Report, Settings
from soundpalette.indexing.progress import Lines, Progress
from soundpalette.indexing.scan import Found
from soundpalette.indexing.work import Task
from soundpalette.tools.library import status
from soundpalette.tools.palette import describe_palette
from soundpalette.tools.search import search_by_audio, search_by_text
from soundpalette.tools.show import show
from soundpalette.tools.workbench import Workbench
from tests.conftest import CRATE, index_store
from tests.indexing.gates import Gates, load_gated
from tests.indexing.small_disk import small_disk
from tests.sounds import kick, noise, tone, write, write_library

SAME_VECTOR = 1e-5
"""Between vectors of one file encoded in different batches and processes."""
STORE = 80 << 20
"""Bytes of a node's object store, nearly the least that Ray takes."""
COPY = """
import fsspec
from soundpalette.core.audio import Limits
from soundpalette.errors import IndexingError
from soundpalette.indexing.remote import copied
fsspec.filesystem("memory").pipe("/bucket/kick.wav", bytes(1 << 20))
try:
    with copied("memory://bucket/kick.wav", Limits()):
        pass
except IndexingError as error:
    print(error)
"""
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The port of an object store that speaks S3, which this process and the nodes started after it find."""
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield f"{port}"
    server.stop()


@pytest.fixture(scope="module")
def cluster(store: str) -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    system = {"health_check_period_ms": 500, "health_check_failure_threshold": 4, "health_check_timeout_ms": 2000}
    made = Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False, "_system_config": system,
        },
    )  # fmt: skip
    for _ in range(2):
        made.add_node(wait=False, num_cpus=1, object_store_memory=STORE)
    made.wait_for_nodes()
    ray.init(address=made.address, log_to_driver=False)
    yield made
    ray.shutdown()
    made.shutdown()


class Library:
    """A catalogue of its own for each engine."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.encoder = folder, encoder
        self.catalogue = Catalogue(folder / "catalogue.sqlite")

    def index(self, *paths: Path | str, engine: RayEngine | None = None, progress: Progress | None = None) -> Report:
        settings = Settings(batch_size=4, addresses=engine is not None)
        store = index_store(self.folder, self.encoder)
        indexer = Indexer(self.catalogue, self.encoder, store, settings, engine=engine)
        return indexer.run(paths, progress or Lines())

    def told(self) -> dict[str, object]:
        """All that is known of each sample but its vector, by root and path; and what failed."""
        samples = self.catalogue.samples(list(self._ids()))
        traits = self.catalogue.traits(list(samples))
        told: dict[str, object] = {key: (sample, traits.get(key)) for key, sample in samples.items()}
        failures = self.catalogue.failures(self.encoder.space)
        return told | {failure.path: failure.reason for failure in failures}

    def vectors(self) -> dict[str, Any]:
        return {key: self.catalogue.vector(key, self.encoder.space) for key in self._ids()}

    def _ids(self) -> Iterator[str]:
        for root in self.catalogue.roots():
            yield from (known.id for known in self.catalogue.known_files(root.id, "", self.encoder.space).values())


def engine(encoder: Encoder, load: Any = None, max_bytes: int = 4 << 30, *, gpu: bool = False) -> RayEngine:
    bounds = Limits(max_bytes=max_bytes)
    load = load or partial(load_encoder, "compact", limits=bounds)
    return RayEngine(Work(load, encoder.space, bounds), address="auto", batch_size=4, gpu=gpu)


def assert_same(one: Library, other: Library) -> None:
    assert one.told() == other.told()
    vectors, others = one.vectors(), other.vectors()
    for key, vector in vectors.items():
        np.testing.assert_allclose(vector, others[key], atol=SAME_VECTOR)


def test_the_crate_gives_the_same_catalogue_as_on_this_machine(cluster: Any, compact: Encoder, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "text.wav").write_text("no audio")
    write(broken / "short.wav", tone(110, 0.001))
    here, there = Library(tmp_path / "here", compact), Library(tmp_path / "there", compact)
    expected = here.index(CRATE, broken)
    report = there.index(CRATE, broken, engine=engine(compact))
    assert report.counts == expected.counts
    assert report.counts.failed == 2
    assert_same(here, there)
    assert there.index(CRATE, engine=engine(compact)).counts == Counts(seen=85, unchanged=85)


def test_a_file_that_kills_its_worker_is_a_failure_and_costs_no_other(
    cluster: Any, compact: Encoder, tmp_path: Path
) -> None:
    root = write_library(tmp_path / "library")
    write(root / "killer.wav", noise(0.2, 1))
    write(root / "once.wav", noise(0.2, 2))
    gates = Gates(tmp_path / "gates").make()
    library = Library(tmp_path / "data", compact)
    report = library.index(root, engine=engine(compact, partial(load_gated, gates.folder)))
    assert report.counts == Counts(seen=8, added=7, failed=1)
    assert [(Path(failure.path).name, "three times" in failure.reason) for failure in report.failures] == [
        ("killer.wav", True)
    ]


def test_one_node_with_a_gpu_among_others_does_the_work(cluster: Any, compact: Encoder, tmp_path: Path) -> None:
    root = write_library(tmp_path / "library")
    node = cluster.add_node(num_cpus=1, num_gpus=1, object_store_memory=STORE)
    report = Library(tmp_path / "data", compact).index(root, engine=engine(compact, gpu=True))
    cluster.remove_node(node)
    assert report.counts == Counts(seen=6, added=6)


def test_a_driver_killed_in_the_middle_is_resumed_by_either_engine(
    cluster: Any, compact: Encoder, tmp_path: Path
) -> None:
    root = write_library(tmp_path / "library")
    for number in range(6):
        write(root / f"more-{number}.wav", kick(0.2 + number / 10))
    write(root / "zz" / "gate.wav", noise(0.3, 3))
    gates = Gates(tmp_path / "gates").make()
    committed = tmp_path / "committed"
    os.mkfifo(committed)
    data = tmp_path / "data"
    arguments = [str(path) for path in (root, data, gates.folder, committed)]
    driver = subprocess.Popen([sys.executable, "-m", "tests.indexing.test_distributed", cluster.address, *arguments])
    assert committed.read_text()
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    gates.opened.touch()
    shutil.copytree(data, tmp_path / "copy")
    local, again = Library(tmp_path / "copy", compact), Library(data, compact)
    assert 0 < local.catalogue.total() < 13
    local.index(root)
    again.index(root, engine=engine(compact))
    undisturbed = Library(tmp_path / "undisturbed", compact)
    undisturbed.index(root)
    assert_same(undisturbed, local)
    assert_same(undisturbed, again)


def test_a_node_lost_in_the_middle_costs_only_its_batches(cluster: Any, compact: Encoder, tmp_path: Path) -> None:
    root = write_library(tmp_path / "library")
    for number in range(12):
        write(root / f"more-{number}.wav", kick(0.2 + number / 10))
    write(root / "gate.wav", noise(0.3, 3))
    gates = Gates(tmp_path / "gates").make()
    library = Library(tmp_path / "data", compact)
    reports: list[Report] = []
    run = partial(library.index, root, engine=engine(compact, partial(load_gated, gates.folder)))
    thread = threading.Thread(target=lambda: reports.append(run()))
    thread.start()
    lost = gates.reached.read_text()
    gates.opened.touch()
    (node,) = [node for node in cluster.worker_nodes if node.unique_id == lost or node.node_id == lost]
    cluster.remove_node(node, allow_graceful=False)
    thread.join()
    assert [report.counts for report in reports] == [Counts(seen=19, added=19)]
    here = Library(tmp_path / "here", compact)
    here.index(root)
    assert_same(here, library)


def test_a_node_with_another_encoder_is_refused_by_name(cluster: Any, compact: Encoder, tmp_path: Path) -> None:
    root = write_library(tmp_path / "library")
    other = Work(partial(load_encoder, "compact"), Space("compact", "0123456789ab", 256), Limits())
    with pytest.raises(
        IndexingError, match="cannot work .*its encoder's space is compact-.*put the same weights there"
    ):
        Library(tmp_path / "data", compact).index(
            root, engine=RayEngine(other, address="auto", batch_size=4, gpu=False)
        )


def test_a_node_that_fails_in_another_way_ends_the_run_and_costs_no_file(
    cluster: Any, compact: Encoder, tmp_path: Path
) -> None:
    root = write_library(tmp_path / "library")
    library = Library(tmp_path / "data", compact)
    library.index(root)
    before = library.told()
    for path in root.rglob("*.wav"):
        write(path, noise(0.3, 5))
    weights = tmp_path / "gone" / "weights"
    with pytest.raises(IndexingError, match="^node .* cannot work .what was committed is kept.: FileNotFoundError: "):
        library.index(root, engine=engine(compact, partial(weights.read_bytes)))
    assert library.told() == before


def test_a_node_without_room_for_copies_is_told_as_no_fault_of_the_file(tmp_path: Path) -> None:
    with small_disk(tmp_path / "scratch") as disk:
        disk.leave(64)
        result = disk.run([sys.executable, "-c", COPY], {**os.environ, "TMPDIR": str(tmp_path / "scratch")})
    assert re.match(
        r"memory://bucket/kick.wav cannot be copied to the temporary folder \(.*\); make room", result.stdout
    )
    assert result.stderr == ""


def test_a_bucket_gives_what_a_folder_gives_and_is_told_as_an_address(
    cluster: Any, compact: Encoder, tmp_path: Path
) -> None:
    import s3fs

    root = write_library(tmp_path / "samples")
    (root / "broken.wav").write_text("no audio")
    write(root / "drums" / "._kick.wav", kick())
    write(root / "big.wav", noise(6.0))
    bucket = s3fs.S3FileSystem()
    bucket.mkdir("bucket")
    bucket.put(f"{root}", "bucket/samples", recursive=True)
    address, most = "s3://bucket/samples", 500_000
    there = Library(tmp_path / "data", compact)
    report = there.index(f"{address}/", engine=engine(compact, max_bytes=most))
    assert report.counts == Counts(seen=8, added=6, failed=2)
    assert {failure.path: failure.reason.split(" ")[0] for failure in report.failures} == {
        f"{address}/broken.wav": "is",
        f"{address}/big.wav": "has",
    }
    here = Library(tmp_path / "here", compact)
    here.index(root)
    by_path = {Path(path).name: vector for path, vector in _by_path(here).items()}
    for path, vector in _by_path(there).items():
        np.testing.assert_allclose(vector, by_path[Path(path).name], atol=SAME_VECTOR)

    bucket.put(f"{root}/tonal/low.wav", "bucket/samples/tonal/noise.wav")
    bucket.rm("bucket/samples/drums/hat.aiff")
    bucket.rm("bucket/samples/big.wav")
    below = remote.walk(address, "tonal", [], Found())
    assert [file.path for file in below] == ["tonal/high.ogg", "tonal/low.wav", "tonal/noise.wav"]
    again = there.index(engine=engine(compact))
    assert again.counts == Counts(seen=6, updated=1, removed=1, unchanged=4, failed=1)
    assert there.index().warnings == (
        "s3://bucket/samples is an address; index it with `--engine ray`; what was indexed there was kept",
    )
    bucket.rm("bucket/samples", recursive=True)
    (warning,) = there.index(engine=engine(compact)).warnings
    assert warning.startswith("s3://bucket/samples is not there (an unplugged drive?): its 5 samples were kept")
    _assert_told_as_address(there, address)


def _by_path(library: Library) -> dict[str, Any]:
    known = library.catalogue.known_files(library.catalogue.roots()[0].id, "", library.encoder.space)
    return {path: library.catalogue.vector(file.id, library.encoder.space) for path, file in known.items()}


def _assert_told_as_address(library: Library, address: str) -> None:
    """Nothing in the house takes it for a folder that is gone, and nothing opens it."""
    bench = Workbench(Searcher(library.catalogue, library.encoder, index_store(library.folder, library.encoder)))
    (root,) = status(library.catalogue, bench.searcher.store).roots
    assert (root.path, root.there) == (address, True)
    assert [finding.state for finding in doctor.roots(library.catalogue)] == ["ok"]
    hits = search_by_text(bench, "low tone", top_k=3)
    assert list(hits.roots.values()) == [address]
    found = show(bench, f"{address}/tonal/low.wav")
    assert found.path == f"{address}/tonal/low.wav"
    assert search_by_audio(bench, found.sample_id, top_k=2).hits
    assert describe_palette(bench, [hit.sample_id for hit in hits.hits])
    with pytest.raises(RequestError, match=f"lies at {address}/tonal/low.wav.*only files of this machine"):
        bench.preview_of(found.sample_id)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("s3://key:secret@bucket/folder", "keys belong into the environment"),
        ("s3://", "names no bucket"),
        ("s3://bucket/../other", "which are names in a bucket"),
        ("http://somewhere/sounds", "no address that can be read"),
        ("gs://bucket/folder", "read through gcsfs, which is not installed; run `pip install gcsfs`"),
    ],
)
def test_an_address_that_cannot_be_a_root_is_told_in_a_sentence(
    compact: Encoder, tmp_path: Path, address: str, told: str
) -> None:
    with pytest.raises(ScanError, match=told) as raised:
        Library(tmp_path, compact).index(address, engine=engine(compact))
    assert "secret" not in str(raised.value)


def test_a_round_ends_where_the_driver_would_hold_too_many_features() -> None:
    half = np.broadcast_to(np.float32(0), (ROUND_BYTES // 8, 1))
    tasks = iter([Task(f"{number}", "", embed=True, analyse=False, features=half) for number in range(5)])
    assert [len(round_of(tasks)) for _ in range(4)] == [2, 2, 1, 0]


def test_an_address_without_ray_is_told_in_a_sentence() -> None:
    result = _run("import soundpalette.cli as c; c.main()", "index", "s3://bucket/samples")
    assert result.returncode == 2
    assert "index it with `--engine ray`" in result.stderr


def test_a_cluster_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    root = write_library(tmp_path / "library")
    script = "import soundpalette.cli as c; c.main()"
    for address, told in (
        (f"127.0.0.1:{port}", f"no Ray head can be reached at 127.0.0.1:{port} (Connection refused); start one"),
        ("ray://head:10001", "is a Ray Client's address, over which Ray Data does not run"),
    ):
        result = _run(script, "index", str(root), "--engine", "ray", "--ray-address", address)
        assert result.returncode == 1
        assert told in result.stderr
        assert "Traceback" not in result.stderr
    missing = _run("import sys; sys.modules['ray'] = None; " + script, "index", str(root), "--engine", "ray")
    assert "pip install 'soundpalette[ray]'" in missing.stderr


def _run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)


class Committed:
    """Progress that tells of the first commit through a named pipe."""

    def __init__(self, pipe: Path) -> None:
        self._pipe = pipe

    def begin(self, files: int) -> None:
        pass

    def advance(self, files: int) -> None:
        if files and self._pipe.exists():
            self._pipe.write_text(f"{files}")
            self._pipe.unlink()

    def hear(self, line: str) -> None:
        pass


def drive(address: str, root: str, data: str, gates: str, committed: str) -> None:
    """A driver in a process of its own."""
    encoder = load_encoder("compact")
    work = Work(partial(load_gated, Path(gates)), encoder.space, Limits())
    there = RayEngine(work, address=address, batch_size=4, gpu=False)
    Library(Path(data), encoder).index(Path(root), engine=there, progress=Committed(Path(committed)))


if __name__ == "__main__":
    drive(*sys.argv[1:])

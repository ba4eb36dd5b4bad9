"""Milvus: filters mean there what they mean in the catalogue; what is published follows it; faults are sentences."""

import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.milvus_index import MilvusStore
from soundpalette.core.milvus_index.connection import Connection
from soundpalette.core.milvus_index.expressions import quoted
from soundpalette.core.milvus_index.store import STAMP_SECONDS
from soundpalette.core.types import Entries, Filters, Ids, NewSample, Root, Rows, Space, Traits, Vector
from soundpalette.core.vector_index import Passing, VectorIndex
from soundpalette.core.vector_index.base import silent
from soundpalette.errors import VectorIndexError
from tests.core.test_filters import sample, traits
from tests.core.test_vector_stores import loaded, queries, rows
from tests.holdings import Changing, Held

SPACE: Final = Space("test", "0123456789ab", 32)
numbers = itertools.count()
"""So that each library of a shared Milvus has a space of its own."""


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file of Milvus Lite that the tests share."""
    return str(tmp_path_factory.mktemp("lite") / "milvus.db")


@pytest.fixture
def space() -> Space:
    return Space("test", f"{next(numbers):012}", 32)


# --- filters ---

HOSTILE: Final = st.text(st.sampled_from("ab-_ %\"'\\\n\t{}[]()$é日😀A"), min_size=1, max_size=4)
WORD: Final = HOSTILE | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
NAME: Final = WORD.map(lambda name: name.replace("/", "").replace("\0", "")).filter(lambda name: name.strip(". \n\t"))
ROOTS: Final = ("/music", "/music/in\"ner'\\", "/more")
BPMS: Final = st.sampled_from([62.0, 62.25, 62.2500001, 99.5, 123.5, 124.0, 124.49, 124.51, 248.5]) | st.floats(20, 300)
KEYS: Final = st.sampled_from(["A minor", "C major", "E minor", "D minor", "F# major"])
ROLES: Final = st.sampled_from(["kick", "hi-hat", "drum loop"])
KINDS: Final = st.sampled_from(["loop", "one-shot"])


@st.composite
def libraries(draw: st.DrawFn) -> list[NewSample]:
    """Samples below `ROOTS`; of some, nothing is known."""
    folders, words = draw(st.lists(NAME, min_size=1, max_size=3)), draw(st.lists(WORD, min_size=1, max_size=4))
    paths = st.lists(st.sampled_from(folders), max_size=3).map("/".join)
    made = {}
    for number in range(draw(st.integers(1, 12))):
        root, folder = draw(st.sampled_from(ROOTS)), draw(paths)
        known = draw(st.none() | _traits(st.sampled_from(words)))
        path = "/".join(filter(None, [folder, f"{number}.wav"]))
        made[root, path] = sample(root, path, known, draw(st.floats(0, 20)))
    return [*made.values()]


def _traits(words: st.SearchStrategy[str]) -> st.SearchStrategy[Traits]:
    return st.builds(
        traits,
        bpm=st.none() | BPMS,
        key=st.none() | KEYS,
        role=st.none() | ROLES,
        genre=st.none() | words,
        kind=KINDS,
        tags=st.lists(words, max_size=3).map(tuple),
    )


def _filters(library: Sequence[NewSample]) -> st.SearchStrategy[Filters]:
    """Conditions on what the library's samples have, and on what they have not."""
    known = [one.traits for one in library if one.traits]
    tags = [tag for one in known for tag in one.tags]
    genres = [one.genre.value for one in known if one.genre]
    paths = [parent.as_posix() for one in library for parent in Path(one.path).parents] + [one.path for one in library]
    absolute = [str(Path(one.root_id, path)) for one in library for path in paths] + ["/", "/mus", "/music"]

    def word(words: list[str]) -> st.SearchStrategy[str]:
        return (
            st.just("") | WORD | (st.sampled_from(words).map(str.swapcase) | st.sampled_from(words) if words else WORD)
        )

    def bound(values: st.SearchStrategy[float]) -> st.SearchStrategy[float]:
        return st.just(0.0) | values

    return st.builds(
        Filters,
        min_bpm=bound(BPMS),
        max_bpm=bound(BPMS),
        half_double=st.booleans(),
        key=st.just("") | KEYS,
        key_match=st.sampled_from(["exact", "relative", "compatible"]),
        role=st.just("any") | ROLES,
        genre=word(genres),
        kind=st.just("any") | KINDS,
        min_seconds=bound(st.floats(0, 20)),
        max_seconds=bound(st.sampled_from([one.seconds for one in library]) | st.floats(0, 20)),
        folder=word(paths + absolute),
        tag=word(tags),
    ).flatmap(lambda wanted: st.sets(st.sampled_from(CONDITIONS), max_size=3).map(lambda few: _only(wanted, few)))


CONDITIONS: Final[tuple[tuple[str, ...], ...]] = (
    ("min_bpm", "max_bpm", "half_double"), ("key", "key_match"), ("role",), ("genre",), ("kind",),
    ("min_seconds", "max_seconds"), ("folder",), ("tag",),
)  # fmt: skip


def _only(wanted: Filters, few: set[tuple[str, ...]]) -> Filters:
    """Some of the conditions: all of them together are met by nothing."""
    return Filters(**{name: getattr(wanted, name) for names in few for name in names})


@settings(max_examples=15, deadline=None)
@given(st.data(), libraries())
def test_what_milvus_lets_pass_is_what_the_catalogue_selects(
    lite: str, data: st.DataObject, library: list[NewSample]
) -> None:
    space = Space("test", f"{next(numbers):012}", 4)
    with tempfile.TemporaryDirectory() as folder, _filled(Path(folder), space, library) as catalogue:
        index = _published(lite, catalogue, space)
        for wanted in data.draw(st.lists(_filters(library), min_size=20, max_size=20)):
            selected = catalogue.select(wanted)
            assert _passing(index, wanted, catalogue.roots()).tolist() == selected.tolist(), wanted


PATHS: Final = (
    "pa%k/a.wav",
    "pa%k/in_/b.wav",
    "pa%k0",
    "pa%k 2/c.wav",
    "pa%",
    "paxk/d.wav",
    "PA%K/e.wav",
    'é"\\/f.wav',
)
FOLDERS: Final = (
    "pa%k",
    "pa%k/in_",
    "pa%k/a.wav",
    "pa%",
    "pa",
    "pa%k0",
    'é"\\',
    ".",
    "/music",
    "/music/pa%k",
    "/",
    "/mus",
)


def test_a_folder_is_what_lies_in_it_and_nothing_that_is_spelled_like_it(lite: str, tmp_path: Path) -> None:
    space = Space("test", f"{next(numbers):012}", 4)
    library = [sample(root, path, None) for root in ROOTS for path in PATHS]
    with _filled(tmp_path, space, library) as catalogue:
        index = _published(lite, catalogue, space)
        for folder in FOLDERS:
            selected = catalogue.select(Filters(folder=folder))
            assert _passing(index, Filters(folder=folder), catalogue.roots()).tolist() == selected.tolist(), folder


@contextmanager
def _filled(folder: Path, space: Space, library: Sequence[NewSample]) -> Iterator[Catalogue]:
    catalogue = Catalogue(folder / "catalogue.sqlite")
    roots = {path: catalogue.add_root(Path(path)).id for path in ROOTS}
    vector = np.array([1, 0, 0, 0], np.float32)
    catalogue.commit(space, [replace(one, root_id=roots[one.root_id], vector=vector) for one in library], [])
    yield catalogue
    catalogue.close()


def _published(uri: str, catalogue: Catalogue, space: Space) -> VectorIndex:
    store = MilvusStore(uri, "", space)
    store.publish(catalogue.holdings(space))
    return loaded(store)


def _passing(index: VectorIndex, wanted: Filters, roots: Sequence[Root]) -> Ids:
    """The ids that pass, by the conditions alone."""

    def never() -> Ids:
        raise AssertionError("the catalogue was asked for ids")

    vector = np.array([1, 0, 0, 0], np.float32)
    asked = None if wanted == Filters() else Passing(wanted, never, roots)
    return np.sort(index.query(vector, 100, asked).ids)


def test_a_quoted_word_cannot_end_its_string() -> None:
    assert quoted('a" or id > 0 or genre == "\\') == '"a\\" or id > 0 or genre == \\"\\\\"'


def test_changed_traits_and_removed_samples_are_brought_up_to_date_without_the_others(
    lite: str, catalogue: Catalogue
) -> None:
    space = Space("test", f"{next(numbers):012}", 4)
    root = catalogue.add_root(Path("/music")).id
    library = [replace(sample(root, f"{n}.wav", traits(120.0 + n)), vector=_one(n)) for n in range(5)]
    catalogue.commit(space, library, [])
    store = MilvusStore(lite, "", space)
    before = store.publish(catalogue.holdings(space))
    catalogue.commit(space, [replace(library[3], vector=None, traits=traits(90.0), revision="2")], [])
    after = catalogue.holdings(space).state()
    assert before.stamp == after.stamp
    assert not before.is_of(after)
    assert [len(entries.fields) for entries in catalogue.entries(space, before.generation, _number(before))] == [1]
    store.publish(catalogue.holdings(space))
    wanted = Filters(min_bpm=90, max_bpm=90)
    assert _passing(loaded(store), wanted, ()).tolist() == catalogue.select(wanted).tolist() != []
    catalogue.remove(root, ["0.wav", "3.wav"])
    store.publish(catalogue.holdings(space))
    assert len(_passing(loaded(store), wanted, ())) == 0
    np.testing.assert_array_equal(loaded(store).ids(), catalogue.embedded(space))


def _number(manifest: Any) -> int:
    return int(manifest.edition.number)


def _one(number: int) -> Vector:
    vector = np.zeros(4, np.float32)
    vector[number % 4] = 1
    return vector


# --- publishing ---


class Stops(Held):
    """Gives some of what it holds, then breaks off as a process does that is killed."""

    def entries(self, since: int = -1, edition: int = -1) -> Iterator[Entries]:
        yield next(super().entries(since, edition))
        raise KeyboardInterrupt


def test_a_publication_that_breaks_off_leaves_the_older_one_and_can_be_repeated(lite: str, space: Space) -> None:
    store, wanted = MilvusStore(lite, "", space), rows(300, 2)
    with pytest.raises(KeyboardInterrupt):
        store.publish(Stops(space, rows(300, 1), 1))
    assert (store.stamp(), store.load()) == (None, None)
    older = store.publish(Held(space, rows(300, 1), 1))
    with pytest.raises(KeyboardInterrupt):
        store.publish(Stops(space, wanted, 2))
    assert store.manifest() == older
    store.publish(Held(space, wanted, 2))
    np.testing.assert_array_equal(loaded(store).ids(), np.sort(wanted.ids))
    np.testing.assert_array_equal(loaded(store).vectors(wanted.ids), wanted.vectors)


def test_rows_that_were_lost_there_are_noticed_and_brought_back(lite: str, space: Space) -> None:
    store, held = MilvusStore(lite, "", space), rows(50)
    store.publish(Held(space, held))
    with store._collection.connection.client() as client:
        client.delete(store._collection.name, ids=held.ids[:3].tolist())
    with pytest.raises(VectorIndexError, match="holds 47 samples, 50 were published.*run `soundpalette index`"):
        store.check()
    store.publish(Held(space, held))
    assert store.check() is not None
    np.testing.assert_array_equal(loaded(store).ids(), np.sort(held.ids))


def test_a_lost_row_is_noticed_where_as_many_were_taken_out_of_the_catalogue(lite: str, space: Space) -> None:
    library, held = Changing(space), rows(20)
    library.put(held)
    store = MilvusStore(lite, "", space)
    store.publish(library)
    with store._collection.connection.client() as client:
        client.delete(store._collection.name, ids=held.ids[:1].tolist())
    library.remove(held.ids[1:2])
    store.publish(library)
    np.testing.assert_array_equal(loaded(store).ids(), np.sort(np.delete(held.ids, 1)))


def test_after_a_publication_that_broke_off_only_what_changed_is_sent_again(lite: str, space: Space) -> None:
    library, held, told = Changing(space), rows(60), list[str]()
    store = MilvusStore(lite, "", space)
    library.put(Rows(held.ids[:50], held.vectors[:50]))
    older = store.publish(library)
    library.put(Rows(held.ids[50:], held.vectors[50:]))
    store._bring(library, older, silent)  # as of a process that was killed before the property was written
    store.publish(library, told.append)
    assert told == []  # it is told when all 60 are sent
    np.testing.assert_array_equal(loaded(store).ids(), np.sort(held.ids))


PUBLISH: Final = """
import sys
from soundpalette.core.milvus_index import MilvusStore
from soundpalette.core.types import Space
from tests.core.test_vector_stores import rows
from tests.holdings import Held

space = Space(*sys.argv[2:4], 32)
MilvusStore(sys.argv[1], "", space).publish(Held(space, rows(40)))
print("published", flush=True)
sys.stdin.read()
"""


def test_a_file_belongs_to_one_process_and_outlives_it(tmp_path: Path, space: Space) -> None:
    store = MilvusStore(str(tmp_path / "milvus.db"), "", space)
    command = [sys.executable, "-c", PUBLISH, store.place, space.encoder, space.revision]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "published\n"
        with pytest.raises(VectorIndexError, match="cannot open .*another process has it open"):
            store.stamp()
        process.stdin.close()
    index = loaded(store)
    np.testing.assert_array_equal(index.vectors(index.ids()), rows(40).vectors[np.argsort(rows(40).ids)])


# --- faults ---


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _server(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Milvus Lite in a process of its own, when it can be asked."""
    command = Path(sys.executable).with_name("milvus-lite")
    arguments = ["server", "--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([command, *arguments], stdout=-1, stderr=-2, text=True) as process:
        try:
            assert process.stdout is not None
            assert "listening" in process.stdout.readline()
            yield process
        finally:
            process.kill()


def test_a_milvus_that_goes_and_comes_back_is_told_and_then_answers_again(
    tmp_path: Path, port: int, space: Space
) -> None:
    address, held = f"http://127.0.0.1:{port}", rows(60)
    store = MilvusStore(address, "secret", space)
    down = f"Milvus at {address} does not answer .*; start it, or correct \\[index\\] milvus_uri"
    tasks: list[Callable[[], object]] = [store.stamp, store.manifest, store.check, store.load]
    for task in (*tasks, lambda: store.publish(Held(space, held))):
        with pytest.raises(VectorIndexError, match=down):
            task()  # type: ignore[no-untyped-call]
    with _server(tmp_path / "served", port):
        _until_reached(store)
        store.publish(Held(space, held))
        index = loaded(store)
        assert len(index.query(queries(1)[0], 5).ids) == 5
    with pytest.raises(VectorIndexError, match=down):
        index.query(queries(1)[0], 5)
    with _server(tmp_path / "served", port):
        _until_reached(store)
        assert len(index.query(queries(1)[0], 5).ids) == 5
        assert store.stamp() is not None


def _until_reached(store: MilvusStore) -> None:
    """gRPC tries again within a second or two."""
    for _ in range(100):
        try:
            store.manifest()
        except VectorIndexError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Milvus is there and was not reached again")


def test_all_who_wait_for_a_milvus_that_is_silent_are_told_after_one_wait(
    monkeypatch: pytest.MonkeyPatch, space: Space
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        monkeypatch.setattr("soundpalette.core.milvus_index.connection.CONNECT_SECONDS", 1.0)
        store = MilvusStore(f"http://127.0.0.1:{silent.getsockname()[1]}", "", space)
        began = time.monotonic()
        with pytest.raises(VectorIndexError):
            store.stamp()
        alone = time.monotonic() - began
        time.sleep(STAMP_SECONDS)
        began = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(store.stamp) for _ in range(4)]
            assert all(isinstance(one.exception(), VectorIndexError) for one in asked)
        assert time.monotonic() - began < 2.5 * alone


def test_a_file_that_may_not_be_read_is_no_refused_token(tmp_path: Path) -> None:
    from pymilvus import MilvusException

    error = MilvusException(message="[Errno 13] Permission denied: 'milvus.db'")
    told = str(Connection(str(tmp_path / "milvus.db"))._failure(error))
    assert "cannot open" in told
    assert "token" not in told


def test_a_token_that_is_refused_is_told_and_not_shown(space: Space) -> None:
    import grpc

    class Refuses(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, _call: object) -> Any:
            return grpc.unary_unary_rpc_method_handler(
                lambda _, context: context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure")
            )

    server = grpc.server(ThreadPoolExecutor(2), handlers=[Refuses()])
    address = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        with pytest.raises(VectorIndexError, match="refuses the token .*; set \\[index\\] milvus_token") as caught:
            MilvusStore(address, "root:hunter2", space).stamp()
    finally:
        server.stop(None).wait()
    assert "hunter2" not in str(caught.value)


def test_a_collection_that_somebody_else_made_is_left_alone(lite: str, space: Space) -> None:
    store = MilvusStore(lite, "", space)
    with store._collection.connection.client() as client:
        client.create_collection(store._collection.name, dimension=32)
    tasks: list[Callable[[], object]] = [store.stamp, store.load, lambda: store.publish(Held(space, rows(5)))]
    for task in tasks:
        with pytest.raises(VectorIndexError, match="is not what SoundPalette makes .*; rename or drop it"):
            task()


def test_an_index_behind_an_address_is_not_taken_from_another_catalogue(lite: str, space: Space) -> None:
    from milvus_lite.server_manager import server_manager_instance

    first, second = Changing(space, lineage=1), Changing(space, lineage=2)
    first.put(rows(20, 1))
    second.put(rows(20, 2))
    store = MilvusStore(server_manager_instance.start_and_get_uri(lite), "", space)
    published = store.publish(first)
    with pytest.raises(VectorIndexError, match="is the index of another catalogue; drop it"):
        store.publish(second)
    assert store.check() == published


def test_a_restored_catalogue_is_published_as_a_whole(lite: str, tmp_path: Path) -> None:
    space, library = Space("test", f"{next(numbers):012}", 4), tmp_path / "catalogue.sqlite"
    store = MilvusStore(lite, "", space)
    _add(library, space, "a")
    shutil.copy(library, tmp_path / "backup.sqlite")
    _add(library, space, "b")
    with _opened(library) as catalogue:
        store.publish(catalogue.holdings(space))
    shutil.copy(tmp_path / "backup.sqlite", library)
    _add(library, space, "c")
    _add(library, space, "d")
    with _opened(library) as catalogue:
        store.publish(catalogue.holdings(space))
        np.testing.assert_array_equal(loaded(store).ids(), catalogue.embedded(space))


@contextmanager
def _opened(path: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue(path)
    yield catalogue
    catalogue.close()


def _add(path: Path, space: Space, name: str) -> None:
    with _opened(path) as catalogue:
        root = catalogue.add_root(Path("/music")).id
        catalogue.commit(space, [replace(sample(root, name, traits(100.0)), vector=_one(ord(name)))], [])


def test_without_pymilvus_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, space: Space
) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(VectorIndexError, match=r'pip install "soundpalette\[milvus\]"'):
        MilvusStore(str(tmp_path / "milvus.db"), "", space).publish(Held(space, rows(1)))


def test_a_password_in_an_address_is_not_shown() -> None:
    assert MilvusStore("https://me:hunter2@host:19530/mine", "", SPACE).place == "https://host:19530/mine"

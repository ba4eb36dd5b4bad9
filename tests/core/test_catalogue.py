"""The catalogue: what is committed, what is forgotten, what a newer or damaged file does."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core import filters, migrations
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.types import (
    Analysis,
    Counts,
    Fact,
    Failure,
    Filters,
    Guess,
    KeptFeatures,
    NewFailure,
    NewSample,
    Root,
    Space,
    Vector,
)
from soundpalette.errors import CatalogueError
from tests.core.test_filters import traits

SPACE = Space("test", "0123456789ab", 4)
OTHER = Space("other", "ba9876543210", 4)


def vector(seed: int) -> Vector:
    values = np.random.default_rng(seed).standard_normal(4).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values), np.float32)


def sample(root: Root, path: str, content: str = "", seed: int | None = 0) -> NewSample:
    found = None if seed is None else vector(seed)
    return NewSample(root.id, path, 100, 1, content or path, 1.5, 44_100, 2, found)


@pytest.fixture
def root(catalogue: Catalogue) -> Root:
    return catalogue.add_root(Path("/music"))


def test_a_sample_comes_back_with_its_vector(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, "a/kick.wav", seed=3)], [])
    known = catalogue.known_files(root.id, "", SPACE)["a/kick.wav"]
    found = catalogue.samples([known.id])[known.id]
    assert (found.path, found.seconds, found.rate, found.channels) == ("a/kick.wav", 1.5, 44_100, 2)
    np.testing.assert_array_equal(catalogue.vector(known.id, SPACE), vector(3))
    assert catalogue.vector(known.id, OTHER) is None


def test_an_id_is_stable_when_the_content_changes(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, "a.wav", "one", 1)], [])
    before = catalogue.known_files(root.id, "", SPACE)["a.wav"]
    catalogue.commit(SPACE, [sample(root, "a.wav", "two", 2)], [])
    after = catalogue.known_files(root.id, "", SPACE)["a.wav"]
    assert len(before.id) == 12
    assert before.id == after.id
    np.testing.assert_array_equal(catalogue.vector(after.id, SPACE), vector(2))


def test_equal_files_share_a_vector_and_stay_two_samples(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, "a.wav", "same", 1), sample(root, "b.wav", "same", None)], [])
    assert catalogue.count(SPACE) == 2
    (chunk,) = catalogue.vectors(SPACE)
    assert len(set(chunk.ids.tolist())) == 2
    np.testing.assert_array_equal(chunk.vectors[0], chunk.vectors[1])


def test_rows_and_vectors_of_a_batch_commit_together_or_not_at_all(catalogue: Catalogue, root: Root) -> None:
    broken = replace(sample(root, "b.wav"), root_id="unknown")
    with pytest.raises(CatalogueError):
        catalogue.commit(SPACE, [sample(root, "a.wav"), broken], [])
    assert catalogue.total() == 0
    assert catalogue.generation() == 0
    assert not catalogue.has_vector("a.wav", SPACE)


def test_generation_counts_changes_and_pending_what_came_since(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, "a.wav"), sample(root, "b.wav")], [])
    first = catalogue.generation()
    assert catalogue.pending(SPACE, 0) == 2
    assert catalogue.pending(SPACE, first) == 0
    catalogue.commit(SPACE, [sample(root, "c.wav")], [])
    assert catalogue.pending(SPACE, first) == 1
    touched = replace(sample(root, "c.wav", seed=None), mtime_ns=2)
    catalogue.commit(SPACE, [touched], [])
    assert catalogue.generation() == first + 1
    assert catalogue.known_files(root.id, "", SPACE)["c.wav"].mtime_ns == 2


def test_another_space_is_pending_until_it_is_embedded(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, "a.wav")], [])
    assert not catalogue.known_files(root.id, "", OTHER)["a.wav"].embedded
    catalogue.commit(OTHER, [sample(root, "a.wav", seed=9)], [])
    assert catalogue.known_files(root.id, "", OTHER)["a.wav"].embedded
    assert catalogue.spaces() == [OTHER.key, SPACE.key]
    assert (catalogue.count(SPACE), catalogue.count(OTHER)) == (1, 1)
    catalogue.commit(SPACE, [sample(root, "b.wav", seed=3)], [])
    assert catalogue.pending(OTHER, catalogue.generation()) == 1


def test_removing_takes_the_unused_vector_along_and_keeps_a_shared_one(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, name, "same") for name in ("a.wav", "b.wav")] + [sample(root, "c.wav")], [])
    catalogue.remove(root.id, ["a.wav", "c.wav"])
    assert list(catalogue.known_files(root.id, "", SPACE)) == ["b.wav"]
    catalogue.drop_unused()
    assert catalogue.has_vector("same", SPACE)
    assert not catalogue.has_vector("c.wav", SPACE)


def test_a_failure_drops_the_sample_that_stood_there_and_a_success_the_failure(
    catalogue: Catalogue, root: Root
) -> None:
    catalogue.commit(SPACE, [sample(root, "a.wav")], [])
    catalogue.commit(SPACE, [], [NewFailure(root.id, "a.wav", "is empty", "other content")])
    assert catalogue.total() == 0
    assert catalogue.failures(SPACE) == [Failure("/music/a.wav", "is empty")]
    catalogue.commit(SPACE, [sample(root, "a.wav")], [])
    assert catalogue.failures(SPACE) == []


def test_a_failure_of_known_or_unreadable_content_keeps_the_sample(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, "a.wav", "one")], [])
    before = catalogue.stamp()
    catalogue.commit(OTHER, [], [NewFailure(root.id, "a.wav", "cannot be embedded", "one")])
    catalogue.commit(SPACE, [], [NewFailure(root.id, "a.wav", "cannot be read", "")])
    assert catalogue.total() == 1
    assert catalogue.stamp() == before
    assert (catalogue.failed(SPACE), catalogue.failed(OTHER)) == (1, 1)
    assert catalogue.pending(OTHER, 99) == 0
    catalogue.forget_failures(SPACE, root.id, "", keep=[])
    assert (catalogue.failed(SPACE), catalogue.failed(OTHER)) == (0, 1)


def test_a_full_disk_is_told_as_such_and_leaves_the_catalogue_usable(catalogue: Catalogue, root: Root) -> None:
    with catalogue._connected() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    catalogue.commit(SPACE, [sample(root, "fits.wav")], [])
    too_many = [sample(root, f"{number}.wav", str(number), number) for number in range(1000)]
    with pytest.raises(CatalogueError, match="full.*that the disk has room"):
        catalogue.commit(SPACE, too_many, [])
    committed = catalogue.total()
    assert committed == 1
    with catalogue._connected() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    catalogue.commit(SPACE, [sample(root, "more.wav")], [])
    assert catalogue.total() == committed + 1


def test_many_short_lived_threads_share_few_connections(catalogue: Catalogue) -> None:
    for _ in range(5):
        threads = [threading.Thread(target=catalogue.total) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(catalogue._idle) <= 8


def test_the_stamp_changes_with_every_generation_and_differs_between_catalogues(
    catalogue: Catalogue, root: Root, tmp_path: Path
) -> None:
    seen = {catalogue.stamp(), Catalogue(tmp_path / "other.sqlite").stamp()}
    for number in range(3):
        catalogue.commit(SPACE, [sample(root, f"{number}.wav")], [])
        seen.add(catalogue.stamp())
    assert len(seen) == 5


def test_a_folder_is_matched_by_its_whole_name(catalogue: Catalogue, root: Root) -> None:
    names = ["kit/a.wav", "kit_2/b.wav", "kit%/c.wav", "kitchen.wav"]
    catalogue.commit(SPACE, [sample(root, name) for name in names], [])
    assert list(catalogue.known_files(root.id, "kit", SPACE)) == ["kit/a.wav"]
    assert list(catalogue.known_files(root.id, "kit%", SPACE)) == ["kit%/c.wav"]
    assert list(catalogue.known_files(root.id, "kitchen.wav", SPACE)) == ["kitchen.wav"]
    assert len(catalogue.known_files(root.id, "", SPACE)) == 4


def test_threads_read_while_one_writes(catalogue: Catalogue, root: Root) -> None:
    faults: list[Exception] = []

    def read() -> None:
        try:
            for _ in range(50):
                for chunk in catalogue.vectors(SPACE):
                    assert len(chunk.ids) == len(chunk.vectors)
        except CatalogueError as error:
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(50):
        catalogue.commit(SPACE, [sample(root, f"{number}.wav")], [])
    for thread in threads:
        thread.join()
    assert faults == []
    assert catalogue.count(SPACE) == 50


def test_two_may_open_a_new_catalogue_at_the_same_moment(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / f"{attempt}.sqlite"
        with ThreadPoolExecutor(4) as pool:
            opened = list(pool.map(Catalogue, [path] * 4))
        for catalogue in opened:
            assert catalogue.total() == 0
            catalogue.close()


def test_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(CatalogueError, match="has version 999.*upgrade soundpalette"):
        Catalogue(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"not a database, " * 100)
    with pytest.raises(CatalogueError, match="is damaged or no SoundPalette catalogue"):
        Catalogue(path)
    assert path.read_bytes().startswith(b"not a database")


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE meta (x)")
    connection.close()
    with pytest.raises(CatalogueError, match="another program's database; move it away"):
        Catalogue(path)


def test_a_damaged_vector_is_told_with_its_mend(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [sample(root, "a.wav")], [])
    with catalogue._connected() as connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    with pytest.raises(CatalogueError, match="holds a damaged vector of .*; move it away"):
        next(catalogue.vectors(SPACE))


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogueError, match="SOUNDPALETTE_DATA_DIR"):
        Catalogue(tmp_path / "file" / "catalogue.sqlite")


def test_runs_are_kept(catalogue: Catalogue) -> None:
    run = catalogue.start_run(SPACE)
    catalogue.finish_run(run, Counts(seen=3, added=2, failed=1))
    rows = sqlite3.connect(catalogue.path).execute("SELECT seen, added, failed, finished FROM runs").fetchall()
    assert rows[0][:3] == (3, 2, 1)
    assert rows[0][3] is not None


def test_traits_come_back_whole_and_go_with_their_sample(catalogue: Catalogue, root: Root) -> None:
    known = traits(124.0, "A minor", "bass", tags=("warm",))
    catalogue.commit(SPACE, [replace(sample(root, "a.wav"), traits=known, revision="1")], [])
    file = catalogue.known_files(root.id, "", SPACE)["a.wav"]
    assert file.traits == "1"
    assert catalogue.traits([file.id, "0" * 12]) == {file.id: known}
    catalogue.remove(root.id, ["a.wav"])
    assert catalogue.traits([file.id]) == {}
    assert len(catalogue.select(Filters(tag="warm"))) == 0
    with catalogue._connected() as connection:
        left = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("traits", "facts", "tags")
        ]
    assert left == [0, 0, 0]


def test_a_changed_content_loses_the_traits_of_the_older_one(catalogue: Catalogue, root: Root) -> None:
    catalogue.commit(SPACE, [replace(sample(root, "a.wav", "one"), traits=traits(124.0), revision="1")], [])
    catalogue.commit(SPACE, [sample(root, "a.wav", "two")], [])
    file = catalogue.known_files(root.id, "", SPACE)["a.wav"]
    assert (file.traits, catalogue.traits([file.id])) == ("", {})


def test_newer_traits_replace_older_ones_without_a_new_generation(catalogue: Catalogue, root: Root) -> None:
    new = sample(root, "a.wav")
    catalogue.commit(SPACE, [replace(new, traits=traits(124.0, tags=("warm",)), revision="1")], [])
    stamp = catalogue.stamp()
    again = replace(new, vector=None, traits=traits(126.0, tags=("cold",)), revision="2")
    catalogue.commit(SPACE, [again], [])
    file = catalogue.known_files(root.id, "", SPACE)["a.wav"]
    assert file.traits == "2"
    assert catalogue.traits([file.id])[file.id].bpm == Fact(126.0, "name", 0.9)
    assert [len(catalogue.select(Filters(tag=tag))) for tag in ("warm", "cold")] == [0, 1]
    assert catalogue.stamp() == stamp


def test_what_another_version_wrote_of_a_sample_is_not_known(catalogue: Catalogue, root: Root) -> None:
    new = replace(sample(root, "a.wav"), traits=traits(124.0), guess=Guess(None, None, ()), revision="1")
    catalogue.commit(SPACE, [new], [])
    sample_id = catalogue.known_files(root.id, "", SPACE)["a.wav"].id
    with catalogue._connected() as connection:
        connection.execute("UPDATE facts SET traits = json_remove(traits, '$.bands')")
        connection.execute("UPDATE guesses SET guess = '[]'")
    assert catalogue.traits([sample_id]) == {}
    assert catalogue.guess("a.wav", SPACE) is None


def test_an_analysis_and_a_guess_are_kept_by_content_until_nobody_has_it(catalogue: Catalogue, root: Root) -> None:
    guess = Guess(Fact("kick", "encoder", 0.6), None, ("punchy",))
    new = replace(sample(root, "a.wav", "one"), analysis=Analysis(3, "{}"), guess=guess)
    catalogue.commit(SPACE, [new, sample(root, "b.wav", "one")], [])
    catalogue.remove(root.id, ["a.wav"])
    catalogue.drop_unused()
    assert catalogue.analysis("one") == Analysis(3, "{}")
    assert (catalogue.guess("one", SPACE), catalogue.guess("one", OTHER)) == (guess, None)
    catalogue.remove(root.id, ["b.wav"])
    catalogue.drop_unused()
    assert (catalogue.analysis("one"), catalogue.guess("one", SPACE)) == (None, None)


@pytest.mark.parametrize("version", range(1, migrations.VERSION))
def test_a_catalogue_of_an_older_version_is_brought_up_and_keeps_its_samples(tmp_path: Path, version: int) -> None:
    path = tmp_path / "catalogue.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in (
        *(one for step in migrations.STEPS[:version] for one in step),
        f"PRAGMA user_version = {version}",
    ):
        connection.execute(statement)
    connection.execute("INSERT INTO roots VALUES ('r', '/music')")
    connection.execute("INSERT INTO samples VALUES ('0123456789ab', 'r', 'a.wav', 1, 1, 'one', 1.5, 44100, 2, 1)")
    vector = np.array([0.6, 0.8, 0, 0], "<f4")
    connection.execute("INSERT INTO vectors VALUES ('one', ?, 1, ?)", (SPACE.key, vector.tobytes()))
    connection.close()
    catalogue = Catalogue(path)
    assert catalogue.known_files("r", "", SPACE)["a.wav"].traits == ""
    assert catalogue.select(Filters()).tolist() == [0x0123456789AB]
    assert catalogue.traits(["0123456789ab"]) == {}
    kept = catalogue.vector("0123456789ab", SPACE)
    assert kept is not None
    np.testing.assert_array_equal(kept, vector)


@pytest.mark.parametrize(
    "wanted",
    [
        Filters(genre="Hip-Hop"),
        Filters(tag="lo-fi"),
        Filters(min_bpm=120, max_bpm=126, half_double=True),
        Filters(key="Am", key_match="compatible"),
        Filters(role="kick"),
        Filters(max_seconds=1),
        Filters(kind="loop", max_seconds=4),
    ],
)
def test_no_filter_looks_up_every_samples_traits_or_reads_every_row(catalogue: Catalogue, wanted: Filters) -> None:
    sql, parameters = filters.selection("s.id", filters.conditions(wanted, []), "LIMIT -1")
    plan = [str(row[3]) for row in catalogue._rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    wasteful = [step for step in plan if "LEFT-JOIN" in step or step in ("SCAN s", "SCAN g")]
    assert wasteful == [], plan


def test_features_come_back_by_content_and_revision_and_go_with_their_content(catalogue: Catalogue, root: Root) -> None:
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    kept = replace(sample(root, "a.wav", "one", seed=None), features=KeptFeatures("first", rows))
    catalogue.commit(SPACE, [kept], [])
    found = catalogue.features("one", "first")
    assert found is not None
    np.testing.assert_array_equal(found, rows)
    assert catalogue.features("one", "second") is None
    assert catalogue.pending(SPACE, since=catalogue.generation()) == 1
    catalogue.commit(SPACE, [sample(root, "a.wav", "two")], [])
    catalogue.drop_unused()
    assert catalogue.features("one", "first") is None


def test_damaged_features_are_told(catalogue: Catalogue, root: Root) -> None:
    kept = replace(sample(root, "a.wav", "one"), features=KeptFeatures("first", np.ones((1, 3), np.float32)))
    catalogue.commit(SPACE, [kept], [])
    with sqlite3.connect(catalogue.path) as connection:
        connection.execute("UPDATE features SET features = x'00'")
    connection.close()
    with pytest.raises(CatalogueError, match="damaged features"):
        catalogue.features("one", "first")

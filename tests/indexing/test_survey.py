"""The survey: files found and files known are merged by path, whatever they are called."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.types import NewSample, Space
from soundpalette.indexing.scan import scan
from soundpalette.indexing.survey import Surveyor
from soundpalette.indexing.targets import Target

SPACE = Space("test", "0", 4)
NAME = st.text(" -.0a/é\U0001d11e\uffee", min_size=1, max_size=8).filter(
    lambda name: all(part and not part.startswith(".") for part in name.split("/"))
)


def touch(root: Path, names: set[str]) -> set[str]:
    """Empty files of these names, but for those that a folder or a file is in the way of; what there is then."""
    made = set()
    for name in sorted(names):
        path = root / f"{name}.wav"
        if any(parent.is_file() for parent in path.parents) or path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        made.add(f"{name}.wav")
    return made


def known(target: Target, path: str) -> NewSample:
    stat = (target.path / path).stat()
    return NewSample(target.root.id, path, stat.st_size, stat.st_mtime_ns, path, 1.0, 44_100, 1, None, revision="2")


@given(st.sets(NAME, max_size=12))
@settings(max_examples=60, deadline=None)
def test_files_come_by_their_whole_path(names: set[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = touch(Path(folder), names)
        assert [file.path for file in scan(Path(folder), "", []).files] == sorted(made)


@given(st.sets(NAME, max_size=8), st.sets(NAME, max_size=8), st.sets(NAME, max_size=8))
@settings(max_examples=25, deadline=None)
def test_new_changed_unchanged_and_missing_files_are_told_apart(
    kept: set[str], changed: set[str], gone: set[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, catalogue = Path(folder, "root"), Catalogue(Path(folder, "catalogue.sqlite"))
        root.mkdir()
        made = touch(root, kept | changed | gone)
        target = Target(catalogue.add_root(root), "")
        catalogue.commit(SPACE, [known(target, path) for path in sorted(made)], [])
        other = {path for path in made if path[:-4] in changed - gone}
        away = {path for path in made if path[:-4] in gone}
        for path in other:
            (root / path).write_bytes(b"longer")
        for path in away:
            (root / path).unlink()
        new = touch(root / "zz new", {"a", "b"})
        found = Surveyor(catalogue, SPACE, embedded=False, is_current="2".__eq__).survey(target, print)
        catalogue.close()
    assert found is not None
    assert {job.file.path for job in found.jobs if job.known} == other
    assert {job.file.path for job in found.jobs if not job.known} == {f"zz new/{path}" for path in new}
    assert found.unchanged == len(made - other - away)
    assert set(found.gone) == away


def test_a_sample_without_vector_or_with_older_traits_is_a_job(tmp_path: Path) -> None:
    root, catalogue = tmp_path / "root", Catalogue(tmp_path / "catalogue.sqlite")
    root.mkdir()
    touch(root, {"a"})
    target = Target(catalogue.add_root(root), "")
    catalogue.commit(SPACE, [known(target, "a.wav")], [])

    def jobs(*, embedded: bool, revision: str) -> int:
        found = Surveyor(catalogue, SPACE, embedded, revision.__eq__).survey(target, print)
        assert found is not None
        return len(found.jobs)

    assert jobs(embedded=False, revision="2") == 0
    assert jobs(embedded=False, revision="3") == 1
    assert jobs(embedded=True, revision="2") == 1
    catalogue.close()

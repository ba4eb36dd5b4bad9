"""The scan: which files count, which are refused and why."""

import os
from contextlib import nullcontext
from pathlib import Path

import pytest

from soundpalette.errors import ScanError
from soundpalette.indexing.scan import scan
from tests.sounds import tone, write


def paths(root: Path, below: str = "", *others: Path) -> list[str]:
    return sorted(file.path for file in scan(root, below, others).files)


def test_audio_files_count_by_suffix_in_any_case(tmp_path: Path) -> None:
    for name in [
        "a.wav",
        "b.AIFF",
        "deep/er/c.Flac",
        "d.mp3",
        "e.ogg",
        "f.caf",
        "readme.txt",
        "cover.jpg",
        "g.wav.asd",
    ]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert paths(tmp_path) == ["a.wav", "b.AIFF", "d.mp3", "deep/er/c.Flac", "e.ogg", "f.caf"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    for name in ["._kick.wav", ".trash/old.wav", "kick.wav"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert paths(tmp_path) == ["kick.wav"]


def test_a_part_of_the_root_keeps_paths_relative_to_the_root(tmp_path: Path) -> None:
    write(tmp_path / "kit" / "a.wav", tone(440))
    write(tmp_path / "b.wav", tone(440))
    assert paths(tmp_path, "kit") == ["kit/a.wav"]
    assert paths(tmp_path, "kit/a.wav") == ["kit/a.wav"]
    assert paths(tmp_path, "b.wav") == ["b.wav"]


def test_a_root_inside_belongs_to_itself(tmp_path: Path) -> None:
    write(tmp_path / "inner" / "a.wav", tone(440))
    write(tmp_path / "b.wav", tone(440))
    assert paths(tmp_path, "", tmp_path / "inner") == ["b.wav"]
    assert paths(tmp_path / "inner", "", tmp_path, tmp_path / "inner") == ["a.wav"]


def test_a_link_counts_inside_its_root_and_is_refused_outside(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root / "a.wav", tone(440))
    write(tmp_path / "secret" / "s.wav", tone(440))
    (root / "inside.wav").symlink_to(root / "a.wav")
    (root / "outside.wav").symlink_to(tmp_path / "secret" / "s.wav")
    (root / "nowhere.wav").symlink_to(tmp_path / "gone.wav")
    (root / "folder").symlink_to(tmp_path / "secret")
    (root / "loop").symlink_to(root)
    found = scan(root, "", [])
    assert sorted(file.path for file in found.files) == ["a.wav", "inside.wav"]
    assert sorted(found.refused) == ["folder", "nowhere.wav", "outside.wav"]
    assert "leads out of its root" in found.refused["outside.wav"]
    assert "leads out of its root" in found.refused["folder"]
    assert "to nothing" in found.refused["nowhere.wav"]


def test_a_name_that_is_not_utf8_is_refused_by_a_printable_name(tmp_path: Path) -> None:
    for name in (b"caf\xe9.wav", b"caf\xea.wav", b"caf?.wav"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    found = scan(tmp_path, "", [])
    assert [file.path for file in found.files] == ["caf?.wav"]
    assert set(found.refused) == {"caf\\xe9.wav", "caf\\xea.wav"}
    assert "is not valid UTF-8; rename it" in found.refused["caf\\xe9.wav"]


def test_links_in_a_circle_and_files_that_vanish_end_no_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.wav", tone(440))
    write(tmp_path / "b.wav", tone(440))
    for name in ("self.wav", "self"):
        (tmp_path / name).symlink_to(tmp_path / name)
    listed = os.scandir

    def vanish(folder: str) -> nullcontext[list[os.DirEntry[str]]]:
        """The file goes once the folder has been listed."""
        entries = list(listed(folder))
        (tmp_path / "b.wav").unlink(missing_ok=True)
        return nullcontext(entries)

    monkeypatch.setattr(os, "scandir", vanish)
    found = scan(tmp_path, "", [])
    assert [file.path for file in found.files] == ["a.wav"]
    assert list(found.unknown) == ["self.wav"]
    assert found.refused == {}


def test_newlines_and_directions_in_names_are_kept_as_they_are(tmp_path: Path) -> None:
    name = "two\nlines \u202egnp.wav"
    write(tmp_path / name, tone(440))
    assert paths(tmp_path) == [name]


def test_a_pipe_named_wav_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert paths(tmp_path) == []


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="cannot be read; check that it exists"):
        scan(tmp_path / "gone", "", [])

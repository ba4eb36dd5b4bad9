"""A palette to take along: what is in the file, and that no name in it can do harm."""

import json
import os
import re
import zipfile
from io import BytesIO
from pathlib import Path, PureWindowsPath
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soundpalette.errors import NotFoundError, RequestError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools import export
from soundpalette.tools.export import ExportFormat, export_palette, name_in_zip
from soundpalette.tools.workbench import Workbench
from tests.sounds import kick, write

RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")}


@pytest.fixture
def ids(crate_bench: Workbench) -> list[str]:
    """Of a kick and a bass."""
    return [of(crate_bench, path) for path in ("Drums/kick 0.wav", "Music/bass 126bpm Am.wav")]


def of(bench: Workbench, path: str) -> str:
    catalogue = bench.searcher.catalogue
    found = catalogue.sample_at(catalogue.roots()[0].id, path)
    assert found is not None
    return found.id


def exported(bench: Workbench, ids: list[str], kind: ExportFormat) -> bytes:
    with export_palette(bench, ids, kind).content as content:
        return content.read()


def test_paths_are_one_a_line(crate_bench: Workbench, crate: Path, ids: list[str]) -> None:
    lines = exported(crate_bench, ids, "paths").decode().splitlines()
    assert lines == [str(crate / "Drums" / "kick 0.wav"), str(crate / "Music" / "bass 126bpm Am.wav")]


def test_a_playlist_names_seconds_and_files(crate_bench: Workbench, crate: Path, ids: list[str]) -> None:
    lines = exported(crate_bench, ids, "m3u").decode().splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXTINF:1,kick 0", str(crate / "Drums" / "kick 0.wav")]
    assert lines[3:] == ["#EXTINF:2,bass 126bpm Am", str(crate / "Music" / "bass 126bpm Am.wav")]


def test_json_tells_all_that_is_known(crate_bench: Workbench, ids: list[str]) -> None:
    told = json.loads(exported(crate_bench, ids, "json"))["samples"]
    assert [(one["sample_id"], one["role"]["value"]) for one in told] == [(ids[0], "kick"), (ids[1], "bass")]
    assert told[1]["key"]["value"] == "A minor"


def test_a_zip_holds_the_files_as_they_are(crate_bench: Workbench, crate: Path, ids: list[str]) -> None:
    with zipfile.ZipFile(BytesIO(exported(crate_bench, ids, "zip"))) as archive:
        assert archive.namelist() == ["01 kick - kick 0.wav", "02 bass - bass 126bpm Am.wav"]
        assert archive.read("01 kick - kick 0.wav") == (crate / "Drums" / "kick 0.wav").read_bytes()
        assert archive.testzip() is None


def test_a_file_is_named_by_what_is_in_it(crate_bench: Workbench, ids: list[str]) -> None:
    names = {"paths": "txt", "json": "json", "m3u": "m3u8", "zip": "zip"}
    for kind in get_args(ExportFormat):
        with (taken := export_palette(crate_bench, [*ids, ids[0]], kind)).content:
            assert taken.name == f"palette of 2 sounds.{names[kind]}"


@given(st.integers(1, 64), st.text(max_size=40), st.text(max_size=400))
@example(1, "", "CON.wav")
@example(2, "kick", "../../etc/passwd")
@example(3, "kick", "a.wav:stream")
@example(4, "..\\..", "x" * 300 + ".wav. . .")
@example(5, "kick", "\u202egnp.exe\u0000.wav")
@example(6, "\u00e9" * 300, "\U0001f941" * 100)
def test_no_name_in_a_zip_leaves_its_folder_or_is_refused_by_a_system(number: int, role: str, name: str) -> None:
    made = name_in_zip(number, role, name)
    assert made.startswith(f"{number:02} ")
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f\u202e]', made)
    assert PureWindowsPath(made).name == made
    assert not made.endswith((" ", "."))
    assert made.partition(".")[0].rstrip().upper() not in RESERVED
    assert len(made.encode()) <= export.NAME_BYTES


def test_equal_names_stay_two_files(crate_bench: Workbench, indexer: Indexer, crate: Path) -> None:
    for pack in ("A", "B"):
        write(crate / pack / "kick.wav", kick(0.2 if pack == "A" else 0.3))
    indexer.run([crate], Lines())
    chosen = [of(crate_bench, f"{pack}/kick.wav") for pack in "AB"]
    with zipfile.ZipFile(BytesIO(exported(crate_bench, chosen, "zip"))) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [
            (crate / pack / "kick.wav").read_bytes() for pack in "AB"
        ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_would_add_a_line_is_refused(crate_bench: Workbench, indexer: Indexer, crate: Path) -> None:
    write(crate / "kick\n#EXTINF:1,other\n" / "secret.wav", kick())
    indexer.run([crate], Lines())
    for kind in ("paths", "m3u"):
        with pytest.raises(RequestError, match="holds a line break"):
            export_palette(crate_bench, [of(crate_bench, "kick\n#EXTINF:1,other\n/secret.wav")], kind)


def test_more_than_fits_into_a_zip_is_refused(
    crate_bench: Workbench, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_BYTES", 100_000)  # the two have 180,000
    with pytest.raises(RequestError, match="more than the 100,000 bytes that go into a ZIP"):
        exported(crate_bench, ids, "zip")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX limits")
def test_a_zip_that_finds_no_room_is_one_sentence(crate_bench: Workbench, ids: list[str]) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # the two have 180,000
    try:
        with pytest.raises(RequestError, match="could not be put together .* export paths, or give the server's"):
            export_palette(crate_bench, ids, "zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_became_a_link_or_is_gone_is_not_taken_along(
    crate_bench: Workbench, crate: Path, ids: list[str], tmp_path: Path
) -> None:
    (tmp_path / "secret.wav").write_bytes(b"secret")
    (crate / "Drums" / "kick 0.wav").unlink()
    with pytest.raises(NotFoundError, match="cannot be opened; run `soundpalette index`"):
        exported(crate_bench, ids, "zip")
    (crate / "Drums" / "kick 0.wav").symlink_to(tmp_path / "secret.wav")
    with pytest.raises(RequestError, match="has become a link out of its root"):
        exported(crate_bench, ids, "zip")


def test_what_cannot_be_exported_is_one_sentence(crate_bench: Workbench) -> None:
    for samples, sentence in (
        ([], "0 samples came; a palette has 1 to 64"),
        (["0123456789ab"] * 65, "65 samples came"),
        (["0123456789ab"], "there is no sample 0123456789ab"),
        (["/etc/passwd"], "'/etc/passwd' is no sample_id"),
        (["Drums/kick 0.wav"], "is no sample_id"),
    ):
        with pytest.raises(RequestError, match=sentence):
            export_palette(crate_bench, samples, "paths")

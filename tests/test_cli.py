"""The command line as its users type it, in a process of its own."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from tests.sounds import hat, kick, tone, write

PARITY = Path(__file__).parent / "data" / "parity"


def soundpalette(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "soundpalette", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120)
    assert "Traceback" not in result.stderr
    return result


def printed(*arguments: str | Path) -> dict[str, Any]:
    result = soundpalette(*arguments, "--json")
    assert result.returncode == 0, result.stderr
    value: dict[str, Any] = json.loads(result.stdout)
    return value


def test_index_search_and_status_of_a_library(library: Path) -> None:
    report = printed("index", library)
    assert {key: report[key] for key in ("seen", "added", "updated", "removed", "unchanged", "failed")} == {
        "seen": 6, "added": 6, "updated": 0, "removed": 0, "unchanged": 0, "failed": 0,
    }  # fmt: skip
    assert report["failures"] == []
    assert report["seconds"] > 0
    answer = printed("search", "kick drum", "-k", "2")
    assert list(answer) == ["roots", "hits", "pending", "note"]
    assert answer["hits"][0]["path"] in ("drums/kick 1.wav", "drums/kick 2.flac")
    assert answer["hits"][0]["strength"] in ("strong", "fair", "weak")
    assert answer["hits"][0]["similar"] == 1  # they are near-duplicates
    assert Path(answer["roots"][answer["hits"][0]["root"]], answer["hits"][0]["path"]).is_file()
    state = printed("status")
    assert (state["samples"], state["embedded"], state["indexed"], state["pending"]) == (6, 6, 6, 0)
    assert state["generation"] == state["index_generation"]
    assert state["space"].startswith("compact-")
    assert state["roots"][0]["there"] is True


def test_any_file_of_the_user_may_be_the_reference(library: Path, tmp_path: Path) -> None:
    soundpalette("index", library)
    mine = write(tmp_path / "mine.wav", kick(0.5))
    hits = printed("search", "--audio", mine, "-k", "2")["hits"]
    assert hits[0]["path"] in ("drums/kick 1.wav", "drums/kick 2.flac")
    preferences = ("--diversity", "0.5", "--avoid", "noise", "--context", hits[0]["sample_id"])
    others = printed("search", "--audio", mine, "-k", "2", *preferences)["hits"]
    assert len(others) == 2
    assert hits[0]["sample_id"] not in [hit["sample_id"] for hit in others]
    both = printed("search", "noise", "--audio", mine, "--alpha", "1", "-k", "6")["hits"]
    assert both[0]["path"] == printed("search", "noise", "-k", "1")["hits"][0]["path"]


def test_filters_and_what_is_known_of_a_sample(library: Path) -> None:
    write(library / "loops" / "loop_124bpm_Am.wav", kick(0.5))
    first = printed("index", library, "--analyse-only")
    assert (first["added"], first["analysed"]) == (7, 7)
    assert first["analysis_ms"] > 0
    assert soundpalette("search", "kick").returncode == 1
    indexed = printed("index", library)
    assert (indexed["added"], indexed["analysed"]) == (7, 0)
    wanted = ("--min-bpm", "62", "--max-bpm", "62", "--half-double", "--key", "8B", "--key-match", "compatible")
    (hit,) = printed("search", "snare", *wanted, "--kind", "loop", "--folder", library / "loops")["hits"]
    assert (hit["path"], hit["bpm"], hit["key"], hit["kind"]) == ("loops/loop_124bpm_Am.wav", 124, "A minor", "loop")
    shown = printed("show", hit["sample_id"])
    assert shown["bpm"] == {"value": 124.0, "source": "name", "confidence": 0.9}
    assert (shown["sample_id"], shown["kind"]) == (hit["sample_id"], "loop")
    assert "124.0 (name, 0.9)" in soundpalette("show", library / "loops" / "loop_124bpm_Am.wav").stdout
    empty = soundpalette("search", "kick", "--min-bpm", "170")
    assert (empty.returncode, "there: 124 BPM" in empty.stderr) == (0, True)


def test_a_palette_is_built_and_described(library: Path) -> None:
    soundpalette("index", library)
    built = printed("palette", "build", "techno", "--role", "kick", "--lock", "tonal/low.wav")
    assert [pick["why"] == "locked" for pick in built["picks"]] == [True, False]
    assert built["picks"][1]["path"].startswith("drums/kick")
    ids = [pick["sample_id"] for pick in built["picks"]]
    told = printed("palette", "describe", *ids, "--target", "dark techno, 126 BPM, A minor")
    assert [sample["sample_id"] for sample in told["samples"]] == ids
    assert told["lacking"]["clap"] == "dark techno clap"
    assert "Against the target" in soundpalette("palette", "describe", *ids, "--target", "dark techno").stdout
    assert soundpalette("palette", "build", "techno", "--role", "kick").stdout.startswith("kick: ")


def test_failures_are_listed_and_the_exit_is_still_good(library: Path) -> None:
    (library / "bad\nname \u202e.wav").write_text("no audio")
    report = printed("index", library)
    assert report["failed"] == 1
    assert report["failures"][0]["path"] == str(library / "badname .wav")
    assert "is not readable audio" in report["failures"][0]["reason"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["index", "/nowhere/at/all"], 2, "is not there; name an existing folder"),
        (["index", ""], 2, "an empty path came"),
        (["index", "/nowhere/" + "a" * 300], 2, "is not there"),
        (["index", "~nobody-here"], 2, "cannot be resolved"),
        (["search", "kick", "--alpha", "1.5"], 2, "alpha is 1.5"),
        (["search", "--audio", "/nope" + "a" * 300], 2, "names no file within reach"),
        (["index"], 2, "no folder was given and none is known yet"),
        (["search", "kick"], 1, "nothing is indexed yet; run `soundpalette index FOLDER`"),
        (["search", ""], 2, "the query is empty"),
        (["search", "kick", "-k", "0"], 2, "top_k is 0; 1 to 100 are allowed"),
        (["search", "kick", "--audio", "x", "--alpha", "1.5"], 2, "alpha is 1.5; 0 (audio alone)"),
        (["search", "--audio", os.fsdecode(b"x\xff.wav")], 2, "Unicode characters"),
        (["index", os.fsdecode(b"/x\xff")], 2, "is not valid UTF-8"),
        (["search", "kick", "--audio", "none.wav"], 2, "'none.wav' names no file within reach"),
        (["search", "kick", "--key", "H"], 2, "'H' is no key"),
        (["search", "kick", "--role", "kik"], 2, "role is 'kik'; any or one of these is allowed"),
        (["search", "kick", "--min-bpm", "130", "--max-bpm", "120"], 2, "min_bpm is 130 and max_bpm 120"),
        (["show", "none.wav"], 2, "'none.wav' names no file within reach"),
        (["search", "kick", "--encoder", "clamp3"], 1, "soundpalette models download clamp3"),
        (["index", ".", "--encoder", "clamp3"], 1, "soundpalette models download clamp3"),
        (["status", "--encoder", "clamp3"], 1, "soundpalette models download clamp3"),
        (["serve", "--encoder", "clamp3"], 1, "soundpalette models download clamp3"),
        (["models", "download", "clamp3"], 1, "CC-BY-NC-4.0"),
        (["search", "kick", "--avoid", "x" * 10_000], 2, "avoid has 10,000 characters; up to 1,000 are allowed"),
        (["search", "kick", "--min-seconds", "9", "--max-seconds", "1"], 2, "which nothing can meet; swap them"),
        (["palette", "describe", *["a.wav"] * 65], 2, "65 samples came; a palette has 1 to 64"),
        (["palette", "build", "a", *["--lock", "a.wav"] * 65], 2, "65 samples came; a palette has 1 to 64"),
        (["palette", "build", "a", "--role", f"kick: {'x' * 10_000}"], 2, "the wish for kick has 10,000 characters"),
        (["palette", "build", "a", "--bpm", "5"], 2, "the tempo is 5 BPM; 20 to 400 are allowed"),
        (["palette", "describe", "none.wav"], 2, "'none.wav' names no file within reach"),
        (["palette", "build", "x" * 10_000], 2, "the brief has 10,000 characters"),
        (["palette", "build", "techno", "--role", "theremin"], 2, "'theremin' is no role; take one of: kick"),
        (["palette", "build", "techno", "--key", "H"], 2, "'H' is no key; a note from A to G"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(arguments: list[str], code: int, words: str) -> None:
    result = soundpalette(*arguments)
    assert result.returncode == code
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_palettes_of_strange_samples_are_one_sentence_each(library: Path, tmp_path: Path) -> None:
    soundpalette("index", library)
    assert printed("palette", "describe", "drums/hat.aiff")["summary"].startswith("A palette of one (hi-hat)")
    wrong = [
        (("palette", "describe", "drums/hat.aiff", library / "drums" / "hat.aiff"), "came twice; name each sample"),
        (("palette", "describe", "drums/hat.aiff", "--target", "x" * 10_000), "the target has 10,000 characters"),
        (("palette", "build", "a", "--role", "brass"), "the library has no brass; library_overview tells"),
    ]
    for arguments, words in wrong:
        assert refused(*arguments).count(words) == 1
    empty = soundpalette("search", "horn", "--role", "brass")
    assert (empty.returncode, "no sample has role brass; without the role 6 pass" in empty.stderr) == (0, True)
    library.rename(tmp_path / "unplugged")
    assert 'its folder "' in refused("palette", "describe", str(library / "drums" / "hat.aiff"))
    assert "kick: the files of those in the library cannot be taken" in refused(
        "palette", "build", "a", "--role", "kick"
    )


def test_a_vocabulary_that_cannot_be_used_is_one_sentence(library: Path, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('roles = "kick"')
    own = {"SOUNDPALETTE_PATHS__VOCABULARY": str(tmp_path / "own.toml")}
    for command in (("index", library), ("search", "kick"), ("serve",), ("palette", "build", "techno")):
        assert "own.toml: roles is 'kick'; lists of words are wanted" in refused(*command, **own)


def refused(*arguments: str | Path, **environment: str) -> str:
    """The one line on stderr of a command that was used wrongly."""
    result = soundpalette(*arguments, **environment)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    return result.stderr


def test_names_come_out_whole_where_the_pipe_is_not_utf8(library: Path) -> None:
    write(library / "太鼓.wav", tone(440))
    soundpalette("index", library)
    result = subprocess.run(
        [sys.executable, "-m", "soundpalette", "search", "kick", "--json"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )
    assert "太鼓.wav" in {hit["path"] for hit in json.loads(result.stdout.decode("utf-8"))["hits"]}


def test_wrong_options_and_a_wrong_configuration_exit_with_two() -> None:
    assert soundpalette("search", "kick", "--loud").returncode == 2
    assert soundpalette("index", ".", "--encoder", "clap").returncode == 2
    result = soundpalette("status", SOUNDPALETTE_SEARCH__MAX_TOP_K="0")
    assert result.returncode == 2
    assert "search.max_top_k is '0'" in result.stderr


def test_a_second_indexer_exits_with_one_since_nothing_was_used_wrongly(library: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with FileLock(tmp_path / "data" / "indexer.lock"):
        result = soundpalette("index", library)
    assert result.returncode == 1
    assert "another indexer is at work" in result.stderr


def test_an_unplugged_root_is_told_and_kept(library: Path, tmp_path: Path) -> None:
    soundpalette("index", library)
    library.rename(tmp_path / "elsewhere")
    result = soundpalette("index", library, "--json")
    assert result.returncode == 0
    assert "an unplugged drive?" in result.stderr
    assert json.loads(result.stdout)["removed"] == 0
    assert printed("status")["samples"] == 6
    assert printed("index", library, "--prune")["removed"] == 6


def test_the_clamp3_encoder_lives_beside_the_compact_one(library: Path) -> None:
    local = {
        "SOUNDPALETTE_MODELS__MERT": str(PARITY / "mert"),
        "SOUNDPALETTE_MODELS__CLAMP3": str(PARITY / "clamp3.pth"),
        "SOUNDPALETTE_MODELS__TEXT": str(PARITY / "text"),
    }
    soundpalette("index", library)
    before = soundpalette("search", "kick", "--encoder", "clamp3", **local)
    assert "the library is indexed for compact-" in before.stderr
    assert "run `soundpalette index --encoder clamp3`" in before.stderr
    indexed = soundpalette("index", "--encoder", "clamp3", "--json", **local)
    assert json.loads(indexed.stdout)["added"] == 6
    found = soundpalette("search", "kick", "--encoder", "clamp3", "--json", **local)
    assert sum(1 + hit["similar"] for hit in json.loads(found.stdout)["hits"]) == 6
    assert sum(1 + hit["similar"] for hit in printed("search", "kick")["hits"]) == 6


def test_a_catalogue_of_a_newer_version_is_left_alone(library: Path, tmp_path: Path) -> None:
    import sqlite3

    soundpalette("index", library)
    connection = sqlite3.connect(tmp_path / "data" / "catalogue.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    result = soundpalette("search", "kick")
    assert result.returncode == 1
    assert "has version 99" in result.stderr
    assert "upgrade soundpalette" in result.stderr


def test_a_terminal_sees_a_bar_and_a_log_plain_lines(library: Path, tmp_path: Path) -> None:
    plain = soundpalette("index", library)
    assert plain.stderr.splitlines()[0] == "6 files to read"
    assert "6 of 6 files" in plain.stderr
    write(library / "new.wav", tone(500))
    screen, terminal = pty.openpty()
    command = [sys.executable, "-m", "soundpalette", "index", str(library)]
    process = subprocess.Popen(
        command, stderr=terminal, stdout=-3, env={**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    )
    os.close(terminal)
    shown = "".join(_screen(screen))
    assert process.wait() == 0
    assert "Indexing" in shown
    assert "━" in shown
    assert "1/1" in shown


def _screen(handle: int) -> Iterator[str]:
    """What a terminal gets until the process has closed it, which Linux tells by an error."""
    with open(handle, encoding="utf-8", errors="replace", newline="") as screen, suppress(OSError):
        while part := screen.read(1):
            yield part


def test_a_labelled_folder_is_measured(tmp_path: Path) -> None:
    folder = tmp_path / "labelled"
    for number in range(3):
        write(folder / "kick drum" / f"{number}.wav", kick(0.3 + number / 20))
        write(folder / "hi-hat" / f"{number}.wav", hat(0.06 + number / 50, number))
    (folder / "hi-hat" / "bad.wav").write_text("no audio")
    result = printed("eval", folder)
    assert [ranking["name"] for ranking in result["rankings"]] == ["compact", "file names", "chance"]
    ours, names, chance = (ranking["mean_average_precision"]["mean"] for ranking in result["rankings"])
    assert ours == 1.0
    assert chance < 0.9
    assert names < 0.9
    assert result["same_class_at_10"]["mean"] == 1.0
    assert {query["query"]: query["right"] for query in result["queries"]} == {"kick drum": 3, "hi hat": 3}
    assert list(result["failures"]) == ["hi-hat/bad.wav"]
    shown = soundpalette("eval", folder).stdout
    assert "2 queries, 6 files" in shown
    assert "failed: hi-hat/bad.wav" in shown
    (tmp_path / "none").mkdir()
    refused = soundpalette("eval", tmp_path / "none")
    assert refused.returncode == 2
    assert "holds no labelled audio" in refused.stderr


def test_the_compact_encoder_needs_no_download() -> None:
    assert "there is nothing to download" in soundpalette("models", "download", "compact").stdout


def test_an_estimate_tells_what_a_run_takes_and_indexes_nothing(library: Path) -> None:
    told = printed("index", library, "--estimate")
    assert (told["new"], told["changed"], told["unchanged"]) == (6, 0, 0)
    assert told["memory"]["sequential"] > 0
    assert (told["index_bytes"] > 0, told["warnings"]) == (True, [])
    assert printed("status")["samples"] == 0
    shown = soundpalette("index", library, "--estimate").stdout
    assert "new 6, changed 0, unchanged 0, gone 0" in shown
    assert "nothing was indexed" in shown


def test_existing_embeddings_are_imported_and_found(tmp_path: Path) -> None:
    local = {
        "SOUNDPALETTE_MODELS__MERT": str(PARITY / "mert"),
        "SOUNDPALETTE_MODELS__CLAMP3": str(PARITY / "clamp3.pth"),
        "SOUNDPALETTE_MODELS__TEXT": str(PARITY / "text"),
    }
    sounds, folder = tmp_path / "sounds", tmp_path / "embeddings"
    for path in (sounds, folder):
        path.mkdir()
    shutil.copy(PARITY / "one_window.flac", sounds)
    with np.load(PARITY / "expected.npz") as numbers:
        np.save(folder / "one_window.npy", numbers["audio/one_window"])
    (folder / "other.npy").write_bytes(b"no vector")
    missing = soundpalette("import-embeddings", folder, "--root", sounds)
    assert missing.returncode == 1
    assert "models download clamp3" in missing.stderr
    assert "0 embeddings match" in missing.stdout  # this checkpoint's vectors are smaller than the published one's
    result = soundpalette("import-embeddings", folder, "--root", sounds, "--json", **local)
    told = json.loads(result.stdout)
    assert (told["matched"], told["imported"], told["failed"], told["without"]) == (1, 1, 0, [])
    assert [Path(one["path"]).name for one in told["refused"]] == ["other.npy"]
    assert told["cosines"][0] > 0.99
    found = soundpalette("search", "kick", "--encoder", "clamp3", "--json", **local)
    assert [hit["path"] for hit in json.loads(found.stdout)["hits"]] == ["one_window.flac"]

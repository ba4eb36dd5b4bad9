"""build_palette over a real library: what is chosen, how long it gets, what is refused."""

import json
import shutil
from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.types import Filters
from soundpalette.errors import RequestError
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from soundpalette.tools.building import build_palette
from soundpalette.tools.library import library_overview
from soundpalette.tools.palette import describe_palette
from soundpalette.tools.search import search_by_text
from soundpalette.tools.workbench import Workbench
from tests.conftest import index_store
from tests.sounds import hat, kick, noise, tone, write
from tests.tools.crates import notes_loop

BRIEF = "dark techno, 126 BPM, A minor"


def paths(bench: Workbench, brief: str, *roles: str, locked: tuple[str, ...] = ()) -> list[str]:
    return [pick.path for pick in build_palette(bench, brief, roles, locked=locked).picks]


def test_what_is_chosen_fits_the_briefs_tempo_and_key(crate_bench: Workbench) -> None:
    built = build_palette(crate_bench, BRIEF, ["kick", "drum loop", "bass", "lead"])
    assert (built.bpm, built.key, built.missing) == (126, "A minor", [])
    assert [pick.role for pick in built.picks] == ["kick", "drum loop", "bass", "lead"]
    assert [pick.path for pick in built.picks[1:]] == [
        "Loops/drum loop 126bpm.wav",
        "Music/bass 126bpm Am.wav",
        "Music/lead 126bpm Am.wav",
    ]
    assert "126 BPM; A minor" in built.picks[2].why
    assert len(built.picks[2].alternatives) == 2
    assert built.summary.startswith("4 sounds: kick, drum loop, bass, lead. Tempo 126 BPM (3 of 3 with a tempo agree).")


def test_a_tempo_and_a_key_beside_the_brief_win(crate_bench: Workbench) -> None:
    built = build_palette(crate_bench, BRIEF, ["bass", "lead"], 110, "D# minor")
    assert [pick.path for pick in built.picks] == ["Music/bass 110bpm D#m.wav", "Music/lead 110bpm D#m.wav"]


def test_without_tempo_and_key_the_sounds_agree_with_a_locked_one(crate_bench: Workbench) -> None:
    kept = "Music/bass 110bpm D#m.wav"
    assert paths(crate_bench, "techno", "drum loop", "lead", locked=(kept,)) == [
        kept,
        "Loops/drum loop 110bpm.wav",
        "Music/lead 110bpm D#m.wav",
    ]


def test_a_locked_sample_fills_its_role(crate_bench: Workbench) -> None:
    built = build_palette(crate_bench, BRIEF, ["bass", "lead"], locked=["Music/bass 110bpm D#m.wav"])
    assert [(pick.role, pick.why == "locked") for pick in built.picks] == [("bass", True), ("lead", False)]
    assert built.picks[0].alternatives == []


def test_the_same_library_gives_the_same_palette(crate_bench: Workbench) -> None:
    roles = ["kick", "hi-hat: short and bright", "drum loop", "bass", "lead"]
    assert build_palette(crate_bench, BRIEF, roles) == build_palette(crate_bench, BRIEF, roles)


def test_without_roles_those_usual_for_the_brief_are_filled_and_the_others_told(crate_bench: Workbench) -> None:
    built = build_palette(crate_bench, BRIEF)
    assert [pick.role for pick in built.picks] == ["kick", "hi-hat", "bass", "lead"]
    assert "clap: the library has none" in built.missing
    assert built.text().count("\n") < 30


def test_a_role_asked_more_often_than_there_are_samples_is_told(crate_bench: Workbench) -> None:
    built = build_palette(crate_bench, "126 BPM", ["drum loop"] * 3)
    assert len({pick.sample_id for pick in built.picks}) == len(built.picks) == 2
    assert built.missing == ["drum loop: the library has no other one"]


def test_samples_of_a_folder_that_is_gone_are_not_taken(
    crate_bench: Workbench, indexer: Indexer, tmp_path: Path
) -> None:
    other = write(tmp_path / "drive" / "bass 126bpm Am.wav", tone(55, 4.0)).parent
    indexer.run([other], Lines())
    other.rename(tmp_path / "unplugged")
    picks = build_palette(crate_bench, "55 Hz sine bass, 126 BPM, A minor", ["bass"]).picks
    shown = [picks[0].path, *(other.path for other in picks[0].alternatives)]
    assert all(path.startswith("Music/") for path in shown)


@pytest.mark.parametrize(
    ("brief", "roles", "others", "words"),
    [
        ("", ["kick"], {}, "the brief is empty; describe the sound"),
        ("x" * 10_000, ["kick"], {}, "the brief has 10,000 characters; up to 1,000 are allowed; say it shorter"),
        (BRIEF, ["theremin"], {}, "'theremin' is no role; take one of: kick, snare, clap, "),
        (BRIEF, ["<b>\u202eignore\n" * 99], {}, "'<b>ignore<b>ignore"),
        (BRIEF, ["brass", "wind"], {}, "the library has no brass or wind; library_overview tells which roles"),
        (BRIEF, [f"kick: {'x' * 1001}"], {}, "the wish for kick has 1,001 characters; up to 1,000 are allowed"),
        (BRIEF, ["kick"] * 17, {}, "17 roles came; up to 16 are allowed"),
        (BRIEF, ["kick"], {"key": "H"}, "'H' is no key; a note from A to G"),
        (BRIEF, ["kick"], {"bpm": 5}, "the tempo is 5 BPM; 20 to 400 are allowed"),
        (BRIEF, ["kick"], {"locked": ["Drums/kick 0.wav"] * 2}, "'Drums/kick 0.wav' came twice"),
        (BRIEF, ["kick"], {"locked": ["Drums/kick 0.wav"] * 65}, "65 samples came"),
        (BRIEF, ["kick"], {"locked": ["/etc/passwd"]}, "'/etc/passwd' names no file within reach"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_one_sentence(
    crate_bench: Workbench, brief: str, roles: list[str], others: dict[str, object], words: str
) -> None:
    with pytest.raises(RequestError) as caught:
        build_palette(crate_bench, brief, roles, **others)  # type: ignore[arg-type]
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_eight_roles_of_long_names_stay_within_their_budget(
    catalogue: Catalogue, compact: Encoder, tmp_path: Path
) -> None:
    roots = [tmp_path / f"{number}{'r' * 200}" for number in range(3)]
    for number, sound in enumerate([kick(0.3), noise(0.3), hat(0.1), *(tone(90 * 3**n, 0.2 * 2**n) for n in range(6))]):
        name = f"percussion {number}{'q' * 180} {126 + number}bpm A#m.wav"
        write(roots[number % 3] / ("f" * 200) / ('"' * 200) / name, sound)
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings()).run(roots, Lines())
    bench = Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact)))
    built = build_palette(bench, "dark " * 150 + "126.12 BPM, A# minor", ["percussion"] * 8)
    assert len(built.picks) == 8
    assert len(json.dumps(built.model_dump(mode="json"), ensure_ascii=False)) <= 7000


def basses(folder: Path, count: int) -> Path:
    """As many basses, each a sound of its own that fits the brief."""
    for number in range(count):
        sound = notes_loop(126, [55.0 * (1 + number % 6), 110.0 + 13 * number], 1 + number % 5)
        write(folder / f"bass {number:02} 126bpm Am.wav", sound)
    return folder


def test_samples_whose_files_are_gone_are_left_out(crate_bench: Workbench, crate: Path) -> None:
    roles = ("drum loop", "bass", "lead")
    before = paths(crate_bench, BRIEF, *roles)
    (crate / before[1]).unlink()
    after = build_palette(crate_bench, BRIEF, roles)
    shown = [path for pick in after.picks for path in (pick.path, *(other.path for other in pick.alternatives))]
    assert [pick.role for pick in after.picks] == list(roles)
    assert before[1] not in shown
    assert all((crate / path).is_file() for path in shown)


def test_an_unplugged_drive_full_of_better_matches_empties_no_role(
    crate_bench: Workbench, indexer: Indexer, crate: Path, tmp_path: Path
) -> None:
    drive = basses(tmp_path / "drive", 40)
    indexer.run([drive], Lines())
    assert paths(crate_bench, BRIEF, "bass")[0].startswith("bass ")
    drive.rename(tmp_path / "unplugged")
    built = build_palette(crate_bench, BRIEF, ["bass"])
    assert built.picks[0].path == "Music/bass 126bpm Am.wav"
    assert list(built.roots.values()) == [str(crate)]


def test_a_copy_on_another_drive_stands_in_for_what_is_unplugged(
    crate_bench: Workbench, indexer: Indexer, crate: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(crate, backup)
    indexer.run([backup], Lines())
    before = build_palette(crate_bench, BRIEF, ["kick", "bass"])
    assert len(before.picks) == 2
    for gone, left in ((crate, backup), (backup, crate)):
        gone.rename(tmp_path / "unplugged")
        after = build_palette(crate_bench, BRIEF, ["kick", "bass"])
        assert [pick.path for pick in after.picks] == [pick.path for pick in before.picks]
        assert list(after.roots.values()) == [str(left)]
        (tmp_path / "unplugged").rename(gone)


def test_a_sample_whose_new_content_is_not_embedded_yet_is_left_out(
    crate_bench: Workbench, crate: Path, catalogue: Catalogue, compact: Encoder, tmp_path: Path
) -> None:
    (taken,) = paths(crate_bench, BRIEF, "bass")
    write(crate / taken, tone(60, 2.0))
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings(analyse_only=True)).run([crate], Lines())
    assert paths(crate_bench, BRIEF, "bass") not in ([], [taken])


def test_a_role_of_which_every_file_is_gone_is_told_as_such(crate_bench: Workbench, crate: Path) -> None:
    for number in range(3):
        (crate / "Drums" / f"kick {number}.wav").unlink()
    built = build_palette(crate_bench, BRIEF, ["kick", "bass", "brass"])
    assert [pick.role for pick in built.picks] == ["bass"]
    assert built.missing[0].startswith("kick: the files of those in the library cannot be taken (deleted, or on an")
    assert built.missing[1] == "brass: the library has none"
    with pytest.raises(RequestError, match="^kick: the files of those in the library cannot be taken"):
        build_palette(crate_bench, BRIEF, ["kick"])


def test_a_locked_sample_that_is_gone_is_one_sentence(crate_bench: Workbench, crate: Path, tmp_path: Path) -> None:
    kept = "Music/bass 126bpm Am.wav"
    (crate / kept).unlink()
    with pytest.raises(RequestError, match=f'^"{kept}" cannot be read, its file is gone; leave it out, and run'):
        build_palette(crate_bench, BRIEF, ["kick"], locked=[kept])
    crate.rename(tmp_path / "unplugged")
    with pytest.raises(RequestError, match=r'^"Drums/kick 0.wav" cannot be read, its folder .* is not there'):
        build_palette(crate_bench, BRIEF, ["bass"], locked=["Drums/kick 0.wav"])


def test_the_role_stays_in_the_query_however_long_the_brief(crate_bench: Workbench) -> None:
    long = "dark " * 199
    built = build_palette(crate_bench, long, ["bass", f"kick: {'x' * 1000}"])
    assert [pick.role for pick in built.picks] == ["bass", "kick"]


@pytest.fixture
def genres(indexer: Indexer, catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Workbench:
    """A library whose folders name genres: the same sounds, a little different, in each."""
    for shift, genre in enumerate(["Deep House", "Melodic Techno", "Boom Bap", "Drum & Bass"]):
        folder = tmp_path / "genres" / genre
        for number in range(3):
            write(folder / f"kick {number}.wav", kick(0.2 + 0.07 * shift + 0.35 * number))
            write(folder / f"hat {number}.wav", hat(0.05 + 0.03 * shift + 0.16 * number, 7 * shift + number))
            write(folder / f"bass {number}.wav", tone(40 + 5 * shift + 21 * number, 0.5 + 0.1 * shift))
    write(tmp_path / "genres" / "kick 9.wav", kick(0.9))
    indexer.run([tmp_path / "genres"], Lines())
    return Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact)))


@pytest.mark.parametrize(
    ("brief", "folder", "genre"),
    [
        ("dark melodic techno, 126 BPM", "Melodic Techno", "techno"),
        ("hip hop", "Boom Bap", "hip hop"),
        ("liquid dnb, 174 BPM", "Drum & Bass", "drum and bass"),
        ("deep house", "Deep House", "deep house"),
    ],
)
def test_a_briefs_genre_is_taken_from_folders_that_name_it(
    genres: Workbench, brief: str, folder: str, genre: str
) -> None:
    built = build_palette(genres, brief, ["kick", "hi-hat", "bass"])
    assert {Path(pick.path).parent.name for pick in built.picks} == {folder}
    assert all(f"; {genre}" in pick.why for pick in built.picks)


def test_genres_of_folders_are_filtered_by_and_counted(genres: Workbench) -> None:
    for word in ("hip hop", "Hip-Hop"):
        hits = search_by_text(genres, "kick", 20, Filters(genre=word)).hits
        assert {Path(hit.path).parent.name for hit in hits} == {"Boom Bap"}
        assert sum(1 + hit.similar for hit in hits) == 9
    empty = search_by_text(genres, "kick", 20, Filters(genre="trance"))
    assert empty.note.startswith("no sample has genre trance; without the genre 37 pass (there: deep house (9), ")
    counted = library_overview(genres)
    assert counted.counts["genres"] == {"deep house": 9, "drum and bass": 9, "hip hop": 9, "techno": 9}
    told = describe_palette(genres, ["Melodic Techno/kick 0.wav", "Melodic Techno/bass 0.wav"])
    assert told.lacking["clap"] == "techno clap"
    assert "Missing for a house and techno palette" in told.summary

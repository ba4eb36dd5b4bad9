"""build_palette over a real library: what is chosen, how long it gets, what is refused."""

import json
from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.errors import RequestError
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from soundpalette.tools.building import build_palette
from soundpalette.tools.workbench import Workbench
from tests.conftest import index_folder
from tests.sounds import hat, kick, noise, tone, write

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
    Indexer(catalogue, compact, index_folder(tmp_path, compact), Settings()).run(roots, Lines())
    bench = Workbench(Searcher(catalogue, compact, index_folder(tmp_path, compact)))
    built = build_palette(bench, "dark " * 150 + "126.12 BPM, A# minor", ["percussion"] * 8)
    assert len(built.picks) == 8
    assert len(json.dumps(built.model_dump(mode="json"), ensure_ascii=False)) <= 7000

"""What the page offers as filters, and how many samples each leaves."""

from pathlib import Path

import pytest

from soundpalette.core.types import Filters
from soundpalette.errors import RequestError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.facets import facets
from soundpalette.tools.workbench import Workbench
from tests.sounds import kick, write


def test_a_library_is_counted_by_what_can_be_chosen(crate_bench: Workbench) -> None:
    counted = facets(crate_bench, Filters())
    assert counted.matching == 16
    assert counted.roles == {"bass": 4, "lead": 4, "hi-hat": 3, "kick": 3, "drum loop": 2}
    assert counted.folders == {"Music": 8, "Drums": 6, "Loops": 2}
    assert counted.tempos == {"100-114": 5, "125-134": 5}


def test_a_choice_narrows_the_others_and_not_its_own_subject(crate_bench: Workbench) -> None:
    counted = facets(crate_bench, Filters(role="bass", folder="Music"))
    assert counted.matching == 4
    assert counted.roles == {"bass": 4, "lead": 4}
    assert counted.folders == {"Music": 4}
    assert counted.keys == {"A minor": 2, "D# minor": 2}


def test_each_count_is_what_choosing_it_leaves(crate_bench: Workbench) -> None:
    for role, count in facets(crate_bench, Filters(kind="loop")).roles.items():
        assert facets(crate_bench, Filters(kind="loop", role=role)).matching == count


def test_a_folder_that_cannot_be_named_is_not_offered_and_24_are_at_most(
    crate_bench: Workbench, indexer: Indexer, crate: Path
) -> None:
    for number in range(30):
        write(crate / f"{number:02} \u202epack" / "kick.wav", kick(0.2 + number / 100))
        write(crate / f"pack {number:02}" / "kick.wav", kick(0.2 + number / 100))
    indexer.run([crate], Lines())
    folders = facets(crate_bench, Filters()).folders
    assert len(folders) == 24
    assert not any("\u202e" in name or name.endswith(" pack") for name in folders)


def test_filters_that_nothing_can_meet_are_refused(crate_bench: Workbench) -> None:
    with pytest.raises(RequestError, match="swap them"):
        facets(crate_bench, Filters(min_bpm=130, max_bpm=120))

"""The library as a whole, and a preview of one sample of it."""

import json
from pathlib import Path

import pytest

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.vector_index import FaissStore
from soundpalette.errors import RequestError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.library import library_overview, sample_preview
from soundpalette.tools.workbench import Workbench
from tests.sounds import kick, write


def test_a_library_is_counted_and_what_it_lacks_is_told(crate_bench: Workbench) -> None:
    overview = library_overview(crate_bench)
    assert overview.samples == 16
    assert overview.counts["roles"] == {"bass": 4, "lead": 4, "hi-hat": 3, "kick": 3, "drum loop": 2}
    assert overview.counts["keys"] == {"A minor": 4, "D# minor": 4}
    assert overview.counts["tempos"] == {"100-114": 5, "125-134": 5}
    assert overview.counts["packs"] == {"Music": 8, "Drums": 6, "Loops": 2}
    assert overview.counts["unknown"] == {"role": 0, "tempo (of loops)": 0}
    assert {"snare", "pad", "vocal"} < set(overview.missing)
    assert "kick" not in overview.missing
    assert overview.index == "16 are in the compact index."
    assert 'packs: "Music" 8, "Drums" 6, "Loops" 2' in overview.text()


def test_packs_of_strangers_are_cleaned_bounded_and_the_small_ones_summed(
    crate_bench: Workbench, indexer: Indexer, crate: Path
) -> None:
    for number in range(30):
        write(crate / f"{number:02} \u202e\n{'pack ' * 30}" / "x" / "kick.wav", kick(0.2 + number / 100))
    indexer.run([crate], Lines())
    overview = library_overview(crate_bench)
    assert overview.counts["packs"]["(others)"] == 33 - 12
    assert "\u202e" not in overview.model_dump_json()
    assert len(json.dumps(overview.model_dump(mode="json"), ensure_ascii=False)) <= 2500
    assert len(overview.text()) <= 2500


def test_the_indexs_state_comes_with_its_mend(
    crate_bench: Workbench, crate: Path, catalogue: Catalogue, compact: Encoder, tmp_path: Path
) -> None:
    empty = Workbench(Searcher(catalogue, compact, FaissStore(tmp_path / "none", compact.space)))
    assert library_overview(empty).index.startswith("Nothing is indexed yet; run `soundpalette index FOLDER`")
    crate.rename(tmp_path / "unplugged")
    next(Path(crate_bench.searcher.store.place).glob("manifest.json")).write_text("damage")
    (tmp_path / "unplugged").rename(crate)
    assert "is damaged (its manifest cannot be read); run `soundpalette index`" in library_overview(crate_bench).index


@pytest.mark.parametrize("sample_id", ["", "kick", "0123456789ab", "/etc/passwd", "../x", "Drums/kick 0.wav"])
def test_only_an_id_names_a_sample(crate_bench: Workbench, sample_id: str) -> None:
    with pytest.raises(RequestError, match="is no sample_id|there is no sample"):
        sample_preview(crate_bench, sample_id)

"""Search over a real catalogue, a real index and the real compact encoder."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.answers import Answer
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import NOTHING_FITS, Searcher, blend
from soundpalette.core.types import Fact, Filters, Preferences, Sample
from soundpalette.core.vector_index import FaissStore
from soundpalette.errors import RequestError, VectorIndexError
from soundpalette.indexing.pipeline import Indexer, Settings
from soundpalette.indexing.progress import Lines
from tests.conftest import index_store
from tests.sounds import hat, kick, noise, tone, write

SCORE = 1e-4


@pytest.fixture
def searcher(indexer: Indexer, library: Path, catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Searcher:
    indexer.run([library], Lines())
    return Searcher(catalogue, compact, index_store(tmp_path, compact))


def sample(searcher: Searcher, path: str) -> Sample:
    found = searcher.catalogue.sample_at(searcher.catalogue.roots()[0].id, path)
    assert found is not None
    return found


def counted(answer: Answer) -> int:
    """Samples found, near-duplicates among them."""
    return sum(1 + hit.similar for hit in answer.hits)


def test_words_find_the_sound(searcher: Searcher) -> None:
    assert searcher.by_text("kick drum", 1).hits[0].sample.path.startswith("drums/kick")


def test_scores_are_the_cosines_in_falling_order(searcher: Searcher, library: Path) -> None:
    hits = searcher.by_text("hi-hat", 6).hits
    words = searcher.encoder.embed_text(["hi-hat"])[0]
    vectors = searcher.encoder.embed_audio_files([library / hit.sample.path for hit in hits])
    scores = [hit.score for hit in hits]
    np.testing.assert_allclose(scores, vectors @ words, atol=SCORE)
    assert scores == sorted(scores, reverse=True)


def test_the_reference_itself_is_left_out_and_its_like_comes_first(searcher: Searcher, library: Path) -> None:
    reference = sample(searcher, "drums/kick 1.wav")
    hits = searcher.by_audio(reference, 6).hits
    assert len(hits) == 5
    assert hits[0].sample.path == "drums/kick 2.flac"
    assert searcher.by_audio(library / "drums" / "kick 1.wav", 1).hits[0].sample == reference


def test_alpha_leads_from_audio_alone_to_text_alone(searcher: Searcher) -> None:
    reference = sample(searcher, "tonal/noise.wav")
    audio = [hit.sample.id for hit in searcher.by_audio(reference, 5).hits]
    text = [hit.sample.id for hit in searcher.by_text("kick drum", 6).hits if hit.sample != reference]
    assert [hit.sample.id for hit in searcher.hybrid("kick drum", reference, 0.0, 5).hits] == audio
    assert [hit.sample.id for hit in searcher.hybrid("kick drum", reference, 1.0, 5).hits] == text


def test_blend_is_the_normalised_mix() -> None:
    one, two = np.eye(2, dtype=np.float32)
    np.testing.assert_allclose(blend(one, two, 0.7), np.array([0.7, 0.3]) / np.hypot(0.7, 0.3), atol=1e-6)
    np.testing.assert_array_equal(blend(one, -one, 0.5), one)


def test_deleted_samples_are_left_out_of_an_older_index_and_new_ones_pending(
    searcher: Searcher, library: Path, catalogue: Catalogue
) -> None:
    assert searcher.by_text("kick drum", 1).pending == 0
    root = catalogue.roots()[0]
    catalogue.remove(root.id, ["drums/kick 1.wav", "drums/kick 2.flac"])
    answer = searcher.by_text("kick drum", 4)
    assert len(answer.hits) == 4
    assert not any("kick" in hit.sample.path for hit in answer.hits)
    assert answer.pending == 0


def test_an_index_published_meanwhile_is_used_at_once(searcher: Searcher, library: Path, tmp_path: Path) -> None:
    assert counted(searcher.by_text("kick drum", 99)) == 6
    write(library / "new.wav", kick(0.6))
    folder = Path(searcher.store.place)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    Indexer(searcher.catalogue, searcher.encoder, searcher.store, Settings()).run([library], Lines())
    assert counted(searcher.by_text("kick drum", 99)) == 7
    for path in folder.iterdir():
        path.unlink()
    for name, data in before.items():
        (folder / name).write_bytes(data)
    answer = searcher.by_text("kick drum", 99)
    assert (counted(answer), answer.pending) == (6, 1)


def test_before_anything_is_indexed_the_mend_is_told(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> None:
    searcher = Searcher(catalogue, compact, FaissStore(tmp_path / "none", compact.space))
    with pytest.raises(VectorIndexError, match="nothing is indexed yet; run `soundpalette index FOLDER`"):
        searcher.by_text("kick", 1)


def test_an_empty_index_is_told_as_nothing_indexed(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings()).run([tmp_path / "empty"], Lines())
    searcher = Searcher(catalogue, compact, index_store(tmp_path, compact))
    searcher.warm_up()
    assert searcher.distance() > 0
    with pytest.raises(VectorIndexError, match="nothing is indexed yet"):
        searcher.by_text("kick", 1)


def test_an_index_of_another_space_is_named(searcher: Searcher, tmp_path: Path) -> None:
    key = searcher.encoder.space.key
    shutil.rmtree(searcher.store.place)
    with searcher.catalogue._connected() as connection:
        connection.execute("UPDATE vectors SET space = 'elder-000000000000-9'")
    with pytest.raises(VectorIndexError, match=f"indexed for elder-000000000000-9, not for .*{key}.*--encoder compact"):
        searcher.by_text("kick", 1)
    with pytest.raises(RequestError, match="is not embedded by the encoder compact yet"):
        searcher.vector_of(sample(searcher, "drums/kick 1.wav"))


@pytest.fixture
def loops(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Searcher:
    """Twelve tones, of which every third tells its tempo in its name."""
    for number in range(12):
        named = f"loop_{120 + number}bpm" if number % 3 == 0 else "plain"
        write(tmp_path / "loops" / f"{named} {number:02}.wav", tone(110 * 1.3**number))
    folder = index_store(tmp_path, compact)
    Indexer(catalogue, compact, folder, Settings()).run([tmp_path / "loops"], Lines())
    return Searcher(catalogue, compact, folder)


def test_as_many_hits_come_back_as_pass_the_filters(loops: Searcher) -> None:
    every = {hit.sample.path: hit.score for hit in loops.by_text("snare", 12).hits}
    answer = loops.by_text("snare", 3, Filters(min_bpm=122, max_bpm=130))
    assert {hit.sample.path for hit in answer.hits} == {f"loop_{bpm}bpm 0{bpm - 120}.wav" for bpm in (123, 126, 129)}
    assert [hit.score for hit in answer.hits] == pytest.approx(
        sorted((every[hit.sample.path] for hit in answer.hits), reverse=True), abs=SCORE
    )
    assert answer.hits[0].traits is not None
    assert answer.hits[0].traits.bpm in [Fact(float(bpm), "name", 0.9) for bpm in (123, 126, 129)]
    assert len(loops.by_text("snare", 99, Filters(folder="plain")).hits) == 0


def test_the_reference_takes_no_hit_away_from_a_filtered_search(loops: Searcher) -> None:
    reference = sample(loops, "loop_123bpm 03.wav")
    for answer in (
        loops.by_audio(reference, 2, Filters(min_bpm=122, max_bpm=130)),
        loops.hybrid("kick", reference, 0.5, 2, Filters(min_bpm=122, max_bpm=130)),
    ):
        assert {hit.sample.path for hit in answer.hits} == {"loop_126bpm 06.wav", "loop_129bpm 09.wav"}
    alone = loops.by_audio(reference, 2, Filters(min_bpm=123, max_bpm=123))
    assert (alone.hits, alone.note) == (
        (), "no sample but the reference itself meets the filters; loosen one of them",
    )  # fmt: skip


def test_filters_that_nothing_meets_are_answered_with_the_nearest_value(loops: Searcher) -> None:
    answer = loops.by_text("kick", 5, Filters(min_bpm=170))
    assert answer.hits == ()
    assert answer.note == "no sample has tempo from 170 BPM; without the tempo 12 pass (there: 129 BPM)"


def test_samples_that_pass_and_are_not_indexed_yet_are_told(loops: Searcher, tmp_path: Path) -> None:
    write(tmp_path / "loops" / "new_90bpm.wav", kick(0.3))
    settings = Settings(analyse_only=True)
    Indexer(loops.catalogue, loops.encoder, loops.store, settings).run([tmp_path / "loops"], Lines())
    answer = loops.by_text("kick", 5, Filters(max_bpm=100))
    assert (answer.hits, answer.pending) == ((), 1)
    assert answer.note == "1 samples meet the filters and none is in the index yet; run `soundpalette index`"


@pytest.fixture
def doubled(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Searcher:
    """Four kicks of one content, two hats and four tones; two of the tones tell tempo and key."""
    folder = tmp_path / "doubled"
    for number in range(4):
        write(folder / f"kick {number}.wav", kick())
        write(folder / f"tone {number} loop{('_120bpm_Am', '_150bpm_F#', '', '')[number]}.wav", tone(110 * 2**number))
    for number in range(2):
        write(folder / f"hat {number}.wav", hat(0.1 + number, seed=number))
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings()).run([folder], Lines())
    return Searcher(catalogue, compact, index_store(tmp_path, compact))


def test_copies_are_one_hit_and_counted(doubled: Searcher) -> None:
    hits = doubled.by_text("kick drum", 10).hits
    assert [hit.similar for hit in hits if hit.sample.path.startswith("kick")] == [3]
    assert sum(1 + hit.similar for hit in hits) == 10


@pytest.mark.parametrize("query", ["kick drum", "hi-hat", "sine tone"])
def test_what_is_there_is_no_weak_match(doubled: Searcher, query: str) -> None:
    answer = doubled.by_text(query, 10)
    assert (answer.hits[0].strength, answer.note) == ("strong", "")


@pytest.mark.parametrize("query", ["violin", "acoustic guitar strum", "someone speaking"])
def test_a_weak_best_is_noted(doubled: Searcher, query: str) -> None:
    answer = doubled.by_text(query, 10)
    assert {hit.strength for hit in answer.hits} == {"weak"}
    assert answer.note == NOTHING_FITS


def test_a_sample_chosen_and_deleted_meanwhile_changes_nothing(doubled: Searcher) -> None:
    gone = Preferences(context=("0123456789ab",))
    assert doubled.by_text("tone", 4, preferences=gone) == doubled.by_text("tone", 4)


def test_what_is_usual_is_worked_out_once_for_each_index(doubled: Searcher) -> None:
    first = doubled.published()
    assert first is not None
    assert doubled.published() is first


def test_a_repeated_query_is_answered_from_what_was_kept_until_the_library_changes(
    searcher: Searcher, library: Path
) -> None:
    first = searcher.by_text("kick drum", 3)
    assert searcher.by_text("kick drum", 3) is first
    assert searcher.by_text("kick drum", 4) is not first
    reference = sample(searcher, "drums/kick 1.wav")
    assert searcher.by_audio(reference, 3) is searcher.by_audio(reference, 3)
    searcher.catalogue.remove(reference.root_id, ["drums/kick 1.wav"])
    assert reference not in [hit.sample for hit in searcher.by_text("kick drum", 3).hits]


def test_what_another_process_writes_is_not_answered_from_what_was_kept(searcher: Searcher) -> None:
    before = searcher.by_text("kick drum", 3).hits[0]
    other = Catalogue(searcher.catalogue.path)
    other.remove(before.sample.root_id, [before.sample.path])
    other.close()
    assert searcher.by_text("kick drum", 3).hits[0].sample != before.sample


def test_a_file_as_reference_is_read_each_time(searcher: Searcher, library: Path) -> None:
    path = write(library.parent / "reference.wav", kick())
    near = searcher.by_audio(path, 3).hits[0].sample.path
    write(path, hat(0.2))
    assert (near.split()[0], searcher.by_audio(path, 3).hits[0].sample.path == near) == ("drums/kick", False)


def test_what_is_avoided_goes_down_and_scores_stay_those_of_the_query(doubled: Searcher) -> None:
    asked = doubled.by_text("percussion", 10).hits
    away = doubled.by_text("percussion", 10, preferences=Preferences(avoid="kick drum")).hits
    ranks = [[hit.sample.path.split()[0] for hit in hits].index("kick") for hits in (asked, away)]
    assert ranks[1] > ranks[0]
    scores = {hit.sample.path: hit.score for hit in asked}
    for hit in away:
        assert hit.score == pytest.approx(scores[hit.sample.path], abs=SCORE)


def test_diversity_keeps_the_best_and_changes_what_follows(doubled: Searcher) -> None:
    near = [hit.sample.id for hit in doubled.by_text("tone", 4).hits]
    varied = [hit.sample.id for hit in doubled.by_text("tone", 4, preferences=Preferences(diversity=1)).hits]
    assert varied[0] == near[0]
    assert varied != near


def test_those_chosen_are_left_out_and_their_tempo_and_key_lead(doubled: Searcher, tmp_path: Path) -> None:
    fitting = write(tmp_path / "doubled" / "noise loop_120bpm_Am.wav", noise(0.5))
    strange = write(tmp_path / "doubled" / "noise loop_141bpm_D#.wav", noise(1.5))
    Indexer(doubled.catalogue, doubled.encoder, doubled.store, Settings()).run([fitting.parent], Lines())
    chosen = sample(doubled, "tone 0 loop_120bpm_Am.wav")
    hits = doubled.by_text("noise", 12, preferences=Preferences(context=(chosen.id,))).hits
    paths = [hit.sample.path for hit in hits]
    assert chosen.path not in paths
    assert paths.index(fitting.name) < paths.index(strange.name)


def test_a_library_of_one_sound_is_searched(catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> None:
    write(tmp_path / "one" / "kick.wav", kick())
    Indexer(catalogue, compact, index_store(tmp_path, compact), Settings()).run([tmp_path / "one"], Lines())
    searcher = Searcher(catalogue, compact, index_store(tmp_path, compact))
    only = sample(searcher, "kick.wav")
    assert len(searcher.by_text("kick", 3).hits) == 1
    assert searcher.by_audio(only, 3).hits == ()
    assert searcher.by_text("kick", 3, preferences=Preferences(context=(only.id,))).hits == ()

"""Bounds and references: what a request may ask for and which files it may name."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.core.types import Sample
from soundpalette.errors import RequestError
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.tools.workbench import Reach, Workbench
from tests.conftest import index_store
from tests.sounds import tone, write


@pytest.fixture
def searcher(indexer: Indexer, library: Path, catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> Searcher:
    indexer.run([library], Lines())
    return Searcher(catalogue, compact, index_store(tmp_path, compact))


@pytest.fixture
def bench(searcher: Searcher) -> Workbench:
    return Workbench(searcher)


@pytest.mark.parametrize("query", ["", "  \n ", "x" * 1001, "x" * 10_000])
def test_empty_and_endless_queries_are_refused(bench: Workbench, query: str) -> None:
    with pytest.raises(RequestError, match="the query"):
        bench.checked_query(query)


def test_bounds_hold_at_their_edges(bench: Workbench) -> None:
    assert bench.checked_query("x" * 1000) == "x" * 1000
    assert [bench.checked_top_k(k) for k in (1, 100)] == [1, 100]
    assert [bench.checked_alpha(a) for a in (0, 1)] == [0, 1]
    for top_k in (0, -1, 101, 1_000_000):
        with pytest.raises(RequestError, match=f"top_k is {top_k}; 1 to 100 are allowed"):
            bench.checked_top_k(top_k)
    for alpha in (-0.1, 1.5, float("nan")):
        with pytest.raises(RequestError, match=r"alpha is .*; 0 \(audio alone\) to 1"):
            bench.checked_alpha(alpha)
    with pytest.raises(RequestError, match="0 samples came; a palette has 1 to 64"):
        bench.checked_samples([])
    with pytest.raises(RequestError, match="65 samples came"):
        bench.checked_samples(["x"] * 65)


def test_an_id_a_relative_and_an_absolute_path_name_the_same_sample(bench: Workbench, library: Path) -> None:
    sample = bench.resolve("drums/kick 1.wav")
    assert isinstance(sample, Sample)
    assert bench.resolve(str(library / "drums" / "kick 1.wav")) == sample
    assert bench.resolve(str(library / "tonal" / ".." / "drums" / "kick 1.wav")) == sample
    assert bench.resolve(sample.id.upper()) == sample


def test_an_unknown_id_is_told(bench: Workbench) -> None:
    with pytest.raises(RequestError, match="there is no sample 0123456789ab; take an id from a search answer"):
        bench.resolve("0123456789ab")


def test_files_outside_the_roots_are_out_of_reach_whether_they_exist_or_not(
    searcher: Searcher, library: Path, tmp_path: Path
) -> None:
    outside = write(tmp_path / "outside" / "x.wav", tone(440))
    (library / "link.wav").symlink_to(outside)
    bench = Workbench(searcher)
    told = set()
    for reference in [
        str(outside), str(tmp_path / "outside" / "none.wav"), "../outside/x.wav", "link.wav",
        "drums/../../outside/x.wav", "/etc/passwd", "drums/none.wav", "drums", str(library),
        "~/x.wav", "//host/share/x.wav", "..", "a" * 300, str(library / ("a" * 300)), "~nobody-here/x.wav",
    ]:  # fmt: skip
        with pytest.raises(RequestError, match="names no file within reach") as caught:
            bench.resolve(reference)
        told.add(str(caught.value).partition(" names ")[2])
    assert len(told) == 1
    assert Workbench(searcher, reach=Reach((tmp_path / "outside",))).resolve(str(outside)) == outside
    assert Workbench(searcher, reach=Reach(anywhere=True)).resolve(str(outside)) == outside


def test_a_new_file_below_a_root_may_be_named(bench: Workbench, library: Path) -> None:
    path = write(library / "new.wav", tone(440))
    assert bench.resolve("new.wav") == path


def test_half_characters_are_refused(bench: Workbench) -> None:
    with pytest.raises(RequestError, match="Unicode characters"):
        bench.resolve("x\udc80.wav")
    with pytest.raises(RequestError, match="half a character"):
        bench.checked_query("kick \udc80")


def test_a_sample_that_became_a_link_out_is_not_opened(bench: Workbench, library: Path, tmp_path: Path) -> None:
    sample = bench.resolve("drums/hat.aiff")
    outside = write(tmp_path / "outside.wav", tone(440))
    (library / "drums" / "hat.aiff").unlink()
    (library / "drums" / "hat.aiff").symlink_to(outside)
    with pytest.raises(RequestError, match="has become a link out of its root"):
        bench.path_of(sample)


def test_a_pipe_is_no_file(bench: Workbench, library: Path) -> None:
    os.mkfifo(library / "pipe.wav")
    with pytest.raises(RequestError, match="names no file within reach"):
        bench.resolve("pipe.wav")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reference=st.one_of(
        st.text(st.characters(), max_size=50),
        st.text(max_size=200),
        st.lists(st.sampled_from(["..", "/", "~", "drums", "\0", "etc"])).map("/".join),
    )
)
def test_whatever_comes_stays_inside_or_is_a_request_error(bench: Workbench, library: Path, reference: str) -> None:
    try:
        found = bench.resolve(reference)
    except RequestError:
        return
    assert isinstance(found, Sample) or found.is_relative_to(library)

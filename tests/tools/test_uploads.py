"""Searching by a sound that came over the network, alone and with words."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.answers import Heard
from soundpalette.core.types import Filters
from soundpalette.errors import AudioError, RequestError
from soundpalette.tools import uploads
from soundpalette.tools.search import hybrid_search, search_by_audio, search_by_text
from soundpalette.tools.uploads import Wish, checked_wish, hash_of, heard_before, search_by_upload
from soundpalette.tools.workbench import Workbench

KICK = "Drums/kick 1.wav"


def hear(bench: Workbench, upload: BytesIO) -> Heard:
    return uploads.hear(bench, upload, hash_of(upload))


@pytest.fixture
def upload(crate: Path, crate_bench: Workbench) -> BytesIO:
    return BytesIO((crate / KICK).read_bytes())


def test_an_upload_is_as_near_as_the_file_itself(crate_bench: Workbench, upload: BytesIO) -> None:
    found = search_by_upload(crate_bench, hear(crate_bench, upload), Wish(5)).hits
    known = search_by_audio(crate_bench, KICK, 4).hits  # which leaves itself out
    assert found[0].path == KICK
    assert found[0].score == pytest.approx(1, abs=1e-3)
    assert [hit.path for hit in found[1:]] == [hit.path for hit in known]


def test_words_and_an_upload_are_blended(crate_bench: Workbench, upload: BytesIO) -> None:
    heard = hear(crate_bench, upload)
    words_alone = search_by_upload(crate_bench, heard, Wish(16, "bass", 1.0)).hits
    assert words_alone == search_by_text(crate_bench, "bass", 16).hits
    blended = search_by_upload(crate_bench, heard, Wish(16, "bass", 0.5)).hits
    known = hybrid_search(crate_bench, "bass", KICK, 0.5, 16).hits
    scores = {hit.sample_id: hit.score for hit in blended}
    both = {hit.sample_id: hit.score for hit in known if hit.sample_id in scores}
    assert len(both) >= len(known) - 1  # the upload finds its own file, too
    assert both == pytest.approx({one: scores[one] for one in both}, abs=2e-3)


def test_a_sound_that_is_sent_again_is_not_decoded_again(crate_bench: Workbench, upload: BytesIO) -> None:
    assert heard_before(crate_bench, hash_of(upload)) is None
    first = hear(crate_bench, upload)
    again = heard_before(crate_bench, hash_of(BytesIO(upload.getvalue())))
    assert again is not None
    assert again.vector is first.vector
    assert heard_before(crate_bench, hash_of(BytesIO(upload.getvalue()[:-1]))) is None


def test_what_is_kept_of_an_upload_is_its_vector(crate_bench: Workbench, upload: BytesIO) -> None:
    heard = hear(crate_bench, upload)
    assert heard.vector.shape == (crate_bench.searcher.encoder.space.dimension,)
    assert np.linalg.norm(heard.vector) == pytest.approx(1, abs=1e-5)


def test_what_is_no_sound_is_told_without_a_path(crate_bench: Workbench) -> None:
    with pytest.raises(AudioError, match="^the upload is not readable audio"):
        hear(crate_bench, BytesIO(b"RIFF nothing"))
    assert heard_before(crate_bench, hash_of(BytesIO(b"RIFF nothing"))) is None


def test_a_wrong_wish_is_refused_before_the_work(crate_bench: Workbench) -> None:
    for wish, sentence in (
        (Wish(0), "top_k is 0"),
        (Wish(5, "x" * 1001), "up to 1,000 are allowed"),
        (Wish(5, "dark", 1.5), "alpha is 1.5"),
        (Wish(5, filters=Filters(role="tuba")), "role is 'tuba'"),
    ):
        with pytest.raises(RequestError, match=sentence):
            checked_wish(crate_bench, wish)
    assert checked_wish(crate_bench, Wish(5, "  ")).query == ""

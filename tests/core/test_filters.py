"""Filters: what the catalogue selects against brute force, and what it says where nothing passes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.filters import keys_that_fit
from soundpalette.core.types import Fact, Filters, NewSample, Space, Traits
from soundpalette.errors import RequestError

SPACE = Space("test", "0123456789ab", 4)
KEYS = ("A minor", "C major", "E minor", "C# minor", "G major")
ROLES = ("kick", "hi-hat", "drum loop")
GENRES = ("techno", "hip hop")
TAGS = ("warm", "lo-fi", "dark")
FOLDERS = ("", "pack/", "pack/loops/", "pack 2/")


def fact(value: str | None) -> Fact[str] | None:
    return None if value is None else Fact(value, "name", 0.9)


def traits(
    bpm: float | None = None,
    key: str | None = None,
    role: str | None = None,
    genre: str | None = None,
    kind: str = "loop",
    tags: tuple[str, ...] = (),
) -> Traits:
    return Traits(
        kind=Fact(kind, "sound", 0.7),
        bpm=Fact(bpm, "name", 0.9) if bpm else None,
        beats=None,
        key=fact(key),
        root=None,
        role=fact(role),
        genre=fact(genre),
        tags=tags,
        loudness_lufs=-14.0,
        peak_db=-1.0,
        brightness_hz=900.0,
        attack_seconds=0.01,
        decay_seconds=0.3,
        noisiness=0.2,
        width=0.1,
        bands=(0.4, 0.3, 0.2, 0.1),
    )


def sample(root_id: str, path: str, known: Traits | None, seconds: float = 1.0) -> NewSample:
    revision = "1" if known else ""
    return NewSample(root_id, path, 100, 1, path, seconds, 44_100, 2, None, None, None, known, revision)


@pytest.fixture
def library(catalogue: Catalogue) -> Catalogue:
    root = catalogue.add_root(Path("/music")).id
    rows = [
        sample(root, "pack/loops/a_124.wav", traits(124.0, "A minor", "drum loop", "techno", tags=("warm",)), 3.9),
        sample(root, "pack/loops/b_125.wav", traits(124.6, "C major", "drum loop", "Hip-Hop", tags=("Lo-Fi",)), 7.7),
        sample(root, "pack/kick.wav", traits(None, None, "kick", kind="one-shot"), 0.4),
        sample(root, "pack 2/hat.wav", traits(62.0, "E minor", "hi-hat", kind="one-shot"), 0.1),
        sample(root, "new.wav", None, 2.0),
    ]
    catalogue.commit(SPACE, rows, [])
    return catalogue


def selected(catalogue: Catalogue, wanted: Filters) -> set[str]:
    ids = [f"{value:012x}" for value in catalogue.select(wanted).tolist()]
    return {Path(found.path).stem for found in catalogue.samples(ids).values()}


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        (Filters(), {"a_124", "b_125", "kick", "hat", "new"}),
        (Filters(min_bpm=124, max_bpm=124), {"a_124"}),
        (Filters(min_bpm=125), {"b_125"}),
        (Filters(max_bpm=100), {"hat"}),
        (Filters(min_bpm=124, max_bpm=124, half_double=True), {"a_124", "hat"}),
        (Filters(key="Am"), {"a_124"}),
        (Filters(key="8A", key_match="relative"), {"a_124", "b_125"}),
        (Filters(key="A minor", key_match="compatible"), {"a_124", "b_125", "hat"}),
        (Filters(role="drum loop"), {"a_124", "b_125"}),
        (Filters(genre="hip hop"), {"b_125"}),
        (Filters(kind="one-shot"), {"kick", "hat"}),
        (Filters(min_seconds=0.4, max_seconds=3.9), {"a_124", "kick", "new"}),
        (Filters(folder="pack"), {"a_124", "b_125", "kick"}),
        (Filters(folder="pack/loops/"), {"a_124", "b_125"}),
        (Filters(folder="/music/pack 2"), {"hat"}),
        (Filters(folder="/"), {"a_124", "b_125", "kick", "hat", "new"}),
        (Filters(folder="/mus"), set()),
        (Filters(tag="lo fi"), {"b_125"}),
        (Filters(role="drum loop", key="A minor", max_seconds=4, folder="pack"), {"a_124"}),
    ],
)
def test_samples_that_meet_every_condition_are_selected(library: Catalogue, wanted: Filters, paths: set[str]) -> None:
    assert selected(library, wanted) == paths


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            Filters(role="kick", min_bpm=170, max_bpm=175),
            "no sample has tempo 170 to 175 BPM and role kick; without the tempo 1 pass (no tempo is known of them)",
        ),
        (Filters(role="snare"), "no sample has role snare; without the role 5 pass (there: drum loop (2), hi-hat (1)"),
        (Filters(min_bpm=150), "without the tempo 5 pass (there: 124.6 BPM)"),
        (
            Filters(min_bpm=200, max_bpm=210, half_double=True),
            "(or half or double); without the tempo 5 pass (there: 124 BPM)",
        ),
        (Filters(key="G# major"), "without the key 5 pass (there: A minor (1), C major (1)"),
        (Filters(max_seconds=0.05), "without the duration 5 pass (there: 0.1 s)"),
        (Filters(folder="Loops"), 'without the folder 5 pass (there: "pack/loops/" (2), "pack 2/" (1)'),
        (Filters(tag="airy"), "without the tag 5 pass (there: Lo-Fi (1), warm (1))"),
        (Filters(role="kick", tag="airy", kind="loop"), "role kick alone: 1; kind loop alone: 2; tag airy alone: none"),
        (Filters(role="snare"), "not analysed yet: 1, run `soundpalette index --analyse-only`"),
    ],
)
def test_what_emptied_a_selection_is_told_with_what_is_there_instead(
    library: Catalogue, wanted: Filters, sentence: str
) -> None:
    assert len(library.select(wanted)) == 0
    assert sentence in library.why_empty(wanted)


def test_the_keys_nearest_to_the_one_asked_are_told_first(library: Catalogue) -> None:
    assert "(there: C major (1), E minor (1), A minor (1))" in library.why_empty(Filters(key="G major"))


def test_a_key_that_is_none_is_refused(library: Catalogue) -> None:
    with pytest.raises(RequestError, match="'H'"):
        library.select(Filters(key="H"))


def test_keys_fit_exactly_by_their_relative_or_by_the_circle_of_fifths() -> None:
    assert keys_that_fit("Am", "exact") == ("A minor",)
    assert keys_that_fit("Am", "relative") == ("A minor", "C major")
    assert set(keys_that_fit("Am", "compatible")) == {"A minor", "C major", "E minor", "D minor"}


any_filters = st.builds(
    Filters,
    min_bpm=st.sampled_from([0, 60, 120, 124.5]),
    max_bpm=st.sampled_from([0, 124, 130, 180]),
    half_double=st.booleans(),
    key=st.sampled_from(["", *KEYS]),
    key_match=st.sampled_from(["exact", "relative", "compatible"]),
    role=st.sampled_from(["any", *ROLES]),
    genre=st.sampled_from(["", *GENRES]),
    kind=st.sampled_from(["any", "loop", "one-shot"]),
    min_seconds=st.sampled_from([0, 0.5, 2]),
    max_seconds=st.sampled_from([0, 1, 4]),
    folder=st.sampled_from(["", "pack", "pack/loops", "none"]),
    tag=st.sampled_from(["", *TAGS]),
)
any_rows = st.lists(
    st.tuples(
        st.sampled_from(FOLDERS),
        st.sampled_from([0.2, 1.0, 3.0]),
        st.none()
        | st.builds(
            traits,
            bpm=st.none() | st.sampled_from([60.0, 62.0, 123.6, 124.0, 174.0, 248.0]),
            key=st.none() | st.sampled_from(KEYS),
            role=st.none() | st.sampled_from(ROLES),
            genre=st.none() | st.sampled_from(GENRES),
            kind=st.sampled_from(["loop", "one-shot"]),
            tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
        ),
    ),
    max_size=12,
)


def passes(wanted: Filters, path: str, seconds: float, known: Traits | None) -> bool:
    return all(_met(wanted, path, seconds, known))


def _met(wanted: Filters, path: str, seconds: float, known: Traits | None) -> Iterator[bool]:
    yield wanted.min_seconds <= seconds <= (wanted.max_seconds or 1e9)
    yield not wanted.folder or path.startswith(wanted.folder + "/")
    bpm = known.bpm.value if known and known.bpm else None
    if wanted.min_bpm or wanted.max_bpm:
        scales = (1, 2, 0.5) if wanted.half_double else (1,)
        low, high = wanted.min_bpm - 0.5, (wanted.max_bpm or 1e9) + 0.5
        yield bpm is not None and any(low <= bpm * scale <= high for scale in scales)
    if wanted.key:
        yield bool(known and known.key and known.key.value in keys_that_fit(wanted.key, wanted.key_match))
    if wanted.role != "any":
        yield bool(known and known.role and known.role.value == wanted.role)
    if wanted.genre:
        yield bool(known and known.genre and known.genre.value == wanted.genre)
    if wanted.kind != "any":
        yield bool(known and known.kind.value == wanted.kind)
    if wanted.tag:
        yield bool(known and wanted.tag in known.tags)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=any_rows, wanted=any_filters)
def test_any_filters_select_what_brute_force_selects(
    catalogue: Catalogue, rows: list[tuple[str, float, Traits | None]], wanted: Filters
) -> None:
    root = catalogue.add_root(Path("/music")).id
    catalogue.remove(root, list(catalogue.known_files(root, "", SPACE)))
    paths = [f"{folder}{number}.wav" for number, (folder, _, _) in enumerate(rows)]
    samples = [sample(root, path, known, seconds) for path, (_, seconds, known) in zip(paths, rows, strict=True)]
    catalogue.commit(SPACE, samples, [])
    told = {path: known for path, (_, _, known) in zip(paths, rows, strict=True)}
    expected = {new.path for new in samples if passes(wanted, new.path, new.seconds, told[new.path])}
    ids = [f"{value:012x}" for value in catalogue.select(wanted).tolist()]
    assert {found.path for found in catalogue.samples(ids).values()} == expected
    if not expected:
        assert catalogue.why_empty(wanted).startswith("no sample")


def test_a_percent_sign_in_a_folder_is_no_wildcard(library: Catalogue) -> None:
    assert selected(library, Filters(folder="pac%")) == set()


def test_a_tempo_without_any_known_one_says_so(catalogue: Catalogue) -> None:
    root = catalogue.add_root(Path("/music")).id
    catalogue.commit(SPACE, [sample(root, "kick.wav", traits(role="kick"))], [])
    assert "no tempo is known of them" in catalogue.why_empty(replace(Filters(), min_bpm=120))

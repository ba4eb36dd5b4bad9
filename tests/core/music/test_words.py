"""Vocabulary files, and what is guessed with them from real sounds."""

from pathlib import Path

import numpy as np
import pytest

from soundpalette.core.encoders.base import Encoder, unit
from soundpalette.core.music.words import (
    BUNDLED,
    MOST_TAGS,
    Lexicon,
    Vocabulary,
    WordGuesser,
    load_vocabulary,
    make_lexicon,
)
from soundpalette.errors import ConfigError
from tests.conftest import CRATE

PAIRS = 'roles = ["a", "b"]\nwords = ["c", "d"]\nbackground = ["e", "f"]\n'


@pytest.fixture(scope="module")
def lexicon(compact: Encoder) -> Lexicon:
    return make_lexicon(load_vocabulary(), compact)


def test_the_packages_vocabulary_has_all_roles_and_a_bank_without_doubles() -> None:
    vocabulary = load_vocabulary()
    assert len(vocabulary.roles) == 21
    assert set(vocabulary.prompts) == set(vocabulary.roles)
    assert 150 <= len(vocabulary.background) == len(set(vocabulary.background)) <= 220


def test_drums_of_the_crate_get_their_roles(compact: Encoder, lexicon: Lexicon) -> None:
    drums = CRATE / "drums"
    kicks, toms = [[*drums.glob(f"{prefix}_*.flac")] for prefix in ("bd", "drum_tom")]
    for files, role in ((kicks, "kick"), (toms, "tom")):
        guesses = lexicon.guess(compact.embed_audio_files(files))
        told = [guess.role.value for guess in guesses if guess.role is not None]
        assert told
        assert told.count(role) > len(told) / 2
        assert all(g.role is None or (g.role.source == "encoder" and 0.5 <= g.role.confidence <= 1) for g in guesses)


def test_a_sound_between_all_roles_gets_none(lexicon: Lexicon) -> None:
    directions = np.linalg.qr(lexicon.roles.vectors.T)[0]
    aside = np.random.default_rng(0).standard_normal(directions.shape[0])
    between = unit((aside - directions @ (directions.T @ aside)).astype(np.float32)[None])
    guess = lexicon.guess(between)[0]
    assert guess.role is None


def test_a_sound_is_guessed_alone(compact: Encoder, lexicon: Lexicon) -> None:
    vectors = compact.embed_audio_files(sorted((CRATE / "percussion").iterdir()))
    together = lexicon.guess(vectors)
    for vector, guess in zip(vectors, together, strict=True):
        alone = lexicon.guess(vector[None])[0]
        assert (alone.tags, alone.role and alone.role.value) == (guess.tags, guess.role and guess.role.value)
        assert len(guess.tags) <= MOST_TAGS


def test_no_sounds_give_no_guesses(lexicon: Lexicon) -> None:
    assert lexicon.guess(np.zeros((0, lexicon.word_vectors.shape[1]), np.float32)) == []


def test_words_of_a_users_own_file_become_tags_and_roles(compact: Encoder, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('roles = ["boom", "tick"]\nwords = ["kick drum", "flute", "rain", "speech", "organ", "violin"]\n'
                    'background = ["kick", "hat"]\n[prompts]\nboom = ["kick drum"]\ntick = ["hi-hat"]\n')  # fmt: skip
    vocabulary = load_vocabulary(path)
    assert vocabulary == Vocabulary(
        ("boom", "tick"), ("kick drum", "flute", "rain", "speech", "organ", "violin"), ("kick", "hat"),
        {"boom": ("kick drum",), "tick": ("hi-hat",)},
    )  # fmt: skip
    guess = make_lexicon(vocabulary, compact).guess(compact.embed_audio_files([CRATE / "drums" / "bd_haus.aiff"]))[0]
    assert guess.role is not None
    assert (guess.role.value, guess.genre, guess.tags) == ("boom", None, ("kick drum",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "roles = [",
            r"mine.toml cannot be read as TOML \(Invalid .*\); mend it, or start .* copy of .*vocabulary.toml",
        ),
        ('roles = ["a", "b"]\nwords = ["c", "d"]', "mine.toml: background is missing; lists of words are wanted"),
        ('roles = "kick"\nwords = []\nbackground = []', "roles is 'kick'; lists of words are wanted"),
        ('roles = ["a", 5]\nwords = []\nbackground = []', "roles.1 is 5; lists of words"),
        ('roles = ["a"]\nwords = ["c", "d"]\nbackground = ["e", "f"]', "at least 2 entries"),
        (f'{PAIRS}[prompts]\nz = ["y"]', "'z', which `roles` has not"),
        (f"{PAIRS}[genres]\nz = []", "every genre"),
        (
            f'{PAIRS}[prompt]\na = ["y"]',
            "'prompt' is no part of a vocabulary; these are: roles, words, background, prompts",
        ),
        (PAIRS.replace('"a"', '"A"'), "a role is 'A'; small words with single spaces"),
        (PAIRS.replace('"a"', '"any"'), "a role is 'any'"),
        (PAIRS.replace('"a"', '"kick: short"'), "a role is 'kick: short'"),
        (PAIRS.replace('"a"', '"a", "a"'), "`roles` has 'a' twice"),
        (PAIRS.replace('"c"', f'"{"c" * 65}"'), "an entry is 'ccc.*, of 65 characters; 1 to 64 are allowed"),
        (PAIRS.replace('"e"', '" "'), "an entry is ' ', of 1 characters"),
        (PAIRS.replace('"a"', ", ".join(f'"r{n}"' for n in range(64))), "`roles` has 65 entries; up to 64"),
    ],
)
def test_a_vocabulary_that_cannot_be_used_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=told) as caught:
        load_vocabulary(path)
    assert str(caught.value).startswith(f"the vocabulary {path}")
    assert "\n" not in str(caught.value)


def test_a_copy_of_the_packages_file_is_the_packages_vocabulary(tmp_path: Path) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text(BUNDLED.read_text("utf-8"), "utf-8")
    assert load_vocabulary(copy) == load_vocabulary()


def test_a_vocabulary_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no.toml cannot be read"):
        load_vocabulary(tmp_path / "no.toml")


def test_the_indexers_guesses_have_no_genre_and_are_of_the_vocabularys_revision(compact: Encoder) -> None:
    guesser = WordGuesser(load_vocabulary(), compact)
    guesses = guesser.guess(compact.embed_audio_files(sorted((CRATE / "loops").iterdir())))
    assert any(guess.role for guess in guesses)
    assert all(guess.genre is None for guess in guesses)
    other = Vocabulary(("a", "b"), ("c", "d"), ("e", "f"))
    assert guesser.revision == WordGuesser(load_vocabulary(), compact).revision != WordGuesser(other, compact).revision

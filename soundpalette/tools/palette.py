"""The palette tools: what chosen sounds are together, and which to choose."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core import palette
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.palette import Brief, Description, Member, harmony, spectrum
from soundpalette.core.palette.summary import summary
from soundpalette.core.types import Sample, Traits, Vectors
from soundpalette.errors import RequestError
from soundpalette.tools.names import clean, quoted, unquoted
from soundpalette.tools.palette_schemas import PaletteDescription, PaletteSample
from soundpalette.tools.workbench import Workbench, is_file

WORDS_TOLD: Final = 5
MAX_TAGS: Final = 8
TAG: Final = 24
PAIRS: Final = 16
NAME: Final = 32
"""Characters of a name in the paragraph."""


def describe_palette(bench: Workbench, samples: Sequence[str], target: str = "") -> PaletteDescription:
    """What 1 to 64 sounds are like one by one and as a set, and how they meet a target. Raises SoundPaletteError."""
    sounds = bench.checked_samples(samples)
    asked = palette.parse(bench.checked_query(target, "the target")) if target.strip() else None
    members = members_of(bench, sounds)
    encoder = bench.searcher.encoder
    wished = encoder.embed_text([asked.words])[0] if asked and asked.words else None
    described = palette.describe(members, asked, wished, bench.searcher.distance())
    names = [clean(sound.path if isinstance(sound, Sample) else sound.name) for sound in sounds]
    ids = [sound.id if isinstance(sound, Sample) else "" for sound in sounds]
    return _shown(described, asked, ids, names, _words_of(bench, members))


def members_of(bench: Workbench, sounds: Sequence[Sample | Path]) -> list[Member]:
    """The sounds as a palette sees them. Raises RequestError for one whose file or folder is gone."""
    for sound in sounds:
        _check_there(bench, sound)
    return [member(bench, sound, traits) for sound, traits in zip(sounds, bench.traits_of(sounds), strict=True)]


def member(bench: Workbench, sound: Sample | Path, traits: Traits) -> Member:
    """A sound as a palette sees it."""
    return Member(
        unquoted(sound.path if isinstance(sound, Sample) else sound.name, NAME),
        bench.searcher.vector_of(sound),
        bench.seconds_of(sound),
        traits,
    )


def _check_there(bench: Workbench, sound: Sample | Path) -> None:
    if not isinstance(sound, Sample) or bench.address_of(sound) or is_file(bench.path_of(sound)):
        return
    root = next(root.path for root in bench.searcher.catalogue.roots() if root.id == sound.root_id)
    if Path(root).is_dir():
        raise RequestError(
            f"{quoted(sound.path)} cannot be read, its file is gone; leave it out, and run `soundpalette index`"
        )
    raise RequestError(
        f"{quoted(sound.path)} cannot be read, its folder {quoted(root)} is not there (an unplugged drive?); "
        "bring it back, or leave the sample out and forget it with `soundpalette index --prune`"
    )


def _shown(
    described: Description, asked: Brief | None, ids: Sequence[str], names: Sequence[str], words: list[str]
) -> PaletteDescription:
    own, tempo = described.harmony, described.tempo
    sub, low, mid, high = (round(share, 3) for share in described.balance)
    quoted = [f'"{member.name}"' for member in described.members]
    odd, met = described.together.outlier, described.target
    fit = {"tempo": met.tempo, "key": met.key} if met else {}
    return PaletteDescription(
        summary=summary(described, asked),
        samples=[_sample(described, i, ids[i], name) for i, name in enumerate(names)],
        bpm=round(tempo.bpm or 0, 2),
        key=own.key,
        balance=dict(zip(spectrum.BANDS, (sub, low, mid, high), strict=True)),
        loudness_spread=round(described.loudness_spread, 1),
        cohesion=round(described.together.mean, 3),
        outlier="" if odd is None else names[odd],
        fights=[f"{quoted[f.first]} and {quoted[f.second]}: {f.band}" for f in described.fights[:PAIRS]],
        duplicates=[f"{quoted[a]} and {quoted[b]}" for a, b in described.duplicates[:PAIRS]],
        lacking={lack.role: lack.query for lack in described.lacking},
        words=words,
        target_fit={name: round(value, 2) for name, value in fit.items() if value is not None},
    )


def _sample(described: Description, i: int, sample_id: str, name: str) -> PaletteSample:
    member, stretch = described.members[i], described.tempo.stretches[i]
    traits = member.traits
    return PaletteSample(
        sample_id=sample_id,
        name=name,
        role=traits.role.value if traits.role else "",
        kind=traits.kind.value,
        seconds=round(member.seconds, 3),
        bpm=round(traits.bpm.value, 2) if traits.bpm else 0,
        stretch=round(stretch or 0, 3),
        key=harmony.told(traits),
        semitones=described.harmony.shifts[i],
        tags=[clean(tag, TAG) for tag in traits.tags[:MAX_TAGS]],
        loudness_lufs=round(traits.loudness_lufs, 1),
        brightness_hz=round(traits.brightness_hz),
        likeness=round(described.together.each[i], 3),
    )


def _words_of(bench: Workbench, members: Sequence[Member]) -> list[str]:
    """The roles and words of the vocabulary that are nearest to the whole."""
    vocabulary = bench.searcher.vocabulary
    words = (*vocabulary.roles, *vocabulary.words)
    vectors = np.stack([member.vector for member in members])
    return palette.nearest_words(vectors, words, _word_vectors(bench.searcher.encoder, words), WORDS_TOLD)


@lru_cache(maxsize=1)
def _word_vectors(encoder: Encoder, words: tuple[str, ...]) -> Vectors:
    return encoder.embed_text(words)

"""What is known of one sample, each value with where it comes from."""

from pydantic import Field

from soundpalette.core.types import Fact, Sample, Traits
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import Answer
from soundpalette.tools.workbench import Workbench

LONGEST_PATH = 4096
LONGEST_WORD = 64


class Known(Answer):
    """A value, the source that told it (file, name, sound, encoder), and how sure that is, 0 to 1."""

    value: float | int | str
    source: str
    confidence: float


class SampleShown(Answer):
    """All that is known of a sample; null is not known, or makes no sense for this sound."""

    sample_id: str = Field(description="Empty for a file that is not in the library")
    path: str
    seconds: float
    kind: str
    bpm: Known | None
    beats: Known | None
    key: Known | None
    root: Known | None
    role: Known | None
    genre: Known | None
    tags: list[str]
    loudness_lufs: float
    peak_db: float
    brightness_hz: float
    attack_seconds: float
    decay_seconds: float
    noisiness: float
    width: float
    bands: list[float] = Field(description="Shares of power below 100, 100-500, 500-4,000 and above 4,000 Hz")

    def lines(self) -> list[str]:
        """A line a value, for people."""
        table = self.model_dump(exclude={"bands", "tags"}) | {"tags": ", ".join(self.tags)}
        return [f"{name:15} {_line(value)}" for name, value in table.items()]


def show(bench: Workbench, reference: str) -> SampleShown:
    """What the catalogue knows of a sample; a file that it does not know is analysed on the spot.

    Raises SoundPaletteError with a sentence for the caller.
    """
    sound = bench.resolve(reference)
    place = bench.place_of(sound)
    (traits,) = bench.traits_of([sound])
    return _shown(sound.id if isinstance(sound, Sample) else "", place, bench.seconds_of(sound), traits)


def _shown(sample_id: str, place: str, seconds: float, traits: Traits) -> SampleShown:
    return SampleShown(
        sample_id=sample_id,
        path=clean(place, LONGEST_PATH),
        seconds=round(seconds, 3),
        kind=traits.kind.value,
        bpm=_known(traits.bpm),
        beats=_known(traits.beats),
        key=_known(traits.key),
        root=_known(traits.root),
        role=_known(traits.role),
        genre=_known(traits.genre),
        tags=[clean(tag, LONGEST_WORD) for tag in traits.tags],
        loudness_lufs=round(traits.loudness_lufs, 1),
        peak_db=round(traits.peak_db, 1),
        brightness_hz=round(traits.brightness_hz),
        attack_seconds=round(traits.attack_seconds, 4),
        decay_seconds=round(traits.decay_seconds, 3),
        noisiness=round(traits.noisiness, 3),
        width=round(traits.width, 3),
        bands=[round(share, 3) for share in traits.bands],
    )


def _known(fact: Fact[float] | Fact[int] | Fact[str] | None) -> Known | None:
    if fact is None:
        return None
    value = clean(fact.value, LONGEST_WORD) if isinstance(fact.value, str) else round(fact.value, 2)
    return Known(value=value, source=fact.source, confidence=round(fact.confidence, 2))


def _line(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['value']} ({value['source']}, {value['confidence']:g})"
    return "-" if value in (None, "") else str(value)

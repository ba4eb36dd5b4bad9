"""A sound to be heard and looked at in a chat: a short preview, its picture, and what is known of it."""

from dataclasses import dataclass
from typing import Final

from soundpalette.core import picture, preview
from soundpalette.core.music.loudness import loudness_lufs
from soundpalette.core.music.measures import peak_db
from soundpalette.core.palette import harmony
from soundpalette.core.types import Sample
from soundpalette.tools.names import clean, quoted
from soundpalette.tools.schemas import Answer
from soundpalette.tools.workbench import Workbench

LONGEST_PATH: Final = 1024
SILENT_DB: Final = -80.0


class Audition(Answer):
    """What is heard. Empty or 0: not known; the preview begins at `start_seconds`, loudness and peak are its own."""

    sample_id: str
    path: str
    role: str
    kind: str
    bpm: float
    key: str
    seconds: float
    start_seconds: float
    preview_seconds: float
    loudness_lufs: float
    peak_db: float
    audio_type: str
    audio_bytes: int
    image_type: str
    image_bytes: int

    def text(self) -> str:
        """The same in two sentences."""
        music = [f"{self.bpm:g} BPM"] if self.bpm else []
        known = [part for part in (self.role, self.kind, *music, self.key) if part]
        known += [f"{self.seconds:.2f} s", self._level()]
        begins = f" from {self.start_seconds:.1f} s on" if self.start_seconds else ""
        return (
            f"{self.sample_id or '-'} {quoted(self.path, LONGEST_PATH + 2)}: {', '.join(known)}. "
            f"{self.preview_seconds:.1f} s{begins} come with this to be heard, and a picture of them (outline above "
            "spectrogram); where the client plays no sound, the user can open the file."
        )

    def _level(self) -> str:
        if self.peak_db <= SILENT_DB:
            return "silent" if self.seconds <= preview.EXCERPT.seconds else "silent in this part"
        return f"{self.loudness_lufs:.0f} LUFS, peak {self.peak_db:.1f} dB"


@dataclass(frozen=True, slots=True)
class Auditioned:
    """What is told, an Ogg Vorbis file and a PNG."""

    told: Audition
    audio: bytes
    image: bytes


def audition(bench: Workbench, reference: str) -> Auditioned:
    """A preview of 6 s from where the sound begins, and its picture. Raises SoundPaletteError."""
    sound = bench.resolve(reference)
    heard = bench.excerpt_of(sound)
    image = picture.picture(heard.audio, preview.RATE, heard.start_seconds)
    (traits,) = bench.traits_of([sound])
    channel = heard.audio[:, None]
    told = Audition(
        sample_id=sound.id if isinstance(sound, Sample) else "",
        path=clean(bench.place_of(sound), LONGEST_PATH),
        role=traits.role.value if traits.role else "",
        kind=traits.kind.value,
        bpm=round(traits.bpm.value, 1) if traits.bpm else 0,
        key=harmony.told(traits),
        seconds=round(bench.seconds_of(sound), 3),
        start_seconds=round(heard.start_seconds, 3),
        preview_seconds=round(heard.seconds, 3),
        loudness_lufs=round(loudness_lufs(channel, preview.RATE), 1),
        peak_db=round(peak_db(channel), 1),
        audio_type=preview.MIME,
        audio_bytes=len(heard.data),
        image_type=picture.MIME,
        image_bytes=len(image),
    )
    return Auditioned(told, heard.data, image)

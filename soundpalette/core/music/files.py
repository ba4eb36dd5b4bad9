"""What a file tells of itself: ACID and `smpl` chunks of WAV, Apple Loops chunks of AIFF, and tags.

The chunks' layouts are those of libsndfile's wav.c and aiff.c. What is damaged or makes no sense gives no clue.
"""

import io
import re
import struct
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Final, TypeVar

from soundpalette.core.music import lexicon
from soundpalette.core.music.chunks import Chunks, read_chunks
from soundpalette.core.music.clues import Clues
from soundpalette.core.music.names import MAX_TAGS, from_text
from soundpalette.core.music.notes import PITCH_CLASSES, Key, Mode, note_name, read_key
from soundpalette.core.music.reading import SPELLED_BPM, only
from soundpalette.errors import AudioError

T = TypeVar("T")
MAX_BEATS: Final = 4096
TAG_BYTES: Final = 1 << 15
"""What the reader of tags may read of a file: pictures are passed over, and ten thousand tags would take it minutes."""
_READ_COST: Final = 16
_MIDDLE_C: Final = 60
_WHOLE: Final = 0.99
_LOOP_SECONDS: Final = 1.0
"""A shorter file that is looped as a whole is a wave form, not a loop."""
_BAR: Final = 4
_OFF_BEAT: Final = 0.04
"""How far beats and tempo may be from the file's length: beyond, the writer put its defaults."""
_ONE_SHOT, _ROOT_SET = 0x01, 0x02
_ACID: Final = "<IH6xI4xf"
_BASC: Final = ">4xIHHHHH"
_MODES: Final[dict[int, Mode]] = {1: "minor", 2: "major"}
_TEXT: Final = re.compile(rb"[A-Za-z][A-Za-z0-9 /&-]{2,48}")
_NUMBER: Final = re.compile(r"\s*(\d{1,3}(?:[.,]\d{1,6})?)(?!\d)", re.ASCII)
_BPM_TAGS: Final = ("bpm", "tempo", "tbpm")
_KEY_TAGS: Final = ("initial_key", "initialkey", "key")


def from_file(path: Path) -> Clues:
    """What the file's chunks and tags tell; chunks are believed before tags.

    Reads some kilobytes whatever the file's size and whatever it claims. Raises AudioError where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            chunks = read_chunks(file)
        found = [_from_acid(chunks), _from_sampler(chunks), _from_apple(chunks), _from_tags(path)]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be a file's"
        raise AudioError(path, f"cannot be read ({reason}); check that it exists and may be read") from error
    return reduce(_or, found)


def _or(a: Clues, b: Clues) -> Clues:
    """All that `a` tells, and what else `b` tells. Tempo and beats belong together."""
    timed = a if a.bpm or a.beats else b
    return Clues(
        bpm=timed.bpm,
        bpm_in_doubt=timed.bpm_in_doubt,
        beats=timed.beats,
        key=a.key or b.key,
        root=a.root or b.root,
        kind=a.kind or b.kind,
        role=a.role or b.role,
        genre=a.genre or b.genre,
        tags=a.tags or b.tags,
    )


# --- chunks


def _from_acid(chunks: Chunks) -> Clues:
    """Sony ACID's chunk: flags, root note, beats, tempo (libsndfile, wav.c).

    Programs that know no better write their own tempo into each hit they export: where tempo, beats and length do not
    agree, none is believed, unless the rest can be what rings on behind the bars. A one-shot has no tempo.
    """
    body = chunks.get(b"acid", struct.calcsize(_ACID))
    if body is None:
        return Clues()
    flags, note, beats, tempo = struct.unpack_from(_ACID, body)
    root = note_name(note) if flags & _ROOT_SET and 0 < note < 128 else None
    if flags & _ONE_SHOT:
        return Clues(kind="one-shot", root=root)
    timed = _timed(beats, _sane_bpm(tempo), chunks.seconds)
    return replace(timed, root=root, kind="loop" if (timed.beats or 0) > 1 else None)


def _timed(beats: int, bpm: float | None, seconds: float | None) -> Clues:
    """Tempo and beats of a loop that lasts `seconds`, as far as they agree."""
    if not 0 < beats <= MAX_BEATS:
        return Clues(bpm=bpm)
    if seconds is None:
        return Clues(bpm=bpm, beats=beats)
    lasting = _sane_bpm(60 * beats / seconds)
    if lasting is None or (bpm is not None and abs(lasting / bpm - 1) > _OFF_BEAT):
        return Clues(bpm=bpm, bpm_in_doubt=True) if bpm and _has_tail(beats, bpm, seconds) else Clues()
    return Clues(bpm=bpm or lasting, beats=beats)


def _has_tail(beats: int, bpm: float, seconds: float) -> bool:
    """Whether whole bars may be followed by what rings on, no longer than they are."""
    return beats % _BAR == 0 and 1 < seconds * bpm / 60 / beats <= 2


def _from_sampler(chunks: Chunks) -> Clues:
    """The `smpl` chunk: the root as a MIDI note, and loops. 60 without any loop is what writers put who know none."""
    body = chunks.get(b"smpl", 36)
    if body is None:
        return Clues()
    note, loops = struct.unpack_from("<12xI12xI", body)
    spans = [struct.unpack_from("<8xII", body, at) for at in range(36, len(body) - 23, 24)][:loops]
    whole = any(0 <= start <= end and end - start >= _WHOLE * chunks.frames for start, end in spans)
    lasts = chunks.seconds is not None and chunks.seconds >= _LOOP_SECONDS
    root = note_name(note) if 0 < note < 128 and (note != _MIDDLE_C or spans) else None
    return Clues(root=root, kind="loop" if whole and lasts else None)


def _from_apple(chunks: Chunks) -> Clues:
    """Apple Loops' `basc` chunk (libsndfile, aiff.c), and what the words of `cate` say of role, genre and character."""
    said = lexicon.said_in(b", ".join(_TEXT.findall(chunks.bodies.get(b"cate", b""))).decode("ascii"))
    words = Clues(role=only(said.roles), genre=_first(said.genres), tags=said.tags[:MAX_TAGS])
    body = chunks.get(b"basc", struct.calcsize(_BASC))
    return words if body is None else _or(_from_basc(body, chunks.seconds), words)


def _from_basc(body: bytes, seconds: float | None) -> Clues:
    beats, note, scale, _, unit, one_shot = struct.unpack_from(_BASC, body)
    root = note % 12 if 0 < note < 128 else None
    mode = _MODES.get(scale)
    quarters = beats * 4 // unit if unit in (2, 4, 8, 16) else beats
    timed = _timed(quarters, None, seconds) if one_shot == 0 else Clues()
    return Clues(
        bpm=timed.bpm,
        beats=timed.beats,
        key=str(Key(root, mode)) if root is not None and mode else None,
        root=None if root is None else PITCH_CLASSES[root],
        kind="one-shot" if one_shot == 1 else "loop" if timed.beats else None,
    )


def _sane_bpm(bpm: float) -> float | None:
    """A tempo from 30 to 300; None for others, infinity and what is no number."""
    return round(bpm, 3) if SPELLED_BPM[0] <= bpm <= SPELLED_BPM[1] else None


# --- tags


class _Thrifty(io.BufferedReader):
    """A file of which `TAG_BYTES` are read at most: the rest of a long read is passed over; then it seems to end."""

    left = TAG_BYTES

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = size if size is not None and size >= 0 else self.left
        data = super().read(min(wanted, max(self.left, 0)))
        self.left -= max(len(data), _READ_COST)
        if wanted > len(data):
            self.seek(wanted - len(data), io.SEEK_CUR)
        return data


def _from_tags(path: Path) -> Clues:
    """ID3 (in MP3, WAV, AIFF), Vorbis comments (FLAC, OGG), RIFF INFO: tempo, key, genre, and what a comment tells."""
    from tinytag import TinyTag, TinyTagException

    with _Thrifty(io.FileIO(path)) as file:
        try:
            tag = TinyTag.get(file_obj=file, duration=False)
        except TinyTagException:
            return Clues()
    comment = from_text(tag.comment or "")
    return Clues(
        bpm=_first(map(_tagged_bpm, _tagged(tag.other, _BPM_TAGS))) or comment.bpm,
        key=_first(map(_tagged_key, _tagged(tag.other, _KEY_TAGS))) or comment.key,
        genre=_first(lexicon.said_in(tag.genre or "").genres),
    )


def _tagged(other: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in other.get(name, [])]


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _tagged_bpm(text: str) -> float | None:
    found = _NUMBER.match(text)
    return _sane_bpm(float(found[1].replace(",", "."))) if found else None


def _tagged_key(text: str) -> str | None:
    """A key as elsewhere; by ID3 a note alone is a major key there."""
    key = read_key(text) or read_key(f"{text.strip()[:3]} major" if len(text.strip()) <= 2 else "")
    return str(key) if key else None

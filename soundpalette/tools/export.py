"""A palette to take along: its paths, a playlist, a description, or the files themselves."""

import os
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Final, Literal

from soundpalette.core.types import Sample
from soundpalette.errors import RequestError
from soundpalette.tools.names import clean
from soundpalette.tools.schemas import MAX_PALETTE, Answer
from soundpalette.tools.show import SampleShown, show
from soundpalette.tools.workbench import SoundFile, Workbench

ExportFormat = Literal["paths", "json", "m3u", "zip"]
MOST_BYTES: Final = 1 << 30
"""Of the files in a ZIP together; as many are written to a temporary file."""
NAME_BYTES: Final = 200
"""Of a name in a ZIP: file systems take 255, and whoever unpacks it may add something."""
SUFFIX_CHARACTERS: Final = 8
UNNAMED: Final = "sound"
EARLIEST: Final = 315_532_800
LATEST: Final = 4_354_819_198
"""Seconds since 1970 that a ZIP can write down: of 1980 to 2107."""
READABLE: Final = 0o100644
BLOCK_BYTES: Final = 1 << 20
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
"""In names on some system: they would end a folder, name a stream or be refused."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, open at its beginning; whoever sends it closes it."""

    name: str
    media_type: str
    content: BinaryIO


class ExportedPalette(Answer):
    """All that is known of each sample of a palette."""

    samples: list[SampleShown]


def export_palette(bench: Workbench, samples: Sequence[str], kind: ExportFormat) -> Exported:
    """Raises SoundPaletteError with a sentence for the caller."""
    if not 1 <= len(samples) <= MAX_PALETTE:
        raise RequestError(f"{len(samples)} samples came; a palette has 1 to {MAX_PALETTE}")
    chosen = list(dict.fromkeys(bench.sample(one) for one in samples))
    name = f"palette of {len(chosen)} sound{'s' if len(chosen) > 1 else ''}"
    match kind:
        case "paths":
            return Exported(f"{name}.txt", "text/plain; charset=utf-8", _text(_lines(bench, chosen)))
        case "json":
            told = ExportedPalette(samples=[show(bench, one.id) for one in chosen])
            return Exported(f"{name}.json", "application/json", _text(told.model_dump_json(indent=1) + "\n"))
        case "m3u":  # .m3u8 is what says that it is UTF-8
            return Exported(f"{name}.m3u8", "audio/x-mpegurl", _text(_playlist(bench, chosen)))
        case "zip":
            return Exported(f"{name}.zip", "application/zip", _written(lambda file: _zip(bench, chosen, file)))


def name_in_zip(number: int, role: str, name: str) -> str:
    """`01 kick - name.wav`: harmless on every system, whatever `role` and `name` are, and unique by its number."""
    given = PurePath(clean(name))
    suffix = _harmless(given.suffix)[:SUFFIX_CHARACTERS]
    before = f"{number:02} {_harmless(role)[:NAME_BYTES] or UNNAMED} - "
    room = NAME_BYTES - len(suffix.encode())
    stem = f"{before}{_harmless(given.stem) or UNNAMED}".encode()[:room].decode(errors="ignore")
    return stem.rstrip(" .") + suffix.rstrip(" .")  # which Windows leaves out


def _harmless(word: str) -> str:
    return _FORBIDDEN.sub("_", clean(word)).strip(" ")


def _lines(bench: Workbench, chosen: Sequence[Sample]) -> str:
    return "".join(f"{_line(bench, sample)}\n" for sample in chosen)


def _playlist(bench: Workbench, chosen: Sequence[Sample]) -> str:
    """Extended M3U: seconds and name, then the file, for each."""
    entries = (
        f"#EXTINF:{max(round(sample.seconds), 1)},{clean(PurePath(sample.path).stem)}\n{_line(bench, sample)}\n"
        for sample in chosen
    )
    return f"#EXTM3U\n{''.join(entries)}"


def _line(bench: Workbench, sample: Sample) -> str:
    """The place of a sample, as it is: a line that were shown otherwise would name no file."""
    place = bench.place_of(sample)
    if _CONTROL.search(place):
        raise RequestError(
            f"the path of sample {sample.id} holds a line break or another control character, which a list of lines "
            "cannot; rename the file and run `soundpalette index`, or export JSON or ZIP"
        )
    return place


def _text(content: str) -> BinaryIO:
    return _written(lambda file: file.write(content.encode()))


def _written(write: Callable[[BinaryIO], object]) -> BinaryIO:
    """A temporary file, at its beginning, with what `write` wrote. Raises RequestError where there is no room."""
    try:
        with ExitStack() as opened:
            file = opened.enter_context(tempfile.TemporaryFile())
            write(file)
            file.seek(0)
            opened.pop_all()
            return file
    except OSError as error:
        raise RequestError(
            f"the file could not be put together ({error.strerror}); take fewer sounds, export paths, or give the "
            f"server's temporary folder more room (a ZIP has up to {MOST_BYTES:,} bytes)"
        ) from error


def _zip(bench: Workbench, chosen: Sequence[Sample], file: BinaryIO) -> None:
    """The files, stored as they are: sounds hardly get smaller."""
    known = bench.searcher.catalogue.traits([sample.id for sample in chosen])
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for number, sample in enumerate(chosen, 1):
            traits = known.get(sample.id)
            role = traits.role.value if traits and traits.role else ""
            with (sound := bench.open_sample(sample.id)).content:
                _add(archive, sound, name_in_zip(number, role, sound.name), MOST_BYTES - file.tell())


def _add(archive: zipfile.ZipFile, sound: SoundFile, name: str, room: int) -> None:
    """Raises RequestError for a file that does not fit into `room` bytes."""
    status = os.fstat(sound.content.fileno())
    if status.st_size > room:
        raise RequestError(
            f"these files have more than the {MOST_BYTES:,} bytes that go into a ZIP; take fewer, or export paths"
        )
    entry = zipfile.ZipInfo(name, time.gmtime(min(max(status.st_mtime, EARLIEST), LATEST))[:6])
    entry.file_size, entry.external_attr = status.st_size, READABLE << 16
    with archive.open(entry, "w") as target:
        left = status.st_size  # it may grow while it is read
        while block := sound.content.read(min(left, BLOCK_BYTES)):
            target.write(block)
            left -= len(block)

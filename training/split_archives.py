"""Sounds that a package keeps inside an archive of its own: zip (`.pk3`) or OpenTTD's `.cat`."""

import re
import struct
import zipfile
from pathlib import Path


def unpack(archive: Path, folder: Path) -> None:
    """Put the sounds of `archive` into `folder`."""
    if archive.suffix == ".cat":
        unpack_cat(archive, folder)
    else:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)


def unpack_cat(archive: Path, folder: Path) -> None:
    """A table of (offset, length); a sound is its title, a RIFF file and more text. The quoted title is its name."""
    data = archive.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    count = (struct.unpack_from("<I", data)[0] & 0x7FFFFFFF) // 8
    for number in range(count):
        offset = struct.unpack_from("<I", data, number * 8)[0] & 0x7FFFFFFF
        start = offset + 1 + data[offset]
        title = re.findall(r'"(.*?)"', data[offset + 1 : start].decode("latin-1"))
        size = struct.unpack_from("<I", data, start + 4)[0] + 8
        name = re.sub(r"[^\w ]+", "", title[0]) if title else "nothing"
        (folder / f"{number:02d} {name}.wav").write_bytes(data[start : start + size])

"""Sounds that a package keeps inside an archive of its own: zip (`.pk3`), OpenTTD's `.cat`, Gravis patches (`.pat`)."""

import re
import struct
import zipfile
from pathlib import Path

import numpy as np
import soundfile

from training.dsp import Audio

HEADER = 239  # bytes of a patch before its first sample
SAMPLE = 96  # bytes of a sample's header
HELD = 1.8  # seconds that a looped sample is held


def unpack(archive: Path, folder: Path) -> None:
    """Put the sounds of `archive`, or of all patches in a folder, into `folder`."""
    if archive.is_dir():
        for patch in sorted(archive.rglob("*.pat")):
            unpack_patch(patch, folder / patch.parent.name)
    elif archive.suffix == ".cat":
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


def unpack_patch(patch: Path, folder: Path) -> None:
    data = patch.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    at = HEADER
    for number in range(data[198]):
        length, first, last, rate = struct.unpack_from("<IIIH", data, at + 8)
        modes = data[at + 55]
        audio = samples(data[at + SAMPLE : at + SAMPLE + length], modes)
        width = 2 if modes & 1 else 1
        if modes & 4 and last > first:
            audio = hold(audio, first // width, last // width, rate)
        soundfile.write(folder / f"{patch.stem} {number}.wav", audio, rate)
        at += SAMPLE + length


def samples(data: bytes, modes: int) -> Audio:
    """Bit 0 of `modes`: 16 bits; bit 1: unsigned."""
    kind = ("<u2" if modes & 2 else "<i2") if modes & 1 else ("u1" if modes & 2 else "i1")
    values = np.frombuffer(data[: len(data) // 2 * 2], kind).astype(float)
    full = 2.0 ** (15 if modes & 1 else 7)
    return (values - full if modes & 2 else values) / full


def hold(audio: Audio, first: int, last: int, rate: int) -> Audio:
    """As a sampler plays it: up to the loop, the loop over and over, and a release."""
    wanted = int(HELD * rate)
    turns = max(1, -(-(wanted - first) // max(1, last - first)))
    held = np.concatenate([audio[:first], np.tile(audio[first:last], turns)])[: max(wanted, last)]
    fade = min(held.size, rate // 5)
    held[-fade:] *= np.linspace(1, 0, fade)
    return held

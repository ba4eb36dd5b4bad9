"""Recorded and produced sounds of games and interfaces: effects, foley, animals, nature, voices.

`recordings.toml` names the files by pattern and says what they are; a file that no pattern names is not used. Every
file is read out of its package as bytes that libsndfile understands, whatever archive the game keeps it in.
"""

import io
import struct
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import soundfile

from training.audio import read_mono
from training.dsp import RATE, Audio, Rng, resample
from training.effects import with_effects
from training.places import DATA, fetched
from training.registry import Made

TABLE = Path(__file__).parent / "recordings.toml"
SUFFIXES = (".wav", ".ogg", ".oga", ".flac")
CLONK_HEADER, CLONK_ENTRY = 204, 316
WHOLE = 7.0
"""Seconds: of a longer recording the variants are pieces of 2 to 6 s."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of a package: `name` is its path there, `sound` its bytes, `words` what it is, the kind first."""

    name: str
    sound: bytes
    words: list[str]


def clips(seed: int, share: float) -> Iterator[Made]:
    recordings = list(load_recordings())
    kinds = Counter(r.words[0] for r in recordings)
    for number, recording in enumerate(recordings):
        mono = read_mono(io.BytesIO(recording.sound))
        count = int(np.clip(60 / kinds[recording.words[0]], 4, 12) * np.clip(mono.size / RATE / WHOLE, 1, 4))
        for k in range(max(1, round(count * share))):
            rng = np.random.default_rng([seed, number, k])
            yield _variant(rng, mono, recording.words, plain=k == 0)


def load_recordings() -> Iterator[Recording]:
    """Every named file, in the order of the table's packages and of the files' names."""
    for package, source in tomllib.loads(TABLE.read_text()).items():
        names = [(pattern, words.split(", ")) for pattern, words in source["sounds"].items()]
        for name, sound in sorted(_files(fetched(DATA / "pk" / package))):
            words = next((w for pattern, w in names if fnmatch(name, pattern)), None)
            if words is not None:
                yield Recording(name, sound, words)


def _variant(rng: Rng, audio: Audio, words: list[str], plain: bool) -> Made:
    """The recording itself, or at another speed and with effects; of a long one a piece."""
    if audio.size > WHOLE * RATE:
        length = int(rng.uniform(2.0, 6.0) * RATE)
        start = int(rng.integers(0, audio.size - length))
        audio = audio[start : start + length]
    if plain:
        return audio, words
    return with_effects(rng, resample(audio, float(rng.uniform(0.82, 1.22))), words, 0.6)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.suffix in SUFFIXES:
            yield path.relative_to(folder).as_posix(), path.read_bytes()
        elif path.suffix == ".wad":
            yield from doom_sounds(path.read_bytes())
        elif path.suffix == ".rcc":
            yield from qt_sounds(path.read_bytes(), path.stem)
        elif path.suffix in (".ocg", ".ocf"):
            yield from clonk_sounds(path.read_bytes(), path.stem)


def doom_sounds(wad: bytes) -> Iterator[tuple[str, bytes]]:
    """The sound lumps of a Doom WAD (names DS*): 8-bit mono between a header and 16 bytes of padding at both ends."""
    count, directory = struct.unpack("<ii", wad[4:12])
    for k in range(count):
        start, size, name = struct.unpack_from("<ii8s", wad, directory + 16 * k)
        if name.startswith(b"DS") and size > 1000:
            rate, length = struct.unpack_from("<HI", wad, start + 2)
            samples = np.frombuffer(wad[start + 24 : start + length - 8], np.uint8)
            wave = io.BytesIO()
            soundfile.write(wave, (samples.astype(float) - 128) / 128, rate, format="WAV")
            yield name[2:].rstrip(b"\0").decode().lower(), wave.getvalue()


def qt_sounds(resources: bytes, name: str, node: int = 0) -> Iterator[tuple[str, bytes]]:
    """The sounds of a Qt resource file from `node` down; packed ones are left alone."""
    tree, data, names = struct.unpack_from(">III", resources, 8)
    flags, first, second = struct.unpack_from(">HII", resources, tree + 22 * node + 4)
    if flags & 2:
        for child in range(second, second + first):
            title = names + struct.unpack_from(">I", resources, tree + 22 * child)[0]
            length = struct.unpack_from(">H", resources, title)[0]
            text = resources[title + 6 : title + 6 + 2 * length].decode("utf-16-be")
            yield from qt_sounds(resources, f"{name}/{text}", child)
    elif name.endswith(SUFFIXES) and not flags & 1:
        size = struct.unpack_from(">I", resources, data + second)[0]
        yield name, resources[data + second + 4 : data + second + 4 + size]


def clonk_sounds(group: bytes, parent: str) -> Iterator[tuple[str, bytes]]:
    """The sounds of a Clonk group file and the groups in it: gzip under another magic, then a table of entries."""
    if group[:2] == b"\x1e\x8c":
        group = zlib.decompressobj(31).decompress(b"\x1f\x8b" + group[2:])
    count = struct.unpack_from("<i", _unscrambled(group[:CLONK_HEADER]), 36)[0]
    base = CLONK_HEADER + count * CLONK_ENTRY
    for k in range(count):
        entry = group[CLONK_HEADER + k * CLONK_ENTRY :][:CLONK_ENTRY]
        path = Path(entry[:260].split(b"\0")[0].decode("latin1"))
        is_group, size, _, offset = struct.unpack_from("<iiii", entry, 264)
        content = group[base + offset : base + offset + size]
        if is_group:
            yield from clonk_sounds(content, f"{parent}/{path.stem}")
        elif path.suffix in SUFFIXES:
            yield f"{parent}/{path}", content


def _unscrambled(header: bytes) -> bytes:
    """A Clonk header is XORed with 237, then the first and third byte of every three change places."""
    plain = bytearray(b ^ 237 for b in header)
    for k in range(0, len(plain) - 2, 3):
        plain[k], plain[k + 2] = plain[k + 2], plain[k]
    return bytes(plain)

"""Rebuild demo/crate from the package it came from, every byte checked.

The samples are those of Sonic Pi (CC0), taken from the npm package that truth.json names under "source". (Debian's
sonic-pi-samples is older and lacks the hi-hats, rides and pads.) To rebuild:

    npm pack supersonic-scsynth-samples@0.84.2
    sha256sum supersonic-scsynth-samples-0.84.2.tgz      # equals source.sha256 in truth.json
    tar xzf supersonic-scsynth-samples-0.84.2.tgz
    python demo/build_crate.py package/samples

truth.json is the one place that says which file goes where and what it is. A file is copied bit for bit; only where
the crate's extension differs from the package's (the two WAVs) the samples are rewritten without loss.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

DEMO = Path(__file__).resolve().parent
CRATE = DEMO / "crate"
AUDIO_SUFFIXES = {".aiff", ".flac", ".wav"}


def load_truth() -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    return truth


def check_original(original: Path, sha256: str) -> None:
    """Exit when the package's file is missing or is not the one that the crate was made from."""
    if not original.is_file():
        sys.exit(f"{original} is not there: give the folder package/samples of the unpacked npm package")
    found = hashlib.sha256(original.read_bytes()).hexdigest()
    if found != sha256:
        sys.exit(f"{original} has SHA-256 {found}, truth.json says {sha256}: take the version that truth.json names")


def rewrite_lossless(original: Path, target: Path) -> None:
    """Write the samples of `original` to `target` in the format of its extension, with the same bit depth."""
    import soundfile

    with soundfile.SoundFile(original) as source:
        subtype, rate = source.subtype, source.samplerate
        frames = source.read(dtype="int32", always_2d=True)
    soundfile.write(target, frames, rate, subtype=subtype)
    written, _ = soundfile.read(target, dtype="int32", always_2d=True)
    if not (written == frames).all():
        sys.exit(f"{target} differs from {original}: {subtype} cannot be kept in this format")


def place(original: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if original.suffix.lower() == target.suffix.lower():
        shutil.copyfile(original, target)
    else:
        rewrite_lossless(original, target)


def check_no_strays(paths: set[str]) -> None:
    """Exit when the crate holds audio that truth.json does not know."""
    present = {p.relative_to(CRATE).as_posix() for p in CRATE.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES}
    if strays := sorted(present - paths):
        sys.exit(f"not in truth.json: {', '.join(strays)}; delete them or add them there")


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit("usage: python demo/build_crate.py FOLDER_OF_UNPACKED_SAMPLES")
    samples = load_truth()["samples"]
    for path, sample in samples.items():
        original = Path(arguments[0]) / sample["original"]
        check_original(original, sample["sha256"])
        place(original, CRATE / path)
    check_no_strays(set(samples))
    size = sum((CRATE / path).stat().st_size for path in samples)
    print(f"{len(samples)} samples, {size:,} bytes in {CRATE}")


if __name__ == "__main__":
    main(sys.argv[1:])

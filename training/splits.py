# ruff: noqa: E501  (a table)
"""Builds splits for evaluation from whole packages, by a table each. `python -m training.splits NAME...`

`validation2` is for choosing between runs. `test-split` is for the figures of the model card, asked once: no training
and no tuning touches its packs, and nothing is chosen by it.

Every file gets tags (by its name in the pack, or by what was played), measures (split_measures.py) and, for some, an
effect laid over by sox. A query is an expression over them:

    kick -distorted | tom lowtom    tags that must all be there, or (-) must not; | divides alternatives
    drum ^short                     of the files with the other tags, the third that is most so by the measure
    *short                          the 15 % of the whole split that are most so by the measure; *tonal:35 the 35 %

Names of files are meaningless, so that a search over names finds nothing. Nothing of this trains.
"""

import argparse
import csv
import json
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np
import soundfile
import soxr

from soundpalette.core.audio import MIN_SECONDS
from training.debian import unpacked
from training.dsp import Audio, Rng
from training.places import DATA
from training.split_archives import unpack
from training.split_measures import measures
from training.split_phrases import Table, font_phrases
from training.split_player import play

TABLES = {"validation2": "validation2.toml", "test-split": "test_split.toml"}
PACKAGES = DATA / "split-packages"
LONGEST = 12.0  # seconds; music and ambience beyond are cut
EXTREME = "15"
FIGURES = (
    ("x.....x.x.......", "x...x...x...x...", "x..x..x...x.....", "x.......x.x....."),
    ("....x.......x...", "....x..x.x..x...", "....x.......x..x"),
    ("x.x.x.x.x.x.x.x.", "..x...x...x...x.", "xxxxxxxxxxxxxxxx", "x.xxx.x.x.xxx.x."),
)


@dataclass
class Item:
    """One sound: where it comes from (for people), its samples [frames] or [frames, channels], and what it is."""

    origin: str
    audio: Audio
    rate: int
    tags: set[str]
    measured: dict[str, float] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{crc32(self.origin.encode()):08x}.wav"


def build(table: Path, folder: Path) -> None:
    """Make the split that `table` describes in `folder`, whole or not at all.

    It holds audio, labels.json for `training.evaluate`, and CSV tables for `soundpalette eval`.
    """
    spec = tomllib.loads(table.read_text())
    items = [*recorded(spec), *played(spec)]
    items += list(looped(spec, items))
    items += list(treated(spec, items))
    items = [item for item in items if len(item.audio) >= MIN_SECONDS * item.rate]
    for item in items:
        item.measured = measures(item.audio, item.rate)
    check(items, spec)
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for item in items:
        soundfile.write(fresh / item.path, item.audio, item.rate, subtype="PCM_16")
    write_labels(fresh, items, spec)
    fresh.rename(folder)


def package(source: Table) -> Path:
    """Where a Debian package of the pinned version lies unpacked."""
    folder = PACKAGES / f"{source['debian']}_{source['version'].replace(':', '-')}"
    if not folder.exists():
        PACKAGES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=PACKAGES) as scratch:
            files = unpacked(source, Path(scratch))
            for inner in source.get("inner", ()):
                unpack(files / inner, files / "opened")
            files.rename(folder)
    return folder


def recorded(spec: Table) -> Iterator[Item]:
    """Files of packs that carry a label: the first pattern found in the name counts; `most` thins out layers."""
    for source in spec["source"]:
        for pack in source.get("pack", ()):
            root = package(source) / pack["folder"]
            for tags, names in labelled(root, pack["labels"]).items():
                for path in spread(names, pack.get("most", len(names))):
                    audio, rate = read(path)
                    if np.abs(audio).max(initial=0.0) > 1e-3:
                        yield Item(f"{pack['name']}/{path.relative_to(root)}", audio, rate, set(tags.split()))


def labelled(root: Path, labels: dict[str, str]) -> dict[str, list[Path]]:
    """Audio files under `root` by their tags; a file without a pattern, or with an empty one, is left out."""
    found: dict[str, list[Path]] = {}
    for path in sorted(
        p for p in root.rglob("*") if p.suffix.lower() in (".wav", ".flac", ".ogg", ".oga", ".aiff", ".mp3")
    ):
        name = path.relative_to(root).with_suffix("").as_posix()
        tags = next((tags for pattern, tags in labels.items() if re.search(pattern, name)), "")
        if tags:
            found.setdefault(tags, []).append(path)
    return found


def spread(paths: list[Path], most: int) -> list[Path]:
    """At most `most` of them, evenly spaced from the first to the last."""
    if len(paths) <= most:
        return paths
    return [paths[round(k)] for k in np.linspace(0, len(paths) - 1, most)]


def read(path: Path) -> tuple[Audio, int]:
    """The first LONGEST seconds [frames] or [frames, channels], clipped to ±1, and their rate."""
    audio, rate = soundfile.read(path)
    return np.clip(audio[: int(LONGEST * rate)], -1.0, 1.0), int(rate)


def played(spec: Table) -> Iterator[Item]:
    """Notes, chords, lines and drum keys of the soundfonts."""
    for source in spec["source"]:
        for font in source.get("font", ()):
            rng = np.random.default_rng([spec["seed"], crc32(font["name"].encode())])
            phrases = list(font_phrases(rng, font))
            rate = font.get("rate", 32000)
            sounds = play(package(source) / font["file"], phrases, rate)
            for number, (audio, phrase) in enumerate(zip(sounds, phrases, strict=True)):
                trimmed = trim(audio, rate)
                if trimmed.size:
                    origin = f"{font['name']}/{number:04d} {' '.join(phrase.tags)}"
                    yield Item(origin, trimmed, rate, set(phrase.tags))


def trim(audio: Audio, rate: int) -> Audio:
    """Without the silence after the sound; nothing where the soundfont has no such sound."""
    loud = np.flatnonzero(np.abs(audio) > 1e-3)
    return audio[: loud[-1] + rate // 100] * (0.7 / np.abs(audio).max()) if loud.size else audio[:0]


def looped(spec: Table, items: list[Item]) -> Iterator[Item]:
    """Two bars out of one-shots of one pack: `rows` says which kinds play, from the low row to the high one."""
    for entry in spec.get("loop", ()):
        own = [item for item in items if item.origin.startswith(entry["pack"] + "/")]
        for number in range(entry["count"]):
            rng = np.random.default_rng([spec["seed"], 55, crc32(entry["pack"].encode()), number])
            sounds = [
                pick(rng, [item for item in own if any(matches(item, k.split()) for k in row.split("|"))])
                for row in entry["rows"]
            ]
            yield Item(f"{entry['pack']}/loop {number}", bars(rng, sounds), 44100, set(entry["tags"].split()))


def pick(rng: Rng, items: list[Item]) -> Audio:
    """The samples of one of them, mono at 44.1 kHz, at most a second."""
    item = items[int(rng.integers(len(items)))]
    mono = item.audio if item.audio.ndim == 1 else item.audio.mean(axis=1)
    return np.asarray(soxr.resample(mono, item.rate, 44100), float)[:44100]


def bars(rng: Rng, sounds: list[Audio]) -> Audio:
    """32 steps; every row has one of its own figures, and hits that differ in strength."""
    step = int(44100 * 15 / rng.uniform(85, 150))
    mixed = np.zeros(32 * step + 44100)
    for row, sound in enumerate(sounds):
        figure = rng.choice(FIGURES[min(row, 2)])
        for place in (k for k in range(32) if figure[k % 16] == "x"):
            strength = rng.uniform(0.6, 1.0) * (0.5 if row > 1 else 1.0)
            mixed[place * step : place * step + sound.size] += sound * strength
    mixed = mixed[: 32 * step + 11025]
    return np.asarray(mixed * (0.9 / np.abs(mixed).max()), float)


def treated(spec: Table, items: list[Item]) -> Iterator[Item]:
    """Copies with an effect by sox: for each kind of sound in `of`, `count` files drawn by the seed."""
    for number, effect in enumerate(spec.get("effect", ())):
        taken: set[str] = set()
        for place, kind in enumerate(effect["of"].split("|")):
            rng = np.random.default_rng([spec["seed"], 77, number, place])
            fit = [item for item in items if matches(item, kind.split()) and item.path not in taken]
            for index in rng.choice(len(fit), min(effect["count"], len(fit)), replace=False):
                item = fit[int(index)]
                taken.add(item.path)
                audio = through_sox(item, effect)
                tags = item.tags - set(effect.get("loses", "").split()) | set(effect["tags"].split())
                yield Item(f"{item.origin} [{effect['tags']} {number}]", audio, 44100, tags)


def through_sox(item: Item, effect: Table) -> Audio:
    """An item at a peak of 0.8, reduced in bits where the effect says so, through sox's effects: at 44.1 kHz."""
    with tempfile.TemporaryDirectory() as scratch:
        first, second = Path(scratch) / "in.wav", Path(scratch) / "out.wav"
        audio = item.audio * (0.8 / np.abs(item.audio).max())
        if bits := effect.get("bits"):
            audio = np.round(audio * 2 ** (bits - 1)) / 2 ** (bits - 1)
        soundfile.write(first, audio, item.rate, subtype="FLOAT")
        command = ["sox", "-R", first, "-r", "44100", "-b", "24", second, *effect["sox"].split(), "norm", "-1"]
        subprocess.run(command, check=True, capture_output=True)
        return read(second)[0]


def matches(item: Item, words: list[str]) -> bool:
    return all((word[1:] not in item.tags) if word[0] == "-" else word in item.tags for word in words)


def right(expression: str, items: list[Item]) -> list[str]:
    """Paths of the files that answer an expression."""
    found: set[str] = set()
    for alternative in expression.split("|"):
        words = alternative.split()
        fit = [item for item in items if matches(item, [w for w in words if w[0] not in "^*"])]
        for word in (w for w in words if w[0] in "^*"):
            measure, _, percent = word[1:].partition(":")
            share, ground = (1 / 3, fit) if word[0] == "^" else (int(percent or EXTREME) / 100, items)
            bar = np.quantile([item.measured[measure] for item in ground], 1 - share)
            fit = [item for item in fit if item.measured[measure] >= bar]
        found |= {item.path for item in fit}
    return sorted(found)


def check(items: list[Item], spec: Table) -> None:
    """Raises ValueError where the split is not what its table says."""
    if len(items) != spec["files"] or len({item.path for item in items}) != len(items):
        raise ValueError(f"{len(items)} files, the table says {spec['files']}; look which package changed")
    for query, expression in [*spec["queries"].items(), *spec["attributes"].items()]:
        share = len(right(expression, items))
        if not spec.get("fewest", 2) <= share <= len(items) * 0.4:
            raise ValueError(f"{query!r} is right for {share} of {len(items)} files; mend its expression")


def write_labels(folder: Path, items: list[Item], spec: Table) -> None:
    """labels.json for training/evaluate.py; labels.csv (queries and attributes) and classes.csv for `soundpalette eval`."""
    answers = {part: {q: right(e, items) for q, e in spec[part].items()} for part in ("queries", "attributes")}
    kinds = {path: kind for kind, e in reversed(spec["classes"].items()) for path in right(e, items)}
    origins = {item.path: item.origin for item in items}
    labels = {"files": sorted(origins), **answers, "classes": kinds, "origins": origins}
    (folder / "labels.json").write_text(json.dumps(labels, indent=1, ensure_ascii=False))
    asked = [(path, query) for part in answers.values() for query, paths in part.items() for path in paths]
    for name, pairs in (("labels", asked), ("classes", list(kinds.items()))):
        with (folder / f"{name}.csv").open("w", newline="") as table:
            csv.writer(table).writerows([("path", "query"), *sorted(pairs)])


def report(folder: Path) -> None:
    """Print what a built split holds."""
    labels = json.loads((folder / "labels.json").read_text())
    counts = {part: len(labels[part]) for part in ("files", "queries", "attributes", "classes")}
    print(f"{folder}: {counts}, {len(set(labels['classes'].values()))} classes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=TABLES)
    for name in parser.parse_args().names:
        folder = DATA / name
        if folder.exists():
            print(f"{folder} is there; remove it to build it again")
        else:
            build(Path(__file__).parent / TABLES[name], folder)
        report(folder)


if __name__ == "__main__":
    main()

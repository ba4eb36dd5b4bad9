"""Stage 2: make the clips. `python -m training.render` makes every source that is missing, `... NAME` that one again.

Every clip is seeded by (seed, generator, number): the same command gives the same data, but for what ZynAddSubFX and
scsynth draw themselves. A source's shard is there once it is whole; what is broken off begins anew.
"""

import argparse
import importlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

from training.basses import BASSES
from training.clips import save_shard, shard_file
from training.drums import DRUMS
from training.effects import with_effects
from training.electronics import ELECTRONICS
from training.guitars import GUITARS
from training.loops import loop_clips
from training.percussion import PERCUSSION
from training.registry import Made, Registry, runs
from training.scenes import SCENES
from training.soundfonts import FONTS, font_clips
from training.stereo import with_images
from training.sweeps import SWEEPS
from training.tones import TONES
from training.vinyl import VINYL

Clips = Callable[[int, float], Iterator[Made]]
"""(seed, share of every generator's own count) -> clips."""


def generated(*registries: Registry) -> Clips:
    """Clips of our own generators, with effects."""

    def clips(seed: int, share: float) -> Iterator[Made]:
        for registry in registries:
            for rng, make in runs(registry, seed, share):
                yield with_effects(rng, *make(rng))

    return clips


def font(name: str) -> Clips:
    """Clips of a soundfont; at a share of 1, 30 of each program."""
    return lambda seed, share: font_clips(name, seed, max(1, int(30 * share)))


def later(module: str) -> Clips:
    """A source whose module needs programs that only its own stage needs."""

    def clips(seed: int, share: float) -> Iterator[Made]:
        yield from importlib.import_module(f"training.{module}").clips(seed, share)

    return clips


SOURCES: dict[str, Clips] = {
    "drums": generated(DRUMS, PERCUSSION),
    "tones": generated(BASSES, GUITARS, TONES),
    "scenes": generated(SWEEPS, VINYL, SCENES, ELECTRONICS),
    "loops": loop_clips,
    **{name: font(name) for name in FONTS},
    "supercollider": later("supercollider"),
    "speech": later("speech"),
    "csound": later("csound"),
    "kits": later("kits"),
    "recordings": later("recordings"),
    "arcade": later("arcade"),
    "presets": later("presets"),
    "instruments": later("instruments"),
    "voices": later("voices"),
}


def render(name: str, seed: int, share: float) -> None:
    """Write the shard of one source."""
    started = time.monotonic()
    count = save_shard(name, with_images(SOURCES[name](seed, share), seed))
    print(f"{name}: {count} windows in {time.monotonic() - started:.0f} s", flush=True)


def render_missing(seed: int, share: float) -> None:
    """Every source that has no shard yet, in as many processes as there are cores, each on one thread."""
    missing = [name for name in SOURCES if not shard_file(name).exists()]
    processes = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), processes) as pool:
        for done in [pool.submit(render, name, seed, share) for name in missing]:
            done.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="*", help=f"none: all that are missing; of {', '.join(SOURCES)}")
    parser.add_argument("--share", type=float, default=1.0, help="1.0: every generator's own count")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if unknown := set(given.sources) - set(SOURCES):
        parser.error(f"{', '.join(sorted(unknown))}: no such source; these are: {', '.join(SOURCES)}")
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if not given.sources:
        render_missing(given.seed, given.share)
    for name in given.sources:
        render(name, given.seed, given.share)


if __name__ == "__main__":
    main()

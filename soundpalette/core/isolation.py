"""Audio from strangers, decoded in a process of its own that is bounded in time, memory and files.

`python -m soundpalette.core.isolation SOURCE TARGET` is that process. A decoder that is led astray by a file then has
neither the token nor the server's memory, and whatever it costs ends with it.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import soundfile

from soundpalette.core.audio import Limits, probe, stream
from soundpalette.errors import AudioError

MOST_FRAMES: Final = 10 * 60 * 48_000
"""A channel: ten minutes at 48 kHz, 115 MB as float32."""
LIMITS: Final = Limits(max_bytes=1 << 30)
CPU_SECONDS: Final = 20
WALL_SECONDS: Final = 30.0
MEMORY_BYTES: Final = 1 << 30
"""Of address space; Python, numpy and libsndfile take some 250 MB of it."""
OPEN_FILES: Final = 16
REFUSED: Final = 3
"""The exit status beside which stderr holds a sentence."""
_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")
_PACKAGES: Final = Path(__file__).parents[2]


def decode_isolated(source: Path, target: Path, wall_seconds: float = WALL_SECONDS) -> Path:
    """Decode `source` to `target`: mono float32 WAV at its own rate, at most `MOST_FRAMES` frames.

    Raises AudioError, which names no path, for what is no audio, is too long, or takes too much.
    """
    command = [sys.executable, "-P", "-m", __name__, str(source), str(target)]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"PYTHONPATH": str(_PACKAGES), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=target.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise AudioError("the upload", f"took longer than {wall_seconds:g} seconds to decode; send less") from error
    if done.returncode == REFUSED:
        raise AudioError("the upload", done.stderr.decode("utf-8", "replace"))
    if done.returncode != 0:
        raise AudioError("the upload", "cannot be decoded within the bounds of an upload; export it again as WAV")
    return target


def confine(cpu_seconds: int = CPU_SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
    """Bound this process for good, as far as the system has bounds: none on Windows, no memory on macOS."""
    if sys.platform == "win32":
        return
    import resource

    bounds = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: MOST_FRAMES * 4 + 4096,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":  # which takes this one and holds nobody to it, or refuses it
        bounds[resource.RLIMIT_AS] = memory_bytes
    for bound, most in bounds.items():
        _, hard = resource.getrlimit(bound)
        lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(bound, (lowered, lowered))


def _decode(source: Path, target: Path) -> None:
    header = probe(source, LIMITS)
    _check_length(source, header.frames)
    frames = 0
    with soundfile.SoundFile(target, "w", header.rate, 1, format="WAV", subtype="FLOAT") as canonical:
        for block in stream(source, header.rate, LIMITS):
            frames += block.size
            _check_length(source, frames)
            canonical.write(block)


def _check_length(source: Path, frames: int) -> None:
    if frames > MOST_FRAMES:
        raise AudioError(
            source, f"holds more than the {MOST_FRAMES:,} frames that are allowed (10 minutes at 48 kHz); cut it"
        )


def _main() -> int:
    confine()
    try:
        _decode(Path(sys.argv[1]), Path(sys.argv[2]))
    except AudioError as error:
        sys.stderr.write(error.reason)
        return REFUSED
    except MemoryError:
        sys.stderr.write(f"takes more than {MEMORY_BYTES >> 20:,} MiB of memory to decode; export it again as WAV")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main())

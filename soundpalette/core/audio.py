"""Audio in: a file opened once, its header, its sound in bounded blocks, mono at the rate that an encoder wants."""

import math
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from soundpalette.core.contained import READING, open_below
from soundpalette.core.stereo import Width
from soundpalette.core.types import Waveform
from soundpalette.errors import AudioError

EXTENSIONS: Final = frozenset({".wav", ".wave", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".mp3", ".caf"})
MIN_SECONDS: Final = 0.005
BLOCK_VALUES: Final = 1 << 18
"""Values (frames x channels) decoded at once: 1 MB of float32, whatever the file's length."""
KEPT_SECONDS: Final = 30.0
KEPT_FRAMES: Final = 30 * 96_000
"""What is longer than either is not kept: up to here it takes 35 MB."""
LOUDEST: Final = 1e6
"""Values beyond this, 120 dB above full scale, are damage; their squares would overflow float32."""
UNKNOWN_BYTES: Final = 0x7FFFF000
"""From here on a WAV's header only says that its writer, at the end of a pipe, could not know the length."""
UNTOLD_BYTES: Final = (1 << 64) - 1
"""The same in an RF64."""
UNKNOWN_FRAMES: Final = 1 << 62
"""More than this libsndfile says where a FLAC's header leaves the length open; soundfile cannot read its end."""
ESTIMATING: Final = "MP3"
"""The format whose header only estimates how many frames there are."""
SILENT_FRAMES: Final = 8192
"""libsndfile gives up to 6,700 frames of silence (24 kHz) after it has sought in an MP3."""
_CUT: Final = re.compile(r"^ ?(?:data|SSND) : (\d+) \(should be (\d+)\)", re.MULTILINE)
"""libsndfile reads what is there of a file that was cut, and tells it in its log alone."""
_CUT_RF64: Final = re.compile(r"^ +Data size : (\d+)\n(?:.*\n)*? +Block Align +: (\d+)", re.MULTILINE)
"""The same of an RF64, whose chunk of data leaves its size to another chunk."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an audio file may be at most, and where it may lie; files come from strangers."""

    max_seconds: float = 4 * 3600.0
    max_channels: int = 64
    max_rate: int = 768_000
    max_bytes: int = 4 << 30
    below: Path | None = None
    """A resolved folder below which the file is opened through no link, whatever came since its path was resolved."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file's header says: frames (per channel), rate in Hz, channels, the container's name."""

    frames: int
    rate: int
    channels: int
    format: str

    @property
    def seconds(self) -> float:
        return self.frames / self.rate


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class _Block:
    """The first one or two channels [n, 1 or 2] and the mean of all [n]."""

    sides: npt.NDArray[np.float32]
    mono: Waveform


class Recording:
    """One audio file, open: its `header`, and its sound as often as it is wanted. For one thread, one taker at a time.

    Made by `recording`. Where several share it, a short file's blocks are kept once they have been decoded to the end;
    nobody may write into what is handed out. A longer one is decoded anew each time, in bounded memory.
    """

    def __init__(self, path: Path, handle: int, file: soundfile.SoundFile, header: Probe, *, shared: bool) -> None:
        self.path = path
        self.header = header
        self._handle = handle
        self._unread: soundfile.SoundFile | None = file
        self._kept: list[_Block] = []
        self._most = min(KEPT_FRAMES, round(KEPT_SECONDS * header.rate)) if shared else 0

    def stream(self, rate: int, width: Width | None = None) -> Iterator[Waveform]:
        """The mean of the channels block by block, resampled to `rate` Hz by soxr (HQ), float32 [frames].

        Values that are not numbers become silence; a file of nothing else raises AudioError, as does one that ends in
        the middle of a compressed frame. `width` gathers the stereo image of what was decoded.
        """
        resampler = None
        if self.header.rate != rate:
            resampler = soxr.ResampleStream(self.header.rate, rate, 1, dtype="float32")
        for part in self._blocks():
            if width is not None:
                width.add(part.sides)
            block = part.mono if resampler is None else resampler.resample_chunk(part.mono)
            if block.size:
                yield block
        if resampler is not None:
            tail = resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            if tail.size:
                yield tail

    def channels(self, rate: int, max_seconds: float = math.inf) -> npt.NDArray[np.float32]:
        """The first `max_seconds` as float32 [frames, 1 or 2] at `rate` Hz: of more than two channels the mean."""
        blocks: list[npt.NDArray[np.float32]] = []
        have = 0
        for part in self._blocks():
            two = self.header.channels == 2
            blocks.append(part.sides.clip(-LOUDEST, LOUDEST) if two else part.mono[:, None])
            have += len(part.mono)
            if have >= max_seconds * self.header.rate:
                break
        audio = np.concatenate(blocks)[: round(min(have, max_seconds * self.header.rate))]
        if self.header.rate == rate:
            return audio
        return np.asarray(soxr.resample(audio, self.header.rate, rate), np.float32)

    def skim(self, stretches: int, frames: int) -> Iterator[Waveform]:
        """The mean of the channels at the file's own rate in stretches spread evenly over it, float32 [frames] each.

        What is no number becomes silence. Costs what is read, whatever the file's length.
        """
        with self._from_beginning() as file:
            before = SILENT_FRAMES if self.header.format == ESTIMATING else 0
            for start in (np.arange(stretches) * self.header.frames // stretches).tolist():
                lead = min(start, before)
                file.seek(start - lead)
                block: npt.NDArray[np.float32] = file.read(lead + frames, dtype="float32", always_2d=True)[lead:]
                if not len(block):  # an MP3's header may tell more than there is
                    return
                with np.errstate(over="ignore", invalid="ignore"):
                    yield np.nan_to_num(_mixed(block), posinf=0, neginf=0)

    def _blocks(self) -> Iterator[_Block]:
        if self._kept:
            yield from self._kept
            return
        kept: list[_Block] = []
        frames = 0
        for block in self._decoded():
            frames += block.mono.size
            if max(frames, self.header.frames) <= self._most:  # an MP3's header may tell far less than there comes
                kept.append(block)
            yield block
        if max(frames, self.header.frames) <= self._most:
            self._kept = kept

    def _decoded(self) -> Iterator[_Block]:
        with self._from_beginning() as file:
            yield from _clean_blocks(self.path, file, self.header)

    @contextmanager
    def _from_beginning(self) -> Iterator[soundfile.SoundFile]:
        """libsndfile takes for a file's beginning where its handle stands."""
        file, self._unread = self._unread, None
        if file is None:
            os.lseek(self._handle, 0, os.SEEK_SET)
            file = _decoder(self.path, self._handle)
        with _breaking_off(self.path), file:
            yield file


@contextmanager
def recording(
    source: Path | Recording, limits: Limits = DEFAULT_LIMITS, *, shared: bool = False
) -> Iterator[Recording]:
    """The file `source`, opened once and its header held against `limits`; a Recording is taken as it is.

    Raises AudioError for a file that is missing, empty, not audio, shorter than 5 ms or beyond a limit.
    """
    if isinstance(source, Recording):
        yield source
        return
    with _opened(source, limits) as handle, _decoder(source, handle) as file:
        yield Recording(source, handle, file, _header(source, file, limits), shared=shared)


def probe(path: Path, limits: Limits = DEFAULT_LIMITS) -> Probe:
    """Read the header alone and hold it against `limits`. Raises AudioError as `recording` does."""
    with recording(path, limits) as opened:
        return opened.header


def stream(path: Path, rate: int, limits: Limits = DEFAULT_LIMITS, width: Width | None = None) -> Iterator[Waveform]:
    """Decode `path` block by block, see `Recording.stream`.

    Costs one block (1 MB) and the resampler's state, whatever the file's length.
    """
    with recording(path, limits) as opened:
        yield from opened.stream(rate, width)


def decode(path: Path, rate: int, limits: Limits = DEFAULT_LIMITS, max_seconds: float | None = None) -> Waveform:
    """The whole file (or its first `max_seconds`) as one float32 [frames] at `rate` Hz; as `stream`."""
    wanted = None if max_seconds is None else round(max_seconds * rate)
    blocks: list[Waveform] = []
    have = 0
    for block in stream(path, rate, limits):
        blocks.append(block)
        have += block.size
        if wanted is not None and have >= wanted:
            break
    return np.concatenate(blocks)[:wanted] if blocks else np.zeros(0, np.float32)


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[int]:
    """Opened by handle: libsndfile cuts names at 1,024 bytes, and says of a file without rights that it is no audio.

    Without blocking: a pipe where a file was would be waited for without end.
    """
    try:
        handle = os.open(path, READING) if limits.below is None else open_below(limits.below, path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid UTF-8"
        raise AudioError(path, f"cannot be read ({reason}); check that it exists and may be read") from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):  # a FIFO would keep us waiting, a device never end
            raise AudioError(path, "cannot be read (it is no regular file); name a file")
        size = status.st_size
        if size == 0:
            raise AudioError(path, "is empty (0 bytes); export or copy it again")
        if size > limits.max_bytes:
            allowed = f"{limits.max_bytes:,} allowed; raise [index] max_bytes or cut it"
            raise AudioError(path, f"has {size:,} bytes, more than the {allowed}")
        yield handle
    finally:
        os.close(handle)


def _decoder(path: Path, handle: int) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(handle, closefd=False)
    except (soundfile.SoundFileError, OSError, TypeError) as error:
        raise AudioError(path, "is not readable audio (WAV, AIFF, FLAC, OGG, MP3, CAF); export it again") from error


@contextmanager
def _breaking_off(path: Path) -> Iterator[None]:
    try:
        yield
    except soundfile.SoundFileError as error:
        raise AudioError(path, "breaks off or is damaged while decoding; export or copy it again") from error


def _header(path: Path, file: soundfile.SoundFile, limits: Limits) -> Probe:
    found = Probe(file.frames, file.samplerate, file.channels, file.format)
    if found.frames >= UNKNOWN_FRAMES:
        raise AudioError(path, "does not tell its length (a FLAC written into a pipe); write it to a file again")
    _check_whole(path, file.extra_info, found)
    if found.rate < 1 or found.rate > limits.max_rate:
        raise AudioError(path, f"claims {found.rate:,} Hz; 1 to {limits.max_rate:,} Hz are allowed; resample it")
    if found.channels > limits.max_channels:
        raise AudioError(path, f"has {found.channels} channels; up to {limits.max_channels} are allowed; mix it down")
    if found.frames < 1:
        raise AudioError(path, "holds no audio frames; export it again")
    if found.frames < _least_frames(found.rate):
        raise AudioError(
            path, f"lasts {found.seconds * 1000:.2f} ms; sounds from {MIN_SECONDS * 1000:.0f} ms on can be embedded"
        )
    if found.seconds > limits.max_seconds:
        raise AudioError(
            path,
            f"claims {found.seconds:,.1f} seconds; up to {limits.max_seconds:,.1f} are allowed; "
            "raise [index] max_seconds or cut it",
        )
    return found


def _check_whole(path: Path, told: str, found: Probe) -> None:
    """Raises AudioError where libsndfile's log tells that data are missing."""
    if cut := _CUT.search(told):
        claimed, there = int(cut[1]), int(cut[2])
        unknown = claimed >= UNKNOWN_BYTES
    elif cut := _CUT_RF64.search(told):
        claimed, there = int(cut[1]), found.frames * int(cut[2])
        unknown = claimed == UNTOLD_BYTES
    else:
        return
    if not unknown and claimed - there > max(8 * found.channels, claimed // 100):
        raise AudioError(
            path, f"breaks off: of the {claimed:,} bytes that its header claims {there:,} are there; copy it again"
        )


def _mixed(block: npt.NDArray[np.float32]) -> Waveform:
    """The mean of the channels, column by column: numpy's mean over a short axis takes thirty times as long."""
    channels = block.shape[1]
    return block[:, 0] if channels == 1 else np.asarray(reduce(np.add, block.T) / np.float32(channels))


def _least_frames(rate: int) -> int:
    """5 ms, where half a frame does not count: 220 frames at 44.1 kHz."""
    return int(MIN_SECONDS * rate)


def _clean_blocks(path: Path, file: soundfile.SoundFile, header: Probe) -> Iterator[_Block]:
    """Blocks in which what is no number is silenced. Raises AudioError where far less comes than the header claims."""
    block_frames = max(1, BLOCK_VALUES // header.channels)
    finite = frames = 0
    while True:
        block: npt.NDArray[np.float32] = file.read(block_frames, dtype="float32", always_2d=True)
        if not len(block):
            break
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of infinite values is silenced
            mono = _mixed(block)
            peak = max(mono.max(), -mono.min())  # no number, where one of the values is none
        silenced = 0
        if not np.isfinite(peak):
            good = np.isfinite(mono)
            mono = np.where(good, mono, np.float32(0))
            block[~good] = 0
            silenced = mono.size - int(np.count_nonzero(good))
            peak = max(mono.max(), -mono.min())
        if peak > LOUDEST:
            raise AudioError(path, "holds values far beyond full scale; normalise it and export it again")
        frames += mono.size
        finite += mono.size - silenced
        yield _Block(block if header.channels <= 2 else block[:, :2].copy(), np.ascontiguousarray(mono))
    if frames < _least_frames(header.rate) or (header.format != ESTIMATING and frames < 0.9 * header.frames):
        raise AudioError(
            path,
            f"breaks off: of the {header.frames:,} frames that its header claims {frames:,} are there; copy it again",
        )
    if not finite:
        raise AudioError(path, "holds no finite value (all NaN or infinite); export it again")

"""What one source tells of a sample."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clues:
    """What a file's own chunks and tags, or its name and folders, tell; None where they are silent.

    The values mean what they mean in `core.types.Traits`: bpm in beats a minute, key such as "A minor", root such as
    "C#3" or "C#", kind "loop" or "one-shot", role one of the vocabulary's roles. `bpm_in_doubt`: the tempo may be
    something else, a catalogue's number or what a program writes into each file; the sound has to bear it out.
    """

    bpm: float | None = None
    beats: int | None = None
    key: str | None = None
    root: str | None = None
    kind: str | None = None
    role: str | None = None
    genre: str | None = None
    tags: tuple[str, ...] = ()
    bpm_in_doubt: bool = False

"""What a name tells. STUB of part A's file, to be replaced by it at merging."""

import re
from pathlib import Path

from soundpalette.core.music.clues import Clues


def from_name(path: str | Path) -> Clues:
    """Tempo after "bpm", "_Am_" keys, "loop" and "one shot"."""
    name = str(path)
    bpm = re.search(r"(\d{2,3})\s?bpm", name, re.IGNORECASE)
    key = re.search(r"[_ ]([A-G]#?)(m?)(?=[_ .])", name)
    kind = "loop" if re.search("loop", name, re.IGNORECASE) else None
    role = next((role for role in ("percussion", "kick", "snare", "bass", "hi-hat") if role in name.lower()), None)
    return Clues(
        bpm=float(bpm[1]) if bpm else None,
        key=f"{key[1]} {'minor' if key[2] else 'major'}" if key else None,
        kind=kind,
        role=role,
    )

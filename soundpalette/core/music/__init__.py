"""Music: what a sample's file, name and sound tell of tempo, key, root, role, and how it measures."""

from soundpalette.core.music.files import from_file
from soundpalette.core.music.names import from_name
from soundpalette.core.music.sound import Sound, analyse, analyse_file

__all__ = ["Sound", "analyse", "analyse_file", "from_file", "from_name"]

"""Music: what a sample's file, name and sound tell of tempo, key, root, role, and how it measures."""

from soundpalette.core.music.measures import Measures, brightness_hz, loudness_db, measure
from soundpalette.core.music.sound import Sound, analyse, analyse_file

__all__ = ["Measures", "Sound", "analyse", "analyse_file", "brightness_hz", "loudness_db", "measure"]

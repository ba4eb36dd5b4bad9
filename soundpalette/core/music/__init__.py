"""Music: what a sample's file, name and sound tell of tempo, key, root, role, and how it measures."""

from soundpalette.core.music.measures import Measures, brightness_hz, loudness_db, measure

__all__ = ["Measures", "brightness_hz", "loudness_db", "measure"]

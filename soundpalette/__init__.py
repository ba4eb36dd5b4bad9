"""SoundPalette: find sounds in your own sample library by what they sound like."""

__version__ = "0.1.0"

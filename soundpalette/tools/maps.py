"""The map of the library for whoever draws it: a place in the plane a sample, near ones sounding alike."""

from soundpalette.tools.workbench import Workbench


def library_map(bench: Workbench) -> bytes:
    """All samples that have a place, little-endian:

    "SPM1", uint32 bytes of the header, the header (JSON, UTF-8, padded with spaces to a multiple of 4:
    {"count": n, "roles": [names], "version": "..."}), then uint16 x [n], uint16 y [n] (0 to 65,535, one scale for
    both), uint8 role [n] (a position in roles; 255: not known), 6 bytes a sample id [n].
    """
    raise NotImplementedError

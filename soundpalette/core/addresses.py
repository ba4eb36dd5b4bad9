"""Roots that are no folders of this machine: addresses of a bucket, such as `s3://bucket/samples`."""

from pathlib import Path
from typing import Final

PACKAGES: Final = {"s3": "s3fs", "gs": "gcsfs"}
"""The kinds of address, and what reads each."""
SEPARATOR: Final = "://"


def is_address(place: str) -> bool:
    """Whether a root's path, or what somebody typed for one, is an address rather than a path."""
    return SEPARATOR in place


def place_in(root: str, path: str) -> str:
    """Where the file at the relative `path` of a root is: an address below an address, else a path."""
    return f"{root}/{path}" if is_address(root) else str(Path(root, path))


def below_address(address: str, place: str) -> str | None:
    """The relative path of `place` below a root's `address` ("" for itself); None where it lies elsewhere."""
    if place == address:
        return ""
    return place.removeprefix(f"{address}/") if place.startswith(f"{address}/") else None

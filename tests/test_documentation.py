"""Every command, tool and configuration key stands in the documentation, and what the documentation shows exists."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from soundpalette.cli import cli
from soundpalette.server.mcp import INSTRUCTIONS
from soundpalette.tools import filters, preferences

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
REFERENCE = (PROJECT / "docs" / "reference.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(cli)


def commands() -> list[str]:
    found = []
    for name, command in COMMANDS.commands.items():  # type: ignore[attr-defined]
        found += [f"{name} {inner}" for inner in getattr(command, "commands", {})] or [name]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_and_its_options_are_in_the_reference(command: str) -> None:
    assert f"soundpalette {command}" in REFERENCE
    node = COMMANDS
    for name in command.split():
        node = node.commands[name]  # type: ignore[attr-defined]
    for parameter in node.params:
        if parameter.name != "help" and parameter.opts[0].startswith("-"):
            assert f"`{max(parameter.opts, key=len)}" in REFERENCE, parameter.opts


@pytest.mark.parametrize("tool", re.findall(r"^- (\w+):", INSTRUCTIONS, re.M))
def test_every_tool_is_in_the_reference(tool: str) -> None:
    assert f"`{tool}(" in REFERENCE


@pytest.mark.parametrize(
    "named",
    [
        *re.findall(r"^- (\w+):", INSTRUCTIONS, re.M),
        "curate_palette", "replace_sample", "sample://{id}", "sample://{id}/audio",
        "soundpalette show", "soundpalette search", "soundpalette palette build", "soundpalette palette describe",
        "--analyse-only", "--avoid", "--diversity", "--context", "strong",
    ],
)  # fmt: skip
def test_what_a_palette_is_made_with_is_in_the_readme_and_the_reference(named: str) -> None:
    assert named in README
    assert named in REFERENCE


@pytest.mark.parametrize("parameter", [*filters.PUBLISHED, *preferences.PUBLISHED])
def test_every_filter_and_preference_is_in_the_reference(parameter: str) -> None:
    assert f"`{parameter}`" in REFERENCE
    assert f"`--{parameter.replace('_', '-')}" in REFERENCE


def test_every_configuration_key_is_in_the_reference() -> None:
    for section, keys in tomllib.loads((PROJECT / "config.toml").read_text()).items():
        for key in keys:
            assert f"`{section}.{key}`" in REFERENCE, (section, key)


def test_links_between_our_files_lead_somewhere() -> None:
    for page in [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_version_is_pinned() -> None:
    pins = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    names = {re.split(r"[=]", line)[0].lower().replace("_", "-") for line in pins.splitlines() if "==" in line}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    for requirement in wanted:
        assert re.split(r"[<>=\[]", requirement)[0].lower().replace("_", "-") in names
    assert "torch==2.13.0" in pins

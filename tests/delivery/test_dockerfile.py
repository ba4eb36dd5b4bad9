"""What the image is made of and how it runs, as far as the files tell."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from whalint.parser import parse_key_values

from tests.delivery.dockerfile import PROJECT, Stage, environment, instructions

DOCKERFILES = ("Dockerfile", "deploy/cloud-run/Dockerfile")


@pytest.mark.parametrize("name", DOCKERFILES)
def test_the_linter_finds_nothing(name: str) -> None:
    # WL001 wants a tag; where the whole image is an argument, its tag is the argument's.
    command = [sys.executable, "-m", "whalint", *(["--ignore", "WL001"] if "cloud-run" in name else []), name]
    linted = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_linter_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM python\nRUN pip install torch\nCMD soundpalette serve\n")
    linted = subprocess.run([sys.executable, "-m", "whalint", str(wrong)], capture_output=True, text=True)
    assert linted.returncode == 1
    assert {"WL001", "WL003", "WL007", "WL020"} <= set(linted.stdout.split())


def test_the_builder_is_sent_what_is_copied_and_no_more() -> None:
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    copied = {source for one in instructions(0) if one.name == "COPY" for source in one.value.split()[:-1]}
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules[1:] if rule.startswith("!")} == copied
    assert all((PROJECT / source).exists() for source in copied)


def test_only_the_environment_comes_over_from_the_build_stage() -> None:
    (copied,) = [one.value for one in instructions(-1) if one.name == "COPY"]
    assert copied == "--from=build /opt/soundpalette /opt/soundpalette"


def test_it_runs_as_nobody_in_particular_on_the_port_that_it_exposes() -> None:
    told = {one.name: one.value for one in instructions(-1)}
    variables = dict(pair for one in instructions(-1) if one.name == "ENV" for pair in parse_key_values(one.value))
    assert told["USER"] == "10001:10001"
    assert told["EXPOSE"] == variables["PORT"] == "8765"
    assert not [name for name in variables if "TOKEN" in name]


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize(
    ("given", "installed"),
    [({}, "."), ({"EXTRAS": "milvus"}, ".[milvus]"), ({"EXTRAS": "milvus,ray"}, ".[milvus,ray]")],
)
def test_the_image_gets_the_extras_that_the_build_names(
    given: dict[str, str], installed: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    build = Stage(tmp_path, environment(**given))
    *_, install = [one for one in instructions(0) if one.name == "RUN"]
    for one in instructions(0):
        if one.name == "ARG":
            build.carry_out(one)
    build.run(f"echo {build.command(install)}")
    assert capfd.readouterr().out.endswith(f" install -c constraints.txt {installed}\n")


def test_the_extras_that_the_guide_builds_with_are_there() -> None:
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    guide = (PROJECT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert set(re.findall(r"EXTRAS=(\w+)", guide)) == {"milvus"}
    assert {"milvus", "ray"} <= set(extras)

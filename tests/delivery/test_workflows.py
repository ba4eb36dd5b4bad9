"""The workflows: valid, of least permissions, and with no action that could change under them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.compose import read_yaml
from tests.delivery.dockerfile import PROJECT

WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
ZIZMOR = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress"]


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in read_yaml(workflow)["jobs"].values() for step in job.get("steps", [])]


def test_they_fit_the_published_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    checked = subprocess.run([*command, *map(str, WORKFLOWS)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_the_security_linter_finds_nothing() -> None:
    linted = subprocess.run([*ZIZMOR, *map(str, WORKFLOWS)], capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


def test_the_security_linter_finds_an_action_that_is_not_pinned(tmp_path: Path) -> None:
    workflow = tmp_path / "wrong.yml"
    workflow.write_text(re.sub(r"@[0-9a-f]{40} # (v\d+)\S*", r"@\1", WORKFLOWS[0].read_text(encoding="utf-8")))
    linted = subprocess.run([*ZIZMOR, str(workflow)], capture_output=True, text=True)
    assert linted.returncode != 0
    assert "unpinned-uses" in linted.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_they_may_read_and_each_job_says_what_more(workflow: Path) -> None:
    told = read_yaml(workflow)
    assert told["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in told["jobs"].items() if "permissions" in job}
    assert more == ({} if workflow.stem == "test" else RELEASE)


RELEASE = {"pypi": {"id-token": "write"}, "image": {"contents": "read", "packages": "write"}}


def test_what_ci_runs_here_is_run_on_three_systems() -> None:
    ci = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    commands = re.findall(r"^make \w+$", ci, re.M)
    job = read_yaml(WORKFLOWS[-1])["jobs"]["test"]
    assert len(job["strategy"]["matrix"]["os"]) == 3
    assert [step["run"] for step in job["steps"] if "run" in step] == [f"{one} PYTHON=python" for one in commands]


def test_the_page_is_run_in_a_browser() -> None:
    job = read_yaml(WORKFLOWS[-1])["jobs"]["page"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test-web PYTHON=python"]
    assert "make test-web\n" in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_action_has_one_version_everywhere() -> None:
    used = {step["uses"] for workflow in WORKFLOWS for step in steps(workflow) if "uses" in step}
    assert len({one.partition("@")[0] for one in used}) == len(used)

"""A Dockerfile's stages, and what they do, carried out in a folder of this machine instead of an image."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Final

from whalint.parser import Instruction, parse, parse_key_values

PROJECT: Final = Path(__file__).parents[2]
OURS: Final = re.compile(r"(?<![\w.])/(?=(opt|src|data|models|audio)\b)")
"""Where a path of the image begins that lies in the folder here."""


def instructions(stage: int) -> list[Instruction]:
    """What stands in one stage of the Dockerfile (-1: the last), without its FROM."""
    stages: list[list[Instruction]] = []
    for one in parse((PROJECT / "Dockerfile").read_text(encoding="utf-8")).instructions:
        if one.name == "FROM":
            stages.append([])
        elif stages:
            stages[-1].append(one)
    return stages[stage]


@dataclass
class Stage:
    """A stage whose files lie below `root`, with what ARG, ENV and WORKDIR have set so far."""

    root: Path
    environment: dict[str, str]
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.root

    def words(self, one: Instruction) -> list[str]:
        """The command of an ENTRYPOINT, CMD or HEALTHCHECK in exec form."""
        return [self.here(word) for word in json.loads(one.value[one.value.index("[") :])]

    def here(self, text: str) -> str:
        """`text` with the image's paths below `root`."""
        return OURS.sub(f"{self.root.as_posix()}/", text)

    def carry_out(self, one: Instruction) -> None:
        """Do what an instruction of a build stage does in an image."""
        if one.name == "ARG":
            for name, value in parse_key_values(one.value):
                self.environment.setdefault(name, value)
        elif one.name == "ENV":
            for name, value in parse_key_values(one.value):
                self.environment[name] = Template(self.here(value)).substitute(self.environment)
        elif one.name == "WORKDIR":
            self.folder = Path(self.here(one.value))
            self.folder.mkdir(parents=True, exist_ok=True)
        elif one.name == "COPY":
            *sources, _ = one.value.split()
            for source in sources:
                self._copy(source)
        elif one.name == "RUN":
            self.run(self.command(one))
        else:
            raise NotImplementedError(one.name)

    def command(self, one: Instruction) -> str:
        """What the shell is given by a RUN, without its mounts."""
        return self.here(re.sub(r"^(--\S+\s+)+", "", one.value))

    def run(self, command: str) -> None:
        """Let a shell run it where the build stands."""
        subprocess.run(["/bin/sh", "-c", command], cwd=self.folder, env=self.environment, check=True, text=True)

    def _copy(self, source: str) -> None:
        if (PROJECT / source).is_dir():
            shutil.copytree(PROJECT / source, self.folder / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(PROJECT / source, self.folder / source)


def environment(**further: str) -> dict[str, str]:
    """This process' environment with the running Python as `python`, as the base image has one."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return os.environ | {"PATH": path} | further

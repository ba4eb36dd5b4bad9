"""The command that looks whether all is well."""

from typing import TYPE_CHECKING, Annotated

import typer

from soundpalette.cli.options import Json
from soundpalette.cli.output import errors_told, print_json
from soundpalette.tools.names import clean

if TYPE_CHECKING:
    from soundpalette.doctor import Finding

LONGEST = 2000


def doctor(
    port: Annotated[
        int | None, typer.Option("--port", envvar="PORT", help="The port of HTTP, where it is not the configured one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check Python, torch, devices, weights, folders, catalogue, index, port and disk; tell the mend for each fault."""
    from soundpalette.doctor import State, examine

    findings = []
    with errors_told():
        for finding in examine(port):
            findings.append(finding)
            if not as_json:
                typer.echo(_line(finding))
    faults = sum(finding.state is State.FAULT for finding in findings)
    if as_json:
        print_json({"faults": faults, "checks": [_table(finding) for finding in findings]})
    raise typer.Exit(1 if faults else 0)


def _line(finding: "Finding") -> str:
    told = f"{finding.state.value:8} {finding.check:16} {clean(finding.told, LONGEST)}"
    return f"{told}\n{'':26}{clean(finding.mend, LONGEST)}" if finding.mend else told


def _table(finding: "Finding") -> dict[str, str]:
    texts = {"told": clean(finding.told, LONGEST), "mend": clean(finding.mend, LONGEST)}
    return {"check": finding.check, "state": finding.state.value} | texts

"""The commands that look whether all is well, and that tell clients of the server."""

from typing import TYPE_CHECKING, Annotated

import typer

from soundpalette.cli.options import Json
from soundpalette.cli.output import errors_told, print_json
from soundpalette.clients import FORMS, Client, Machine, plan
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


def install(
    client: Annotated[Client, typer.Argument(help="The client that shall start the server.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change, write nothing.")] = False,
) -> None:
    """Write the server into a client's configuration: shows the change, asks, keeps a backup."""
    title = FORMS[client].title
    with errors_told():
        change = plan(client, Machine.here())
        if not change.needed:
            typer.echo(f"{title} starts soundpalette already; {change.path} stays as it is")
            return
        for line in change.diff():
            typer.echo(clean(line.expandtabs(4), LONGEST))
        if dry_run:
            return
        if not yes and not typer.confirm(f"Write this to {change.path}?", err=True):
            typer.echo("nothing was changed", err=True)
            raise typer.Exit(1)
        backup = change.write()
    typer.echo(f"{change.path} is written{f', the older one is kept as {backup.name}' if backup else ''}")
    typer.echo(f"restart {title}; it starts the server by itself")


def _line(finding: "Finding") -> str:
    told = f"{finding.state.value:8} {finding.check:16} {clean(finding.told, LONGEST)}"
    return f"{told}\n{'':26}{clean(finding.mend, LONGEST)}" if finding.mend else told


def _table(finding: "Finding") -> dict[str, str]:
    texts = {"told": clean(finding.told, LONGEST), "mend": clean(finding.mend, LONGEST)}
    return {"check": finding.check, "state": finding.state.value} | texts

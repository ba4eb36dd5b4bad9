"""The command line: one module a group of commands, all of them registered here."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from soundpalette import __version__
from soundpalette.cli.finding import search, show
from soundpalette.cli.library import evaluate, import_embeddings, index, status
from soundpalette.cli.palettes import palette
from soundpalette.cli.serving import open_page, serve
from soundpalette.cli.setup import doctor, install
from soundpalette.cli.weights import models

cli = typer.Typer(
    name="soundpalette",
    help="Find sounds in your sample library by what they sound like.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
cli.command()(index)
cli.command()(import_embeddings)
cli.command()(search)
cli.command()(show)
cli.command()(status)
cli.command(name="eval")(evaluate)
cli.command()(serve)
cli.command(name="open")(open_page)
cli.command()(doctor)
cli.command()(install)
cli.add_typer(models, name="models")
cli.add_typer(palette, name="palette")


def main() -> None:
    """The console script."""
    if isinstance(sys.stdout, TextIOWrapper):  # a pipe on Windows is not UTF-8, and names may hold any character
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    cli()


@cli.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Find sounds in your sample library by what they sound like."""
    if version:
        typer.echo(__version__)
        raise typer.Exit

"""What leaves the command line: answers on stdout, one sentence about what is wrong on stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from soundpalette.errors import ConfigError, RequestError, ScanError, ServeError, SoundPaletteError
from soundpalette.tools.names import clean

if TYPE_CHECKING:
    from soundpalette.tools.palette_schemas import BuiltPalette, PaletteDescription

WRONG_USE = (ConfigError, RequestError, ScanError, ServeError)


@contextmanager
def errors_told(stopped: str = "stopped") -> Iterator[None]:
    """One sentence on stderr instead of a traceback; exit 2 on wrong use, 1 otherwise."""
    try:
        yield
    except SoundPaletteError as error:
        typer.echo(f"error: {clean(str(error), 2000)}", err=True)
        raise typer.Exit(2 if isinstance(error, WRONG_USE) else 1) from None
    except KeyboardInterrupt:
        typer.echo(stopped, err=True)
        raise typer.Exit(130) from None


def print_answer(answer: "PaletteDescription | BuiltPalette", as_json: bool) -> None:
    """An answer for people, or the object that the MCP tools return."""
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        typer.echo(answer.text())


def print_json(value: dict[str, Any]) -> None:
    """One object on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")

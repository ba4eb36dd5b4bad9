"""The commands about samples that go together."""

from typing import Annotated

import typer

from soundpalette.cli.options import Encoder, Json, app_with
from soundpalette.cli.output import errors_told, print_answer

palette = typer.Typer(help="Samples that go together.", no_args_is_help=True)


@palette.command(name="describe")
def describe_palette(
    samples: Annotated[list[str], typer.Argument(help="Sample ids or audio files, 1 to 64.")],
    target: Annotated[str, typer.Option("--target", help="What it shall be: 'dark techno, 126 BPM, A minor'.")] = "",
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Tell what sounds are like together: tempo, key, spectrum, clashes, missing roles."""
    from soundpalette.tools.palette import describe_palette as describe
    from soundpalette.tools.workbench import Reach

    with errors_told():
        result = describe(app_with(encoder).workbench(Reach(anywhere=True)), samples, target)
    print_answer(result, as_json)


@palette.command(name="build")
def build_palette(
    brief: Annotated[str, typer.Argument(help="The whole in words; tempo and key may stand in it.")],
    role: Annotated[list[str] | None, typer.Option("--role", help="'kick', or 'kick: its own words'; repeat.")] = None,
    bpm: Annotated[float, typer.Option("--bpm", help="The tempo; 0: the brief's, or any.")] = 0,
    key: Annotated[str, typer.Option("--key", help="The key, as 'A minor'.")] = "",
    lock: Annotated[list[str] | None, typer.Option("--lock", help="A sample that stays; repeat.")] = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Choose one sample a role so that they go together, with two alternatives each."""
    from soundpalette.tools.building import build_palette as build
    from soundpalette.tools.workbench import Reach

    with errors_told():
        result = build(app_with(encoder).workbench(Reach(anywhere=True)), brief, role or [], bpm, key, lock or [])
    print_answer(result, as_json)

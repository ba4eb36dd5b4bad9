"""The commands about an encoder's weights."""

from typing import Annotated

import typer

from soundpalette.cli.options import EncoderName, app_with
from soundpalette.cli.output import errors_told
from soundpalette.config import LICENCE_VARIABLE

models = typer.Typer(help="The weights of the clamp3 encoder.", no_args_is_help=True)


@models.command()
def download(
    name: Annotated[EncoderName, typer.Argument(help="The encoder whose weights to fetch: clamp3.")],
    accept_license: Annotated[
        bool,
        typer.Option("--accept-license", envvar=LICENCE_VARIABLE, help="Accept the licence of MERT's weights."),
    ] = False,
) -> None:
    """Fetch an encoder's weights (clamp3: MERT's are CC-BY-NC-4.0), check them and convert them once."""
    if name is EncoderName.COMPACT:
        typer.echo("The compact encoder's weights are in the package; there is nothing to download.")
        return
    with errors_told():
        installed = app_with(None).download_clamp3(accept_license)
    typer.echo(f'clamp3 is ready in {installed.folder}; use it with --encoder clamp3 or [encoder] name = "clamp3"')

"""Options that many commands share, and the services that they choose."""

from enum import StrEnum
from typing import Annotated

import typer

from soundpalette.app import App
from soundpalette.config import load_config


class EncoderName(StrEnum):
    COMPACT = "compact"
    CLAMP3 = "clamp3"


Encoder = Annotated[
    EncoderName | None, typer.Option("--encoder", help="Use this encoder instead of the configured one.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def app_with(encoder: EncoderName | None) -> App:
    """The services of the configuration, with this encoder where one is named. Raises ConfigError."""
    config = load_config()
    if encoder is not None:
        section = config.encoder.model_copy(update={"name": encoder.value})
        config = config.model_copy(update={"encoder": section})
    return App(config)

"""Looks at everything that has to be well, and tells the mend for what is not."""

from collections.abc import Iterator

from soundpalette.app import App
from soundpalette.config import Config, config_file, load_config
from soundpalette.doctor import library, machine
from soundpalette.doctor.finding import Finding, State, fault, fault_of, ok, warning
from soundpalette.errors import ConfigError

__all__ = ["Finding", "State", "examine"]


def examine(port: int | None = None) -> Iterator[Finding]:
    """One finding a check, as they are made; raises nothing for what is broken. `port` wins over [server] port."""
    yield machine.python()
    torch = machine.torch()
    yield torch
    try:
        config = load_config()
        _ = config.data_dir, config.models_dir
    except ConfigError as error:
        yield fault("configuration", str(error), f"correct {config_file()} or the variable SOUNDPALETTE_SECTION__KEY")
        return
    app = App(config)
    yield ok("configuration", str(config_file()) if config_file().is_file() else "defaults, environment")
    yield machine.folder(config.data_dir)
    yield machine.space(config.data_dir)
    yield _port(app, config.server.port if port is None else port)
    loads = torch.state is State.OK
    if loads:
        yield machine.devices(config.processing.device)
    yield from _library(app, loads)


def _library(app: App, torch_loads: bool) -> Iterator[Finding]:
    weights = list(_weights(app.config, app)) if torch_loads else []
    yield from weights or [warning("weights", "not looked at, for torch does not load", "mend torch first")]
    found, catalogue = library.catalogue(app)
    yield found
    if catalogue is not None:
        yield from library.roots(catalogue)
    yield from library.references(app.config.paths.reference_dirs)
    if weights and weights[-1].state is State.OK:
        yield library.index(app, catalogue)
    else:
        yield warning("index", "not looked at, for the encoder's weights tell which it is", "mend the weights first")


def _weights(config: Config, app: App) -> Iterator[Finding]:
    """The configured encoder's come last."""
    yield library.compact_weights()
    if config.encoder.name == "clamp3":
        yield library.clamp3_weights(app)


def _port(app: App, number: int) -> Finding:
    try:
        return machine.port(app.config.server.host, number, token=bool(app.token))
    except ConfigError as error:  # a token file that cannot be read
        return fault_of("port", error)

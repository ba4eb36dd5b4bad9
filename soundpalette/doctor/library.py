"""What the library hangs on: weights, catalogue, roots, index."""

import os
from pathlib import Path

from soundpalette.app import CATALOGUE, App
from soundpalette.core import migrations
from soundpalette.core.addresses import is_address
from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders import load_encoder, weights
from soundpalette.core.types import Space
from soundpalette.doctor.finding import Finding, fault, fault_of, ok, warning
from soundpalette.errors import CatalogueError, SoundPaletteError, WeightsError

EMPTY = "nothing is indexed yet"
FILL = "run `soundpalette index FOLDER` with a folder of audio files"


def compact_weights() -> Finding:
    """Loads both towers of the encoder in the package, on the processor."""
    try:
        encoder = load_encoder("compact", device="cpu")
        encoder.load_audio()
        encoder.load_text()
        sounds = len(encoder.cohort())
    except WeightsError as error:
        return fault_of("weights compact", error)
    return ok("weights compact", f"{encoder.space.key}, both towers load, {sounds} sounds to compare with")


def clamp3_weights(app: App) -> Finding:
    """Whether clamp3's weights are there and converted; they are not loaded."""
    models = app.config.models
    installed = weights.find(weights.Sources(models.mert, models.clamp3, models.text), app.config.models_dir)
    if installed is None:
        return fault("weights clamp3", f"not in {app.config.models_dir}, or not converted yet", weights.MEND)
    return ok("weights clamp3", f"{installed.revision} in {installed.folder}")


def catalogue(app: App) -> tuple[Finding, Catalogue | None]:
    """The catalogue too where it can be used. Every page of it is read; none is made where there is none."""
    path = app.config.data_dir / CATALOGUE
    try:
        if not path.exists():
            return warning("catalogue", EMPTY, FILL), None
        app.catalogue.check()
        samples, generation = app.catalogue.total(), app.catalogue.generation()
        size = app.catalogue.bytes() / 1e6
    except CatalogueError as error:
        return fault_of("catalogue", error), None
    except OSError as error:
        return fault("catalogue", f"{path} cannot be reached ({error.strerror})", "mend the data folder"), None
    told = f"version {migrations.VERSION}, {samples} samples, generation {generation}, {size:,.1f} MB, whole"
    return ok("catalogue", told), app.catalogue


def roots(catalogue: Catalogue) -> list[Finding]:
    """One finding a root."""
    try:
        known = catalogue.roots()
    except CatalogueError as error:  # damaged text, in pages that are whole
        return [fault_of("root", error)]
    return [_root(root.path) for root in known] or [warning("root", EMPTY, FILL)]


def _root(path: str) -> Finding:
    if is_address(path):
        return ok("root", f"{path}, in a bucket; `soundpalette index --engine ray {path}` tells whether it can be read")
    return _folder("root", Path(path), _forget(path))


def references(folders: tuple[Path, ...]) -> list[Finding]:
    """One finding a folder of [paths] reference_dirs, where a link is as good as what it leads to."""
    return [_folder("reference", Path(os.path.realpath(one)), "correct [paths] reference_dirs") for one in folders]


def index(app: App, catalogue: Catalogue | None) -> Finding:
    """The published index of the configured encoder, read whole and held against its manifest and the catalogue."""
    try:
        space = app.encoder.space
        manifest = app.store.verify()
        if manifest is None or app.store.load() is None:
            return _unpublished(space, catalogue)
        pending = catalogue.pending(space, manifest.generation) if catalogue else 0
    except ImportError as error:
        return fault("index", f"its engine cannot be loaded ({error})", "install soundpalette again")
    except SoundPaletteError as error:
        return fault_of("index", error)
    whole = "checksum right" if manifest.files else f"whole, in {app.store.place}"
    told = f"{space.key}, {manifest.count} samples of generation {manifest.generation}, {whole}"
    if pending:
        return warning("index", f"{told}, {pending} samples pending", "run `soundpalette index`")
    return ok("index", told)


def _unpublished(space: Space, catalogue: Catalogue | None) -> Finding:
    known = catalogue.total() if catalogue else 0
    if not known:
        return warning("index", EMPTY, FILL)
    return fault("index", f"{known} samples are known, none is indexed for {space.key}", "run `soundpalette index`")


def _folder(check: str, path: Path, gone: str) -> Finding:
    """A folder whose files may be answered: there, readable, and no link, for what it leads to is not allowed."""
    try:
        with os.scandir(path) as entries:
            next(entries, None)
        leads_to = path.resolve()
    except FileNotFoundError:
        return fault(check, f"{path} is not there (an unplugged drive?)", gone)
    except OSError as error:
        return fault(check, f"{path} cannot be read ({error.strerror})", f"mend it; {gone}")
    except ValueError:  # a NUL
        return fault(check, f"{path} is no path", gone)
    if leads_to != path:
        told = f"{path} is a link to {leads_to} by now, so none of its files is allowed"
        return fault(check, told, f"run `soundpalette index {leads_to}`; {gone}")
    return ok(check, str(path))


def _forget(path: str) -> str:
    return f"bring it back, or run `soundpalette index --prune {path}` to forget its samples"

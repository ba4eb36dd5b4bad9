"""Writes the OpenAPI document from which the page's types are made: python -m web.openapi FILE."""

import json
import sys
import tempfile
from pathlib import Path

from fastapi import FastAPI

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders import load_encoder
from soundpalette.core.search import Searcher
from soundpalette.core.vector_index import FaissStore
from soundpalette.server.calls import Calls
from soundpalette.server.openapi import complete, operation_id
from soundpalette.server.rest import router
from soundpalette.tools.workbench import Workbench


def document() -> str:
    """REST as a server without configuration has it, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        encoder = load_encoder("compact")
        catalogue = Catalogue(Path(folder, "catalogue.sqlite"))
        bench = Workbench(Searcher(catalogue, encoder, FaissStore(Path(folder, "index"), encoder.space)))
        app = FastAPI(title="SoundPalette", generate_unique_id_function=operation_id)
        app.include_router(router(bench, Calls()))
        complete(app, token=False, max_top_k=bench.max_top_k, roles=bench.roles)
        catalogue.close()
    return json.dumps(app.openapi(), indent=1) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), "utf-8")

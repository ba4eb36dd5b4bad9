"""One indexed crate and one server process over it, for all tests that only ask."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from soundpalette import server
from soundpalette.app import App
from soundpalette.config import load_config
from soundpalette.indexing.progress import Lines
from soundpalette.tools.workbench import Reach, Workbench
from tests.conftest import CRATE
from tests.server.test_http import http_server

KICK = "drums/bd_haus.aiff"
WEB = Path(server.__file__).parent / "web"
BUILT = {"ui://soundpalette/results": WEB / "results.html", "ui://soundpalette/palette": WEB / "palette.html"}
"""The apps inside the chat, as they were built."""
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search_by_text", {"query": "kick drum", "top_k": 3, "kind": "one-shot", "diversity": 0.2}),
    ("search_by_audio", {"reference": KICK, "top_k": 3}),
    ("hybrid_search", {"query": "dark", "reference": KICK, "alpha": 0.4, "top_k": 3}),
    ("describe_palette", {"samples": [KICK, "bass/bass_hard_c.flac", "loops/loop_amen.flac"], "target": "dark techno"}),
    ("build_palette", {"brief": "dark techno, 126 BPM", "roles": ["kick", "bass"], "locked": [KICK]}),
    ("library_overview", {}),
    ("audition", {"sample": KICK}),
]
"""Each tool once."""
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("search_by_text", {"query": ""}, "the query is empty; describe the sound"),
    ("search_by_text", {"query": "kick", "top_k": "many"}, "top_k is 'many': "),
    ("search_by_audio", {"reference": "/etc/passwd"}, "'/etc/passwd' names no file within reach"),
    ("describe_palette", {"samples": ["0123456789ab"]}, "there is no sample 0123456789ab"),
]


@dataclass(frozen=True)
class Served:
    """A server process, what another one over the same library needs, and that library in process."""

    address: str
    environment: dict[str, str]
    bench: Workbench


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("SOUNDPALETTE_", "HF_", "XDG_")):
                patch.delenv(name)
        patch.setenv("HOME", str(folder))
        patch.setenv("SOUNDPALETTE_DATA_DIR", str(folder / "data"))
        app = App(load_config())
        app.indexer().run([CRATE], Lines())
        environment = dict(os.environ)
    with http_server(environment=environment) as address:
        yield Served(address, environment, app.workbench(Reach()))
    app.catalogue.close()

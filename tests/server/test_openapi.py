"""The OpenAPI document is true, and the page that shows it asks nobody but this server."""

import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.conftest import KICK, Served
from tests.server.test_http import TOKEN, http_server

SCHEMATHESIS = Path(sysconfig.get_path("scripts"), "schemathesis")
RUN = ["--generation-deterministic", "--max-examples", "8", "--phases", "examples,coverage,fuzzing", "--no-color"]
WITHIN = "positive_data_acceptance"
"""Not checked: that whatever fits a schema is taken. It cannot say that min_bpm is at most max_bpm."""


@pytest.fixture(scope="module")
def document(served: Served) -> dict[str, Any]:
    """As it is served, the examples naming samples that are there."""
    with httpx.Client(base_url=served.address, timeout=30) as client:
        found = client.post("/search/text", json={"query": "kick drum", "top_k": 1}).raise_for_status().json()
        text = client.get("/openapi.json").raise_for_status().text
    assert "0123456789ab" in text
    text = text.replace("0123456789ab", found["hits"][0]["sample_id"]).replace("drums/kick.wav", KICK)
    told: dict[str, Any] = json.loads(text)
    return told


@pytest.mark.timeout(300)  # some thousand requests: half a minute on two free cores
def test_no_request_gets_an_answer_that_the_document_does_not_name(
    served: Served, document: dict[str, Any], tmp_path: Path
) -> None:
    written = tmp_path / "openapi.json"
    written.write_text(json.dumps(document))
    command = [str(SCHEMATHESIS), "run", str(written), "--url", served.address, "--exclude-checks", WITHIN, *RUN]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=280)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested
    assert int(tested[1]) == sum(len(operations) for operations in document["paths"].values())


def test_every_example_is_answered(served: Served, document: dict[str, Any]) -> None:
    tried = []
    for path, operations in document["paths"].items():
        body = operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            part = document["components"]["schemas"][body["schema"]["$ref"].rsplit("/", 1)[1]]
            answer = httpx.post(served.address + path, json=part["examples"][0], timeout=60)
            assert answer.status_code == 200, answer.text
            tried.append(path)
    assert tried == [
        "/search/text",
        "/search/audio",
        "/search/hybrid",
        "/library/facets",
        "/palette/describe",
        "/palette/build",
    ]


def test_operations_are_named_like_the_tools_and_every_reference_is_there(document: dict[str, Any]) -> None:
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert {"search_text", "search_audio", "search_hybrid", "describe_palette", "build_palette"} <= set(names)
    for reference in set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))):
        assert reference in document["components"]["schemas"]
    for one in operations:
        for status, answer in one["responses"].items():
            assert (status >= "400") == ("application/problem+json" in answer.get("content", {}))


def test_every_request_is_in_the_reference(document: dict[str, Any]) -> None:
    reference = (Path(__file__).parents[2] / "docs" / "reference.md").read_text(encoding="utf-8")
    for path, operations in document["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path}`" in reference


def test_bounds_stand_in_the_document(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["HybridSearch"]["properties"]
    assert (fields["top_k"]["minimum"], fields["top_k"]["maximum"], fields["top_k"]["default"]) == (0, 100, 0)
    assert "0: the server's default" in fields["top_k"]["description"]
    assert (fields["query"]["minLength"], fields["query"]["maxLength"]) == (1, 1000)
    assert (fields["alpha"]["minimum"], fields["alpha"]["maximum"]) == (0, 1)
    assert [fields[name]["maxLength"] for name in ("key", "genre", "tag", "folder", "avoid")] == [
        64,
        64,
        64,
        1024,
        1000,
    ]
    assert fields["role"]["enum"][:3] == ["any", "kick", "snare"]
    assert fields["kind"]["enum"] == ["any", "loop", "one-shot"]
    assert (fields["max_bpm"]["maximum"], fields["context"]["maxItems"]) == (999, 64)


def test_the_document_asks_for_a_token_where_there_is_one(document: dict[str, Any], served: Served) -> None:
    assert "security" not in document
    with http_server(environment=served.environment, SOUNDPALETTE_SERVER__TOKEN=TOKEN) as address:
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        secured = httpx.get(f"{address}/openapi.json", headers=bearer, timeout=30).raise_for_status().json()
    assert secured["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    assert secured["security"] == [{"token": []}]
    assert secured["paths"]["/health/live"]["get"]["security"] == []
    assert "security" not in secured["paths"]["/library"]["get"]


def test_the_page_loads_from_this_server_alone_and_its_policy_allows_just_that(served: Served) -> None:
    with httpx.Client(base_url=served.address, timeout=30) as client:
        page = client.get("/docs").raise_for_status()
        sources = re.findall(r'(?:src|href)="([^"]*)"', page.text)
        assert sources == ["data:,", "docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "docs/start.js"]
        assert not re.search(r"<script>|<style|\bon\w+=|style=", page.text)
        policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
        assert policy.pop("img-src") == "'self' data:"
        assert {policy.pop(name) for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
        assert set(policy.values()) == {"'none'"}
        kinds = [client.get(f"/{source}").raise_for_status().headers["content-type"] for source in sources[1:]]
        assert [kind.partition(";")[0] for kind in kinds] == ["text/css", "text/javascript", "text/javascript"]
        assert 'url: "openapi.json"' in client.get("/docs/start.js").text
        assert client.get("/redoc").status_code == 404

"""Resources and prompts through the SDK's own client, in memory, over a real library."""

import base64
import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
import soundfile
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import BlobResourceContents, TextContent, TextResourceContents

from soundpalette.core.catalogue import Catalogue
from soundpalette.core.encoders.base import Encoder
from soundpalette.core.search import Searcher
from soundpalette.indexing.pipeline import Indexer
from soundpalette.indexing.progress import Lines
from soundpalette.server.mcp import build
from soundpalette.tools.workbench import Workbench
from tests.conftest import index_store

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def sample_id(indexer: Indexer, library: Path, catalogue: Catalogue) -> str:
    indexer.run([library], Lines())
    sample = catalogue.sample_at(catalogue.roots()[0].id, "tonal/low.wav")
    assert sample is not None
    return sample.id


@pytest.fixture
async def client(sample_id: str, catalogue: Catalogue, compact: Encoder, tmp_path: Path) -> AsyncIterator[Client]:
    async with Client(build(Workbench(Searcher(catalogue, compact, index_store(tmp_path, compact))))) as client:
        yield client


async def test_a_samples_metadata_is_a_resource(client: Client, sample_id: str, library: Path) -> None:
    (content,) = (await client.read_resource(f"sample://{sample_id}")).contents
    assert isinstance(content, TextResourceContents)
    assert content.mime_type == "application/json"
    told = json.loads(content.text)
    assert (told["sample_id"], told["path"], told["seconds"]) == (sample_id, str(library / "tonal" / "low.wav"), 1.0)
    assert (told["kind"], told["bpm"]) == ("one-shot", None)


async def test_a_samples_preview_can_be_heard(client: Client, sample_id: str) -> None:
    (content,) = (await client.read_resource(f"sample://{sample_id}/audio")).contents
    assert isinstance(content, BlobResourceContents)
    assert content.mime_type == "audio/ogg"
    audio, rate = soundfile.read(BytesIO(base64.b64decode(content.blob)))
    assert len(audio) / rate == pytest.approx(1.0, abs=0.01)


async def test_both_are_published_as_templates(client: Client) -> None:
    templates = (await client.list_resource_templates()).resource_templates
    assert [template.uri_template for template in templates] == ["sample://{id}", "sample://{id}/audio"]


@pytest.mark.parametrize("uri", ["sample://0123456789ab", "sample://kick", "sample://..%2Fx/audio", "sample://a/b/c"])
async def test_what_is_no_sample_is_one_sentence(client: Client, uri: str) -> None:
    with pytest.raises(MCPError) as caught:
        await client.read_resource(uri)
    assert "\n" not in str(caught.value)
    assert "Error reading" not in str(caught.value)


async def test_a_preview_of_a_file_that_is_gone_names_it(client: Client, sample_id: str, library: Path) -> None:
    (library / "tonal" / "low.wav").unlink()
    with pytest.raises(MCPError, match=r'low.wav" cannot be read'):
        await client.read_resource(f"sample://{sample_id}/audio")


async def test_the_prompts_lead_through_the_tools(client: Client) -> None:
    assert [prompt.name for prompt in (await client.list_prompts()).prompts] == ["curate_palette", "replace_sample"]
    told = await client.get_prompt(
        "curate_palette", {"brief": 'warm "melodic" techno,\n124 BPM', "roles": "kick, bass"}
    )
    (message,) = told.messages
    assert isinstance(message.content, TextContent)
    assert '"warm \\"melodic\\" techno,124 BPM"' in message.content.text
    tools = {tool.name for tool in (await client.list_tools()).tools}
    for name in ("library_overview", "build_palette", "describe_palette", "hybrid_search"):
        assert name in message.content.text
        assert name in tools
    replacing = await client.get_prompt("replace_sample", {"palette": "a, b", "sample": "a", "wish": "drier"})
    assert isinstance(replacing.messages[0].content, TextContent)
    assert 'The user wishes: "drier"' in replacing.messages[0].content.text


async def test_an_endless_brief_is_one_sentence(client: Client) -> None:
    with pytest.raises(MCPError, match="brief has 10,000 characters; 1 to 1,000 are allowed"):
        await client.get_prompt("curate_palette", {"brief": "x" * 10_000})

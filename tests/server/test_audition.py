"""The tool audition over the wire: what comes can be heard, seen and read."""

import base64
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
import soundfile
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import AudioContent, CallToolResult, ImageContent, TextContent
from PIL import Image

from soundpalette.core.threads import processors
from soundpalette.server.calls import Calls
from soundpalette.server.mcp import build
from tests.server.conftest import KICK, Served
from tests.server.test_calls import Gate, until

pytestmark = pytest.mark.anyio
MOST_CHARACTERS = 100_000
"""Of an answer as JSON: 60 kB of sound and 10 kB of picture in base64, and some words."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def heard(client: Client, sample: str) -> dict[str, Any]:
    """The structured answer, once sound and picture have been held against it."""
    result = await client.call_tool("audition", {"sample": sample})
    assert not result.is_error, result.content
    text, audio, image = result.content
    told = result.structured_content
    assert isinstance(text, TextContent)
    assert isinstance(audio, AudioContent)
    assert isinstance(image, ImageContent)
    assert isinstance(told, dict)
    sound, rate = soundfile.read(BytesIO(base64.b64decode(audio.data, validate=True)))
    assert (sound.ndim, len(sound) / rate) == (1, pytest.approx(told["preview_seconds"], abs=0.001))
    assert np.abs(sound).max() > 0.1
    assert (audio.mime_type, len(base64.b64decode(audio.data))) == (told["audio_type"], told["audio_bytes"])
    picture = Image.open(BytesIO(base64.b64decode(image.data, validate=True)))
    assert (picture.format, picture.size) == ("PNG", (480, 240))
    assert (image.mime_type, len(base64.b64decode(image.data))) == (told["image_type"], told["image_bytes"])
    assert audio.data not in json.dumps(told)
    assert told["sample_id"] in text.text
    assert len(result.model_dump_json(by_alias=True)) < MOST_CHARACTERS
    return told


async def test_a_hit_can_be_heard_in_memory_and_over_stdio(served: Served) -> None:
    command = ["-m", "soundpalette", "serve"]
    server = StdioServerParameters(command=sys.executable, args=command, env=served.environment)
    async with Client(build(served.bench)) as near, Client(server) as far:
        hits = await far.call_tool("search_by_text", {"query": "kick drum", "top_k": 1})
        assert isinstance(hits.structured_content, dict)
        sample = hits.structured_content["hits"][0]["sample_id"]
        assert await heard(near, sample) == await heard(far, sample)


async def test_a_client_without_sound_reads_where_the_file_is(served: Served) -> None:
    async with Client(build(served.bench)) as client:
        (text, *_) = (await client.call_tool("audition", {"sample": KICK})).content
    assert isinstance(text, TextContent)
    path = text.text.split('"')[1]
    assert path.endswith(KICK)
    assert Path(path).is_file()
    assert ": kick, one-shot, " in text.text
    assert " LUFS, peak " in text.text
    assert "the user can open the file" in text.text


async def test_the_sound_is_meant_for_the_user(served: Served) -> None:
    async with Client(build(served.bench)) as client:
        _, audio, image = (await client.call_tool("audition", {"sample": KICK})).content
    assert audio.annotations is not None
    assert audio.annotations.audience == ["user"]
    assert image.annotations is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "sample is missing; the input schema lists what is taken"),
        ({"sample": ""}, "a reference is a sample_id or a path of 1 to 4,096"),
        ({"sample": ["a"]}, "sample is ['a']: "),
        ({"sample": "0123456789ab"}, "there is no sample 0123456789ab"),
        ({"sample": "/etc/passwd"}, "'/etc/passwd' names no file within reach"),
        ({"sample": "x" * 5000}, "a reference is a sample_id or a path of 1 to 4,096"),
    ],
)
async def test_what_cannot_be_heard_is_one_sentence(served: Served, arguments: dict[str, Any], sentence: str) -> None:
    async with Client(build(served.bench)) as client:
        refused: CallToolResult = await client.call_tool("audition", arguments)
    assert refused.is_error
    (content,) = refused.content
    assert isinstance(content, TextContent)
    assert content.text.startswith(sentence)
    assert "\n" not in content.text
    assert len(content.text) < 350


async def test_even_a_sample_of_the_library_is_read_in_the_lane_of_files(served: Served) -> None:
    calls, gate = Calls(waiting=0), Gate()
    async with Client(build(served.bench, calls)) as client, anyio.create_task_group() as tasks:
        sample = (await heard(client, KICK))["sample_id"]
        for _ in range(max(1, processors() // 2)):
            tasks.start_soon(calls.files.run, gate.work("a file"))
        await until(lambda: calls.files.at_work == max(1, processors() // 2))
        refused = await client.call_tool("audition", {"sample": sample})
        found = await client.call_tool("search_by_audio", {"reference": sample, "top_k": 1})
        gate.open()
    assert not found.is_error
    (content,) = refused.content
    assert isinstance(content, TextContent)
    assert content.text == "0 calls are waiting; call again in a second"

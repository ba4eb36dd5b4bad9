"""compose.yaml and what is laid over it: valid, and closed where it can be."""

import subprocess
import sys
from typing import Any

import pytest

from tests.delivery.compose import COMPOSE, read_yaml
from tests.delivery.dockerfile import PROJECT

SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", ["compose.yaml", "deploy/gpu-vm/compose.gpu.yaml"])
def test_it_fits_the_compose_specification(name: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(PROJECT / name)]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_may_do_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in service
    assert "privileged" not in service
    audio = [volume for volume in service["volumes"] if isinstance(volume, dict)]
    assert all(volume["read_only"] and volume["target"] == "/audio" for volume in audio)


def test_the_server_is_reached_from_this_machine_alone_with_a_token_from_a_file() -> None:
    server = SERVICES["server"]
    assert server["ports"] == ["127.0.0.1:8765:8765"]
    (secret,) = server["secrets"]
    assert server["environment"]["SOUNDPALETTE_SERVER__TOKEN_FILE"] == f"/run/secrets/{secret}"
    assert "file" in COMPOSE["secrets"][secret], "other sources cannot be given to a read-only container"
    assert "SOUNDPALETTE_SERVER__TOKEN" not in server["environment"]


def test_only_the_server_starts_by_itself_and_only_the_download_writes_weights() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["server"]
    assert [name for name, service in SERVICES.items() if "models:/models" in service["volumes"]] == ["models"]
    assert SERVICES["indexer"]["network_mode"] == "none"


def test_the_gpu_override_names_a_service_and_a_build_argument_that_there_are() -> None:
    override = read_yaml(PROJECT / "deploy" / "gpu-vm" / "compose.gpu.yaml")["services"]
    assert set(override) <= set(SERVICES)
    for argument in override["indexer"]["build"]["args"]:
        assert f"ARG {argument}=" in (PROJECT / "Dockerfile").read_text(encoding="utf-8")

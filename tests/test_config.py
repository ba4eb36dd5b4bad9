"""The configuration: defaults, file, environment, and what is refused."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from soundpalette.config import Config, load_config
from soundpalette.errors import ConfigError

PROJECT = Path(__file__).parent.parent


def keys() -> list[tuple[str, str]]:
    table = tomllib.loads((PROJECT / "config.toml").read_text())
    return [(section, key) for section, values in table.items() for key in values]


@pytest.fixture(autouse=True)
def no_data_dir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOUNDPALETTE_DATA_DIR")


def test_config_toml_holds_every_key_at_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    default = load_config()
    monkeypatch.setenv("SOUNDPALETTE_CONFIG", str(PROJECT / "config.toml"))
    assert load_config() == default
    fields = {(section, key) for section, values in default.model_dump().items() for key in values}
    assert set(keys()) == fields


def test_every_key_of_config_toml_is_commented() -> None:
    lines = (PROJECT / "config.toml").read_text().splitlines()
    section = ""
    for line in lines:
        if line.startswith("["):
            section = line
        elif " = " in line and not line.startswith("#"):
            assert "#" in line or "#" in section, line


OTHER: dict[str, Any] = {
    "name": "clamp3", "dtype": "float32", "profile": "sequential", "device": "cpu", "log_level": "debug",
    "log_format": "json", "reference_dirs": ("/music",), "allowed_hosts": ("sounds.example.org",),
    "backend": "milvus", "milvus_uri": "http://elsewhere:19530",
    "allowed_origins": ("https://daw.example.org",), "cors_origins": ("https://daw.example.org",),
}  # fmt: skip


@pytest.mark.parametrize(("section", "key"), keys())
def test_every_key_has_its_environment_variable(monkeypatch: pytest.MonkeyPatch, section: str, key: str) -> None:
    default = getattr(getattr(Config(), section), key)
    wanted = OTHER.get(key, default + 3 if isinstance(default, int | float) else "elsewhere")
    text = json.dumps(wanted) if isinstance(wanted, tuple) else str(wanted)
    monkeypatch.setenv(f"SOUNDPALETTE_{section}__{key}".upper(), text)
    found = getattr(getattr(load_config(), section), key)
    assert found == (tuple(Path(p) for p in wanted) if key == "reference_dirs" else wanted)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[search]\ndefault_top_k = 7\nmax_top_k = 50\n")
    monkeypatch.setenv("SOUNDPALETTE_CONFIG", str(tmp_path / "c.toml"))
    monkeypatch.setenv("SOUNDPALETTE_SEARCH__MAX_TOP_K", "60")
    search = load_config().search
    assert (search.default_top_k, search.max_top_k) == (7, 60)


def test_the_data_folder_moves_all_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOUNDPALETTE_DATA_DIR", str(tmp_path / "state"))
    config = load_config()
    assert config.data_dir == tmp_path / "state"
    assert config.models_dir == tmp_path / "state" / "models"
    monkeypatch.setenv("SOUNDPALETTE_MODELS__CACHE_DIR", str(tmp_path / "weights"))
    assert load_config().models_dir == tmp_path / "weights"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[search]\ndefault_top_k = 0", r"search.default_top_k is 0: input should be greater than or equal to 1"),
        ("[search]\ndefault_top_k = 50\nmax_top_k = 20", r"default_top_k \(50\) is above max_top_k \(20\)"),
        ("[encoder]\nname = 'clap'", "encoder.name is 'clap': input should be 'compact' or 'clamp3'"),
        ("[serch]\ntop_k = 3", "serch is not a key of the configuration"),
        ("[search]\ntopk = 3", "search.topk is not a key of the configuration"),
        ("search = 3", "search is 3: .*a section with keys"),
        ("[search\n", "is not valid TOML"),
    ],
)
def test_a_wrong_file_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    monkeypatch.setenv("SOUNDPALETTE_CONFIG", str(tmp_path / "c.toml"))
    with pytest.raises(ConfigError, match=words) as caught:
        load_config()
    assert "pydantic" not in str(caught.value)


def test_a_wrong_variable_and_a_missing_file_are_sentences(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOUNDPALETTE_SEARCH__MAX_TOP_K", "many")
    with pytest.raises(ConfigError, match="search.max_top_k is 'many'"):
        load_config()
    monkeypatch.delenv("SOUNDPALETTE_SEARCH__MAX_TOP_K")
    monkeypatch.setenv("SOUNDPALETTE_PATHS__REFERENCE_DIRS", "not json")
    with pytest.raises(ConfigError, match="an environment variable does not fit"):
        load_config()
    monkeypatch.delenv("SOUNDPALETTE_PATHS__REFERENCE_DIRS")
    monkeypatch.setenv("SOUNDPALETTE_DATA_DIR", "~nobody-here/x")
    with pytest.raises(ConfigError, match="cannot be found"):
        _ = load_config().data_dir
    monkeypatch.setenv("SOUNDPALETTE_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(ConfigError, match="which is no file; mend or unset it"):
        load_config()


def test_nothing_of_the_configuration_can_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_config().search.max_top_k = 3  # type: ignore[misc]
    assert "SOUNDPALETTE_CONFIG" not in os.environ


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("localhost:19530", "an address such as http://localhost:19530 is wanted, or a file that ends in .db"),
        ("http://host:port", "Port could not be cast"),
        ("http://root:hunter2@host", "the address holds a password; it belongs into milvus_token"),
    ],
)
def test_an_address_of_milvus_that_is_none_is_refused_and_no_password_shown(
    monkeypatch: pytest.MonkeyPatch, uri: str, sentence: str
) -> None:
    monkeypatch.setenv("SOUNDPALETTE_INDEX__MILVUS_URI", uri)
    with pytest.raises(ConfigError, match=sentence) as caught:
        load_config()
    assert "hunter2" not in str(caught.value)


def test_milvus_is_a_file_in_the_data_folder_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOUNDPALETTE_DATA_DIR", str(tmp_path))
    assert load_config().milvus_uri == str(tmp_path / "milvus.db")
    monkeypatch.setenv("SOUNDPALETTE_INDEX__MILVUS_URI", "~/mine.db")
    assert load_config().milvus_uri == str(Path.home() / "mine.db")
    monkeypatch.setenv("SOUNDPALETTE_INDEX__MILVUS_TOKEN", "root:hunter2")
    assert "hunter2" not in repr(load_config())

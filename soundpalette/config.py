"""The configuration: config.toml and the environment, read once into one frozen Config and passed down as values."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from soundpalette.errors import ConfigError

APP: Final = "soundpalette"
PREFIX: Final = "SOUNDPALETTE_"
CONFIG_VARIABLE: Final = "SOUNDPALETTE_CONFIG"
DATA_VARIABLE: Final = "SOUNDPALETTE_DATA_DIR"
LICENCE_VARIABLE: Final = "SOUNDPALETTE_ACCEPT_LICENSE"

Folder = Annotated[Path, AfterValidator(lambda path: _folder(str(path)))]
"""A folder, made absolute."""


def _milvus(uri: str) -> str:
    """An address as it is, a file's path made absolute."""
    if not uri:
        return ""
    if uri.endswith(".db"):
        return str(_folder(uri))
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https", "tcp") or not parts.hostname or parts.port == 0:
        raise ValueError("an address such as http://localhost:19530 is wanted, or a file that ends in .db")
    if parts.username or parts.password:
        raise ValueError("the address holds a password; it belongs into milvus_token, as user:password")
    return uri


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderSection(_Section):
    name: Literal["compact", "clamp3"] = "compact"
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"


class ModelsSection(_Section):
    cache_dir: str = ""
    mert: str = Field("m-a-p/MERT-v1-95M", min_length=1)
    clamp3: str = Field("sander-wood/clamp3", min_length=1)
    text: str = Field("FacebookAI/xlm-roberta-base", min_length=1)


class ProcessingSection(_Section):
    profile: Literal["parallel", "sequential"] = "parallel"
    batch_size: int = Field(32, ge=1, le=1024)
    num_workers: int = Field(0, ge=0, le=64)
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"


class PathsSection(_Section):
    data_dir: str = ""
    vocabulary: str = ""
    reference_dirs: tuple[Folder, ...] = ()


class IndexSection(_Section):
    backend: Literal["faiss", "milvus"] = "faiss"
    milvus_uri: Annotated[str, AfterValidator(_milvus)] = ""
    milvus_token: str = Field("", repr=False)
    max_seconds: float = Field(14400.0, gt=0)
    max_channels: int = Field(64, ge=1, le=1024)
    max_rate: int = Field(768_000, ge=1)
    max_bytes: int = Field(4 << 30, ge=1)


class SearchSection(_Section):
    default_top_k: int = Field(10, ge=1)
    max_top_k: int = Field(100, ge=1, le=1000)

    @model_validator(mode="after")
    def _default_within_max(self) -> "SearchSection":
        if self.default_top_k > self.max_top_k:
            raise ValueError(f"default_top_k ({self.default_top_k}) is above max_top_k ({self.max_top_k})")
        return self


class ServerSection(_Section):
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    log_format: Literal["text", "json"] = "text"
    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8765, ge=0, le=65535)
    token: str = Field("", repr=False)
    token_file: str = ""
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    max_upload_bytes: int = Field(64 << 20, ge=1)
    max_waiting: int = Field(256, ge=1)


class Config(BaseSettings):
    """Every setting; see config.toml for what each key means."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", env_ignore_empty=True
    )

    encoder: EncoderSection = EncoderSection()
    models: ModelsSection = ModelsSection()
    processing: ProcessingSection = ProcessingSection()
    paths: PathsSection = PathsSection()
    index: IndexSection = IndexSection()
    search: SearchSection = SearchSection()
    server: ServerSection = ServerSection()

    @field_validator("*", mode="before")
    @classmethod
    def _section_is_a_table(cls, value: object) -> object:
        if not isinstance(value, dict | _Section):
            raise ValueError("a section with keys is wanted here, such as [encoder]")
        return value

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *args: PydanticBaseSettingsSource, **kwargs: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return kwargs["init_settings"], kwargs["env_settings"], TomlConfigSettingsSource(settings_cls, config_file())

    @property
    def models_dir(self) -> Path:
        """Where downloaded weights live."""
        return _folder(self.models.cache_dir) or self.data_dir / "models"

    @property
    def vocabulary(self) -> Path | None:
        """The user's own vocabulary file; None: the package's."""
        return _folder(self.paths.vocabulary)

    @property
    def milvus_uri(self) -> str:
        """An address, or the file that Milvus Lite keeps."""
        return self.index.milvus_uri or str(self.data_dir / "milvus.db")

    @property
    def data_dir(self) -> Path:
        """Where all state lives."""
        return _folder(self.paths.data_dir) or Path(platformdirs.user_data_dir(APP, False))


def load_config() -> Config:
    """Read config.toml and the environment. Raises ConfigError with a sentence a fault."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named and not config_file().is_file():
        raise ConfigError(f"{CONFIG_VARIABLE} names {named}, which is no file; mend or unset it")
    try:
        config = Config()
    except ValidationError as error:
        raise ConfigError("; ".join(_sentence(fault) for fault in error.errors())) from error
    except SettingsError as error:
        raise ConfigError(
            "an environment variable does not fit: a key is written SOUNDPALETTE_SECTION__KEY, a list as JSON "
            """(SOUNDPALETTE_PATHS__REFERENCE_DIRS='["/music"]'); config.toml lists the keys"""
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{config_file()} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{config_file()} cannot be read ({error.strerror}); mend its rights") from error
    if data_dir := os.environ.get(DATA_VARIABLE):
        return config.model_copy(update={"paths": config.paths.model_copy(update={"data_dir": data_dir})})
    return config


def config_file() -> Path:
    """The config.toml in use; it need not exist unless SOUNDPALETTE_CONFIG names it."""
    named = os.environ.get(CONFIG_VARIABLE, "")
    return _folder(named) or Path(platformdirs.user_config_dir(APP, False), "config.toml")


def _folder(named: str) -> Path | None:
    try:
        return Path(named).expanduser().absolute() if named else None
    except RuntimeError as error:  # a ~name that is nobody's
        raise ConfigError(f"{named} cannot be found ({error}); name an absolute path") from error


def _sentence(fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{key} is not a key of the configuration; config.toml in the project lists them all"
    if key.endswith("token"):
        return f"{key} is no text; write it in quotes"  # and never into a log
    if key.endswith("milvus_uri"):  # which may hold a password
        return f"{key}: {fault['msg'].removeprefix('Value error, ')}"
    said = fault["msg"].removeprefix("Value error, ").replace("tuple", "list")
    return f"{key} is {fault['input']!r}: {said[0].lower()}{said[1:]}"

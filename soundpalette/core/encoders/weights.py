"""CLaMP3's weights: fetched from the hub or found locally, checked, converted once to safetensors.

Layout of the model cache (`[models] cache_dir`):

    hub/                        what huggingface_hub fetched; may be deleted once it is converted
    clamp3/<revision>/          converted and complete (written beside, then renamed): safetensors a tower, their
                                settings, the tokenizer, and manifest.json (sha256 of what was read, sizes written)
    clamp3/sources-<key>.json   which revision these three sources are; size and mtime_ns of every local file

The revision (12 hex characters) covers the sha256 of every file that was read, the number of heads and the recipe, so
a hub commit and a local copy of the same bytes share one space. Files of several GB are hashed once, when they are
converted; afterwards a local source counts as unchanged while every size and mtime_ns is the same, and a hub source is
what was downloaded last. So finding installed weights costs a few stats and imports neither torch nor the hub's client.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import time
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any, Final

import platformdirs

from soundpalette.core.encoders.checkpoint import Published, convert
from soundpalette.errors import WeightsError

CHECKPOINT: Final = (
    "weights_clamp3_saas_h_size_768_t_model_FacebookAI_xlm-roberta-base_t_length_128_a_size_768_a_layers_12"
    "_a_length_128_s_size_768_s_layers_12_p_size_64_p_length_512.pth"
)
MERT_FILES: Final = ("config.json", "pytorch_model.bin")
TEXT_FILES: Final = ("config.json", "tokenizer.json")
RECIPE: Final = 1
"""Raised whenever windows, padding, normalisation or pooling change: vectors of two recipes are never compared."""
FEATURES_RECIPE: Final = 1
"""The same for windows, normalisation and MERT alone: features of two recipes are never pooled as one file's."""
TERMS: Final = (
    "CLaMP3 is a download of about 2.2 GB (MERT-v1-95M 0.4 GB, the CLaMP3 checkpoint 1.8 GB, the tokenizer 9 MB) "
    "and 1.8 GB more once converted; MERT's weights are licensed CC-BY-NC-4.0 (no commercial use)"
)
MEND: Final = "run `soundpalette models download clamp3`, or set [models] mert, clamp3 and text to local paths"

_log: Final = logging.getLogger(__name__)
_SCRATCH: Final = ".converting-"
_HUB_ID: Final = re.compile(r"(?P<repo>[\w-][\w.-]*/[\w-][\w.-]*)(@(?P<revision>[\w./-]+))?")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the weights come from: each a hub id, optionally `id@revision`, or a local path.

    Locally `mert` and `text` are folders as on the hub; `clamp3` is the checkpoint file (or the folder around it).
    """

    mert: str | Path = "m-a-p/MERT-v1-95M"
    clamp3: str | Path = "sander-wood/clamp3"
    text: str | Path = "FacebookAI/xlm-roberta-base"


@dataclass(frozen=True, slots=True)
class Installed:
    """Converted weights in `folder`: the space's revision and dimension, the heads of the audio tower.

    `features` is the revision of MERT's features (12 hex characters): another CLaMP3 checkpoint leaves it as it is.
    """

    folder: Path
    revision: str
    dimension: int
    audio_heads: int
    features: str


def default_cache() -> Path:
    """The model cache of one who names none: models/ in the user's data folder, as in the configuration."""
    return Path(platformdirs.user_data_dir("soundpalette", False)) / "models"


def find(sources: Sources, cache_dir: Path) -> Installed | None:
    """The converted weights of `sources`, or None where they must be fetched or converted first; a few stats."""
    found = _read_json(_pointer(sources, cache_dir))
    try:
        if any(_stamp(Path(file["path"])) != file["stamp"] for file in found["local"]):
            return None
        return _complete(cache_dir / "clamp3" / found["revision"])
    except (KeyError, TypeError):
        return None


def install(sources: Sources, cache_dir: Path) -> Installed:
    """`find`, or convert what lies on this machine; never touches the network.

    Converting imports torch and reads the files once. Raises WeightsError where a file is missing,
    damaged or not what was expected.
    """
    return find(sources, cache_dir) or _install(sources, cache_dir)


def download_clamp3(
    sources: Sources, cache_dir: Path, *, accept_license: bool, endpoint: str | None = None
) -> Installed:
    """Fetch what `sources` name on the hub (progress bars on stderr), check it, convert it.

    Raises WeightsError where MERT's licence is not accepted, the hub cannot be reached or refuses, or a file that came
    is not what was expected. An interrupted download goes on where it broke off.
    """
    if _hub_id(sources.mert) and not accept_license:
        raise WeightsError(f"{TERMS}; to accept, pass --accept-license or set SOUNDPALETTE_ACCEPT_LICENSE=1")
    for source, names in _wanted(sources):
        if hub := _hub_id(source):
            for name in names:
                _fetch(hub["repo"], hub["revision"], name, cache_dir, endpoint)
    return _install(sources, cache_dir)


def _fetch(repo: str, revision: str | None, name: str, cache_dir: Path, endpoint: str | None) -> None:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]  # of the HTTP client it uses: httpx or httpx2

    _log.info("fetching %s of %s", name, repo)
    try:
        hf_hub_download(repo, name, revision=revision, cache_dir=cache_dir / "hub", endpoint=endpoint)
    except (HTTPError, OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(
            f"{repo}: {name} did not come ({reason}); check network and id, then run it again"
        ) from error


def _install(sources: Sources, cache_dir: Path) -> Installed:
    published = _locate(sources, cache_dir)
    files = published.roles()
    stamps = {role: _stamp(path) for role, path in files.items()}
    hashes = {role: _sha256(path, cache_dir / "hub") for role, path in files.items() if stamps[role]}
    revision = hashlib.sha256(json.dumps([RECIPE, sorted(hashes.items())]).encode()).hexdigest()[:12]
    try:
        installed = _complete(cache_dir / "clamp3" / revision) or _convert(published, cache_dir, revision, hashes)
        local = [
            {"path": str(path), "stamp": stamps[role], "sha256": hashes.get(role)}
            for role, path in files.items()
            if not _hub_id(_source_of(role, sources))
        ]
        _write_json(_pointer(sources, cache_dir), {"revision": revision, "sources": _spelled(sources), "local": local})
    except OSError as error:
        raise WeightsError(f"model cache {cache_dir} cannot be written ({error}); set [models] cache_dir") from error
    return installed


def _convert(published: Published, cache_dir: Path, revision: str, hashes: dict[str, str]) -> Installed:
    folder = cache_dir / "clamp3" / revision
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    _log.info("checking and converting CLaMP3's weights, once, into %s", folder)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        facts = asdict(convert(published, made))
        sizes = {path.name: path.stat().st_size for path in made.iterdir()}
        for path in made.iterdir():
            _settle(path)
        facts |= {"revision": revision, "recipe": RECIPE, "sizes": sizes, "sha256": hashes}
        _write_json(made / "manifest.json", facts)
        if _complete(folder) is None:
            if folder.exists():
                folder.rename(Path(scratch) / "damaged")
            made.rename(folder)
    return _installed(folder, facts)


def _sweep(parent: Path) -> None:
    """Remove what a killed conversion left behind."""
    for path in parent.glob(f"{_SCRATCH}*"):
        if time.time() - path.stat().st_mtime > 3600:
            shutil.rmtree(path, ignore_errors=True)


def _complete(folder: Path) -> Installed | None:
    manifest = _read_json(folder / "manifest.json")
    try:
        if any((folder / name).stat().st_size != size for name, size in manifest["sizes"].items()):
            return None
        return _installed(folder, manifest)
    except (KeyError, TypeError, AttributeError, OSError):
        return None


def _installed(folder: Path, facts: dict[str, Any]) -> Installed:
    mert = [FEATURES_RECIPE, *(facts["sha256"][role] for role in ("mert_config", "mert_weights"))]
    features = hashlib.sha256(json.dumps(mert).encode()).hexdigest()[:12]
    return Installed(folder, facts["revision"], facts["dimension"], facts["audio_heads"], features)


def _locate(sources: Sources, cache_dir: Path) -> Published:
    found: list[Path] = []
    missing: dict[str, None] = {}
    for source, names in _wanted(sources):
        for name in names:
            path = _local(source, name, cache_dir)
            found.append(path)
            if not path.is_file():
                missing[str(source if _hub_id(source) else path)] = None
    if missing:
        raise WeightsError(f"CLaMP3's weights are not here (missing {', '.join(missing)}); {MEND}")
    return Published(*found)


def _local(source: str | Path, name: str, cache_dir: Path) -> Path:
    hub = _hub_id(source)
    if hub is None:
        path = Path(source).expanduser().absolute()
        return path if name == CHECKPOINT and not path.is_dir() else path / name
    from huggingface_hub import try_to_load_from_cache

    cached = try_to_load_from_cache(hub["repo"], name, cache_dir=cache_dir / "hub", revision=hub["revision"])
    return Path(cached) if isinstance(cached, str) else cache_dir / "hub" / name


def _hub_id(source: str | Path) -> dict[str, str] | None:
    """The parts of a hub id; None for a path. What exists on this machine is a path, but for the published ids:
    a folder of that name in whatever folder a client starts us in is not what was meant."""
    match = None if isinstance(source, Path) else _HUB_ID.fullmatch(source)
    if match is None or (match["repo"] not in _PUBLISHED and Path(source).expanduser().exists()):
        return None
    return match.groupdict()


_PUBLISHED: Final = frozenset(map(str, astuple(Sources())))


def _wanted(sources: Sources) -> list[tuple[str | Path, tuple[str, ...]]]:
    return [(sources.mert, MERT_FILES), (sources.clamp3, (CHECKPOINT,)), (sources.text, TEXT_FILES)]


def _source_of(role: str, sources: Sources) -> str | Path:
    if role.startswith("mert"):
        return sources.mert
    return sources.clamp3 if role in ("checkpoint", "heads") else sources.text


def _spelled(sources: Sources) -> list[str]:
    return [
        source if isinstance(source, str) and _hub_id(source) else str(Path(source).expanduser().absolute())
        for source in (sources.mert, sources.clamp3, sources.text)
    ]


def _pointer(sources: Sources, cache_dir: Path) -> Path:
    key = hashlib.sha256("\n".join(_spelled(sources)).encode()).hexdigest()[:12]
    return cache_dir / "clamp3" / f"sources-{key}.json"


def _stamp(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def _sha256(path: Path, hub: Path) -> str:
    """The file's hash; below `hub` held against the name under which its client stored it (its hash, if large)."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}); check that it may be read") from error
    stored = path.resolve()
    if stored.is_relative_to(hub.resolve()) and re.fullmatch(r"[0-9a-f]{64}", stored.name) and stored.name != found:
        path.unlink(missing_ok=True)
        stored.unlink(missing_ok=True)
        raise WeightsError(f"{path.name} was damaged while it was downloaded and is deleted; run the download again")
    return found


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _settle(path: Path) -> None:
    """On the disk, and readable by the other users of a shared cache (safetensors writes 0600)."""
    path.chmod(0o644)
    with path.open("r+b") as file:  # Windows flushes only what may be written
        os.fsync(file.fileno())


def _write_json(path: Path, value: object) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)

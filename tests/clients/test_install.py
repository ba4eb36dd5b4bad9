"""`soundpalette install` on real files of a temporary home."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from soundpalette.clients import Client, Machine, place, plan
from soundpalette.clients.entry import entry
from soundpalette.errors import InstallError

CLAUDE = (
    '{\n  "numStartups": 3,\n  "mcpServers": {"docs": {"type": "http", "url": "https://example.com"}},\n  "é": 1\n}'
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def install(*arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "soundpalette", "install", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, input=answer, timeout=60)
    assert "Traceback" not in result.stderr
    return result


def here(**more: str) -> Machine:
    return Machine("linux", dict(os.environ) | more)


@pytest.mark.parametrize(
    ("client", "file", "key"),
    [
        ("claude-desktop", ".config/Claude/claude_desktop_config.json", "mcpServers"),
        ("claude-code", ".claude.json", "mcpServers"),
        ("cursor", ".cursor/mcp.json", "mcpServers"),
        ("vscode", ".config/Code/User/mcp.json", "servers"),
    ],
)
def test_the_entry_that_is_written_starts_a_server_that_answers(home: Path, client: str, file: str, key: str) -> None:
    plan(Client(client), here()).write()
    written = json.loads((home / file).read_text())
    assert list(written) == [key]
    assert list(written[key]) == ["soundpalette"]
    server = written[key]["soundpalette"]
    assert ("type" in server) == (client in ("claude-code", "vscode"))
    assert server["env"] == {"SOUNDPALETTE_DATA_DIR": os.environ["SOUNDPALETTE_DATA_DIR"]}
    assert server["args"] == ["serve"]
    assert Path(server["command"]).is_absolute()
    version = subprocess.run([server["command"], "--version"], capture_output=True, text=True, timeout=60)
    assert version.returncode == 0


def test_the_change_is_shown_then_asked_for_and_the_older_file_kept(home: Path) -> None:
    file = home / ".claude.json"
    file.write_text(CLAUDE)
    file.chmod(0o600)
    refused = install("claude-code", answer="n\n")
    assert refused.returncode == 1
    assert '+    "soundpalette": {' in refused.stdout
    assert "nothing was changed" in refused.stderr
    assert install("claude-code").returncode == 1  # nobody answers
    shown = install("claude-code", "--dry-run")
    assert (shown.returncode, shown.stdout.strip()) == (0, refused.stdout.strip())
    assert file.read_text() == CLAUDE
    assert [path.name for path in home.iterdir()] == [".claude.json"]
    done = install("claude-code", answer="y\n")
    assert done.returncode == 0
    assert "the older one is kept as .claude.json.backup1" in done.stdout
    assert (home / ".claude.json.backup1").read_text() == CLAUDE
    new = json.loads(file.read_text())
    assert list(new) == ["numStartups", "mcpServers", "é"]
    assert list(new["mcpServers"]) == ["docs", "soundpalette"]
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}
    again = install("claude-code", "--yes")
    assert "starts soundpalette already" in again.stdout
    assert sorted(path.name for path in home.iterdir()) == [".claude.json", ".claude.json.backup1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"mcpServers": {', "it is not valid JSON"),
        (b'{"mcpServers": {} // mine\n}', "it is not valid JSON"),
        (b'{"mcpServers": [1]}', "mcpServers is no object"),
        (b'{"\xff": 1}', "cannot be read"),
    ],
)
def test_a_file_that_is_no_json_is_one_sentence_and_stays(home: Path, content: bytes, words: str) -> None:
    file = home / ".cursor" / "mcp.json"
    file.parent.mkdir()
    file.write_bytes(content)
    result = install("cursor", "--yes")
    assert result.returncode == 1
    assert f"{file}" in result.stderr
    assert words in result.stderr
    assert "nothing was changed" in result.stderr
    assert result.stderr.count("\n") == 1
    assert file.read_bytes() == content
    assert list(file.parent.iterdir()) == [file]


def test_a_link_stays_a_link_and_each_backup_has_its_name(home: Path) -> None:
    (home / "dotfiles").mkdir()
    real = home / "dotfiles" / "claude.json"
    real.write_text("\ufeff{}")
    (home / ".claude.json").symlink_to(real)
    plan(Client.CLAUDE_CODE, here()).write()
    changed = plan(Client.CLAUDE_CODE, here(SOUNDPALETTE_CONFIG=str(home / "c.toml"))).write()
    assert (home / ".claude.json").is_symlink()
    assert changed == home / "dotfiles" / "claude.json.backup2"
    assert real.read_bytes().startswith(b"\xef\xbb\xbf{")
    servers = json.loads(real.read_text("utf-8-sig"))["mcpServers"]
    assert servers["soundpalette"]["env"]["SOUNDPALETTE_CONFIG"] == str(home / "c.toml")


def test_a_file_that_changed_since_it_was_shown_is_left_alone(home: Path) -> None:
    file = home / ".claude.json"
    file.write_text("{}")
    change = plan(Client.CLAUDE_CODE, here())
    file.write_text(CLAUDE)
    with pytest.raises(InstallError, match="has changed since it was shown"):
        change.write()
    assert file.read_text() == CLAUDE


def test_a_folder_that_cannot_be_made_is_a_sentence(home: Path) -> None:
    (home / ".cursor").write_text("no folder")
    with pytest.raises(InstallError, match=r"mcp.json cannot be (read|written)"):
        plan(Client.CURSOR, here()).write()


def test_comments_in_vs_codes_file_stay(home: Path) -> None:
    file = home / ".config" / "Code" / "User" / "mcp.json"
    file.parent.mkdir(parents=True)
    file.write_text('{\n\t// what I use\n\t"servers": {},\n}\n')
    plan(Client.VSCODE, here()).write()
    assert file.read_text().startswith(
        '{\n\t// what I use\n\t"servers": {\n\t\t"soundpalette": {\n\t\t\t"type": "stdio"'
    )
    assert not plan(Client.VSCODE, here()).needed


WINDOWS = {"USERPROFILE": "/u", "APPDATA": "/u/AppData/Roaming", "LOCALAPPDATA": "/u/AppData/Local"}


@pytest.mark.parametrize(
    ("client", "system", "environment", "path"),
    [
        (
            "claude-desktop",
            "darwin",
            {"HOME": "/h"},
            "/h/Library/Application Support/Claude/claude_desktop_config.json",
        ),
        ("claude-desktop", "win32", WINDOWS, "/u/AppData/Roaming/Claude/claude_desktop_config.json"),
        ("claude-desktop", "linux", {"HOME": "/h"}, "/h/.config/Claude/claude_desktop_config.json"),
        ("claude-desktop", "linux", {"XDG_CONFIG_HOME": "/x"}, "/x/Claude/claude_desktop_config.json"),
        ("claude-code", "win32", WINDOWS, "/u/.claude.json"),
        ("claude-code", "darwin", {"HOME": "/h", "CLAUDE_CONFIG_DIR": "/c"}, "/c/.claude.json"),
        ("cursor", "darwin", {"HOME": "/h"}, "/h/.cursor/mcp.json"),
        ("cursor", "win32", WINDOWS, "/u/.cursor/mcp.json"),
        ("vscode", "darwin", {"HOME": "/h"}, "/h/Library/Application Support/Code/User/mcp.json"),
        ("vscode", "win32", WINDOWS, "/u/AppData/Roaming/Code/User/mcp.json"),
    ],
)
def test_each_system_has_its_places(client: str, system: str, environment: Mapping[str, str], path: str) -> None:
    assert place(Client(client), Machine(system, environment)) == Path(path)


def test_the_windows_package_of_claude_desktop_reads_its_own_folder(tmp_path: Path) -> None:
    windows = Machine("win32", {"APPDATA": str(tmp_path / "Roaming"), "LOCALAPPDATA": str(tmp_path / "Local")})
    inside = "LocalCache/Roaming/Claude"
    package = tmp_path / "Local" / "Packages" / "Claude_pzs8sxrjxfjjc" / inside
    package.mkdir(parents=True)
    assert place(Client.CLAUDE_DESKTOP, windows) == package / "claude_desktop_config.json"
    (tmp_path / "Local" / "Packages" / "Claude_other" / inside).mkdir(parents=True)
    with pytest.raises(InstallError, match="installed 2 times"):
        place(Client.CLAUDE_DESKTOP, windows)


def test_without_a_home_the_place_is_not_guessed() -> None:
    with pytest.raises(InstallError, match="HOME is not set"):
        place(Client.CURSOR, Machine("linux", {}))


def test_no_secret_is_written() -> None:
    environment = {"SOUNDPALETTE_SERVER__TOKEN": "secret", "SOUNDPALETTE_CONFIG": "c.toml", "PATH": "/bin"}
    written = entry(environment, typed=False)
    assert written["env"] == {"SOUNDPALETTE_CONFIG": str(Path.cwd() / "c.toml")}
    assert "secret" not in json.dumps(written)

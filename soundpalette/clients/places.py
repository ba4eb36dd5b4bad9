"""Where each client keeps its configuration, and how an entry is written there.

Sources, each the client's own documentation or, where that is silent, its tracker:
Claude Desktop: modelcontextprotocol.io, "Connect to local MCP servers"; its Windows package (MSIX) reads the copy in
its own container (anthropics/claude-code#26073). Claude Code: `claude mcp add --scope user` writes ~/.claude.json,
which CLAUDE_CONFIG_DIR moves. Cursor: cursor.com/docs/mcp. VS Code: code.visualstudio.com, "MCP configuration
reference"; the user's mcp.json lies beside the user's settings.json and may hold comments and trailing commas.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from soundpalette.errors import InstallError


class Client(StrEnum):
    CLAUDE_DESKTOP = "claude-desktop"
    CLAUDE_CODE = "claude-code"
    CURSOR = "cursor"
    VSCODE = "vscode"


@dataclass(frozen=True, slots=True)
class Form:
    """A client's name, the key of its servers, whether an entry tells its type, whether comments may stand there."""

    title: str
    key: str = "mcpServers"
    typed: bool = False
    comments: bool = False


FORMS: Final = {
    Client.CLAUDE_DESKTOP: Form("Claude Desktop"),
    Client.CLAUDE_CODE: Form("Claude Code", typed=True),
    Client.CURSOR: Form("Cursor"),
    Client.VSCODE: Form("VS Code", key="servers", typed=True, comments=True),
}


@dataclass(frozen=True, slots=True)
class Machine:
    """The system (as sys.platform) and the environment that tell where files are."""

    system: str
    environment: Mapping[str, str]

    @classmethod
    def here(cls) -> "Machine":
        return cls(sys.platform, dict(os.environ))

    def folder(self, variable: str) -> Path:
        """The folder that a variable names. Raises InstallError where it is not set."""
        named = self.environment.get(variable, "")
        if not named:
            raise InstallError(f"{variable} is not set, so the client's folder is not known; set it")
        return Path(named)

    @property
    def home(self) -> Path:
        return self.folder("USERPROFILE" if self.system == "win32" else "HOME")

    @property
    def applications(self) -> Path:
        """Where programs keep a user's data."""
        if self.system == "win32":
            return self.folder("APPDATA")
        if self.system == "darwin":
            return self.home / "Library" / "Application Support"
        return Path(self.environment.get("XDG_CONFIG_HOME") or self.home / ".config")


def place(client: Client, machine: Machine) -> Path:
    """The configuration file of a client; it need not exist. Raises InstallError where that cannot be told."""
    if client is Client.CLAUDE_DESKTOP:
        return _claude_desktop(machine) / "claude_desktop_config.json"
    if client is Client.CLAUDE_CODE:
        return Path(machine.environment.get("CLAUDE_CONFIG_DIR") or machine.home) / ".claude.json"
    if client is Client.CURSOR:
        return machine.home / ".cursor" / "mcp.json"
    return machine.applications / "Code" / "User" / "mcp.json"


def _claude_desktop(machine: Machine) -> Path:
    """The Windows package sees what lies in its container instead of what lies in APPDATA."""
    packages = Path(machine.environment.get("LOCALAPPDATA", ""), "Packages") if machine.system == "win32" else None
    found = sorted(packages.glob("Claude_*/LocalCache/Roaming/Claude")) if packages else []
    if len(found) > 1:
        raise InstallError(
            f"Claude Desktop is installed {len(found)} times ({', '.join(map(str, found))}); remove all but one"
        )
    return found[0] if found else machine.applications / "Claude"

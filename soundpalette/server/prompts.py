"""Prompts: two ways of working that a client can offer its user."""

import json
from typing import Annotated, Any, Final

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.prompts import Prompt
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS
from pydantic import Field

from soundpalette.tools.names import clean

LONGEST: Final = 1000

CURATE: Final = """\
Put together a palette of samples from the user's library for this brief: {brief}
Roles: {roles}

1. library_overview: what is there; say so when a role or tempo that the brief needs is missing.
2. build_palette with the brief, its tempo and key, and the roles (words of its own for a role where the brief says \
more about it).
3. describe_palette with the chosen sample_ids and the brief as target: look at stretch, semitones, fights and lacking.
4. Mend the worst: build_palette again with the good ones locked, or hybrid_search for one sample.
5. Present a line a role (path, and why in the user's words) with one alternative, and what to stretch or transpose. \
You cannot hear the sounds: ask the user to listen before the choice is final.
"""
REPLACE: Final = """\
In a palette of these samples: {palette}
replace this one: {sample}
The user wishes: {wish}

1. describe_palette with all of them: which role, tempo and key the sample has, and what the others need.
2. hybrid_search with the sample as reference and the wish as query ("drier", "shorter, less bright"); search_by_text \
where it shall be something else altogether.
3. describe_palette with the best two hits in its place, one after the other; keep the one with fewer clashes.
4. Present both with their paths, and say what gets better and what worse.
"""

Brief = Annotated[str, Field(description="What the palette is for, with tempo and key where they are known")]
RoleList = Annotated[str, Field(description="Roles, with commas between; empty: those usual for the brief")]
Palette = Annotated[str, Field(description="The sample ids or paths of the palette, with commas between")]
Replaced = Annotated[str, Field(description="The sample id or path to replace")]
Wish = Annotated[str, Field(description="How the new one shall differ, such as 'like it but drier'")]


def add_prompts(server: MCPServer[Any]) -> None:
    """Publish `curate_palette` and `replace_sample`."""
    server.add_prompt(Prompt.from_function(curate_palette))
    server.add_prompt(Prompt.from_function(replace_sample))


def curate_palette(brief: Brief, roles: RoleList = "") -> str:
    """Put together a palette for a brief, check it and mend it."""
    return CURATE.format(brief=_quoted("brief", brief), roles=_quoted("roles", roles) if roles else "the usual ones")


def replace_sample(palette: Palette, sample: Replaced, wish: Wish) -> str:
    """Replace one sample of a palette so that the others still go with it."""
    return REPLACE.format(
        palette=_quoted("palette", palette), sample=_quoted("sample", sample), wish=_quoted("wish", wish)
    )


def _quoted(name: str, text: str) -> str:
    """As a JSON string: what the user typed stays one quoted line."""
    if not text.strip() or len(text) > LONGEST:
        raise MCPError(INVALID_PARAMS, f"{name} has {len(text):,} characters; 1 to {LONGEST:,} are allowed")
    return json.dumps(clean(text.strip(), LONGEST), ensure_ascii=False)

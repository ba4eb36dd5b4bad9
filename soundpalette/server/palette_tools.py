"""The tools about sets of samples and the library as a whole, as the server publishes them."""

from collections.abc import Callable
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult

from soundpalette.server.calls import Calls
from soundpalette.tools import building, library, palette
from soundpalette.tools.palette_schemas import (
    Bpm,
    BuiltPalette,
    Key,
    Locked,
    PaletteBrief,
    PaletteDescription,
    Roles,
    Target,
)
from soundpalette.tools.schemas import Overview, Samples
from soundpalette.tools.workbench import Workbench


def palette_tools(bench: Workbench, calls: Calls) -> list[Callable[..., Any]]:
    """describe_palette, build_palette, library_overview over one workbench."""

    async def describe_palette(
        samples: Samples, context: Context[Any, Any], target: Target = ""
    ) -> Annotated[CallToolResult, PaletteDescription]:
        """Describe sounds to be used together: tempo, key, spectrum, clashes, the outlier, missing roles."""
        return await calls.answer(context, lambda: palette.describe_palette(bench, samples, target), samples)

    async def build_palette(
        brief: PaletteBrief,
        context: Context[Any, Any],
        roles: Roles = [],  # noqa: B006 - published as the default, never changed
        bpm: Bpm = 0,
        key: Key = "",
        locked: Locked = [],  # noqa: B006
    ) -> Annotated[CallToolResult, BuiltPalette]:
        """Choose one sample a role, all to go together in tempo, key, spectrum and sound; two alternatives each."""
        work: Callable[[], BuiltPalette] = lambda: building.build_palette(  # noqa: E731
            bench, brief, roles, bpm, key, locked
        )
        return await calls.answer(context, work, locked)

    async def library_overview(context: Context[Any, Any]) -> Annotated[CallToolResult, Overview]:
        """Count the library by role, genre, key, tempo and pack; what is missing; the state of the index."""
        return await calls.answer(context, lambda: library.library_overview(bench))

    return [describe_palette, build_palette, library_overview]

"""The demo: index the crate, then ask for sounds through a real MCP client over stdio, and check what comes back.

Half of the crate's files have names that say nothing, so whoever finds them has listened. `truth.json` holds what each
file is. Exits 1 unless 8 of the 10 text queries put a meaninglessly named sample of the right kind in the top 3.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from rich.console import Console
from rich.table import Table

HERE: Final = Path(__file__).parent
CRATE: Final = HERE / "crate"
STATE: Final = HERE.parent / ".demo"
TRUTH: Final[dict[str, Any]] = json.loads((HERE / "truth.json").read_text(encoding="utf-8"))
TOP: Final = 3
NEEDED: Final = 8
# A configuration of the user's own must not change what the demo shows.
ENVIRONMENT: Final = {k: v for k, v in os.environ.items() if not k.startswith("SOUNDPALETTE_")} | {
    "SOUNDPALETTE_DATA_DIR": str(STATE),
    "XDG_CONFIG_HOME": str(STATE),
}
COMMAND: Final = [sys.executable, "-m", "soundpalette"]


def main() -> int:
    """Index, ask, print; 0 where enough was found."""
    shutil.rmtree(STATE, ignore_errors=True)
    console = Console(width=110)
    console.print(f"$ soundpalette index {CRATE.relative_to(HERE.parent)}", style="bold")
    subprocess.run([*COMMAND, "index", str(CRATE)], env=ENVIRONMENT, check=True)
    found = anyio.run(_ask, console)
    asked = len(TRUTH["queries"]["text"])
    told = "put a meaninglessly named sample of the right kind among the first three."
    console.print(f"\n{found} of {asked} text queries {told}")
    if found < NEEDED:
        console.print(f"demo: failed ({NEEDED} are needed)", style="bold red")
        return 1
    console.print("demo: ok", style="bold green")
    return 0


async def _ask(console: Console) -> int:
    server = StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], "serve"], env=ENVIRONMENT)
    async with Client(server) as client:
        queries = TRUTH["queries"]
        found = 0
        for query in queries["text"]:
            hits = await _hits(client, "search_by_text", query=query["query"], top_k=TOP)
            good = any(_right(hit, query["accept"]) and TRUTH["samples"][hit["path"]]["meaningless"] for hit in hits)
            found += good
            _show(console, f'search_by_text "{query["query"]}"', hits, query["accept"])
        for query in queries["audio"]:
            hits = await _hits(client, "search_by_audio", reference=query["reference"], top_k=TOP)
            _show(console, f"search_by_audio {_told(query['reference'])}", hits, query["accept"])
        for query in queries["hybrid"]:
            words, reference, alpha = query["query"], query["reference"], query["alpha"]
            hits = await _hits(client, "hybrid_search", query=words, reference=reference, alpha=alpha, top_k=TOP)
            _show(console, f'hybrid_search "{words}" + {_told(reference)}, alpha {alpha}', hits, query["accept"])
        await _show_palette(console, client, queries["palette"])
        return found


async def _hits(client: Client, tool: str, **arguments: Any) -> list[dict[str, Any]]:
    answer = await _call(client, tool, arguments)
    hits: list[dict[str, Any]] = answer["hits"]
    return hits


async def _call(client: Client, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    if result.is_error or not isinstance(result.structured_content, dict):
        sys.exit(f"demo: {tool} answered: {result.content}")
    return result.structured_content


def _right(hit: dict[str, Any], accept: list[list[str]]) -> bool:
    sample = TRUTH["samples"][hit["path"]]
    return any({sample["role"], *sample["tags"]}.issuperset(words) for words in accept)


def _told(path: str) -> str:
    return f"{path} ({TRUTH['samples'][path]['original']})"


def _show(console: Console, title: str, hits: list[dict[str, Any]], accept: list[list[str]]) -> None:
    table = Table("", "score", "file in the library", "what it is", title=title, title_justify="left", box=None)
    for hit in hits:
        sample = TRUTH["samples"][hit["path"]]
        what = ", ".join([sample["role"], *sample["tags"]])
        mark = "[green]✓[/]" if _right(hit, accept) else "[red]·[/]"
        table.add_row(mark, f"{hit['score']:.2f}", hit["path"], f"{what} [dim]({sample['original']})[/]")
    console.print()
    console.print(table)


async def _show_palette(console: Console, client: Client, samples: list[str]) -> None:
    palette = await _call(client, "describe_palette", {"samples": samples})
    table = Table(
        "file", "seconds", "level", "brightness", "likeness", title="describe_palette", title_justify="left", box=None
    )
    for sample in palette["samples"]:
        level, bright = f"{sample['loudness_lufs']:.0f} LUFS", f"{sample['brightness_hz']:.0f} Hz"
        table.add_row(sample["name"], f"{sample['seconds']:.2f}", level, bright, f"{sample['likeness']:.2f}")
    console.print()
    console.print(table)
    words = ", ".join(palette["words"])
    console.print(f"cohesion {palette['cohesion']:.2f}, outlier {palette['outlier']}, sounds like: {words}")


if __name__ == "__main__":
    sys.exit(main())

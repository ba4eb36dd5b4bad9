"""The command line."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soundpalette import __version__
from soundpalette.app import App
from soundpalette.config import LICENCE_VARIABLE, load_config
from soundpalette.core.types import Filters, KeyMatch, Kind, Preferences
from soundpalette.errors import ConfigError, RequestError, ScanError, ServeError, SoundPaletteError
from soundpalette.tools.names import clean

if TYPE_CHECKING:
    from soundpalette.tools.palette_schemas import BuiltPalette, PaletteDescription

FAILURES_SHOWN = 20
STOPPED = "stopped; what was committed is kept, run the same command to go on"
WRONG_USE = (ConfigError, RequestError, ScanError, ServeError)


class Transport(StrEnum):
    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"


class EncoderName(StrEnum):
    COMPACT = "compact"
    CLAMP3 = "clamp3"


cli = typer.Typer(
    name="soundpalette",
    help="Find sounds in your sample library by what they sound like.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
models = typer.Typer(help="The weights of the clamp3 encoder.", no_args_is_help=True)
cli.add_typer(models, name="models")
palette = typer.Typer(help="Samples that go together.", no_args_is_help=True)
cli.add_typer(palette, name="palette")

Encoder = Annotated[
    EncoderName | None, typer.Option("--encoder", help="Use this encoder instead of the configured one.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def main() -> None:
    """The console script."""
    if isinstance(sys.stdout, TextIOWrapper):  # a pipe on Windows is not UTF-8, and names may hold any character
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    cli()


@cli.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Find sounds in your sample library by what they sound like."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@cli.command()
def index(
    paths: Annotated[list[str] | None, typer.Argument(help="Folders of audio files; none: every known root.")] = None,
    encoder: Encoder = None,
    prune: Annotated[bool, typer.Option("--prune", help="Forget the samples of a root that is gone or empty.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Hash files that look unchanged, too.")] = False,
    analyse_only: Annotated[
        bool, typer.Option("--analyse-only", help="Tempo, key, loudness and the like alone; loads no encoder.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Index folders of audio files: what is new or changed is embedded and analysed, what is gone is forgotten."""
    from soundpalette.indexing.progress import progress

    with _errors_told(STOPPED), progress() as bar:
        if "" in (paths or []):
            raise ScanError("an empty path came (a shell variable that is not set?); name a folder of audio files")
        indexer = _app(encoder).indexer(prune=prune, verify=verify, analyse_only=analyse_only)
        report = indexer.run([Path(path) for path in paths or []], bar)
    for warning in report.warnings:
        typer.echo(f"warning: {clean(warning, 1000)}", err=True)
    counts = report.counts
    summary: dict[str, Any] = {
        "seen": counts.seen,
        "added": counts.added,
        "updated": counts.updated,
        "removed": counts.removed,
        "unchanged": counts.unchanged,
        "failed": counts.failed,
        "analysed": report.analysed,
        "seconds": round(report.seconds, 3),
        "analysis_ms": round(1000 * report.analysis_seconds / max(report.analysed, 1), 1),
        "failures": [{"path": clean(f.path, 4096), "reason": f.reason} for f in report.failures],
    }
    if as_json:
        _print_json(summary | {"warnings": [clean(warning, 1000) for warning in report.warnings]})
        return
    typer.echo(", ".join(f"{name} {summary[name]}" for name in list(summary)[: list(summary).index("seconds")]))
    typer.echo(f"{report.seconds:.1f} seconds; analysis took {summary['analysis_ms']} ms of processor time a file")
    for failure in summary["failures"]:
        typer.echo(f"failed: {failure['path']}: {failure['reason']}")


@cli.command()
def search(
    text: Annotated[str, typer.Argument(help="The sound in words; may be left out with --audio.")] = "",
    top_k: Annotated[int | None, typer.Option("-k", "--top-k", help="How many hits.")] = None,
    audio: Annotated[str, typer.Option("--audio", help="A sample id or an audio file to be like.")] = "",
    alpha: Annotated[float, typer.Option("--alpha", help="With text and --audio: the text's share, 0 to 1.")] = 0.5,
    min_bpm: Annotated[float, typer.Option("--min-bpm", help="Tempo from.")] = 0,
    max_bpm: Annotated[float, typer.Option("--max-bpm", help="Tempo to.")] = 0,
    half_double: Annotated[bool, typer.Option("--half-double", help="Also half or double the tempo.")] = False,
    key: Annotated[str, typer.Option("--key", help="Such as 'A minor', 'F#m' or '8A'.")] = "",
    key_match: Annotated[KeyMatch, typer.Option("--key-match", help="Which keys fit --key.")] = "exact",
    role: Annotated[str, typer.Option("--role", help="What it does in a track: kick, bass, pad...")] = "any",
    genre: Annotated[str, typer.Option("--genre")] = "",
    kind: Annotated[Kind, typer.Option("--kind")] = "any",
    min_seconds: Annotated[float, typer.Option("--min-seconds", help="Duration from.")] = 0,
    max_seconds: Annotated[float, typer.Option("--max-seconds", help="Duration to.")] = 0,
    folder: Annotated[str, typer.Option("--folder", help="Below this folder of a root, or of the disk.")] = "",
    tag: Annotated[str, typer.Option("--tag", help="A word that describes it, such as 'warm'.")] = "",
    diversity: Annotated[float, typer.Option("--diversity", help="0: the nearest, 1: the most varied.")] = 0,
    avoid: Annotated[str, typer.Option("--avoid", help="What it should not sound like, such as 'reverb'.")] = "",
    context: Annotated[
        list[str] | None,
        typer.Option("--context", help="Id of a sample that the hits should go with; may be repeated."),
    ] = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Find samples by words, by a sound, or by both; of those that meet every filter."""
    from soundpalette.tools import search as tools
    from soundpalette.tools.workbench import Reach

    filters = Filters(
        min_bpm, max_bpm, half_double, key, key_match, role, genre, kind, min_seconds, max_seconds, folder, tag
    )
    wished = Preferences(diversity, avoid, tuple(context or ()))
    with _errors_told():
        bench = _app(encoder).workbench(Reach(anywhere=True))
        k, share = bench.default_top_k if top_k is None else top_k, bench.checked_alpha(alpha)
        if audio and text:
            result = tools.hybrid_search(bench, text, audio, share, k, filters, wished)
        elif audio:
            result = tools.search_by_audio(bench, audio, k, filters, wished)
        else:
            result = tools.search_by_text(bench, text, k, filters, wished)
    if as_json:
        _print_json(result.model_dump(mode="json"))
        return
    typer.echo(" score match  seconds    bpm key       role        kind      sample_id     file")
    for hit in result.hits:
        file = Path(result.roots[hit.root], hit.path)
        bpm = f"{hit.bpm:.1f}" if hit.bpm else "-"
        music = f"{bpm:>6} {hit.key or '-':9} {hit.role or '-':11} {hit.kind or '-':9}"
        more = f"  (+{hit.similar} alike)" if hit.similar else ""
        typer.echo(f"{hit.score:6.3f} {hit.strength:6}{hit.seconds:8.2f} {music} {hit.sample_id}  {file}{more}")
    if result.note:
        typer.echo(result.note, err=True)
    if result.pending:
        typer.echo(
            f"{result.pending} samples of the library are not in the index yet; run `soundpalette index`", err=True
        )


@cli.command()
def show(sample: Annotated[str, typer.Argument(help="A sample id, or any audio file.")], as_json: Json = False) -> None:
    """Tell what is known of a sample: tempo, key, role, loudness and the like, and where each comes from."""
    from soundpalette.tools.show import show as shown
    from soundpalette.tools.workbench import Reach

    with _errors_told():
        result = shown(_app(None).workbench(Reach(anywhere=True)), sample)
    if as_json:
        _print_json(result.model_dump(mode="json"))
        return
    for line in result.lines():
        typer.echo(line)


@cli.command()
def status(encoder: Encoder = None, as_json: Json = False) -> None:
    """Tell what is indexed: space, counts, sizes, generation."""
    from soundpalette.tools import library

    with _errors_told():
        app = _app(encoder)
        state = library.status(app.catalogue, app.encoder.space, app.index_folder)
        failures = [] if as_json else app.catalogue.failures(app.encoder.space)[:FAILURES_SHOWN]
    table = state.model_dump(mode="json")
    if as_json:
        _print_json(table)
        return
    for name, value in table.items():
        typer.echo(f"{name:17} {value}" if name != "roots" else "\n".join(_root_line(root) for root in value))
    for failure in failures:
        typer.echo(f"failed            {clean(failure.path, 4096)}: {failure.reason}")


@cli.command(name="eval")
def evaluate(
    folder: Annotated[Path, typer.Argument(help="A folder of labelled audio files.")],
    labels: Annotated[Path | None, typer.Option("--labels", help="A CSV with the columns path and query.")] = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Measure on labelled files how well words and sounds find what they should. Nothing is indexed."""
    from soundpalette.indexing.progress import progress
    from soundpalette.tools import evaluation

    with _errors_told(), progress() as bar:
        result = evaluation.evaluate(_app(encoder).encoder, folder, labels, bar)
    if as_json:
        _print_json(result.model_dump(mode="json"))
        return
    for line in evaluation.lines(result):
        typer.echo(line)


@cli.command()
def serve(
    transport: Annotated[
        Transport, typer.Option("--transport", help="stdio; or http: MCP at /mcp, SSE at /sse, REST, all on one port.")
    ] = Transport.STDIO,
    host: Annotated[str, typer.Option("--host", help="The address to bind; none: the configured one.")] = "",
    port: Annotated[
        int | None, typer.Option("--port", envvar="PORT", help="0: any free one.", min=0, max=65535)
    ] = None,
    encoder: Encoder = None,
) -> None:
    """Serve the tools to MCP clients, and over HTTP to everyone who has the token."""
    from soundpalette.server.logs import configure_logs
    from soundpalette.server.transports import serve_http, serve_stdio

    with _errors_told():
        app = _app(encoder)
        server = app.config.server
        configure_logs(server.log_level, server.log_format)
        if transport is Transport.STDIO:
            serve_stdio(app.server())
            return
        path = "/sse" if transport is Transport.SSE else "/mcp"
        serve_http(
            app.http(),
            host or server.host,
            server.port if port is None else port,
            token=bool(app.token),
            announce=lambda address: typer.echo(f"MCP at {address}{path}, REST at {address}/docs", err=True),
        )


@palette.command(name="describe")
def describe_palette(
    samples: Annotated[list[str], typer.Argument(help="Sample ids or audio files, 1 to 64.")],
    target: Annotated[str, typer.Option("--target", help="What it shall be: 'dark techno, 126 BPM, A minor'.")] = "",
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Tell what sounds are like together: tempo, key, spectrum, clashes, missing roles."""
    from soundpalette.tools.palette import describe_palette as describe
    from soundpalette.tools.workbench import Reach

    with _errors_told():
        result = describe(_app(encoder).workbench(Reach(anywhere=True)), samples, target)
    _print(result, as_json)


@palette.command(name="build")
def build_palette(
    brief: Annotated[str, typer.Argument(help="The whole in words; tempo and key may stand in it.")],
    role: Annotated[list[str] | None, typer.Option("--role", help="'kick', or 'kick: its own words'; repeat.")] = None,
    bpm: Annotated[float, typer.Option("--bpm", help="The tempo; 0: the brief's, or any.")] = 0,
    key: Annotated[str, typer.Option("--key", help="The key, as 'A minor'.")] = "",
    lock: Annotated[list[str] | None, typer.Option("--lock", help="A sample that stays; repeat.")] = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Choose one sample a role so that they go together, with two alternatives each."""
    from soundpalette.tools.building import build_palette as build
    from soundpalette.tools.workbench import Reach

    with _errors_told():
        result = build(_app(encoder).workbench(Reach(anywhere=True)), brief, role or [], bpm, key, lock or [])
    _print(result, as_json)


@models.command()
def download(
    name: Annotated[EncoderName, typer.Argument(help="The encoder whose weights to fetch: clamp3.")],
    accept_license: Annotated[
        bool,
        typer.Option("--accept-license", envvar=LICENCE_VARIABLE, help="Accept the licence of MERT's weights."),
    ] = False,
) -> None:
    """Fetch an encoder's weights (clamp3: MERT's are CC-BY-NC-4.0), check them and convert them once."""
    if name is EncoderName.COMPACT:
        typer.echo("The compact encoder's weights are in the package; there is nothing to download.")
        return
    with _errors_told():
        installed = _app(None).download_clamp3(accept_license)
    typer.echo(f'clamp3 is ready in {installed.folder}; use it with --encoder clamp3 or [encoder] name = "clamp3"')


def _app(encoder: EncoderName | None) -> App:
    config = load_config()
    if encoder is not None:
        section = config.encoder.model_copy(update={"name": encoder.value})
        config = config.model_copy(update={"encoder": section})
    return App(config)


@contextmanager
def _errors_told(stopped: str = "stopped") -> Iterator[None]:
    """One sentence on stderr instead of a traceback; exit 2 on wrong use, 1 otherwise."""
    try:
        yield
    except SoundPaletteError as error:
        typer.echo(f"error: {clean(str(error), 2000)}", err=True)
        raise typer.Exit(2 if isinstance(error, WRONG_USE) else 1) from None
    except KeyboardInterrupt:
        typer.echo(stopped, err=True)
        raise typer.Exit(130) from None


def _print(answer: "PaletteDescription | BuiltPalette", as_json: bool) -> None:
    if as_json:
        _print_json(answer.model_dump(mode="json"))
    else:
        typer.echo(answer.text())


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _root_line(root: dict[str, Any]) -> str:
    return f"root              {root['id']} {clean(root['path'], 4096)}{'' if root['there'] else ' (not there)'}"

"""The commands that fill the library, count it, and measure on labelled files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from soundpalette.cli.options import Encoder, Json, app_with
from soundpalette.cli.output import errors_told, print_json
from soundpalette.core.addresses import is_address
from soundpalette.errors import IndexingError, ScanError
from soundpalette.tools.names import clean

FAILURES_SHOWN = 20
STOPPED = "stopped; what was committed is kept, run the same command to go on"


class EngineName(StrEnum):
    LOCAL = "local"
    RAY = "ray"


def index(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Folders of audio files (s3:// and gs:// with --engine ray); none: every known root."),
    ] = None,
    encoder: Encoder = None,
    prune: Annotated[bool, typer.Option("--prune", help="Forget the samples of a root that is gone or empty.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Hash files that look unchanged, too.")] = False,
    analyse_only: Annotated[
        bool, typer.Option("--analyse-only", help="Tempo, key, loudness and the like alone; loads no encoder.")
    ] = False,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="Work in this process, or on the machines of a Ray cluster.")
    ] = EngineName.LOCAL,
    ray_address: Annotated[
        str | None, typer.Option("--ray-address", help="The cluster: auto, HOST:6379; without: Ray on this machine.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Index folders of audio files: what is new or changed is embedded and analysed, what is gone is forgotten."""
    from soundpalette.indexing.progress import progress

    with errors_told(STOPPED), progress() as bar:
        if "" in (paths or []):
            raise ScanError("an empty path came (a shell variable that is not set?); name a folder of audio files")
        if ray_address is not None and engine is EngineName.LOCAL:
            raise IndexingError("--ray-address came without --engine ray; give both, or neither")
        ray = (ray_address or "") if engine is EngineName.RAY else None
        indexer = app_with(encoder).indexer(prune=prune, verify=verify, analyse_only=analyse_only, ray=ray)
        report = indexer.run([path if is_address(path) else Path(path) for path in paths or []], bar)
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
        print_json(summary | {"warnings": [clean(warning, 1000) for warning in report.warnings]})
        return
    typer.echo(", ".join(f"{name} {summary[name]}" for name in list(summary)[: list(summary).index("seconds")]))
    typer.echo(f"{report.seconds:.1f} seconds; analysis took {summary['analysis_ms']} ms of processor time a file")
    for failure in summary["failures"]:
        typer.echo(f"failed: {failure['path']}: {failure['reason']}")


def status(encoder: Encoder = None, as_json: Json = False) -> None:
    """Tell what is indexed: space, counts, sizes, generation."""
    from soundpalette.tools import library

    with errors_told():
        app = app_with(encoder)
        state = library.status(app.catalogue, app.store)
        failures = [] if as_json else app.catalogue.failures(app.encoder.space)[:FAILURES_SHOWN]
    table = state.model_dump(mode="json")
    if as_json:
        print_json(table)
        return
    for name, value in table.items():
        typer.echo(f"{name:17} {value}" if name != "roots" else "\n".join(_root_line(root) for root in value))
    for failure in failures:
        typer.echo(f"failed            {clean(failure.path, 4096)}: {failure.reason}")


def evaluate(
    folder: Annotated[Path, typer.Argument(help="A folder of labelled audio files.")],
    labels: Annotated[Path | None, typer.Option("--labels", help="A CSV with the columns path and query.")] = None,
    encoder: Encoder = None,
    as_json: Json = False,
) -> None:
    """Measure on labelled files how well words and sounds find what they should. Nothing is indexed."""
    from soundpalette.indexing.progress import progress
    from soundpalette.tools import evaluation

    with errors_told(), progress() as bar:
        result = evaluation.evaluate(app_with(encoder).encoder, folder, labels, bar)
    if as_json:
        print_json(result.model_dump(mode="json"))
        return
    for line in evaluation.lines(result):
        typer.echo(line)


def _root_line(root: dict[str, Any]) -> str:
    return f"root              {root['id']} {clean(root['path'], 4096)}{'' if root['there'] else ' (not there)'}"

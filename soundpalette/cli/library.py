"""The commands that fill the library, count it, and measure on labelled files."""

from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soundpalette.cli.options import Encoder, EncoderName, Json, app_with
from soundpalette.cli.output import errors_told, print_json
from soundpalette.core.addresses import is_address
from soundpalette.errors import EncoderError, IndexingError, ScanError
from soundpalette.tools.names import clean

if TYPE_CHECKING:
    from soundpalette.indexing.embeddings import Matching
    from soundpalette.indexing.estimate import Estimate
    from soundpalette.indexing.pipeline import Report

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
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Say what it takes, on this machine; index nothing.")
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
        if estimate and engine is EngineName.RAY:
            raise IndexingError("--estimate tries this machine alone; leave --engine ray out")
        if ray_address is not None and engine is EngineName.LOCAL:
            raise IndexingError("--ray-address came without --engine ray; give both, or neither")
        ray = (ray_address or "") if engine is EngineName.RAY else None
        app, places = app_with(encoder), [path if is_address(path) else Path(path) for path in paths or []]
        if estimate:
            told = app.estimator(prune=prune, verify=verify, analyse_only=analyse_only).estimate(places)
            _tell_estimate(told, as_json)
            return
        report = app.indexer(prune=prune, verify=verify, analyse_only=analyse_only, ray=ray).run(places, bar)
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
        "failures": _failures(report),
    }
    if as_json:
        print_json(summary | {"warnings": [clean(warning, 1000) for warning in report.warnings]})
        return
    typer.echo(", ".join(f"{name} {summary[name]}" for name in list(summary)[: list(summary).index("seconds")]))
    typer.echo(f"{report.seconds:.1f} seconds; analysis took {summary['analysis_ms']} ms of processor time a file")
    for failure in summary["failures"]:
        typer.echo(f"failed: {failure['path']}: {failure['reason']}")


def _tell_estimate(estimate: "Estimate", as_json: bool) -> None:
    """What a run would do, and that nothing was done."""
    warnings = [clean(warning, 1000) for warning in estimate.warnings]
    if as_json:
        print_json(asdict(estimate) | {"warnings": warnings})
        return
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    memory = estimate.memory
    for line in (
        f"files     new {estimate.new}, changed {estimate.changed}, "
        f"unchanged {estimate.unchanged}, gone {estimate.gone}",
        f"sound     {estimate.hours:.2f} hours to be read; of the files drawn {estimate.unreadable:.1%} cannot be read",
        f"time      {timedelta(seconds=round(estimate.seconds))} (by {estimate.tried} files that were tried)",
        f"memory    at its peak: sequential {_megabytes(memory.sequential)}, parallel {_megabytes(memory.parallel)}",
        f"disk      catalogue +{_megabytes(estimate.catalogue_bytes)}, index +{_megabytes(estimate.index_bytes)}",
    ):
        typer.echo(line)
    typer.echo("nothing was indexed; run the same command without --estimate")


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


def import_embeddings(
    folder: Annotated[Path, typer.Argument(help="A folder of .npy files, one vector a sample.")],
    root: Annotated[Path | None, typer.Option("--root", help="The samples' folder; none: every known root.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Import vectors that look like another model's.")] = False,
    as_json: Json = False,
) -> None:
    """Take existing CLaMP3 embeddings into the library instead of computing them; samples are analysed as by index."""
    from soundpalette.indexing.imports import PUBLISHED_DIMENSION, matched
    from soundpalette.indexing.progress import progress

    with errors_told(STOPPED), progress() as bar:
        app = app_with(EncoderName.CLAMP3)
        try:
            importer = app.importer()
        except EncoderError as error:
            _tell_matching(matched(folder, root, app.catalogue, PUBLISHED_DIMENSION), {}, as_json)
            raise IndexingError(f"nothing was imported, since vectors belong to weights: {error}") from error
        matching = matched(folder, root, app.catalogue, app.encoder.space.dimension)
        result = importer.take(matching, root, bar, trust=trust)
    counts = result.report.counts
    summary: dict[str, Any] = {
        "imported": counts.added + counts.updated,
        "failed": counts.failed,
        "cosines": [round(cosine, 4) for cosine in result.cosines],
        "failures": _failures(result.report),
    }
    _tell_matching(matching, summary, as_json)


def _tell_matching(matching: "Matching", summary: dict[str, Any], as_json: bool) -> None:
    """What fits what, and after an import what became of it."""
    refused = [{"path": clean(one.path, 4096), "reason": clean(one.reason, 1000)} for one in matching.refused]
    without = [clean(str(path), 4096) for path in matching.without]
    if as_json:
        print_json({"matched": len(matching.embeddings)} | summary | {"refused": refused, "without": without})
        return
    typer.echo(
        f"{len(matching.embeddings)} embeddings match a sample, {len(refused)} cannot be used, "
        f"{len(without)} samples have none (`soundpalette index --encoder clamp3` makes theirs)"
    )
    for one in refused:
        typer.echo(f"not used: {one['path']}: {one['reason']}")
    for path in without[:FAILURES_SHOWN]:
        typer.echo(f"without: {path}")
    if len(without) > FAILURES_SHOWN:
        typer.echo(f"without: {len(without) - FAILURES_SHOWN} more; --json lists all")
    if summary:
        cosines = ", ".join(str(cosine) for cosine in summary["cosines"]) or "none could be compared"
        typer.echo(f"imported {summary['imported']}, failed {summary['failed']}")
        typer.echo(f"taken on trust as vectors of the clamp3 weights in use; samples embedded to compare: {cosines}")
        for failure in summary["failures"]:
            typer.echo(f"failed: {failure['path']}: {failure['reason']}")


def _failures(report: "Report") -> list[dict[str, str]]:
    return [{"path": clean(failure.path, 4096), "reason": failure.reason} for failure in report.failures]


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

"""The commands that find samples and tell what is known of one."""

from typing import Annotated

import typer

from soundpalette.cli.options import Encoder, Json, app_with
from soundpalette.cli.output import errors_told, print_json
from soundpalette.core.addresses import place_in
from soundpalette.core.types import Filters, KeyMatch, Kind, Preferences


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
    with errors_told():
        bench = app_with(encoder).workbench(Reach(anywhere=True))
        k, share = bench.default_top_k if top_k is None else top_k, bench.checked_alpha(alpha)
        if audio and text:
            result = tools.hybrid_search(bench, text, audio, share, k, filters, wished)
        elif audio:
            result = tools.search_by_audio(bench, audio, k, filters, wished)
        else:
            result = tools.search_by_text(bench, text, k, filters, wished)
    if as_json:
        print_json(result.model_dump(mode="json"))
        return
    typer.echo(" score match  seconds    bpm key       role        kind      sample_id     file")
    for hit in result.hits:
        file = place_in(result.roots[hit.root], hit.path)
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


def show(sample: Annotated[str, typer.Argument(help="A sample id, or any audio file.")], as_json: Json = False) -> None:
    """Tell what is known of a sample: tempo, key, role, loudness and the like, and where each comes from."""
    from soundpalette.tools.show import show as shown
    from soundpalette.tools.workbench import Reach

    with errors_told():
        result = shown(app_with(None).workbench(Reach(anywhere=True)), sample)
    if as_json:
        print_json(result.model_dump(mode="json"))
        return
    for line in result.lines():
        typer.echo(line)

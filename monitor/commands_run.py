"""The commands that watch: live, again, as a demonstration, or only to keep the answers."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands import (
    CONFIG,
    DATABASE,
    JSON,
    log_errors_only,
    log_to_stderr,
    name_of,
    progress,
    show_json,
    show_rows,
    speed_of,
)
from monitor.terminal import safe

if TYPE_CHECKING:
    from datetime import datetime


def _who(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return None if value is None else name_of(ctx, param, value)


@click.command()
@CONFIG
@DATABASE
def watch(config_path: Path, database: Path) -> None:
    """Watch the configured races until stopped; post to Slack, or here without a token."""
    from monitor import app, inquiry
    from monitor.explain_words import lines

    def explain(race: str, at: datetime | None) -> list[str]:
        return list(lines(inquiry.explain(database, race, at)))

    log_to_stderr(logging.INFO)
    asyncio.run(app.watch(config_path, database, os.environ, explain))


@click.command()
@click.argument("recording", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speed", default="max", show_default=True, help="Virtual seconds a second, or max.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]),
    help="Stop at this virtual time, and keep the state.",
)  # fmt: skip
@click.option("--rehearse", is_flag=True, help="Send to Slack's rehearsal channel, marked TEST.")
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path),
    help="Another configuration than the recording's own.",
)  # fmt: skip
@click.option(
    "--database", type=click.Path(path_type=Path),
    help="Keep the result, and go on from it; default: a temporary one.",
)  # fmt: skip
@click.option("--edits", is_flag=True, help="With --json: also what messages were edited to say.")
@JSON
def replay(
    recording: Path,
    speed: str,
    until: datetime | None,
    config_path: Path | None,
    database: Path | None,
    *,
    rehearse: bool,
    edits: bool,
    as_json: bool,
) -> None:
    """Watch a recorded night again, as if live."""
    from monitor import app, report

    options = app.ReplayOptions(
        speed=speed_of(speed), until=until, quiet=as_json, rehearse=rehearse, config=config_path
    )
    with app.temporary(database) as path:
        asyncio.run(app.replay(recording, path, options, os.environ))
        if as_json:
            click.echo(report.post_log_json(path, edits=edits))


@click.command()
@click.option("--speed", show_default="8000", help="Virtual seconds a second, or max.")
@click.option("--night", help="Play this recorded night only, such as durham-2018.")
@JSON
def demo(speed: str | None, night: str | None, *, as_json: bool) -> None:
    """Play recorded nights as if live: no network, no token, no configuration."""
    from monitor import demo as playing

    log_errors_only()
    pace = speed_of(speed) if speed else playing.SPEED
    recordings = playing.recordings(playing.NIGHTS, night)
    with progress() as bar:
        rows = playing.play(recordings, pace, bar, quiet=as_json)
    if as_json:
        show_json(playing.as_json(rows))
        return
    click.echo()
    show_rows(playing.table(rows), as_json=False)


@click.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="The recording, .warc.gz; one that is there is continued.",
)  # fmt: skip
@click.option(
    "--every", type=click.FloatRange(min=1), default=60.0, show_default=True,
    help="Seconds between two visits.",
)  # fmt: skip
@click.option(
    "--for", "minutes", type=click.FloatRange(min=0), default=0.0,
    help="Minutes to go on for; left out, each source is visited once.",
)  # fmt: skip
@click.option("--case", help="Keep one visit as a golden case of this name instead.")
@click.option("--who", callback=_who, help="With --case: who compares it with the site.")
@click.option("--yes", is_flag=True, help="With --case: it was compared; do not ask.")
@click.option("--force", is_flag=True, help="With --case: replace one of that name.")
@click.option(
    "--examples", type=click.Path(path_type=Path), default=Path("tests/examples"),
    show_default=True, help="With --case: the folder of the golden cases.",
)  # fmt: skip
@CONFIG
def record(
    sources: tuple[str, ...], output: Path | None, every: float, minutes: float,
    case: str | None, who: str | None, examples: Path, config_path: Path,
    *, yes: bool, force: bool,
) -> None:  # fmt: skip
    """Keep every answer of configured sources for `replay`, or with --case a golden case."""
    log_errors_only()
    if (output is None) == (case is None):
        raise click.UsageError("give --output for a recording, or --case for a golden case")
    if output is not None:
        _record(sources, output, every, minutes, config_path)
        return
    if len(sources) > 1 or who is None:
        raise click.UsageError("--case takes one SOURCE, and --who with the name of a person")
    _keep_case(sources[0], str(case), who, examples, config_path, yes=yes, force=force)


def _record(
    sources: tuple[str, ...], output: Path, every: float, minutes: float, config_path: Path
) -> None:
    from monitor import inquiry

    with progress() as bar:
        task = bar.add_task(f"recording {', '.join(sources)}", total=1.0)
        kept = asyncio.run(
            inquiry.record(
                config_path, sources, output, every, minutes,
                lambda share: bar.update(task, completed=share),
            )
        )  # fmt: skip
    click.echo(f"{kept.records:,} records of {kept.visits:,} visits in {output}", err=True)
    for failure in kept.failures:
        click.echo(safe(failure), err=True)
    if kept.failures:
        raise SystemExit(1)


def _keep_case(
    source: str, case: str, who: str, examples: Path, config_path: Path, *, yes: bool, force: bool
) -> None:
    """Show what one visit gives, and keep it once a person says that the site shows the same."""
    from monitor import golden, golden_file, inquiry

    taken, folder, unproven = asyncio.run(
        inquiry.take_case(config_path, source, examples, case, force=force)
    )
    for line in golden.shown(taken):
        click.echo(safe(line))
    asked = f"{who}, does the site show these figures? Keep them as {folder}"
    if not (yes or click.confirm(asked, default=False, err=True)):
        click.echo("nothing is kept", err=True)
        raise SystemExit(1)
    golden_file.write(folder, golden.files_of(taken, who))
    click.echo(f"kept as {folder}; python -m pytest tests/test_examples.py reads it", err=True)
    if unproven:
        click.echo(safe(golden.trust_words(taken, case, who)), err=True)


COMMANDS = (watch, replay, demo, record)

"""The commands `backfill` and `export`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.commands import CONFIG, DATABASE, JSON, log_errors_only, progress, show_json, show_rows

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.backfill import Backfilled

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("what", required=False)
@click.option("--race", help="One race by its id, or all.", default="all", show_default=True)
@click.option("--source", help="The configured source whose page WHAT is.")
@click.option("--from", "first", type=_DAY, help="First day, of an archive or of elections.")
@click.option("--to", "last", type=_DAY, help="Last day.")
@click.option("--notify", is_flag=True, help="Then tell the present state once; never history.")
@CONFIG
@DATABASE
@JSON
def backfill(
    what: str | None,
    race: str,
    source: str | None,
    first: datetime | None,
    last: datetime | None,
    config_path: Path,
    database: Path,
    *,
    notify: bool,
    as_json: bool,
) -> None:
    """Fill in what was missed, from WHAT: a file, an archive (.warc.gz) or a link.

    Without WHAT, --source and the days fetch the source's own history, where it has
    one. History rows only: no race state, no message. Running it again adds nothing.
    Stop `watch` first, or name another --database.
    """
    from monitor import backfill_app

    log_errors_only()
    with progress() as bar:
        task = bar.add_task(what or source or "", total=1.0)
        options = backfill_app.Options(
            what=what, config=config_path, database=database,
            race=None if race == "all" else race, source=source,
            first=first.date() if first else None, last=last.date() if last else None,
            notify=notify, quiet=as_json,
            on_progress=lambda done: bar.update(task, completed=done),
        )  # fmt: skip
        done, told = asyncio.run(backfill_app.run(options, os.environ))
        bar.update(task, completed=1.0)
    _show(done, told, as_json=as_json)


def _show(done: Backfilled, told: dict[str, str], *, as_json: bool) -> None:
    races = [*done.history, *(race for race in done.passed_over if race not in done.history)]
    rows: list[dict[str, Any]] = [
        {
            "race": race,
            "history_rows_added": done.history.get(race, 0),
            "passed_over": done.passed_over.get(race, ""),
            "notify": told.get(race, ""),
        }
        for race in races
    ]
    if as_json:
        head = {"what": done.what, "kind": done.kind, "lines_added": done.lines}
        show_json({**head, "races": rows})
        return
    click.echo(f"{done.what}: {done.kind}, {done.lines:,} lines and {_added(done):,} rows added")
    if rows:
        show_rows(rows, as_json=False)
    else:
        click.echo("no configured race is in it", err=True)


def _added(done: Backfilled) -> int:
    return sum(done.history.values())


@click.command()
@click.argument("view", default="race_status")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@click.option("--race", help="The rows of one race only.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Else stdout.")
@DATABASE
def export(view: str, form: str, race: str | None, output: Path | None, database: Path) -> None:
    """Print a VIEW as CSV or JSON.

    Views: race_status, race_history, source_status, event_log, post_log, precinct_votes.
    """
    from monitor import export as exporting

    if view not in exporting.EXPORTS:
        raise click.BadParameter(f"one of {', '.join(exporting.EXPORTS)}", param_hint="VIEW")
    if output is None:
        exporting.export(database, view, form, race, sys.stdout)
        return
    with exporting.replacing(output) as out:
        count = exporting.export(database, view, form, race, out)
    click.echo(f"{count:,} rows in {output}", err=True)


COMMANDS = (backfill, export)

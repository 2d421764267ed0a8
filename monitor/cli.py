"""The command line. Data and messages go to stdout, diagnostics and progress to stderr.

Exit codes: 0 ok, 1 finished with failures, 2 usage, 3 config refused, 4 Slack,
5 nothing matched, 6 database, 7 archive.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import structlog
from rich.console import Console
from rich.table import Table

from monitor.errors import MonitorError

CONFIG = click.option(
    "--config", "config_path", type=click.Path(path_type=Path), default=Path("config.toml"),
    show_default=True, help="The configuration file.",
)  # fmt: skip
DATABASE = click.option(
    "--database", type=click.Path(path_type=Path), default=Path("primary-night.db"),
    show_default=True, help="The database file.",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class _Group(click.Group):
    """Turns every named error into one line and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MonitorError as error:
            click.echo(f"{type(error).__name__}: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--verbose", is_flag=True, help="Log every visit.")
@click.version_option(package_name="primary-night")
def main(*, verbose: bool) -> None:
    """Watch election results for endorsed candidates and tell staff in Slack."""
    _log_to_stderr(logging.INFO if verbose else logging.WARNING)


def _log_to_stderr(level: int) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def show_rows(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print rows as JSON or as a table."""
    if as_json:
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    table = Table(*(rows[0] if rows else ("nothing yet",)))
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@main.command()
@CONFIG
@DATABASE
def watch(config_path: Path, database: Path) -> None:
    """Watch the configured races until stopped; post to Slack, or here without a token."""
    from monitor import app

    _log_to_stderr(logging.INFO)
    asyncio.run(app.watch(config_path, database, os.environ))


@main.command()
@click.argument("recording", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speed", default="max", show_default=True, help="Virtual seconds a second, or max.")
@click.option("--until", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]))
@click.option("--rehearse", is_flag=True, help="Send to Slack's rehearsal channel, marked TEST.")
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path),
    help="Another configuration than the recording's own.",
)  # fmt: skip
@click.option(
    "--database", type=click.Path(path_type=Path),
    help="Keep the result, and go on from it; default: a temporary one.",
)  # fmt: skip
@JSON
def replay(
    recording: Path,
    speed: str,
    until: datetime | None,
    config_path: Path | None,
    database: Path | None,
    *,
    rehearse: bool,
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
            click.echo(report.post_log_json(path))


def speed_of(text: str) -> float | None:
    """Read `--speed`: a number above zero, or max."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise click.BadParameter("a number above zero, or max", param_hint="--speed")
    return speed


@main.command()
@DATABASE
@JSON
def status(database: Path, *, as_json: bool) -> None:
    """Show where every race stands (the rows of race_status)."""
    from monitor import report

    show_rows(report.view(database, "race_status"), as_json=as_json)


def now() -> datetime:
    """Return the wall clock's time."""
    return datetime.now(UTC)

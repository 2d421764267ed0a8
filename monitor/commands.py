"""What the commands share: their options, and how they print.

Data and messages go to stdout, diagnostics and progress to stderr.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from monitor.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONFIG = click.option(
    "--config", "config_path", type=click.Path(path_type=Path), default=Path("config.toml"),
    show_default=True, help="The configuration file.",
)  # fmt: skip
DATABASE = click.option(
    "--database", type=click.Path(path_type=Path), default=Path("primary-night.db"),
    show_default=True, help="The database file.",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _pairs(
    _: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Read KEY=VALUE, with neither of them empty."""
    pairs = []
    for text in given:
        key, _sign, value = map(str.strip, text.partition("="))
        if not (key and value):
            raise click.BadParameter(f"{text!r}: write KEY=VALUE, such as cid=92", param=param)
        pairs.append((key, value))
    return tuple(pairs)


SETTINGS = click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", callback=_pairs,
    help="A setting the link does not say; may be repeated.",
)  # fmt: skip

PIPE_WIDTH = 120
"""Columns of a table that goes to a file or a pipe."""
SHORT = 20
"""Columns of a cell that is never broken."""
LONGEST = 400
"""Characters of a text that messages show whole (`words.safe_text`)."""
LONGEST_NAME = 80
_NAME, _REASON = "NAME", "…"
"""What stands for the person's own words in the lines that messages print to be run."""


def log_to_stderr(level: int) -> None:
    """Log from a level on, one JSON object a line."""
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


def log_errors_only() -> None:
    """Log no warnings: for commands that name a source's failure themselves."""
    log_to_stderr(logging.ERROR)


def show_rows(rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows as JSON or as a table that fits the terminal."""
    rows = list(rows)
    if as_json:
        show_json(rows)
        return
    show_table([{name: shown(value) for name, value in row.items()} for row in rows])


def show_json(value: Any) -> None:
    """Print JSON."""
    click.echo(json.dumps(value, indent=1, ensure_ascii=False))


def plain(record: Any) -> dict[str, Any]:
    """Return a record as the plain values of its JSON."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - so that --help is quick

    made: dict[str, Any] = TypeAdapter(type(record)).dump_python(record, mode="json")
    return made


def show_table(rows: list[dict[str, str]]) -> None:
    """Print a table that fits the terminal."""
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    for place, name in enumerate(rows[0] if rows else ("nothing yet",)):
        cells = [row[name] for row in rows]
        table.add_column(
            name,
            justify="right" if all(cell[:1] in "+-0123456789" for cell in cells) else "left",
            # Where a line is too long the first column gives way, and long texts do.
            no_wrap=place > 0 and all(len(cell) <= SHORT for cell in cells),
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)


def shown(value: Any) -> str:
    """Write a cell: nothing for None, figures with commas."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def speed_of(text: str) -> float | None:
    """Read `--speed`: a number above zero, or max (None)."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise click.BadParameter("a number above zero, or max", param_hint="--speed")
    return speed


def progress() -> Progress:
    """Make a progress display on stderr; where that is no terminal, one line at the end.

    Messages on stdout are printed above the bar where both are the same terminal.
    """
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%"),
        console=console,
        redirect_stdout=sys.stdout.isatty() and console.is_terminal,
        redirect_stderr=console.is_terminal,
    )


def name_of(_: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse an empty name, and one that could break a line or is none."""
    name = " ".join(value.split())
    if name in ("", _NAME) or not name.isprintable() or len(name) > LONGEST_NAME:
        raise click.BadParameter("give a name, such as Ana Ruiz", param=param)
    return name


def words_of(_: click.Context, param: click.Parameter, value: str) -> str:
    """Take a person's words as one line; refuse more than messages show."""
    words = " ".join(safe(value).split())
    if len(words) > LONGEST:
        raise click.BadParameter(f"say it in {LONGEST} characters", param=param)
    if words == _REASON or (param.required and not words):
        raise click.BadParameter("say it in a sentence", param=param)
    return words


def now() -> datetime:
    """Return the wall clock's time."""
    return datetime.now(UTC)

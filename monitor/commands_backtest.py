"""The command `backtest`."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands import JSON, log_errors_only, progress, show_json

if TYPE_CHECKING:
    from monitor.backtest.rows import Wanted

_FILE = re.compile(r"(?:([A-Z]{2})(?:@(\d{4}-\d\d-\d\d))?=)?([^#]+)(?:#(.+))?")


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--state", default="", help="Two letters, for every FILE that names none.")
@click.option("--orders", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=min(os.cpu_count() or 1, 8),
    help="Processes.", show_default="one per core",
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Else stdout.")
@JSON
def backtest(
    files: tuple[str, ...],
    state: str,
    orders: int,
    seed: int,
    jobs: int,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Simulate nights from precinct results, and count outcomes told that prove wrong.

    FILE is a results file with precincts, written PA=FILE where --state is another, and
    MO@2018-08-07=FILE where it tells no day itself, or where the card of another day is
    wanted; FILE.tar.gz#MEMBER is a file in an archive. Exit code 1 when an outcome told is
    contradicted.
    """
    from monitor.app import precinct_format
    from monitor.backtest import report as backtest_report
    from monitor.backtest import run as backtest_run
    from monitor.rulebook import shipped_rules

    log_errors_only()
    wanted = [_wanted(text, state) for text in files]
    options = backtest_run.Options(orders=orders, seed=seed, jobs=jobs)
    with progress() as bar:
        task = bar.add_task("backtest", total=1.0)
        results = backtest_run.run(
            wanted, shipped_rules(), options, precinct_format(),
            lambda done: bar.update(task, completed=done),
        )  # fmt: skip
    for one in results:
        click.echo(f"{one.file}: {one.contests} of {one.held} contests played", err=True)
    if as_json:
        show_json(backtest_report.as_json(results, options))
    if output is not None or not as_json:
        given = " \\\n  ".join(files)
        command = f"run.py backtest --orders {orders} --seed {seed} \\\n  {given}"
        _write(backtest_report.as_markdown(results, options, command), output)
    if backtest_report.total(results).contradictions:
        raise click.exceptions.Exit(1)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _wanted(text: str, state: str) -> Wanted:
    from monitor.backtest.rows import Wanted

    found = _FILE.fullmatch(text)
    of = (found and found[1]) or state.upper()
    if found is None or not of:
        raise click.BadParameter(f"{text}: write PA={text}, or give --state", param_hint="FILE")
    try:
        on = date.fromisoformat(found[2]) if found[2] else None
    except ValueError:
        raise click.BadParameter(f"{text}: {found[2]} is no day", param_hint="FILE") from None
    return Wanted(Path(found[3]), of, on, found[4] or "")


COMMANDS = (backtest,)

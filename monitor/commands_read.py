"""The commands that ask and show: nothing is posted, and no figure is stored."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.commands import (
    CONFIG,
    DATABASE,
    JSON,
    log_errors_only,
    now,
    plain,
    show_json,
    show_rows,
    show_table,
    shown,
)
from monitor.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from monitor.check import Finding
    from monitor.lookup import Recognised
    from monitor.model import ElectionListing


@click.command()
@DATABASE
@JSON
def status(database: Path, *, as_json: bool) -> None:
    """Show where every race stands (the rows of race_status)."""
    from monitor import report

    rows = report.view(database, "race_status")
    show_rows(rows if as_json else report.status_lines(rows), as_json=as_json)


def _moment(_: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Read a moment in ISO 8601, with an offset or in the race's own zone."""
    try:
        return None if value is None else datetime.fromisoformat(value)
    except ValueError:
        told = f"{value!r} is no time; write 2018-05-08T21:12 or 2018-05-08T21:12-04:00"
        raise click.BadParameter(told, param=param) from None


@click.command()
@click.argument("race")
@click.argument("time", required=False, callback=_moment)
@DATABASE
@JSON
def explain(race: str, time: datetime | None, database: Path, *, as_json: bool) -> None:
    """Say why RACE stands as it does, now or at TIME (2018-05-08T21:12, in the race's zone)."""
    from monitor import inquiry
    from monitor.explain_words import lines

    told = inquiry.explain(database, race, time)
    if as_json:
        show_json(plain(told))
        return
    _show(lines(told))


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


@click.command()
@CONFIG
@DATABASE
@click.option("--online", is_flag=True, help="Visit each source once; nothing is stored.")
@JSON
def check(config_path: Path, database: Path, *, online: bool, as_json: bool) -> None:
    """Grade every race green, amber or red, with the sentence to sign off; red exits with 1."""
    from monitor import inquiry
    from monitor.check import Grade

    log_errors_only()
    result = asyncio.run(inquiry.run_check(config_path, database, os.environ, now(), online=online))
    if as_json:
        show_json(plain(result))
    else:
        for race in result.races:
            _grade(race.grade.value, race.race)
            click.echo(f"  {safe(race.sign_off)}")
            _findings(race.findings)
        _grade(result.grade.value, "all together")
        _findings(result.everywhere)
    if result.grade is Grade.RED:
        raise SystemExit(1)


_COLOURS = {"green": "green", "amber": "yellow", "red": "red"}


def _grade(grade: str, name: str) -> None:
    click.echo(f"{click.style(grade.upper(), fg=_COLOURS[grade], bold=True)}  {name}")


def _findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        grade = finding.grade.value
        click.echo(f"  {click.style(f'{grade}:', fg=_COLOURS[grade])} {safe(finding.sentence)}")


@click.command()
@click.argument("url", required=False)
@click.option("--state", help="Known addresses of a state, two letters; the web is not asked.")
@click.option("--county", help="With --state: those of one county, and of the whole state.")
@click.option("--no-fetch", is_flag=True, help="Only name the platform; ask nobody.")
@JSON
def sources(
    url: str | None, state: str | None, county: str | None, *, no_fetch: bool, as_json: bool
) -> None:
    """Name what reads a results link or a report file, what it has, and the config to paste."""
    if (url is None) == (state is None):
        raise click.UsageError("give a results link or a report file, or --state (and --county)")
    if county is not None and state is None:
        raise click.UsageError("--county goes with --state")
    log_errors_only()
    if url is None:
        _known_addresses(state or "", county or "", as_json=as_json)
    else:
        _sources_of(url, no_fetch=no_fetch, as_json=as_json)


def _sources_of(url: str, *, no_fetch: bool, as_json: bool) -> None:
    from monitor import inquiry
    from monitor.contest_lists import contest_row, figures
    from monitor.directory import shipped_directory, warnings
    from monitor.files_told import is_file
    from monitor.paste import config_for

    for warning in warnings(shipped_directory(), url):
        click.echo(safe(warning), err=True)
    link, found = asyncio.run(inquiry.look_up(url, now(), fetch=not no_fetch))
    rows, pasted = [plain(contest_row(one)) for one in found.contests], config_for(link, found)
    compared = [plain(one) for one in figures(found.contests)] if is_file(link) else []
    if as_json:
        show_json({
            "link": plain(link),
            "elections": [plain(one) for one in found.elections],
            "contests": rows,
            "figures": compared,
            "failures": found.failures,
            "is_test": found.is_test,
            "config": pasted,
        })  # fmt: skip
    else:
        _link(link)
        if found.is_test:
            click.echo("  the site marks its numbers as TEST data")
        _elections(found.elections)
        _contests(rows)
        _contests(compared)
        click.echo(f"\n{pasted}", nl=False)
    for failure in found.failures:
        click.echo(safe(failure), err=True)
    if found.failures:
        raise SystemExit(1)


def _known_addresses(state: str, county: str, *, as_json: bool) -> None:
    from monitor import app
    from monitor.coverage import way_of
    from monitor.directory import look_for, shipped_directory

    found, known = look_for(shipped_directory(), state, county), app.scrapers()
    rows = [{**plain(one), "way": way_of(one, known).value} for one in found.addresses]
    if as_json:
        show_json(rows)
    else:
        for row in rows:
            _address(row)
    if found.told:
        click.echo(safe(found.told), err=True)


def _address(row: dict[str, str]) -> None:
    place = f"{row['county'] or 'whole state'}, {row['state']}"
    click.echo(f"{place}: {row['address'] or 'no address'}")
    told = (row["platform"] or "no platform", row["way"], row["seen"] and f"seen {row['seen']}")
    click.echo(f"  {', '.join(filter(None, told))}")
    if row["note"]:
        click.echo(f"  {row['note']}")


@click.command()
@click.option("--state", help="One state, two letters.")
@JSON
def coverage(state: str | None, *, as_json: bool) -> None:
    """Count the prosecutors' districts of each state that settings, or report files, reach."""
    from monitor import app
    from monitor import coverage as counting
    from monitor.directory import shipped_directory

    log_errors_only()
    nominal = counting.of_state(counting.shipped_nominal(), state)
    rows = counting.coverage(shipped_directory(), nominal, app.scrapers())
    if as_json:
        show_json([plain(one) for one in rows])
        return
    shown_rows = rows if state else (*rows, counting.total(rows))
    show_rows([plain(one) for one in shown_rows], as_json=False)


def _link(link: Recognised) -> None:
    click.echo(f"{link.scraper}: {link.source_name}")
    day = (("date", str(link.day)),) if link.day else ()
    for key, value in (*day, *link.settings):
        click.echo(f"  {key} = {safe(value)}")
    if link.also:
        click.echo(f"  such links are also read by {', '.join(link.also)}")


def _elections(elections: Iterable[ElectionListing]) -> None:
    rows = [
        {
            "date": str(one.date or ""),
            "election": one.name,
            "settings": " ".join(f"{key}={value}" for key, value in one.settings),
        }
        for one in elections
    ]
    if rows:
        show_table(rows)


@click.command()
@click.argument("source")
@click.option("--grep", help="Only with this text in title, key or a name; offices by any name.")
@CONFIG
@JSON
def contests(source: str, grep: str | None, config_path: Path, *, as_json: bool) -> None:
    """Visit one configured source, and list the contests it has; with --grep its figures too."""
    from monitor import inquiry
    from monitor.contest_lists import contest_row, figures, narrowed

    log_errors_only()
    report = asyncio.run(inquiry.report_of_source(config_path, source, now()))
    found = narrowed(report, source, grep)
    rows, compared = [
        [plain(row) for row in made] for made in (map(contest_row, found), figures(found))
    ]
    if as_json:
        show_json(rows)
        return
    _contests(rows)
    if grep:
        _contests(compared)


def _contests(rows: list[dict[str, Any]]) -> None:
    if rows:
        show_table([{name: safe(shown(value)) for name, value in row.items()} for row in rows])


@click.group()
def config() -> None:
    """Say what config.toml may hold."""


@config.command()
def schema() -> None:
    """Print the JSON schema of config.toml."""
    from monitor.config import schema as made

    show_json(made())


COMMANDS = (status, explain, check, sources, coverage, contests, config)

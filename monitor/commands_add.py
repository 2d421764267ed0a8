"""`add`: write source and race for a results link into config.toml, after a look at the site."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from monitor.commands import (
    CONFIG,
    DATABASE,
    JSON,
    SETTINGS,
    log_errors_only,
    now,
    plain,
    show_json,
)
from monitor.races import ElectionKind
from monitor.terminal import safe

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from pathlib import Path

    from monitor.adding_app import Plan
    from monitor.check import Grade


def _names(
    _: click.Context, __: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Read candidates: as staff say the name, and after a = as the ballot prints it."""
    pairs = (text.partition("=") for text in given)
    return tuple((name.strip(), ballot.strip()) for name, _, ballot in pairs)


def _kind(_: click.Context, __: click.Parameter, value: str | None) -> ElectionKind | None:
    return ElectionKind(value) if value else None


def _day(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


def _time(_: click.Context, __: click.Parameter, value: datetime | None) -> time | None:
    return value.time() if value else None


@click.command()
@click.argument("url")
@click.option("--contest", default="", help="Its id there, or words that fit one title.")
@click.option(
    "--candidate", "candidates", multiple=True, metavar="NAME", callback=_names,
    help="Whom we speak for, as staff say it; NAME=BALLOT where the ballot spells it otherwise.",
)  # fmt: skip
@click.option("--by", multiple=True, metavar="ORGANIZATION", help="Who endorses; may be repeated.")
@click.option("--channel", default="", help="A channel of config.toml that must hear of it.")
@click.option("--party", default="", help="DEM, REP, … in a party primary.")
@click.option("--county", "counties", multiple=True, help="Whose votes it has; may be repeated.")
@click.option("--race", default="", help="The new race's id; or one there is, for another source.")
@click.option("--election", default="", help="An election of config.toml, or a new one's id.")
@click.option("--source", default="", help="The new source's id.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Election day."
)
@click.option("--state", default="", help="Two letters.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in ElectionKind]), callback=_kind,
    help="The type of a new election.",
)  # fmt: skip
@click.option("--name", default="", help="What staff call the race: Durham DA.")
@click.option("--office", default="", help="The office in full.")
@click.option("--office-kind", default="", help="Where it is no prosecutor's.")
@click.option(
    "--polls-close", type=click.DateTime(["%H:%M"]), callback=_time,
    help="Where polls close at another time than in the state, with --zone.",
)  # fmt: skip
@click.option("--zone", default="", help="The time zone of --polls-close: America/Denver.")
@click.option("--caller", "callers", multiple=True, help="Who is asked first; may be repeated.")
@SETTINGS
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask; takes an id and full names only.")
@CONFIG
@DATABASE
@JSON
def add(
    config_path: Path, database: Path, *, dry_run: bool, yes: bool, as_json: bool, **given: Any
) -> None:
    """Look at a results link, and write its source and race into config.toml."""
    from monitor import adding_app
    from monitor.adding_choice import Asked

    log_errors_only()
    plan = asyncio.run(adding_app.plan(Asked(**given), config_path, database, now()))
    if not as_json:
        _show(plan)
    if not dry_run:
        _ask(plan, yes=yes)
        plan.write()
        click.echo(
            f"{config_path} is written. A running `watch` takes it within seconds; after the "
            "close NOW WATCHING tells the standing.",
            err=True,
        )
    if as_json:
        show_json({
            "platform": plan.link.scraper,
            "proven": plan.proven,
            "race": plan.chosen.race,
            "contest": plan.chosen.contest.key,
            "proposed": plan.chosen.proposed,
            "check": plain(plan.checked),
            "diff": plan.diff,
            "written": not dry_run,
        })  # fmt: skip


def _show(plan: Plan) -> None:
    """Print what the link is, what was found there, what would be written, what is left to do."""
    from monitor.check import Grade

    link, contest = plan.link, plan.chosen.contest
    proof = "proven" if plan.proven else "unproven"
    click.echo(f"{link.scraper}: {safe(link.source_name)} ({proof})")
    click.echo(f"found: {safe(' '.join(contest.title.split()))} (id {safe(contest.key)})")
    for choice in contest.selections:
        click.echo(f"  {safe(choice.name)}  {choice.votes:,}")
    click.echo(f"\n{safe(plan.diff)}\n")
    click.echo(safe(plan.checked.sign_off))
    _findings("Checked:", plan, Grade.GREEN)
    _findings("Still to do, or to know:", plan, Grade.AMBER)


def _findings(head: str, plan: Plan, grade: Grade) -> None:
    told = [one.sentence for one in plan.checked.findings if one.grade is grade]
    for line in (head, *(f"  {safe(one)}" for one in told)) if told else ():
        click.echo(line)


def _ask(plan: Plan, *, yes: bool) -> None:
    """Have a person agree; a script must have named everything in full. Raises `AddRefused`."""
    from monitor.adding_finding import AddRefused

    proposed = safe("; ".join(plan.chosen.proposed))
    if yes and proposed:
        raise AddRefused(f"--yes takes nothing proposed: {proposed}. Give --contest ID, full names")
    if yes:
        return
    if not sys.stdin.isatty():
        raise AddRefused("nobody is here to ask; look at --dry-run, then give --yes")
    meant = f"Meant is {proposed}. " if proposed else ""
    if not click.confirm(f"{meant}Write this?", default=False, err=True):
        raise AddRefused("nothing is written")


COMMANDS = (add,)

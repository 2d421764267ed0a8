"""The commands of people: every act has who and why, and stands in the audit table for ever."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from monitor.commands import DATABASE, JSON, show_rows, words_of
from monitor.commands_acts import OVERRIDDEN, WHO, WHY, do, made, of_people
from monitor.commands_calls import CALLS
from monitor.commands_figures import FIGURES
from monitor.people import ActKind

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@of_people(click.argument("closes"), WHO, WHY, OVERRIDDEN)
def close(
    race: str, closes: str, who: str, why: str, override: str | None, config_path: Path,
    database: Path, *, as_json: bool,
) -> None:  # fmt: skip
    """Move the close of RACE's polls to CLOSES: 21:00 there on election day, or ISO 8601."""
    act = made(
        ActKind.CLOSE, race, who, why,
        closes_at=_closes(config_path, race, closes), override=bool(override),
    )  # fmt: skip
    do(act, config_path, database, as_json=as_json)


def _closes(config_path: Path, race: str, text: str) -> datetime:
    from monitor import acting, app

    night = app.night_of(app.config_at(config_path))
    acting.refuse_unknown(night, race)
    zone, day = ZoneInfo(night.places[race].zone), night.races[race].race.election.date
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}", text):
            return datetime.combine(day, time.fromisoformat(text.zfill(5)), tzinfo=zone)
        at = datetime.fromisoformat(text)
    except ValueError:
        told = f"{text!r} is no time; write 21:00 or 2018-05-08T21:00-04:00"
        raise click.BadParameter(told, param_hint="CLOSES") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


@click.command()
@of_people(click.argument("text", callback=words_of), WHO)
def note(
    race: str, text: str, who: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Put TEXT into RACE's thread; a note shows, and never sets an outcome."""
    do(made(ActKind.NOTE, race, who, text), config_path, database, as_json=as_json)


@click.command()
@of_people(click.argument("act"), WHO, WHY)
def undo(
    race: str, act: str, who: str, why: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Take one ACT on RACE back, by its id; `acts RACE` lists them."""
    taken_back = made(ActKind.UNDO, race, who, why, undoes=act)
    do(taken_back, config_path, database, as_json=as_json)


@click.command("acts")
@click.argument("race")
@DATABASE
@JSON
def acts_(race: str, database: Path, *, as_json: bool) -> None:
    """Show everything people did in RACE, oldest first (the rows of act_log)."""
    from monitor import acting

    rows = acting.acts_of(database, race)
    show_rows(rows if as_json else acting.short_rows(rows), as_json=as_json)


COMMANDS = (*CALLS, *FIGURES, close, note, undo, acts_)

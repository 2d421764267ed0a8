"""The commands about figures: typed in, accepted, rejected, set aside."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.commands_acts import (
    LINK,
    OVERRIDDEN,
    SEEN,
    SOURCE,
    WHO,
    WHY,
    do,
    look_or_do,
    made,
    of_people,
)
from monitor.people import ActKind
from monitor.terminal import safe

if TYPE_CHECKING:
    from pathlib import Path

_NUMBER = "[0-9][0-9,]{0,14}"


def _votes(_: click.Context, param: click.Parameter, value: tuple[str, ...]) -> Any:
    pairs = [re.fullmatch(rf"(.+?)\s*=\s*({_NUMBER})", safe(one).strip()) for one in value]
    if not all(pairs):
        raise click.BadParameter('write "Satana Deberry=15207"', param=param)
    return tuple((pair[1], int(pair[2].replace(",", ""))) for pair in pairs if pair)


def _units(_: click.Context, param: click.Parameter, value: str | None) -> Any:
    found = re.fullmatch(f"({_NUMBER})/({_NUMBER})", value or "")
    if value and not found:
        raise click.BadParameter("write 12/57", param=param)
    return tuple(int(part.replace(",", "")) for part in found.groups()) if found else None


@click.command()
@of_people(
    SOURCE,
    click.option("--votes", multiple=True, callback=_votes, metavar="NAME=N",
        help="Votes of one candidate; may be repeated."),
    click.option("--units", callback=_units, metavar="12/57", help="Units in, of all."),
    click.option("--outstanding", type=click.IntRange(min=0), help="Ballots not counted yet."),
    click.option("--official", is_flag=True, help="--outstanding is official, not an estimate."),
    LINK, WHO, WHY, OVERRIDDEN,
)  # fmt: skip
def enter(
    race: str, source: str, votes: tuple[tuple[str, int], ...], units: tuple[int, int] | None,
    outstanding: int | None, link: str, who: str, why: str, override: str | None,
    config_path: Path, database: Path, *, official: bool, as_json: bool,
) -> None:  # fmt: skip
    """Enter figures of RACE by hand, in the place of SOURCE until it has caught up."""
    act = made(
        ActKind.ENTER, race, who, why, source=source, votes=votes, units=units,
        outstanding=outstanding, is_estimate=not official, link=link, override=bool(override),
    )  # fmt: skip
    do(act, config_path, database, as_json=as_json)


@click.command()
@of_people(SOURCE, WHO, WHY, SEEN)
def accept(
    race: str, source: str, who: str, why: str, seen: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Take what is held back of SOURCE in RACE; without --seen only show it."""
    act = made(ActKind.ACCEPT, race, who, why, source=source, seen=seen)
    look_or_do(act, config_path, database, as_json=as_json)


@click.command()
@of_people(SOURCE, WHO, WHY, SEEN)
def reject(
    race: str, source: str, who: str, why: str, seen: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Say that what is held back of SOURCE in RACE is wrong: it stays held, no more is asked."""
    act = made(ActKind.REJECT, race, who, why, source=source, seen=seen)
    do(act, config_path, database, as_json=as_json)


@click.command()
@of_people(SOURCE, WHO, WHY)
def acknowledge(
    race: str, source: str, who: str, why: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Say that you have seen what callers of RACE are paged for, of SOURCE or an outcome."""
    act = made(ActKind.ACKNOWLEDGE, race, who, why, source=source)
    do(act, config_path, database, as_json=as_json)


def _moment(_: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    try:
        at = None if value is None else datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("write 2018-05-08T21:12-04:00", param=param) from None
    if at is not None and at.tzinfo is None:
        raise click.BadParameter("the offset is missing: 2018-05-08T21:12-04:00", param=param)
    return at


@click.command()
@of_people(
    click.argument("source"),
    click.option("--since", callback=_moment, help="Since when its figures are wrong."),
    WHO, WHY, OVERRIDDEN,
)  # fmt: skip
def supersede(
    race: str, source: str, since: datetime | None, who: str, why: str, override: str | None,
    config_path: Path, database: Path, *, as_json: bool,
) -> None:  # fmt: skip
    """Leave SOURCE out of RACE's total from now on; it stays visible."""
    act = made(
        ActKind.SUPERSEDE, race, who, why, source=source, since=since, override=bool(override)
    )
    do(act, config_path, database, as_json=as_json)


@click.command("go-live")
@of_people(SOURCE, WHO, WHY)
def go_live(
    race: str, source: str, who: str, why: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Say that SOURCE, which showed a rehearsal, now shows the real count of RACE."""
    act = made(ActKind.GO_LIVE, race, who, why, source=source)
    do(act, config_path, database, as_json=as_json)


FIGURES = (enter, accept, reject, acknowledge, supersede, go_live)

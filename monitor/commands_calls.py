"""The commands about outcomes: what callers are asked, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.caller_acts import LATER, MOST_MINUTES
from monitor.commands_acts import (
    CANDIDATE,
    LINK,
    OVERRIDDEN,
    SEEN,
    WHO,
    WHY,
    do,
    look_or_do,
    made,
    of_people,
)
from monitor.decision import Outcome
from monitor.people import ActKind

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@of_people(CANDIDATE, LINK, WHO, WHY, SEEN, OVERRIDDEN)
def confirm(
    race: str, candidate: str, link: str, who: str, why: str, seen: str, override: str | None,
    config_path: Path, database: Path, *, as_json: bool,
) -> None:  # fmt: skip
    """Release the outcome the rule gives in RACE; without --seen only show what would go out."""
    act = made(
        ActKind.CONFIRM, race, who, why,
        candidate=candidate, link=link, seen=seen, override=bool(override),
    )  # fmt: skip
    look_or_do(act, config_path, database, as_json=as_json)


_OUTCOMES = click.Choice([one.value for one in Outcome if one is not Outcome.NONE])


@click.command()
@of_people(
    click.argument("outcome", type=_OUTCOMES), CANDIDATE, LINK, WHO, WHY, SEEN, OVERRIDDEN,
    click.option("--certified", is_flag=True, help="The result is certified; needs --link."),
)  # fmt: skip
def call(
    race: str, outcome: str, candidate: str, link: str, who: str, why: str, seen: str,
    override: str | None, config_path: Path, database: Path, *, certified: bool, as_json: bool,
) -> None:  # fmt: skip
    """Declare OUTCOME in RACE; without --seen only show what would go out."""
    act = made(
        ActKind.CALL, race, who, why, candidate=candidate, link=link, seen=seen,
        override=bool(override), certified=certified, outcome=Outcome(outcome),
    )  # fmt: skip
    look_or_do(act, config_path, database, as_json=as_json)


@click.command()
@of_people(CANDIDATE, WHO, WHY)
def retract(
    race: str, candidate: str, who: str, why: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Withdraw an outcome of RACE everywhere it went, and freeze the race."""
    act = made(ActKind.RETRACT, race, who, why, candidate=candidate)
    do(act, config_path, database, as_json=as_json)


@click.command()
@of_people(WHO, WHY)
def freeze(
    race: str, who: str, why: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Stop outcomes of RACE until `unfreeze`."""
    do(made(ActKind.FREEZE, race, who, why), config_path, database, as_json=as_json)


@click.command()
@of_people(WHO, WHY)
def unfreeze(
    race: str, who: str, why: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Let outcomes of RACE go out again."""
    do(made(ActKind.UNFREEZE, race, who, why), config_path, database, as_json=as_json)


# -- heads-up, and the question whether to call -------------------------------------------


@click.command()
@of_people(CANDIDATE, WHO, WHY, SEEN)
def release(
    race: str, candidate: str, who: str, why: str, seen: str, config_path: Path, database: Path,
    *, as_json: bool,
) -> None:  # fmt: skip
    """Let everybody have what the heads-up told of RACE; without --seen only show it."""
    act = made(ActKind.RELEASE, race, who, why, candidate=candidate, seen=seen)
    look_or_do(act, config_path, database, as_json=as_json)


@click.command("ask-later")
@of_people(
    click.option(
        "--minutes", type=click.IntRange(1, MOST_MINUTES), default=LATER, show_default=True,
        help="After how many minutes callers are asked again.",
    ),
    CANDIDATE, WHO, WHY,
)  # fmt: skip
def ask_later(
    race: str, minutes: int, candidate: str, who: str, why: str, config_path: Path,
    database: Path, *, as_json: bool,
) -> None:  # fmt: skip
    """Have the callers of RACE asked again later, and not before."""
    act = made(ActKind.ASK_LATER, race, who, why, candidate=candidate, minutes=minutes)
    do(act, config_path, database, as_json=as_json)


@click.command("not-tonight")
@of_people(CANDIDATE, WHO, WHY)
def not_tonight(
    race: str, candidate: str, who: str, why: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Have the callers of RACE asked again at eight in the morning there."""
    act = made(ActKind.NOT_TONIGHT, race, who, why, candidate=candidate)
    do(act, config_path, database, as_json=as_json)


CALLS = (confirm, call, retract, freeze, unfreeze, release, ask_later, not_tonight)

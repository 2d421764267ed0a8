"""The commands of people: every act has who and why, and stands in the audit table for ever.

A running `watch` takes an act within a second; where none runs it is applied here. An
act that is refused says what was seen and what to do, and exits with 1.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import click

from monitor.commands import (
    CONFIG,
    DATABASE,
    JSON,
    log_errors_only,
    name_of,
    now,
    show_json,
    show_rows,
    words_of,
)
from monitor.decision import Outcome
from monitor.doing import OVERRIDE
from monitor.people import Act, ActKind
from monitor.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.acting import Seen

REFUSED = 1

_RACE = click.argument("race")
_WHO = click.option("--who", required=True, callback=name_of, help="Who acts: a person's name.")
_WHY = click.option(
    "--why", required=True, callback=words_of, help="Why, in a sentence; it is kept and shown."
)
_CANDIDATE = click.option(
    "--candidate", default="", help="Whose outcome, where the race has several of ours."
)
_SEEN = click.option(
    "--seen", default="", help="What you saw, as the same command without --seen prints it."
)
_OVERRIDE = click.option(
    "--override", type=click.Choice([OVERRIDE]), help="Act against what the figures show."
)
_LINK = click.option(
    "--link", default="", callback=words_of,
    help='Where it can be read, or "phone, clerk NAME".',
)  # fmt: skip
_SOURCE = click.argument("source", required=False, default="")


def _people(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the race first, then its own options, then who, why, where and how."""

    def give(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed((_RACE, *options, CONFIG, DATABASE, JSON)):
            function = option(function)
        return function

    return give


def _act(kind: ActKind, race: str, who: str, why: str, **parts: Any) -> Act:
    return Act(id=uuid4().hex[:12], kind=kind, race=race, who=who, why=why, at=now(), **parts)


def _do(act: Act, config_path: Path, database: Path, *, as_json: bool) -> None:
    """Have an act answered, print the sentence, and exit with 1 when it is refused."""
    from monitor import acting

    log_errors_only()
    applied, sentence = asyncio.run(
        acting.do(config_path, database, act, os.environ, quiet=as_json)
    )
    if as_json:
        show_json({"id": act.id, "applied": applied, "sentence": sentence})
    else:
        click.echo(safe(f"{sentence} (act {act.id})"))
    if not applied:
        raise SystemExit(REFUSED)


def _look_or_do(act: Act, config_path: Path, database: Path, *, as_json: bool) -> None:
    """Without --seen only show what would go out, and the line that does it."""
    if act.seen:
        _do(act, config_path, database, as_json=as_json)
        return
    from monitor import acting

    log_errors_only()
    seen = acting.look(config_path, database, act)
    line = command_line(replace(act, seen=seen.digest)) if seen.digest else ""
    if as_json:
        show_json(_as_json(seen, line))
    else:
        _show(seen, line)
    if seen.refused:
        raise SystemExit(REFUSED)


def _as_json(seen: Seen, line: str) -> dict[str, Any]:
    posts = [{"kind": post.kind, "channel": post.channel, "text": post.text} for post in seen.posts]
    return {
        "done": False, "refused": seen.refused, "sentence": seen.sentence, "seen": seen.digest,
        "command": line, "posts": posts,
    }  # fmt: skip


def _show(seen: Seen, line: str) -> None:
    from monitor.acting import show_posts

    if seen.refused:
        click.echo(safe(seen.sentence))
        return
    click.echo("NOT DONE YET. This would go out:")
    show_posts(seen)
    click.echo(f"\nTo do it, as long as the figures stay as they are:\n{safe(line)}")


def command_line(act: Act) -> str:
    """Return the line that does an act, to be pasted."""
    words = ["python", "run.py", act.kind.value, act.race]
    words += [act.source] if act.source else []
    words += [act.outcome.value] if act.outcome is not Outcome.NONE else []
    given = (
        ("--candidate", act.candidate), ("--link", act.link), ("--who", act.who),
        ("--why", act.why), ("--seen", act.seen),
    )  # fmt: skip
    words += [word for name, value in given if value for word in (name, value)]
    words += ["--certified"] if act.certified else []
    words += ["--override", OVERRIDE] if act.override else []
    return shlex.join(words)


# -- outcomes ----------------------------------------------------------------------------


@click.command()
@_people(_CANDIDATE, _LINK, _WHO, _WHY, _SEEN, _OVERRIDE)
def confirm(
    race: str, candidate: str, link: str, who: str, why: str, seen: str, override: str | None,
    config_path: Path, database: Path, *, as_json: bool,
) -> None:  # fmt: skip
    """Release the outcome the rule gives in RACE; without --seen only show what would go out."""
    act = _act(
        ActKind.CONFIRM, race, who, why,
        candidate=candidate, link=link, seen=seen, override=bool(override),
    )  # fmt: skip
    _look_or_do(act, config_path, database, as_json=as_json)


_OUTCOMES = click.Choice([one.value for one in Outcome if one is not Outcome.NONE])


@click.command()
@_people(
    click.argument("outcome", type=_OUTCOMES), _CANDIDATE, _LINK, _WHO, _WHY, _SEEN, _OVERRIDE,
    click.option("--certified", is_flag=True, help="The result is certified; needs --link."),
)  # fmt: skip
def call(
    race: str, outcome: str, candidate: str, link: str, who: str, why: str, seen: str,
    override: str | None, config_path: Path, database: Path, *, certified: bool, as_json: bool,
) -> None:  # fmt: skip
    """Declare OUTCOME in RACE; without --seen only show what would go out."""
    act = _act(
        ActKind.CALL, race, who, why, candidate=candidate, link=link, seen=seen,
        override=bool(override), certified=certified, outcome=Outcome(outcome),
    )  # fmt: skip
    _look_or_do(act, config_path, database, as_json=as_json)


@click.command()
@_people(_CANDIDATE, _WHO, _WHY)
def retract(
    race: str, candidate: str, who: str, why: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Withdraw an outcome of RACE everywhere it went, and freeze the race."""
    act = _act(ActKind.RETRACT, race, who, why, candidate=candidate)
    _do(act, config_path, database, as_json=as_json)


@click.command()
@_people(_WHO, _WHY)
def freeze(
    race: str, who: str, why: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Stop outcomes of RACE until `unfreeze`."""
    _do(_act(ActKind.FREEZE, race, who, why), config_path, database, as_json=as_json)


@click.command()
@_people(_WHO, _WHY)
def unfreeze(
    race: str, who: str, why: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Let outcomes of RACE go out again."""
    _do(_act(ActKind.UNFREEZE, race, who, why), config_path, database, as_json=as_json)


# -- figures -----------------------------------------------------------------------------


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
@_people(
    _SOURCE,
    click.option("--votes", multiple=True, callback=_votes, metavar="NAME=N", help="Repeatable."),
    click.option("--units", callback=_units, metavar="12/57", help="Units in, of all."),
    click.option("--outstanding", type=click.IntRange(min=0), help="Ballots not counted yet."),
    click.option("--official", is_flag=True, help="--outstanding is official, not an estimate."),
    _LINK, _WHO, _WHY, _OVERRIDE,
)  # fmt: skip
def enter(
    race: str, source: str, votes: tuple[tuple[str, int], ...], units: tuple[int, int] | None,
    outstanding: int | None, link: str, who: str, why: str, override: str | None,
    config_path: Path, database: Path, *, official: bool, as_json: bool,
) -> None:  # fmt: skip
    """Enter figures of RACE by hand, in the place of SOURCE until it has caught up."""
    act = _act(
        ActKind.ENTER, race, who, why, source=source, votes=votes, units=units,
        outstanding=outstanding, is_estimate=not official, link=link, override=bool(override),
    )  # fmt: skip
    _do(act, config_path, database, as_json=as_json)


@click.command()
@_people(_SOURCE, _WHO, _WHY, _SEEN)
def accept(
    race: str, source: str, who: str, why: str, seen: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Take what is held back of SOURCE in RACE; without --seen only show it."""
    act = _act(ActKind.ACCEPT, race, who, why, source=source, seen=seen)
    _look_or_do(act, config_path, database, as_json=as_json)


def _moment(_: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    try:
        at = None if value is None else datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("write 2018-05-08T21:12-04:00", param=param) from None
    if at is not None and at.tzinfo is None:
        raise click.BadParameter("the offset is missing: 2018-05-08T21:12-04:00", param=param)
    return at


@click.command()
@_people(
    click.argument("source"),
    click.option("--since", callback=_moment, help="Since when its figures are wrong."),
    _WHO, _WHY, _OVERRIDE,
)  # fmt: skip
def supersede(
    race: str, source: str, since: datetime | None, who: str, why: str, override: str | None,
    config_path: Path, database: Path, *, as_json: bool,
) -> None:  # fmt: skip
    """Leave SOURCE out of RACE's total from now on; it stays visible."""
    act = _act(
        ActKind.SUPERSEDE, race, who, why, source=source, since=since, override=bool(override)
    )
    _do(act, config_path, database, as_json=as_json)


@click.command("go-live")
@_people(_SOURCE, _WHO, _WHY)
def go_live(
    race: str, source: str, who: str, why: str, config_path: Path, database: Path, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Say that SOURCE, which showed a rehearsal, now shows the real count of RACE."""
    act = _act(ActKind.GO_LIVE, race, who, why, source=source)
    _do(act, config_path, database, as_json=as_json)


# -- closes, notes, undo, the table --------------------------------------------------------


@click.command()
@_people(click.argument("closes"), _WHO, _WHY, _OVERRIDE)
def close(
    race: str, closes: str, who: str, why: str, override: str | None, config_path: Path,
    database: Path, *, as_json: bool,
) -> None:  # fmt: skip
    """Move the close of RACE's polls to CLOSES: 21:00 there on election day, or ISO 8601."""
    act = _act(
        ActKind.CLOSE, race, who, why,
        closes_at=_closes(config_path, race, closes), override=bool(override),
    )  # fmt: skip
    _do(act, config_path, database, as_json=as_json)


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
@_people(click.argument("text", callback=words_of), _WHO)
def note(
    race: str, text: str, who: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Put TEXT into RACE's thread; a note shows, and never sets an outcome."""
    _do(_act(ActKind.NOTE, race, who, text), config_path, database, as_json=as_json)


@click.command()
@_people(click.argument("act"), _WHO, _WHY)
def undo(
    race: str, act: str, who: str, why: str, config_path: Path, database: Path, *, as_json: bool
) -> None:
    """Take one ACT on RACE back, by its id; `acts RACE` lists them."""
    taken_back = _act(ActKind.UNDO, race, who, why, undoes=act)
    _do(taken_back, config_path, database, as_json=as_json)


@click.command("acts")
@click.argument("race")
@DATABASE
@JSON
def acts_(race: str, database: Path, *, as_json: bool) -> None:
    """Show everything people did in RACE, oldest first (the rows of act_log)."""
    from monitor import acting

    rows = acting.acts_of(database, race)
    show_rows(rows if as_json else acting.short_rows(rows), as_json=as_json)


COMMANDS = (
    confirm, call, retract, freeze, unfreeze, enter, accept, supersede, go_live, close, note,
    undo, acts_,
)  # fmt: skip

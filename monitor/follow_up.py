"""The runoff that an outcome sets: kept, told, and asked for until a race follows. Pure.

An automatic runoff is a race of its own. It needs a source that nobody may have on
the night, so ops are given the configuration to paste, and asked 14, 7 and 2 days
before its day while no configured race follows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.decision import Block, Outcome
from monitor.events import Kind
from monitor.follow_up_config import config_text
from monitor.reading import ADVANCING
from monitor.state import FollowUpRace
from monitor.words import listing

if TYPE_CHECKING:
    from monitor.decision import Decision
    from monitor.state import RaceState, Watched
    from monitor.tally import Line, Tally
    from monitor.teller import Teller

MORNING = time(9)
"""When reminders are told, where the race is."""
DAYS_BEFORE = (14, 7, 2)


def set_follow_up(teller: Teller, tally: Tally, decision: Decision) -> None:
    """Keep the runoff that was told of a candidate, and take it back with the outcome.

    To be called whenever what is told of a candidate may have changed: nothing is said
    while the same runoff stands, nor of who is in it after one look.
    """
    told = teller.told(decision.candidate)
    if told.outcome is Outcome.RUNOFF:
        if told.doubt_since is None and Block.ONE_LOOK not in decision.blocks:
            _set(teller, tally, decision)
    elif teller.state.follow_up is not None and not _has_runoff(teller):
        teller.state = replace(teller.state, follow_up=None)
        _say(
            teller, tally, decision, Kind.NOTE_ADDED,
            "The runoff is not set any more: the outcome it came from is withdrawn.",
        )  # fmt: skip


def _has_runoff(teller: Teller) -> bool:
    ours = (one.candidate for one in teller.watched.race.endorsements)
    return any(teller.told(name).outcome is Outcome.RUNOFF for name in ours)


def _set(teller: Teller, tally: Tally, decision: Decision) -> None:
    named = [line for line in tally.lines if not line.is_write_in]
    places = ADVANCING * teller.watched.race.seats
    names = tuple(line.name for line in named[:places])
    found = FollowUpRace(_day_of_runoff(teller.watched), names)
    if teller.state.follow_up == found:
        return
    teller.state = replace(teller.state, follow_up=found)
    text = f"{_when(teller.watched, found)}: {listing(names)}.{_not_sure(named, places, decision)}"
    _say(teller, tally, decision, Kind.FOLLOW_UP_SET, text)


def _not_sure(named: list[Line], places: int, decision: Decision) -> str:
    """Say who may still take the last place: ours is sure of one, the other need not be."""
    if len(named) <= places:
        return ""
    last_in, first_out = named[places - 1], named[places]
    behind = last_in.votes - first_out.votes
    if behind > decision.slack:
        return ""
    return f" That {last_in.name} is in is not sure: {first_out.name} is {behind:,} votes behind."


def _say(teller: Teller, tally: Tally, decision: Decision, kind: Kind, text: str) -> None:
    teller.tell(
        kind, "follow-up", text, candidate=decision.candidate, decision=decision, after=tally,
        reason=text,
    )  # fmt: skip


def _day_of_runoff(watched: Watched) -> date | None:
    """Return the runoff's day, as far as the rule gives it by a verified date."""
    deadlines = dict(watched.rule.reminders()) if watched.rule else {}
    return deadlines["runoff"].due(watched.race.election.date) if "runoff" in deadlines else None


def _when(watched: Watched, follow_up: FollowUpRace) -> str:
    if follow_up.day is not None:
        return f"A runoff follows on {weekday(follow_up.day)}"
    said = watched.rule.runoff_date if watched.rule else ""
    return f"A runoff follows, {said} (day not verified)" if said else "A runoff follows"


def weekday(day: date) -> str:
    """Write a day with its weekday: "Tuesday, May 22"."""
    return f"{day:%A}, {day:%B} {day.day}"


def at_nine(watched: Watched, day: date) -> datetime | None:
    """Return nine in the morning of a day where the race is; None while its zone is not known."""
    if watched.closes_at is None:
        return None
    return datetime.combine(day, MORNING, tzinfo=watched.closes_at.tzinfo)


# -- while nothing follows ---------------------------------------------------------------


def moments(watched: Watched, state: RaceState) -> tuple[datetime, ...]:
    """Return when ops are asked for the race that follows, as far as they were not yet."""
    day = state.follow_up.day if state.follow_up else None
    if day is None or watched.followed_by:
        return ()
    asked = (at_nine(watched, day - timedelta(days=days)) for days in DAYS_BEFORE)
    return tuple(at for at in asked if at is not None and mark(at) not in state.reminded)


def waits(teller: Teller, tally: Tally, decisions: tuple[Decision, ...]) -> None:
    """Ask ops for the race that follows, once for each moment; a late start asks once."""
    watched, found = teller.watched, teller.state.follow_up
    due = [at for at in moments(watched, teller.state) if at <= teller.now]
    if found is None or found.day is None or not due:
        return
    teller.state = replace(
        teller.state, reminded=(*teller.state.reminded, *(mark(at) for at in due))
    )
    today = teller.now.astimezone(due[-1].tzinfo).date()
    if today > found.day:
        return
    first = decisions[0] if decisions else None
    teller.tell(
        Kind.FOLLOW_UP_WAITS, "follow-up", mark(due[-1]),
        candidate=first.candidate if first else "", decision=first, after=tally,
        reason=_asked(watched, found.day, found.candidates, (found.day - today).days),
    )  # fmt: skip


def mark(at: datetime) -> str:
    """Return what `RaceState.reminded` keeps of a question for the race that follows."""
    return f"follow-up {at:%Y-%m-%d}"


def _asked(watched: Watched, day: date, candidates: tuple[str, ...], left: int) -> str:
    until = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
    return (
        f"The runoff is {until}, on {weekday(day)}, and no race in config.toml follows this "
        "one; paste this, and fill in its source:\n\n"
        f"{config_text(watched.race, day, candidates)}"
    )

"""How often staff hear of a count: what is told at once, what is gathered, until when. Pure.

A change that is too small waits for the next one, and not for long. One that is worth
telling waits only when the race has had its updates of the hour. Whatever waits is told in
one message, against the figures last told, so nothing is lost. Outcomes know nothing of this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.model import Units
    from monitor.tally import Tally


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is worth telling at once; start values, and the only place they stand.

    `fewest` votes, or `per_mille` of those told when that is more: small races hear of small
    changes. `milestones`: percent of the units. `longest`: how long a small change waits.
    `hour`: what a budget is for; `mark`: beyond it, what was gathered is told at these steps
    of the clock. `turns`: changes of lead within `steady` from which a lead goes back and
    forth; it is settled when it has stood for `steady`.
    """

    fewest: int = 25
    per_mille: int = 2
    milestones: tuple[int, ...] = (25, 50, 75, 97, 100)
    longest: timedelta = timedelta(minutes=15)
    hour: timedelta = timedelta(hours=1)
    mark: timedelta = timedelta(minutes=30)
    turns: int = 4
    steady: timedelta = timedelta(minutes=10)


NOISE = Thresholds()


class Lead(StrEnum):
    """What is told of a lead; a plain change needs no word."""

    CHANGED = ""
    SWINGS = "back and forth"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Pace:
    """What was told of a race's count when, and what was not.

    `told_at`: the updates told in the last hour. `last`: when the figures last told were
    told. `since`: figures that were not told stand since then, after `left` changes;
    `newest` digests them. `worth`: only the budget holds them back. `turns`: changes of
    lead of the last minutes; `swings`: staff know that it goes back and forth.
    """

    told_at: tuple[datetime, ...] = ()
    last: datetime | None = None
    since: datetime | None = None
    left: int = 0
    newest: str = ""
    worth: bool = False
    turns: tuple[datetime, ...] = ()
    swings: bool = False


# -- counts ------------------------------------------------------------------------------


def is_worth_telling(before: Tally | None, after: Tally, *, swings: bool) -> bool:
    """Say whether a count is told at once; `swings`: a new leader alone is no news now."""
    if before is None or before.units != after.units or _is_of_another_kind(before, after):
        return True
    leaders = [[line.name for line in tally.lines[:1]] for tally in (before, after)]
    if leaders[0] != leaders[1] and not swings:
        return True
    return _moved(before, after) >= max(NOISE.fewest, before.total * NOISE.per_mille // 1_000)


def _is_of_another_kind(before: Tally, after: Tally) -> bool:
    """Another source, another county or another state of the count: no matter of numbers."""
    kinds = [
        (one.sources, one.missing, one.is_complete, one.is_being_changed, one.election_day_missing)
        for one in (before, after)
    ]
    return kinds[0] != kinds[1]


def _moved(before: Tally, after: Tally) -> int:
    """Count the votes by which any line differs."""
    was = {line.name: line.votes for line in before.lines}
    now = {line.name: line.votes for line in after.lines}
    return sum(abs(now.get(name, 0) - was.get(name, 0)) for name in was.keys() | now.keys())


def milestone(before: Units | None, after: Units | None) -> int:
    """Return the highest milestone passed between two counts of units in percent, or 0."""
    if before is None or after is None or not after.total:
        return 0
    passed = (
        percent
        for percent in NOISE.milestones
        if 100 * before.reported < percent * before.total
        and 100 * after.reported >= percent * after.total
    )
    return max(passed, default=0)


# -- what waits --------------------------------------------------------------------------


def gathered(pace: Pace, newest: str, now: datetime, *, worth: bool) -> Pace:
    """Count newly accepted figures among those that are not told."""
    if newest == pace.newest and pace.since is not None:
        return replace(pace, worth=pace.worth or worth, since=min(pace.since, now))
    since = now if pace.since is None else min(pace.since, now)  # a clock may be set back
    return replace(pace, since=since, left=pace.left + 1, newest=newest, worth=pace.worth or worth)


def all_told(pace: Pace, newest: str, now: datetime, *, counts: bool = False) -> Pace:
    """Forget what waited; `counts`: it was told in an update, which the budget knows."""
    recent = tuple(at for at in pace.told_at if now - NOISE.hour < at <= now)
    return replace(
        pace, told_at=(*recent, now) if counts else recent, last=now, since=None, left=0,
        newest=newest, worth=False,
    )  # fmt: skip


def nothing_waits(pace: Pace, newest: str) -> Pace:
    """The figures are those told again."""
    return replace(pace, since=None, left=0, newest=newest, worth=False)


def due_at(pace: Pace, budget: int) -> datetime | None:
    """Return when what waits is told, None when nothing does."""
    if pace.since is None:
        return None
    wanted = pace.since if pace.worth else pace.since + NOISE.longest
    return max(wanted, _room_at(pace.told_at, budget, wanted))


def _room_at(told_at: tuple[datetime, ...], budget: int, wanted: datetime) -> datetime:
    """Return when the hour has room again, or the half hour that may exceed it by one."""
    if len(told_at) < budget:
        return wanted
    free = told_at[-budget] + NOISE.hour
    allowed = max(wanted, told_at[-budget - 1] + NOISE.hour) if len(told_at) > budget else wanted
    return min(free, _mark_after(allowed))


def _mark_after(moment: datetime) -> datetime:
    """Return the first :00 or :30 that is not before a moment; every US zone has the same."""
    step = int(NOISE.mark.total_seconds())
    seconds = -moment.timestamp() % step
    return moment + timedelta(seconds=seconds)


# -- leads -------------------------------------------------------------------------------


def turned(pace: Pace, now: datetime) -> tuple[Pace, Lead | None]:
    """Take a confirmed change of lead into account; return what is told of it, if anything."""
    turns = (*_recent(pace, now), now)
    if pace.swings:
        return replace(pace, turns=turns), None
    swings = len(turns) >= NOISE.turns
    return replace(pace, turns=turns, swings=swings), Lead.SWINGS if swings else Lead.CHANGED


def settles_at(pace: Pace) -> datetime | None:
    """Return when a lead that goes back and forth has stood long enough, None for a calm one."""
    return pace.turns[-1] + NOISE.steady if pace.swings and pace.turns else None


def settled(pace: Pace) -> Pace:
    """The lead stands: the next change of it is news again."""
    return replace(pace, turns=(), swings=False)


def _recent(pace: Pace, now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in pace.turns if now - NOISE.steady <= at <= now)


def next_moment(pace: Pace, budget: int) -> datetime | None:
    """Return when time alone brings something to tell of the count."""
    moments = (due_at(pace, budget), settles_at(pace))
    return min((at for at in moments if at is not None), default=None)

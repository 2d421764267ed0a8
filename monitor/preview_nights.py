"""Made-up nights of a configured race, so that every kind of message is read beforehand. Pure.

A race whose law knows no runoff shows none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import polls
from monitor.errors import FetchFailure
from monitor.made_up import TURNOUT, UNITS, WHO, MadeUp, Moment, Told
from monitor.model import ResultsStatus
from monitor.people import ActKind
from monitor.polls import PollState
from monitor.races import AUTO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.events import Event
    from monitor.state import Watched

_LATER = timedelta(days=45)
"""How long after the close reminders are looked for."""

_AHEAD = (560, 300, 90, 50)
_BEHIND = (250, 600, 100, 50)
_TURNED, _TURNED_AT = (422, 468, 68, 42), 80_000
"""20,000 votes more, nearly all of them for the first rival: no line falls."""
_BACK, _BACK_AT = (695, 240, 40, 25), 160_000
"""And as many again, nearly all of them for ours."""


def told(watched: Watched) -> tuple[Told, ...]:
    """Play every made-up night; return all that was told, night after night."""
    if watched.race.uncontested:
        return tuple(MadeUp(watched).wait(60 * 24).told)
    at_once = _freely(watched)
    asked = replace(watched, race=replace(watched.race, callers=watched.race.callers or (WHO,)))
    nights = [play(MadeUp(at_once).open()) for play in (*_OUTCOMES, *_TROUBLES)]
    nights += [play(MadeUp(at_once, knows_the_rest=True).open()) for play in _OUTCOMES]
    nights += [play(MadeUp(asked).open()) for play in _ASKED]
    nights += [play(MadeUp(asked, knows_the_rest=True).open()) for play in _ASKED]
    nights.append(MadeUp(at_once).twice(240, _AHEAD))
    return tuple(one for night in nights for one in night.told)


def moments(watched: Watched) -> tuple[Moment, Moment, Moment, Moment]:
    """Play a night for the desk: before the close, first votes, a new lead, and its end."""
    if watched.race.uncontested:
        night = MadeUp(watched).wait(60 * 3)
        one, two, three, four = (Moment(night.state, night.at(at)) for at in (-60, 5, 63, 200))
        return one, two, three, four
    night = MadeUp(replace(_freely(watched), release=())).open()
    before = Moment(night.state, night.at(-60))
    night.look(5, (430, 450, 80, 40), reported=0, turnout=10_000)
    first = Moment(night.state, night.at(6))
    night.twice(60, (480, 420, 60, 40), reported=20, turnout=30_000)
    later = Moment(night.state, night.at(63))
    night.twice(180, _AHEAD).wait(199)
    return before, first, later, Moment(night.state, night.at(200))


def _freely(watched: Watched) -> Watched:
    """Return the race with nobody asked before an outcome goes out."""
    freely = replace(watched.race, callers=(), policies=(("", AUTO),))
    return replace(watched, race=freely, hand_kept=frozenset())


def _count(night: MadeUp, shares: tuple[int, ...], **more: object) -> MadeUp:
    """First votes, a lead that changes, then the whole count in two looks."""
    night.look(5, (430, 450, 80, 40), reported=0, turnout=10_000)
    night.twice(60, (480, 420, 60, 40), reported=20, turnout=30_000)
    return night.twice(180, shares, **more).rest(183)


def _won(night: MadeUp) -> MadeUp:
    _count(night, _AHEAD).wait(400)
    return night.twice(410, _TURNED, turnout=_TURNED_AT).wait(480)


def _stands(night: MadeUp) -> MadeUp:
    _count(night, _AHEAD).wait(400)
    night.look(410, _TURNED, turnout=_TURNED_AT)
    return night.twice(415, _BACK, turnout=_BACK_AT).rest(418).wait(480)


def _certified(night: MadeUp) -> MadeUp:
    _count(night, _AHEAD)
    night.wait(60 * 24 * 8)
    night.twice(60 * 24 * 9, _AHEAD, turnout=TURNOUT, status=ResultsStatus.CERTIFIED)
    night.wait(60 * 24 * 10)
    certified = ResultsStatus.CERTIFIED
    return night.twice(60 * 24 * 12, _TURNED, turnout=_TURNED_AT, status=certified)


def _lost(night: MadeUp) -> MadeUp:
    return _count(night, _BEHIND).wait(400)


def _too_close(night: MadeUp) -> MadeUp:
    return _count(night, (402, 400, 120, 78)).wait(400)


def _still_open(night: MadeUp) -> MadeUp:
    return _count(night, (495, 330, 100, 75)).wait(400)


def _runoff(night: MadeUp) -> MadeUp:
    return _twice_certified(night, (380, 320, 180, 120))


def _others_in_runoff(night: MadeUp) -> MadeUp:
    return _twice_certified(night, (180, 380, 320, 120))


def _runoff_to_ask_for(night: MadeUp) -> MadeUp:
    return _twice_certified(night, (285, 265, 240, 210))


def _tie(night: MadeUp) -> MadeUp:
    return _twice_certified(night, (400, 400, 120, 80))


def _tie_for_second(night: MadeUp) -> MadeUp:
    return _twice_certified(night, (250, 400, 250, 100))


def _twice_certified(night: MadeUp, shares: tuple[int, ...]) -> MadeUp:
    _count(night, shares).wait(60 * 24 * 8)
    return night.twice(60 * 24 * 9, shares, status=ResultsStatus.CERTIFIED).wait(
        _LATER / timedelta(minutes=1)
    )


def _held(night: MadeUp) -> MadeUp:
    night.twice(60, _AHEAD, reported=20, turnout=30_000)
    night.look(70, _AHEAD, reported=20, turnout=60_000).wait(90)
    return night.twice(95, _AHEAD, reported=25, turnout=36_000)


def _revised(night: MadeUp) -> MadeUp:
    night.twice(60, _AHEAD, reported=20, turnout=30_000)
    return night.look(70, _AHEAD, reported=20, turnout=29_000).look(
        77, _AHEAD, reported=20, turnout=29_000
    )


def _down(night: MadeUp) -> MadeUp:
    night.twice(60, _AHEAD, reported=20, turnout=30_000)
    return night.down(63, 75).look(90, _AHEAD, reported=25, turnout=36_000)


def _disagree(night: MadeUp) -> MadeUp:
    """Two sources of one county, each with votes the other has not, and then the same."""
    night.twice(60, _AHEAD)
    for minutes in (61, 63, 75, 90):
        night.alternative(minutes, _TURNED)
        night.look(minutes + 1, _AHEAD)
    for minutes in (100, 103, 110):
        night.alternative(minutes, _AHEAD)
        night.look(minutes + 1, _AHEAD)
    return night.wait(130)


def _not_going_out(night: MadeUp) -> MadeUp:
    """What the heads-up told is gone before everybody else has it."""
    return (
        _count(night, _AHEAD)
        .look(183, _TURNED, turnout=_TURNED_AT)
        .look(185, _TURNED, turnout=_TURNED_AT)
    )


def _unmatched(night: MadeUp) -> MadeUp:
    return night.unmatched(21).twice(30, _AHEAD, reported=5, turnout=9_000)


def _acts(night: MadeUp) -> MadeUp:
    night.twice(60, _AHEAD, reported=20, turnout=30_000)
    night.act(ActKind.FREEZE, 70).act(ActKind.UNFREEZE, 75).act(ActKind.NOTE, 76)
    night.act(ActKind.FOLLOW, 77, user="U00000000").off_and_on(78)
    return night.act(ActKind.CLOSE, -20, closes_at=night.at(60))


def _called(night: MadeUp) -> MadeUp:
    """Where the rule is not verified an outcome goes out only by a person's word."""
    _count(night, _AHEAD)
    candidate = night.watched.race.endorsements[0].candidate
    seen = ""
    for one in reversed(night.told):
        seen = seen or one.event.seen
    return night.act(ActKind.CONFIRM, 200, candidate=candidate, seen=seen)


def _asked(night: MadeUp) -> MadeUp:
    return _count(night, _AHEAD, reported=UNITS - 1).wait(240)


def _going_out(night: MadeUp) -> MadeUp:
    return _count(night, _AHEAD).wait(200)


_OUTCOMES: tuple[Callable[[MadeUp], MadeUp], ...] = (
    _won, _stands, _certified, _lost, _too_close, _still_open, _runoff, _others_in_runoff,
    _runoff_to_ask_for, _tie, _tie_for_second, _called,
)  # fmt: skip
_TROUBLES = (_held, _revised, _unmatched, _down, _disagree, _not_going_out, _acts)
_ASKED = (_asked, _going_out)


def of_source(source: str, closes_at: datetime) -> Iterator[Event]:
    """Yield what is told of a source that stands still, goes down and comes back."""
    poll, events = polls.succeeded(
        PollState(), source, closes_at, changed=True, counting_since=closes_at
    )
    for minutes in (30, 61):
        poll, events = polls.succeeded(
            poll, source, closes_at + timedelta(minutes=minutes), changed=False,
            counting_since=closes_at,
        )  # fmt: skip
        yield from events
    error = FetchFailure("no answer (made up)")
    for minutes in range(62, 75):
        poll, events = polls.failed(poll, source, error, closes_at + timedelta(minutes=minutes))
        yield from events
    _, events = polls.succeeded(
        poll, source, closes_at + timedelta(minutes=75), changed=True, counting_since=None
    )
    yield from events

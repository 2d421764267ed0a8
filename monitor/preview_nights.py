"""Made-up nights of a configured race, so that every kind of message is read beforehand. Pure.

The machine itself plays them: the same sanity, rule, policy and words as on the night. Only
the votes and the rivals are made up, and a race whose law knows no runoff shows none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import acts, polls
from monitor.diff import Step, advance, miss, open_race, pass_time, source_failed
from monitor.errors import FetchFailure
from monitor.events import Event
from monitor.leaving import come_back, leave
from monitor.match import people_of
from monitor.model import Contest, ResultsStatus, Selection, UnitKind, Units
from monitor.people import Act, ActKind
from monitor.polls import PollState
from monitor.races import AUTO, Race
from monitor.scene import TrendPoint
from monitor.sites import SITE_DOWN
from monitor.standing import Arrival
from monitor.state import RaceState, Watched
from monitor.tally import Snapshot, groups
from monitor.timers import next_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TURNOUT = 60_000
"""Votes of a made-up night with every unit in."""
UNITS = 40
_BALLOT = 4
"""Lines on a made-up ballot."""
_RIVALS = ("A. Rival", "B. Other", "C. Third", "D. Fourth")
_WHO = "Your Name"
_LATER = timedelta(days=45)
"""How long after the close reminders are looked for."""
_MOMENTS = 60
_LEFT = 60
"""Ballots that an official says are left."""
_BEFORE = 16 * 60
"""Minutes before the close at which no race has opened yet."""

_AHEAD = (560, 300, 90, 50)
_BEHIND = (250, 600, 100, 50)
_TURNED, _TURNED_AT = (422, 468, 68, 42), 80_000
"""20,000 votes more, nearly all of them for the first rival: no line falls."""
_BACK, _BACK_AT = (695, 240, 40, 25), 160_000
"""And as many again, nearly all of them for ours."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a made-up night, and the race as it was right after it.

    `about`: what told the outcome that this one questions, withdraws or confirms. `trend`:
    how the votes came in until then. `step`: everything told with it.
    """

    event: Event
    state: RaceState
    about: Told | None = None
    trend: tuple[TrendPoint, ...] = ()
    step: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """The race as it is at a moment of a made-up night."""

    state: RaceState
    at: datetime


@dataclass
class MadeUp:
    """One made-up night, played step by step. `told`: everything so far, oldest first.

    `knows_the_rest`: the county says how few ballots are left, so that an outcome is told on
    the night where the law of the state lets many come later.
    """

    watched: Watched
    knows_the_rest: bool = False
    state: RaceState = field(default_factory=RaceState)
    told: list[Told] = field(default_factory=list)
    trend: tuple[TrendPoint, ...] = ()

    def open(self) -> MadeUp:
        """Post the root on election morning; the sites show zeros before the close."""
        self._take(open_race(self.watched, self.state, self.at(-690)))
        return self.look(-30, (0, 0, 0, 0), reported=0, turnout=0)

    def at(self, minutes: float) -> datetime:
        """Return the moment so many minutes after the polls close."""
        if self.watched.closes_at is None:
            raise ValueError(f"{self.watched.race.id} has no close")
        return self.watched.closes_at + timedelta(minutes=minutes)

    def look(
        self,
        minutes: float,
        shares: tuple[int, ...],
        *,
        reported: int = UNITS,
        turnout: int = TURNOUT,
        status: ResultsStatus | None = None,
    ) -> MadeUp:
        """Look at every county's source; `shares`: of the votes, per mille, ours first."""
        parts = groups(self.watched.race)
        for part, uses in enumerate(parts):
            votes = [share * turnout // 1000 // len(parts) for share in shares]
            made = _contest(self.watched.race, votes, reported if part == 0 else UNITS)
            self._arrive(uses[0].source, made, minutes, status)
        return self

    def alternative(self, minutes: float, shares: tuple[int, ...]) -> MadeUp:
        """Look at the second source of a county, if one has two: with figures of its own."""
        parts = groups(self.watched.race)
        for uses in (uses for uses in parts if len(uses) > 1):
            votes = [share * TURNOUT // 1000 // len(parts) for share in shares]
            self._arrive(uses[1].source, _contest(self.watched.race, votes, UNITS), minutes, None)
        return self

    def down(self, since: float, minutes: float) -> MadeUp:
        """Have the first source bring nothing since then."""
        source, now = self.watched.race.sources[0].source, self.at(minutes)
        self._take(source_failed(self.watched, self.state, source, self.at(since), SITE_DOWN, now))
        return self

    def twice(self, minutes: float, shares: tuple[int, ...], **more: object) -> MadeUp:
        """Look again two minutes later, so that two looks agree."""
        return self.look(minutes, shares, **more).look(minutes + 2, shares, **more)  # type: ignore[arg-type]

    def wait(self, minutes: float) -> MadeUp:
        """Let every moment come that time alone brings until then."""
        end, now = self.at(minutes), self._now()
        for _ in range(_MOMENTS):
            moment = next_moment(self.watched, self.state, now)
            if moment is None or moment > end:
                break
            now = moment
            self._take(pass_time(self.watched, self.state, now))
        return self

    def act(self, kind: ActKind, minutes: float, **parts: object) -> MadeUp:
        """Have a person do something; what is refused shows nothing."""
        now = self.at(minutes)
        act = Act("made-up", kind, self.watched.race.id, _WHO, "a made-up reason", now)
        act = replace(act, **parts)  # type: ignore[arg-type]
        answer = acts.apply(self.watched, self.state, act, now)
        if answer.step is not None:
            self._take(answer.step)
        return self

    def off_and_on(self, minutes: float) -> MadeUp:
        """Have ops take the race out of config.toml and put it back a minute later."""
        self._take(leave(self.watched, self.state, self.at(minutes)))
        self._take(come_back(self.watched, self.state, self.at(minutes + 1)))
        return self

    def rest(self, minutes: float) -> MadeUp:
        """Have the county say how few ballots are left, in a night in which it does."""
        if not self.knows_the_rest:
            return self
        about = {"outstanding": _LEFT, "is_estimate": False, "link": "made up"}
        return self.act(ActKind.ENTER, minutes, **about)

    def unmatched(self, minutes: float) -> MadeUp:
        """Have a page without the contest."""
        source = self.watched.race.sources[0].source
        why = "no contest fits what config.toml says; it has «A MADE-UP CONTEST (id 1)»"
        self._take(miss(self.watched, self.state, source, why, self.at(minutes), alarm=True))
        return self

    def _now(self) -> datetime:
        return self.told[-1].event.at if self.told else self.at(-_BEFORE)

    def _arrive(
        self, source: str, made: Contest, minutes: float, status: ResultsStatus | None
    ) -> None:
        race, now = self.watched.race, self.at(minutes)
        arrival = Arrival(
            snapshot=Snapshot(made, now, status=status), at=now, is_look=True,
            expected_date=race.election.date, closes_at=self.at(0), election_date=None,
            is_test=False, people=people_of(race), race=race.id, source=source,
        )  # fmt: skip
        self._take(advance(self.watched, self.state, source, arrival))

    def _take(self, step: Step) -> None:
        self.state = step.state
        for event in step.events:
            about = next((one for one in self.told if one.event.key == event.about), None)
            self.trend = _with_point(self.trend, event)
            self.told.append(Told(event, step.state, about, self.trend, step.events))


def _with_point(trend: tuple[TrendPoint, ...], event: Event) -> tuple[TrendPoint, ...]:
    """Add what an event tells of the votes, as the chart of an outcome shows it."""
    if event.after is None or not event.after.total:
        return trend
    votes = tuple((line.name, line.votes) for line in event.after.lines)
    if trend and trend[-1].votes == votes:
        return trend
    return (*trend, TrendPoint(event.at, votes, event.after.total))


def _contest(race: Race, votes: list[int], reported: int) -> Contest:
    ours = [one.candidate for one in race.endorsements]
    spelled = [names[0] for names in race.rivals]
    names = [*ours, *(name for name in (*spelled, *_RIVALS) if name not in ours)][:_BALLOT]
    lines = tuple(Selection(name, name, count) for name, count in zip(names, votes, strict=True))
    return Contest("1", race.office, lines, units=Units(reported, UNITS, UnitKind.PRECINCTS))


# -- the nights --------------------------------------------------------------------------


def told(watched: Watched) -> tuple[Told, ...]:
    """Play every made-up night; return all that was told, night after night."""
    if watched.race.uncontested:
        return tuple(MadeUp(watched).wait(60 * 24).told)
    at_once = _freely(watched)
    asked = replace(watched, race=replace(watched.race, callers=watched.race.callers or (_WHO,)))
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

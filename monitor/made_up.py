"""One made-up night of a configured race, played step by step. Pure.

The machine itself plays it: the same sanity, rule, policy and words as on the night. Only
the votes and the rivals are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import acts
from monitor.diff import Step, advance, miss, open_race, pass_time, source_failed
from monitor.events import Event
from monitor.leaving import come_back, leave
from monitor.match import people_of
from monitor.model import Contest, ResultsStatus, Selection, UnitKind, Units
from monitor.people import Act, ActKind
from monitor.scene import TrendPoint
from monitor.sites import SITE_DOWN
from monitor.standing import Arrival
from monitor.state import RaceState, Watched
from monitor.tally import Snapshot, groups
from monitor.timers import next_moment

if TYPE_CHECKING:
    from monitor.races import Race

TURNOUT = 60_000
"""Votes of a made-up night with every unit in."""
UNITS = 40
WHO = "Your Name"
_BALLOT = 4
"""Lines on a made-up ballot."""
_RIVALS = ("A. Rival", "B. Other", "C. Third", "D. Fourth")
_MOMENTS = 60
_LEFT = 60
"""Ballots that an official says are left."""
_BEFORE = 16 * 60
"""Minutes before the close at which no race has opened yet."""


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
        act = Act("made-up", kind, self.watched.race.id, WHO, "a made-up reason", now)
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

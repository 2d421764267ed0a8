"""Builders for the tests of the desk: races as the desk sees them, over the core's examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.decision import Basis, Outcome
from monitor.diff import pass_time
from monitor.race_view import RaceView, SourceView
from monitor.races import Channel, Race, SlackConfig
from monitor.scene import Scene, SourceFacts
from monitor.state import RaceState, Watched, current
from monitor.state import Told as ToldOf
from tests.core_examples import (
    CLOSE,
    DURHAM,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    Told,
    arrival,
    card,
    contest,
    minutes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

CHANNEL = Channel("#primary-night", ("Example Coalition",))
BOTH = Channel("#both", ("Example Coalition", "Org 1"))
DESK = SlackConfig(channels=(CHANNEL, BOTH), ops_channel="#ops", bot_contact="Riley Ops")
EASTERN = ZoneInfo("America/New_York")
NAME = "Durham County, NC State Board of Elections"


def view(
    state: RaceState,
    race: Race = DURHAM,
    at: datetime = CLOSE,
    next_in: float = 1,
    closes_at: datetime = CLOSE,
    error: str = "",
) -> RaceView:
    """Build a race as it stands at `at`, checked just then."""
    watched = Watched(race, card(race), closes_at=closes_at.astimezone(EASTERN))
    tally, decisions = current(watched, state, at)
    snapshots = {s: one.accepted for s, one in state.standings.items() if one.accepted}
    sources = {
        use.source: SourceFacts(use.source, NAME, "https://x.example") for use in race.sources
    }
    scene = Scene(
        DESK, sources, race, watched.rule, closes_at, snapshots=snapshots,
        called=state.people.called,
    )  # fmt: skip
    seen = tuple(
        SourceView(one, at, at, None, error, at + timedelta(minutes=next_in)) for one in sources
    )
    return RaceView(watched, state, tally, decisions, scene, seen, closes_at)


def told_of(race: Race = DURHAM) -> Told:
    """Return a race read at zero before its close, its thread open."""
    told = Told(Watched(race, card(race), closes_at=CLOSE))
    told.state = replace(told.state, opened=True)
    source = race.sources[0].source
    told.look(arrival(contest(dict.fromkeys(DURHAM_NIGHT, 0), (0, 57)), minutes(-5)), source)
    return told


def waiting(race: Race = DURHAM) -> RaceView:
    """Return a race before its polls close."""
    return view(told_of(race).state, race, minutes(-5))


def counting(
    votes: Mapping[str, int] = DURHAM_EARLY, units: tuple[int, int] = (9, 57), at: float = 5
) -> RaceView:
    """Return Durham with some of its count in, seen twice."""
    told = told_of()
    told.see(votes, at - 2, units)
    told.see(votes, at - 1, units)
    return view(told.state, at=minutes(at))


def won() -> RaceView:
    """Return Durham when WON was told."""
    told = told_of()
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 182)
    told.take(pass_time(told.watched, told.state, minutes(183)))
    return view(told.state, at=minutes(183))


def with_told(one: RaceView, **parts: object) -> RaceView:
    """Return a race of which staff were told something else."""
    name = one.watched.race.endorsements[0].candidate
    was = one.state.told.get(name, ToldOf())
    told = {**one.state.told, name: replace(was, **parts)}  # type: ignore[arg-type]
    return replace(one, state=replace(one.state, told=told))


def of_outcome(outcome: Outcome, race: Race | None = None, number: int = 0) -> RaceView:
    """Return a race with an outcome told, as another race of the night."""
    one = with_told(won(), outcome=outcome, basis=Basis.COMPLETE)
    made = race or one.watched.race
    made = replace(made, id=f"race-{number}", name=f"{made.name} {number}")
    return replace(one, watched=replace(one.watched, race=made))

"""The whole memory of one race, and what it gives: tally, evidence, decisions. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.agreement import ENTERED, disagreement
from monitor.decide import decide
from monitor.decision import Basis, Block, Decision, Evidence, Outcome, Standing
from monitor.match import normal_name
from monitor.noise import Pace
from monitor.people import People, Stood
from monitor.races import Race
from monitor.rules import Rule
from monitor.standing import SourceStanding, looks
from monitor.tally import Line, Snapshot, Tally, add_up

if TYPE_CHECKING:
    from monitor.decision import Outstanding
    from monitor.races import Endorsement

PAUSE = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An outcome that nothing blocks but its policy, or that those of the heads-up have first.

    `due`: when it goes out unless it is stopped; None: not before a person confirms.
    `released`: who let everybody have it before that.
    """

    outcome: Outcome
    since: datetime
    due: datetime | None
    released: Stood | None = None


@dataclass(frozen=True, slots=True)
class PutOff:
    """A caller is to be asked again at `until`, not before; `tonight`: not this night."""

    until: datetime
    by: Stood
    tonight: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """READY TO CALL was told of an outcome that lacks `missing`; `times`: with reminders.

    `nearly_in`: the units said so; otherwise the count had only paused. `put_off`: a
    caller wants to be asked later.
    """

    outcome: Outcome
    missing: tuple[Block, ...]
    since: datetime
    times: int = 1
    nearly_in: bool = True
    put_off: PutOff | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What staff were told of one endorsed candidate, and what waits for a second look.

    `standing` is the last one told; `turning` another one seen since `turning_since`.
    `key`: of the event that told the outcome. `figures_gave`: what the rule gave if
    final, when it was told: the outcome itself, unless a person declared another.
    `withstood`: what the source had certified when a person stood for another outcome.
    `doubt_since`: HOLD OFF went out then. `paged`: callers know of a doubt that only
    they can settle. `amber`: staff know the gap is inside the bound again. `waiting`
    and `asked`: see there. `heads_up`: some people have this outcome, and everybody else
    gets it at its `due`; `heads_up_key`: of the event that told them.
    """

    standing: Standing | None = None
    turning: Standing | None = None
    turning_since: datetime | None = None
    outcome: Outcome = Outcome.NONE
    basis: Basis = Basis.NONE
    key: str = ""
    figures_gave: Outcome = Outcome.NONE
    withstood: Outcome = Outcome.NONE
    too_close: bool = False
    still_open: bool = False
    doubt_since: datetime | None = None
    paged: bool = False
    amber: bool = False
    waiting: Waiting | None = None
    asked: Asked | None = None
    heads_up: Waiting | None = None
    heads_up_key: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What was told of a source's holds.

    `reasons`: told to ops since `since`, without their figures. `thread_at`: when the
    thread last said UNDER CHECK; `is_open`: not yet CHECK DONE.
    """

    since: datetime
    reasons: tuple[str, ...] = ()
    thread_at: datetime | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class RaceState:
    """The whole memory of one race.

    `counted`: first votes or NOW WATCHING were told, with `tally` as last told.
    `late_start`: these figures were complete when we began. `chain` holds the last key of
    each family of events. `unmatched` holds, by source, what ops were told of a
    contest or candidate that is not found. `people`: what named people did.
    `uncontested`: staff know that nobody runs against ours. `checks`: what was told of
    holds, by source. `disagreed_since`: two sources for a county differ since then;
    `disagreement_told`: ops know. `reminded`: the reminders that were told, by name and
    date. `follow_up`: see there. `pace`: what of the count was told when. `down`: by source,
    since when staff know that no fresh numbers come from it.
    """

    standings: dict[str, SourceStanding] = field(default_factory=dict)
    opened: bool = False
    counted: bool = False
    late_start: bool = False
    tally: Tally | None = None
    told: dict[str, Told] = field(default_factory=dict)
    chain: dict[str, str] = field(default_factory=dict)
    unmatched: dict[str, str] = field(default_factory=dict)
    people: People = field(default_factory=People)
    uncontested: bool = False
    checks: dict[str, Check] = field(default_factory=dict)
    disagreed_since: datetime | None = None
    disagreement_told: bool = False
    reminded: tuple[str, ...] = ()
    follow_up: FollowUpRace | None = None
    pace: Pace = field(default_factory=Pace)
    down: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowUpRace:
    """The runoff an outcome sets: its day, None while not known, and who runs."""

    day: date | None
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """A race with its rule, its place and time, and which of its sources are kept by hand.

    `closes_at`: the configuration's close, aware, in the race's zone (`People.closes_at`
    goes before it). `followed_by`: id of the configured race that follows this one.
    `release`: minutes between the heads-up and everybody else, by outcome ("won", …).
    `updates_per_hour`: how many count updates its thread takes. `unproven`: sources of which
    nobody has found yet that they are read rightly.
    """

    race: Race
    rule: Rule | None
    hand_kept: frozenset[str] = frozenset()
    closes_at: datetime | None = None
    followed_by: str = ""
    release: tuple[tuple[str, int], ...] = ()
    updates_per_hour: int = 20
    unproven: frozenset[str] = frozenset()


MORNING = time(8)
"""When the roots of the day's races are posted, where the race is."""


def opens_at(watched: Watched) -> datetime | None:
    """Return when election morning begins where the race is."""
    close = watched.closes_at
    if close is None:
        return None
    # The day of the election: a close that was moved may fall after midnight, and "7:30" of
    # the evening may be written as the morning's.
    return min(close, datetime.combine(watched.race.election.date, MORNING, tzinfo=close.tzinfo))


def waits_for_release(state: RaceState, candidate: str) -> bool:
    """Say whether an outcome is all in and not released: some people have it, staff have not."""
    return state.told.get(candidate, Told()).heads_up is not None


def entered_key(source: str) -> str:
    """Return the name of the standing of figures typed in for a source."""
    return f"{ENTERED}{source}"


def as_counted(race: Race, state: RaceState) -> Race:
    """Return the race with figures typed in before the source they stand in for."""
    uses = []
    for use in race.sources:
        if entered_key(use.source) in state.standings:
            uses.append(replace(use, source=entered_key(use.source)))
        uses.append(use)
    return replace(race, sources=tuple(uses))


def accepted(state: RaceState) -> dict[str, Snapshot]:
    """Return the accepted snapshots by source."""
    return {
        source: standing.accepted
        for source, standing in state.standings.items()
        if standing.accepted is not None
    }


def refitted(state: RaceState, before: Race, after: Race) -> RaceState:
    """Fit a race's memory to its changed configuration.

    A source that is no longer its own leaves no hold behind, and what was told of a
    candidate stays told when only the spelling in the configuration changed.
    """
    used = {use.source for use in after.sources}
    used |= {entered_key(source) for source in used}
    told, called = dict(state.told), dict(state.people.called)
    now = {one.candidate for one in after.endorsements}
    for one in after.endorsements:
        old = next((old for old in before.endorsements if _is_same(old, one)), one)
        if old.candidate not in now and old.candidate in told and one.candidate not in told:
            told[one.candidate] = told.pop(old.candidate)
            if old.candidate in called:
                called[one.candidate] = called.pop(old.candidate)
    kept = {source: one for source, one in state.standings.items() if source in used}
    people = replace(state.people, called=called)
    return replace(state, standings=kept, told=told, people=people)


def _is_same(one: Endorsement, other: Endorsement) -> bool:
    names = [{normal_name(n) for n in (e.candidate, *e.aliases)} for e in (one, other)]
    return not names[0].isdisjoint(names[1])


def current(
    watched: Watched, state: RaceState, now: datetime
) -> tuple[Tally | None, tuple[Decision, ...]]:
    """Return the tally and the decisions the stored figures give at a moment."""
    race = as_counted(watched.race, state)
    snapshots = {
        source: snapshot
        for source, snapshot in accepted(state).items()
        if source not in state.people.superseded
    }
    if not snapshots:
        return None, ()
    using = frozenset(state.tally.sources) if state.tally is not None else frozenset()
    tally = add_up(race, snapshots, using)
    seen = evidence(watched, state, tally, now)
    return tally, tuple(
        _as_called(decide(race, one.candidate, line, watched.rule, tally, seen), state)
        for one in race.endorsements
        if (line := line_of(one, tally)) is not None
    )


def _as_called(decision: Decision, state: RaceState) -> Decision:
    """Put what a named person stands for before what blocks, and behind freeze and certified.

    What was not told yet, as after a freeze, is told only while the figures give what the
    person saw.
    """
    called = state.people.called.get(decision.candidate)
    frozen = state.people.frozen is not None
    if called is None or frozen or decision.basis is Basis.CERTIFIED:
        return decision
    told = state.told.get(decision.candidate, Told()).outcome is not Outcome.NONE
    if not told and decision.if_final not in (called.outcome, called.figures_gave):
        return decision
    return replace(
        decision, outcome=called.outcome, computed=called.outcome, basis=called.basis,
        blocks=(), too_close=False, still_open=False,
    )  # fmt: skip


def line_of(endorsement: Endorsement, tally: Tally) -> Line | None:
    """Return the tally's line of an endorsed candidate, by name or alias."""
    names = (endorsement.candidate, *endorsement.aliases)
    return next((line for line in map(tally.line, names) if line is not None), None)


def evidence(watched: Watched, state: RaceState, tally: Tally, now: datetime) -> Evidence:
    """Gather what is known beside the figures."""
    used = [state.standings[source] for source in tally.sources]
    entered = any(source.startswith(ENTERED) for source in tally.sources)
    by_hand = [state.standings[s].accepted for s in tally.sources if s in watched.hand_kept]
    return Evidence(
        two_looks=all(looks(standing) > 1 for standing in used),
        held=any(standing.hold is not None for standing in used),
        disagreement=disagreement(watched.race, accepted(state), state.people.superseded),
        hand_kept=bool(by_hand) or entered,
        unproven=any(source in watched.unproven for source in tally.sources),
        signed=not entered
        and all(s is not None and s.contest.link and s.contest.who for s in by_hand),
        frozen=state.people.frozen is not None,
        paused=is_paused(tally, used, now),
        outstanding=_not_refuted(state.people.outstanding, tally, watched.race.seats),
    )


def _not_refuted(given: Outstanding | None, tally: Tally, seats: int) -> Outstanding | None:
    """Return what is given as uncounted, unless more than that has been counted since."""
    if given is None or given.counted is None:
        return given
    return given if tally.total - given.counted <= given.bound * seats else None


def is_paused(tally: Tally, used: list[SourceStanding], now: datetime) -> bool:
    """Election-day votes are in and nothing has changed for 45 minutes (desk §1.3)."""
    changed = [standing.changed_at for standing in used if standing.changed_at is not None]
    if not changed or not tally.total or tally.election_day_missing:
        return False
    begun = tally.units is None or tally.units.reported > 0
    return begun and now - max(changed) >= PAUSE

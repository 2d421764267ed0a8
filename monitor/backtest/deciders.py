"""Who decides on a simulated night: the core as it runs live, or its rule alone. Pure.

The naive decider shares `decide` and nothing else: no sanity, no wait, and each of the
three safeguards (guard, late ballots, second look) as it is told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.backtest.counts import Stage
from monitor.decide import GUARD_PER_MILLE, decide
from monitor.decision import Evidence, Outcome
from monitor.diff import advance
from monitor.events import Kind
from monitor.model import ResultsStatus
from monitor.races import Election, ElectionKind, Endorsement, Race, SourceUse
from monitor.standing import LOOKS_APART, Arrival, SourceStanding
from monitor.state import RaceState, Watched, line_of
from monitor.tally import add_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.backtest.contests import RowContest
    from monitor.backtest.nights import Look, SimulatedNight
    from monitor.rules import Rule
    from monitor.tally import Snapshot

SOURCE = "county"

_TELLING = frozenset({
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.RACE_TIED, Kind.OUTCOME_CERTIFIED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What stands between a count and an outcome."""

    guard: bool = True
    late_ballots: bool = True
    second_look: bool = True


@dataclass(frozen=True, slots=True)
class ToldOutcome:
    """An outcome as staff would have read it."""

    candidate: str
    outcome: Outcome
    at: datetime
    stage: Stage


@dataclass(frozen=True, slots=True)
class Evening:
    """What the core told on one night, and how often it told each kind of event.

    `is_held`: a hold that only a person ends still stood when all was certified.
    """

    told: tuple[ToldOutcome, ...]
    kinds: Counter[Kind]
    is_held: bool


def race_of(contest: RowContest, candidates: Iterable[str]) -> Race:
    """Make a race of a contest, every candidate endorsed."""
    kind = ElectionKind.PRIMARY if contest.party else ElectionKind.GENERAL
    return Race(
        id="race",
        election=Election("night", contest.on, contest.state, kind),
        name=contest.title,
        office=contest.title,
        endorsements=tuple(Endorsement(name, ("Backtest",)) for name in candidates),
        sources=(SourceUse(SOURCE, ("County",), contest_key=contest.key),),
        party=contest.party,
        seats=contest.seats,
    )


def by_the_core(race: Race, rule: Rule, night: SimulatedNight) -> Evening:
    """Let the core take every look as an arrival, as `watch` does."""
    watched = Watched(race, rule)
    # The race is found before its close, as matching does: its first votes are news.
    state = RaceState(standings={SOURCE: SourceStanding()}, opened=True)
    told: list[ToldOutcome] = []
    kinds: Counter[Kind] = Counter()
    for look in night.looks:
        arrival = Arrival(
            snapshot=look.snapshot, at=look.at, is_look=True,
            expected_date=race.election.date, closes_at=night.closes_at,
        )  # fmt: skip
        step = advance(watched, state, SOURCE, arrival)
        state = step.state
        for event in step.events:
            kinds[event.kind] += 1
            if event.kind in _TELLING and event.decision is not None:
                told.append(
                    ToldOutcome(event.candidate, event.decision.outcome, look.at, look.stage)
                )
    return Evening(tuple(told), kinds, is_held=state.standings[SOURCE].hold is not None)


def naively(
    race: Race, rule: Rule, night: SimulatedNight, variants: Mapping[str, Safeguards]
) -> dict[str, tuple[ToldOutcome, ...]]:
    """Let the rule alone decide every page, with each set of safeguards."""
    told: dict[str, list[ToldOutcome]] = {name: [] for name in variants}
    last: dict[tuple[str, str], Outcome] = {}
    for look, is_second in _proved(night.looks):
        for name, candidate, outcome in _naive_outcomes(race, rule, look, is_second, variants):
            if outcome not in (Outcome.NONE, last.get((name, candidate))):
                last[name, candidate] = outcome
                told[name].append(ToldOutcome(candidate, outcome, look.at, look.stage))
    return {name: tuple(outcomes) for name, outcomes in told.items()}


def _naive_outcomes(
    race: Race, rule: Rule, look: Look, is_second: bool, variants: Mapping[str, Safeguards]
) -> Iterator[tuple[str, str, Outcome]]:
    """Yield what each set of safeguards gives each candidate; nothing before all is in."""
    if not _says_complete(look.snapshot):
        return
    tally = add_up(race, {SOURCE: look.snapshot})
    unguarded = replace(rule, late_ballots_per_mille=0)
    for one in race.endorsements:
        if (line := line_of(one, tally)) is None:
            continue
        for name, safe in variants.items():
            decision = decide(
                race, one.candidate, line, rule if safe.late_ballots else unguarded, tally,
                Evidence(two_looks=is_second or not safe.second_look),
                guard_per_mille=GUARD_PER_MILLE if safe.guard else 0,
            )  # fmt: skip
            yield name, one.candidate, decision.outcome


def _proved(looks: Iterable[Look]) -> Iterator[tuple[Look, bool]]:
    """Yield each look, and whether one a minute before showed the same page."""
    first: Look | None = None
    for look in looks:
        if first is None or _page(first.snapshot) != _page(look.snapshot):
            first = look
        yield look, look.at - first.at >= LOOKS_APART


def _says_complete(snapshot: Snapshot) -> bool:
    units = snapshot.contest.units
    all_in = units is not None and units.reported >= units.total
    return all_in or snapshot.status is ResultsStatus.CERTIFIED


def _page(snapshot: Snapshot) -> tuple[object, ...]:
    return snapshot.contest, snapshot.status

"""The whole memory of one race, and what it gives: tally, evidence, decisions. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.decide import Basis, Block, Decision, Evidence, Outcome, Standing, decide
from monitor.match import normal_name
from monitor.model import ResultsStatus
from monitor.races import Race
from monitor.rules import Rule
from monitor.sanity import HoldKind, SourceStanding
from monitor.tally import Line, Snapshot, Tally, add_up, disagreement

if TYPE_CHECKING:
    from monitor.races import Endorsement

LOOKS_APART = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Told:
    """What staff were told of one endorsed candidate, and what waits for a second look.

    `standing` is the last one told; `turning` another one seen since `turning_since`.
    `key`: of the event that told the outcome. `doubt_since`: HOLD OFF went out then.
    `amber`: staff know the gap is inside the bound again.
    """

    standing: Standing | None = None
    turning: Standing | None = None
    turning_since: datetime | None = None
    outcome: Outcome = Outcome.NONE
    basis: Basis = Basis.NONE
    key: str = ""
    too_close: bool = False
    doubt_since: datetime | None = None
    amber: bool = False


@dataclass(frozen=True, slots=True)
class RaceState:
    """The whole memory of one race.

    `counted`: first votes or NOW WATCHING were told, with `tally` as last told.
    `late_start`: these figures were complete when we began. `chain` holds the last key of
    each family of events. `unmatched` holds, by source, what ops were told of a
    contest or candidate that is not found.
    """

    standings: dict[str, SourceStanding] = field(default_factory=dict)
    opened: bool = False
    counted: bool = False
    late_start: bool = False
    tally: Tally | None = None
    told: dict[str, Told] = field(default_factory=dict)
    chain: dict[str, str] = field(default_factory=dict)
    unmatched: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """A race with its rule and which of its sources are kept by hand."""

    race: Race
    rule: Rule | None
    hand_kept: frozenset[str] = frozenset()


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
    told = dict(state.told)
    now = {one.candidate for one in after.endorsements}
    for one in after.endorsements:
        old = next((old for old in before.endorsements if _is_same(old, one)), one)
        if old.candidate not in now and old.candidate in told and one.candidate not in told:
            told[one.candidate] = told.pop(old.candidate)
    kept = {source: one for source, one in state.standings.items() if source in used}
    return replace(state, standings=kept, told=told)


def _is_same(one: Endorsement, other: Endorsement) -> bool:
    names = [{normal_name(n) for n in (e.candidate, *e.aliases)} for e in (one, other)]
    return not names[0].isdisjoint(names[1])


def current(watched: Watched, state: RaceState) -> tuple[Tally | None, tuple[Decision, ...]]:
    """Return the tally and the decisions the stored figures give."""
    race, snapshots = watched.race, accepted(state)
    if not snapshots:
        return None, ()
    using = frozenset(state.tally.sources) if state.tally is not None else frozenset()
    tally = add_up(race, snapshots, using)
    seen = evidence(watched, state, tally)
    return tally, tuple(
        decide(race, one.candidate, line, watched.rule, tally, seen)
        for one in race.endorsements
        if (line := line_of(one, tally)) is not None
    )


def line_of(endorsement: Endorsement, tally: Tally) -> Line | None:
    """Return the tally's line of an endorsed candidate, by name or alias."""
    names = (endorsement.candidate, *endorsement.aliases)
    return next((line for line in map(tally.line, names) if line is not None), None)


def evidence(watched: Watched, state: RaceState, tally: Tally) -> Evidence:
    """Gather what is known beside the figures."""
    used = [state.standings[source] for source in tally.sources]
    by_hand = [state.standings[s].accepted for s in tally.sources if s in watched.hand_kept]
    return Evidence(
        two_looks=all(map(_two_looks, used)),
        held=any(standing.hold is not None for standing in used),
        disagreement=disagreement(watched.race, accepted(state)),
        hand_kept=bool(by_hand),
        signed=all(s is not None and s.contest.link and s.contest.who for s in by_hand),
    )


def _two_looks(standing: SourceStanding) -> bool:
    if standing.first_look is None or standing.last_look is None:
        return False
    return standing.last_look - standing.first_look >= LOOKS_APART


def wants_look(state: RaceState, decisions: tuple[Decision, ...]) -> bool:
    """Say whether something waits for a second look."""
    holds = [s.hold.kind for s in state.standings.values() if s.hold is not None]
    if HoldKind.DECREASE in holds or HoldKind.SOFT in holds:
        return True
    # Of those decided on only: whoever is not endorsed any more keeps what was told.
    seen = [(state.told.get(decision.candidate, Told()), decision) for decision in decisions]
    if any(told.turning or _is_settling(told) for told, _ in seen):
        return True
    return any(_waits_for_look(told, decision) for told, decision in seen)


def _is_settling(told: Told) -> bool:
    """HOLD OFF went out; a certified outcome in doubt is a person's business instead."""
    return told.doubt_since is not None and told.basis is not Basis.CERTIFIED


def _waits_for_look(told: Told, decision: Decision) -> bool:
    if Block.ONE_LOOK not in decision.blocks:
        return False
    rest = set(decision.blocks) - {Block.ONE_LOOK}
    if rest in ({Block.PLACE_OPEN}, {Block.PLACE_OPEN, Block.HAND_KEPT}):
        return told.outcome is Outcome.NONE and not told.too_close
    ripe = not rest and decision.computed is not Outcome.NONE
    certifies = decision.computed is told.outcome and told.basis is not Basis.CERTIFIED
    return ripe and (told.outcome is not decision.computed or certifies)


def is_finished(state: RaceState) -> bool:
    """Every source certified and every certified outcome told: nothing more is expected."""
    snapshots = accepted(state)
    certified = all(s.status is ResultsStatus.CERTIFIED for s in snapshots.values())
    told = all(told.basis is Basis.CERTIFIED for told in state.told.values())
    return bool(snapshots and state.told) and certified and told

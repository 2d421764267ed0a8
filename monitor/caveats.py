"""What must be added to a standing or an outcome, without standing in its way. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.agreement import ENTERED
from monitor.decision import Basis, Decision, Outcome
from monitor.prizes import NextRound, is_nomination, next_round
from monitor.rules import RecountKind, Rule
from monitor.sentences import Caveat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.races import Race
    from monitor.tally import Tally

_BY_PERSON = frozenset({Basis.CONFIRMED, Basis.CALLED})


def caveats_of(
    decision: Decision, after: Tally, race: Race, rule: Rule | None
) -> tuple[Caveat, ...]:
    """Return every caveat of a decision, the gravest first."""
    return tuple(_caveats(decision, after, race, rule))


def _caveats(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> Iterator[Caveat]:
    if any(source.startswith(ENTERED) for source in after.sources):
        yield Caveat.BY_HAND
    if decision.in_recount_range and rule is not None:
        comes = rule.recount.kind is RecountKind.AUTOMATIC and rule.source_of("recount")
        yield Caveat.RECOUNT_AUTOMATIC if comes else Caveat.RECOUNT_RANGE
    if decision.basis in _BY_PERSON and abs(decision.margin) <= decision.slack:
        yield Caveat.GAP_OPEN
    if decision.outstanding is not None and decision.outstanding.is_estimate:
        yield Caveat.ESTIMATE
    yield from _of_outcome(decision, after, race, rule)


def _of_outcome(
    decision: Decision, after: Tally, race: Race, rule: Rule | None
) -> Iterator[Caveat]:
    if decision.outcome is Outcome.LOST:
        if next_round(decision, after, rule, race) is NextRound.OPEN:
            yield Caveat.RUNOFF_OPEN
        if is_nomination(race):
            yield Caveat.ONE_NOMINATION
    if decision.outcome is not Outcome.NONE and race.unexpired:
        yield Caveat.UNEXPIRED

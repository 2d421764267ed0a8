"""What waits for a second look at the same figures, and when no look is needed any more. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.callers import ASKABLE, is_nearly_in
from monitor.decision import Basis, Block, Decision, Outcome
from monitor.model import ResultsStatus
from monitor.standing import HoldKind
from monitor.state import RaceState, Told, accepted

if TYPE_CHECKING:
    from monitor.tally import Tally

_CLOSENESS = frozenset({Block.PLACE_OPEN, Block.THRESHOLD_OPEN})


def wants_look(state: RaceState, tally: Tally | None, decisions: tuple[Decision, ...]) -> bool:
    """Say whether something waits for a second look."""
    holds = [s.hold.kind for s in state.standings.values() if s.hold is not None]
    if HoldKind.DECREASE in holds or HoldKind.SOFT in holds:
        return True
    # Of those decided on only: whoever is not endorsed any more keeps what was told.
    seen = [(state.told.get(decision.candidate, Told()), decision) for decision in decisions]
    if any(told.turning or _is_settling(told) for told, _ in seen):
        return True
    return tally is not None and any(_waits_for_look(told, tally, one) for told, one in seen)


def _is_settling(told: Told) -> bool:
    """HOLD OFF went out, and looks can still settle it; a person's outcome a person settles."""
    return told.doubt_since is not None and told.basis not in _BY_PERSON


_BY_PERSON = frozenset({Basis.CERTIFIED, Basis.CONFIRMED, Basis.CALLED})


def _waits_for_look(told: Told, tally: Tally, decision: Decision) -> bool:
    if Block.ONE_LOOK not in decision.blocks:
        return False
    rest = set(decision.blocks) - {Block.ONE_LOOK}
    if rest & _CLOSENESS and not rest - _CLOSENESS - {Block.HAND_KEPT, Block.UNPROVEN}:
        return told.outcome is Outcome.NONE and not (told.too_close or told.still_open)
    if decision.computed is Outcome.NONE:
        return False
    if rest:
        return rest <= ASKABLE and told.asked is None and is_nearly_in(tally)
    certifies = decision.computed is told.outcome and told.basis is not Basis.CERTIFIED
    return told.outcome is not decision.computed or certifies


def is_finished(state: RaceState) -> bool:
    """Every source certified and every certified outcome told: nothing more is expected."""
    snapshots = accepted(state)
    certified = all(s.status is ResultsStatus.CERTIFIED for s in snapshots.values())
    told = all(told.basis is Basis.CERTIFIED for told in state.told.values())
    return bool(snapshots and state.told) and certified and told

"""From a decision to what staff are told of it: outcomes, HOLD OFF, retractions. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.decide import Basis, Block, Decision, Outcome
from monitor.events import Kind

if TYPE_CHECKING:
    from monitor.state import Told
    from monitor.tally import Tally
    from monitor.teller import Teller

DOUBT_WAIT = timedelta(minutes=10)


def tell_outcome(teller: Teller, decision: Decision, tally: Tally) -> None:
    """Tell what changed in a candidate's outcome, if anything."""
    told = teller.told(decision.candidate)
    if told.outcome is Outcome.NONE:
        _new_outcome(teller, decision, tally, told)
    elif told.doubt_since is not None:
        _settle(teller, decision, tally, told)
    elif decision.if_final is not told.outcome:
        _doubt(teller, decision, tally, told)
    elif decision.outcome is told.outcome and decision.basis is not told.basis:
        _certify(teller, decision, tally, told)
    elif decision.outcome is Outcome.NONE and not told.amber and _gap_open(decision):
        teller.remember(decision.candidate, replace(told, amber=True))
        teller.tell(
            Kind.NOTE_ADDED, f"outcome:{decision.candidate}", "amber",
            candidate=decision.candidate, decision=decision, after=tally,
            reason="The gap is small again; the outcome told stands for now.",
        )  # fmt: skip


def _new_outcome(teller: Teller, decision: Decision, tally: Tally, told: Told) -> None:
    if decision.outcome is not Outcome.NONE:
        after = replace(
            told, outcome=decision.outcome, basis=decision.basis, amber=False, too_close=True
        )
        _tell(teller, _KINDS[decision.outcome], decision, tally, after)
    elif decision.too_close and not told.too_close:
        _tell(teller, Kind.TOO_CLOSE, decision, tally, replace(told, too_close=True))


def _certify(teller: Teller, decision: Decision, tally: Tally, told: Told) -> None:
    if decision.basis is Basis.CERTIFIED:
        after = replace(told, basis=Basis.CERTIFIED, amber=False)
        _tell(teller, Kind.OUTCOME_CERTIFIED, decision, tally, after)


def _doubt(teller: Teller, decision: Decision, tally: Tally, told: Told) -> None:
    """Leader changed or threshold missed: stop the words at once (desk §2.8)."""
    certified = told.basis is Basis.CERTIFIED
    kind = Kind.OUTCOME_QUESTIONED if certified else Kind.HOLD_OFF
    _tell(teller, kind, decision, tally, replace(told, doubt_since=teller.now))


def _settle(teller: Teller, decision: Decision, tally: Tally, told: Told) -> None:
    """After a second look and ten minutes: retracted, or it stands."""
    if told.doubt_since is None or teller.now - told.doubt_since < DOUBT_WAIT:
        return
    if Block.ONE_LOOK in decision.blocks or Block.HELD in decision.blocks:
        return
    if decision.if_final is told.outcome:
        after = replace(told, doubt_since=None)
        if told.basis is Basis.CERTIFIED:  # channels heard no HOLD OFF
            teller.remember(decision.candidate, after)
        else:
            _tell(teller, Kind.OUTCOME_STANDS, decision, tally, after)
    elif told.basis is not Basis.CERTIFIED:
        after = replace(
            told, outcome=Outcome.NONE, basis=Basis.NONE, doubt_since=None, too_close=False
        )
        _tell(teller, Kind.OUTCOME_RETRACTED, decision, tally, after)
        _new_outcome(teller, decision, tally, after)


def _tell(teller: Teller, kind: Kind, decision: Decision, tally: Tally, after: Told) -> None:
    told = teller.told(decision.candidate)
    content = f"{told.outcome} {told.basis} > {after.outcome} {after.basis} {kind}"
    key = teller.tell(
        kind, f"outcome:{decision.candidate}", content, candidate=decision.candidate,
        decision=decision, after=tally, before=teller.state.tally, about=told.key,
        reason=str(told.outcome), late_start=teller.state.late_start,
    )  # fmt: skip
    if kind in _TELLING:
        after = replace(after, key=key)
    teller.remember(decision.candidate, after)


def stands(teller: Teller, decision: Decision) -> bool:
    """Say whether what was told of a candidate is what the figures still give."""
    told = teller.told(decision.candidate)
    if told.outcome is Outcome.NONE:
        return True
    return told.doubt_since is None and decision.if_final is told.outcome


_KINDS = {
    Outcome.WON: Kind.RACE_WON,
    Outcome.LOST: Kind.RACE_LOST,
    Outcome.ADVANCED: Kind.ADVANCED,
    Outcome.RUNOFF: Kind.RUNOFF_SET,
    Outcome.RUNOFF_POSSIBLE: Kind.RUNOFF_POSSIBLE,
    Outcome.TIE: Kind.RACE_TIED,
}


_TELLING = frozenset({*_KINDS.values(), Kind.OUTCOME_CERTIFIED})


def _gap_open(decision: Decision) -> bool:
    return Block.PLACE_OPEN in decision.blocks or Block.THRESHOLD_OPEN in decision.blocks

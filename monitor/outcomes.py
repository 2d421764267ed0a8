"""From a decision to what staff are told of it: outcomes, HOLD OFF, retractions. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.callers import ask, goes_out
from monitor.decision import Basis, Block, Decision, Outcome
from monitor.events import KIND_OF, Kind
from monitor.heads_up import is_released, lapse, take_back

if TYPE_CHECKING:
    from monitor.state import Told
    from monitor.tally import Tally
    from monitor.teller import Teller

DOUBT_WAIT = timedelta(minutes=10)
UNSETTLED = timedelta(minutes=20)
"""How long a doubt waits for a look that settles it before callers are paged (start value)."""

_BY_PERSON = frozenset({Basis.CONFIRMED, Basis.CALLED})
"""What a named person stands for, the machine never retracts (desk §2.8)."""


def tell_outcome(teller: Teller, decision: Decision, tally: Tally) -> None:
    """Tell what changed in a candidate's outcome, if anything."""
    told = teller.told(decision.candidate)
    if told.outcome is Outcome.NONE:
        _new_outcome(teller, decision, tally)
    elif told.doubt_since is not None:
        _settle(teller, decision, tally, told)
    elif _is_doubtful(decision, told):
        _doubt(teller, decision, tally, told)
    elif decision.outcome is told.outcome and decision.basis is not told.basis:
        _rests_on(teller, decision, tally, told)
    elif decision.outcome is Outcome.NONE and not told.amber and _gap_open(decision):
        teller.remember(decision.candidate, replace(told, amber=True))
        teller.tell(
            Kind.NOTE_ADDED, f"outcome:{decision.candidate}", "amber",
            candidate=decision.candidate, decision=decision, after=tally,
            reason="The gap is small again; the outcome told stands for now.",
        )  # fmt: skip


def _new_outcome(teller: Teller, decision: Decision, tally: Tally) -> None:
    lapse(teller, decision, tally)
    told = teller.told(decision.candidate)
    if decision.outcome is not Outcome.NONE:
        if not goes_out(teller, decision, tally):
            take_back(teller, decision, tally, "callers are asked again before it goes out")
        elif is_released(teller, decision, tally):
            after = _as_told(teller.told(decision.candidate), decision)
            _tell(teller, KIND_OF[decision.outcome], decision, tally, after)
    elif decision.too_close and not told.too_close:
        _tell(teller, Kind.TOO_CLOSE, decision, tally, replace(told, too_close=True))
    elif decision.still_open and not told.still_open:
        _tell(teller, Kind.STILL_OPEN, decision, tally, replace(told, still_open=True))
    ask(teller, decision, tally)


def _as_told(told: Told, decision: Decision) -> Told:
    return replace(
        told, outcome=decision.outcome, basis=decision.basis, figures_gave=decision.if_final,
        amber=False, too_close=True, still_open=True, waiting=None, asked=None, heads_up=None,
        heads_up_key="",
    )  # fmt: skip


def _rests_on(teller: Teller, decision: Decision, tally: Tally, told: Told) -> None:
    """The outcome told rests on more now; only certified is news."""
    after = replace(told, basis=decision.basis, amber=False)
    if decision.basis is Basis.CERTIFIED:
        _tell(teller, Kind.OUTCOME_CERTIFIED, decision, tally, after)
    elif told.basis is Basis.CLINCHED:
        teller.remember(decision.candidate, after)


def _is_doubtful(decision: Decision, told: Told) -> bool:
    """The figures give something else now than what was told, and than when it was told."""
    if decision.basis is Basis.CERTIFIED and decision.outcome is not Outcome.NONE:
        return decision.outcome not in (told.outcome, told.withstood)
    return decision.if_final not in (told.outcome, told.figures_gave)


def _doubt(teller: Teller, decision: Decision, tally: Tally, told: Told) -> None:
    """Leader changed or threshold missed: stop the words at once (desk §2.8)."""
    certified = told.basis is Basis.CERTIFIED
    kind = Kind.OUTCOME_QUESTIONED if certified else Kind.HOLD_OFF
    after = replace(told, doubt_since=teller.now, paged=certified)
    _tell(teller, kind, decision, tally, after)


def _settle(teller: Teller, decision: Decision, tally: Tally, told: Told) -> None:
    """After a second look and ten minutes: retracted, or it stands, or a person must say."""
    if told.doubt_since is None or teller.now - told.doubt_since < DOUBT_WAIT:
        return
    if Block.ONE_LOOK in decision.blocks or Block.HELD in decision.blocks:
        if teller.now - told.doubt_since >= UNSETTLED:
            _page(
                teller, decision, tally, told,
                f"no second look has settled the outcome told ({told.outcome}) since HOLD OFF",
            )  # fmt: skip
        return
    if not _is_doubtful(decision, told) and not _is_open_again(decision, told):
        after = replace(told, doubt_since=None, paged=False)
        if told.basis is Basis.CERTIFIED:  # channels heard no HOLD OFF
            teller.remember(decision.candidate, after)
        else:
            _tell(teller, Kind.OUTCOME_STANDS, decision, tally, after)
    elif told.basis in _BY_PERSON:
        why = f"the outcome a person stands for ({told.outcome}) is not what the numbers give"
        _page(teller, decision, tally, told, why)
    elif told.basis is not Basis.CERTIFIED:
        _retract(teller, decision, tally, told)
        _new_outcome(teller, decision, tally)


def _is_open_again(decision: Decision, told: Told) -> bool:
    """The leader is back, by a gap that would not carry the outcome: nobody is told it stands."""
    by_machine = told.basis not in _BY_PERSON and told.basis is not Basis.CERTIFIED
    return by_machine and _gap_open(decision)


def _page(teller: Teller, decision: Decision, tally: Tally, told: Told, why: str) -> None:
    """Ask the callers what becomes of an outcome that only a person may take back."""
    if told.paged:
        return
    teller.remember(decision.candidate, replace(told, paged=True))
    teller.tell(
        Kind.CALLERS_PAGED, f"callers:{decision.candidate}", f"doubt {told.outcome}",
        candidate=decision.candidate, decision=decision, after=tally,
        reason=f"{why}; confirm it or retract it",
    )  # fmt: skip


def retract(teller: Teller, decision: Decision, tally: Tally, who: str) -> None:
    """Withdraw an outcome because a named person says so."""
    _retract(teller, decision, tally, teller.told(decision.candidate), who=who)


def _retract(
    teller: Teller, decision: Decision, tally: Tally, told: Told, *, who: str = ""
) -> None:
    after = replace(
        told, outcome=Outcome.NONE, basis=Basis.NONE, figures_gave=Outcome.NONE,
        withstood=Outcome.NONE, doubt_since=None, paged=False, too_close=False, still_open=False,
    )  # fmt: skip
    _tell(teller, Kind.OUTCOME_RETRACTED, decision, tally, after, who=who)


def stand(teller: Teller, decision: Decision, tally: Tally, who: str) -> None:
    """Settle a doubt because a named person stands for the outcome."""
    told = teller.told(decision.candidate)
    after = replace(told, doubt_since=None, paged=False, figures_gave=decision.if_final)
    _tell(teller, Kind.OUTCOME_STANDS, decision, tally, after, who=who)


def _tell(
    teller: Teller, kind: Kind, decision: Decision, tally: Tally, after: Told, *, who: str = ""
) -> None:
    told = teller.told(decision.candidate)
    content = f"{told.outcome} {told.basis} > {after.outcome} {after.basis} {kind}"
    called = teller.state.people.called.get(decision.candidate)
    by_person = called is not None and decision.basis is called.basis and kind not in _BY_FIGURES
    key = teller.tell(
        kind, f"outcome:{decision.candidate}", content, candidate=decision.candidate,
        decision=decision, after=tally, before=teller.state.tally,
        about=told.heads_up_key if kind in _NEW else told.key,
        reason=str(told.outcome), late_start=teller.state.late_start,
        who=who or (called.who if called is not None and by_person else ""),
    )  # fmt: skip
    if kind in _TELLING:
        after = replace(after, key=key)
    teller.remember(decision.candidate, after)


def stands(teller: Teller, decision: Decision) -> bool:
    """Say whether what was told of a candidate is what the figures still give."""
    told = teller.told(decision.candidate)
    if told.outcome is Outcome.NONE:
        return True
    return told.doubt_since is None and not _is_doubtful(decision, told)


_NEW = frozenset(KIND_OF.values())
_TELLING = frozenset({*KIND_OF.values(), Kind.OUTCOME_CERTIFIED})
_BY_FIGURES = frozenset({Kind.HOLD_OFF, Kind.OUTCOME_STANDS})
"""What the count brings about: nobody did it unless an act says so, whoever declared before."""


def _gap_open(decision: Decision) -> bool:
    return Block.PLACE_OPEN in decision.blocks or Block.THRESHOLD_OPEN in decision.blocks

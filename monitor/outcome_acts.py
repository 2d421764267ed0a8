"""Confirm, call, retract: what a named person says of an outcome. Pure.

A confirmation releases what the rule gives; a call declares what it has not computed.
Both are bound to the figures the person saw, and both stand until a person takes them
back: the machine never retracts them (desk §2.8).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.callers import is_ripe
from monitor.decision import Basis, Block, Decision, Outcome
from monitor.doing import (
    ActRefused,
    as_seen,
    bind,
    figures_of,
    goes_out_as,
    keep_people,
    lacking,
    last_figures,
    last_of,
    need_override,
    ours,
    refuse,
    refuse_frozen,
    said,
    stood,
    zone_of,
)
from monitor.outcomes import retract as withdraw
from monitor.outcomes import stand, tell_outcome
from monitor.people import Act, ActKind, Called
from monitor.state import current
from monitor.words import clock

if TYPE_CHECKING:
    from monitor.tally import Tally
    from monitor.teller import Teller

RELEASABLE = frozenset({
    Block.NOT_COMPLETE, Block.NO_ELECTION_DAY, Block.RULE_UNVERIFIED, Block.HAND_KEPT,
    Block.UNPROVEN, Block.ONE_LOOK,
})  # fmt: skip
"""What a named person stands in for by confirming; anything else needs OVERRIDE."""


def confirm(teller: Teller, act: Act) -> str:
    """Release what the rule gives if not one vote more is counted."""
    candidate = ours(teller, act.candidate).candidate
    decision, tally = figures_of(teller, candidate)
    told = teller.told(candidate)
    refuse_frozen(teller)
    if told.outcome is not Outcome.NONE and told.doubt_since is None:
        raise refuse(
            teller, "confirmed", _who_stands(teller, candidate),
            f"there is nothing to confirm: staff were told {said(told.outcome)} of {candidate}; "
            f"now {as_seen(decision, tally)}",
        )  # fmt: skip
    _refuse_waiting(teller, candidate, decision.if_final)
    bind(act, decision, tally)
    if told.doubt_since is not None:
        return _stand(teller, act, decision, _firmer(told.basis))
    if decision.if_final is Outcome.NONE:
        raise ActRefused(
            f"the rule gives nothing on these figures ({as_seen(decision, tally)}); "
            "`call` declares an outcome"
        )
    if decision.computed is Outcome.NONE or set(decision.blocks) - RELEASABLE:
        need_override(act, f"the figures do not carry it yet: {lacking(decision)}")
    elif Block.NOT_COMPLETE in decision.blocks and not is_ripe(teller, decision, tally):
        need_override(act, f"the count is still under way: {as_seen(decision, tally)}")
    _declare(teller, act, decision, decision.if_final, Basis.CONFIRMED)
    done = f"{candidate}: {said(decision.if_final)}, confirmed by {act.who}"
    return done + _not_yet(teller, candidate)


def call(teller: Teller, act: Act) -> str:
    """Declare an outcome, or certify one."""
    candidate = ours(teller, act.candidate).candidate
    if act.outcome is Outcome.NONE:
        raise ActRefused("say which outcome, such as won or lost")
    if act.certified and not act.link:
        raise ActRefused("a certified result needs --link, where it can be read")
    decision, tally = figures_of(teller, candidate)
    told = teller.told(candidate)
    refuse_frozen(teller)
    basis = Basis.CERTIFIED if act.certified else Basis.CALLED
    if told.outcome not in (Outcome.NONE, act.outcome):
        raise ActRefused(f"staff were told {said(told.outcome)} of {candidate}; `retract` it first")
    is_news = told.outcome is Outcome.NONE or told.doubt_since is not None
    if not is_news and (told.basis is Basis.CERTIFIED or not act.certified):
        why = f"staff were told {said(told.outcome)} of {candidate} already"
        raise refuse(teller, "called", _who_stands(teller, candidate), why)
    if not act.certified:
        _refuse_waiting(teller, candidate, act.outcome)
    bind(act, decision, tally)
    if decision.if_final not in (Outcome.NONE, act.outcome):
        need_override(act, f"the figures say otherwise: {as_seen(decision, tally)}")
    if told.doubt_since is not None:
        return _stand(teller, act, decision, basis)
    _declare(teller, act, decision, act.outcome, basis)
    how = "certified, as" if act.certified else "as"
    return f"{candidate}: {said(act.outcome)}, {how} {act.who} says{_not_yet(teller, candidate)}"


def _who_stands(teller: Teller, candidate: str) -> Called | None:
    return teller.state.people.called.get(candidate)


def _refuse_waiting(teller: Teller, candidate: str, outcome: Outcome) -> None:
    """Refuse to declare what goes out by itself: those of the heads-up have it."""
    waiting = teller.told(candidate).heads_up
    if waiting is None or waiting.outcome is not outcome:
        return
    if goes_out_as(teller, candidate) is not outcome:
        return  # it does not by itself: a proof is missing that a person can stand in for
    why = f"those of the heads-up have it{_not_yet(teller, candidate)}"
    raise refuse(teller, "confirmed", _who_stands(teller, candidate), why)


def _not_yet(teller: Teller, candidate: str) -> str:
    """Say when everybody gets an outcome that some people have first."""
    waiting = teller.told(candidate).heads_up
    if waiting is None or waiting.due is None:
        return ""
    at = clock(waiting.due, zone_of(teller.watched), teller.now)
    return f"; it goes out to everybody at {at}, and `release` lets it out now"


def retract(teller: Teller, act: Act) -> str:
    """Withdraw an outcome everywhere, and stop outcomes until somebody says `unfreeze`."""
    endorsement = ours(teller, act.candidate)
    candidate = endorsement.candidate
    told = teller.told(candidate)
    if told.outcome is Outcome.NONE and told.heads_up is None:
        raise refuse(
            teller, "withdrawn", last_of(teller, ActKind.RETRACT, candidate),
            f"no outcome of {candidate} stands, so there is nothing to retract",
        )  # fmt: skip
    if told.outcome is Outcome.NONE:  # the freeze takes the heads-up back
        _forget_called(teller, candidate)
        done = "does not go out"
    else:
        decision, tally = last_figures(teller, endorsement)
        take_back(teller, candidate, decision, tally, act.who)
        done = f"{said(told.outcome)} is withdrawn everywhere"
    people = teller.state.people
    keep_people(teller, replace(people, frozen=people.frozen or stood(teller, act)))
    return f"{candidate}: {done}; the race is frozen until `unfreeze`"


def take_back(teller: Teller, candidate: str, decision: Decision, tally: Tally, who: str) -> None:
    """Withdraw an outcome and what a person declared."""
    _forget_called(teller, candidate)
    withdraw(teller, decision, tally, who)


def _forget_called(teller: Teller, candidate: str) -> None:
    people = teller.state.people
    called = {k: v for k, v in people.called.items() if k != candidate}
    keep_people(teller, replace(people, called=called))


def _declare(teller: Teller, act: Act, decision: Decision, outcome: Outcome, basis: Basis) -> None:
    """Put an outcome into force and tell it, even of a race that lacks a county."""
    candidate = decision.candidate
    _keep_called(teller, act, decision, outcome, basis)
    tally, decisions = current(teller.watched, teller.state, teller.now)
    for one in decisions:
        if tally is not None and one.candidate == candidate:
            tell_outcome(teller, one, tally)


def _keep_called(
    teller: Teller, act: Act, decision: Decision, outcome: Outcome, basis: Basis
) -> None:
    called = Called(
        outcome, basis, decision.if_final, act.who, act.why, teller.now, act.id, act.link
    )
    people = teller.state.people
    keep_people(teller, replace(people, called={**people.called, decision.candidate: called}))


def _stand(teller: Teller, act: Act, decision: Decision, basis: Basis) -> str:
    """Settle a doubt: what staff were told holds."""
    candidate = decision.candidate
    told = teller.told(candidate)
    if decision.if_final is not told.outcome:
        need_override(
            act,
            f"staff were told {said(told.outcome)} of {candidate}, and the figures give "
            f"{said(decision.if_final)}; `retract` it",
        )
    _keep_called(teller, act, decision, told.outcome, basis)
    tally, decisions = current(teller.watched, teller.state, teller.now)
    now = next(one for one in decisions if one.candidate == candidate)
    if told.basis is not Basis.CERTIFIED and tally is not None:  # channels heard HOLD OFF
        stand(teller, now, tally, act.who)
    settled = replace(
        teller.told(candidate), basis=basis, doubt_since=None, paged=False,
        figures_gave=decision.if_final,
        withstood=decision.outcome if decision.basis is Basis.CERTIFIED else Outcome.NONE,
    )  # fmt: skip
    teller.remember(candidate, settled)
    return f"{candidate}: {said(told.outcome)} stands, as {act.who} says"


def _firmer(basis: Basis) -> Basis:
    """Confirmed at least: what a person called or certified stays so."""
    return basis if basis in (Basis.CALLED, Basis.CERTIFIED) else Basis.CONFIRMED

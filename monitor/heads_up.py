"""Heads-up and release: named people get an outcome before everybody else (desk §4.20). Pure.

An outcome that would go out now is first told to them; everybody else gets it some
minutes later, or when a person releases it. Until then it was told to nobody: no output
has it. What is said of an outcome told before is never delayed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.callers import close_window, has_lapsed
from monitor.decide import decide
from monitor.decision import Evidence, Outcome
from monitor.events import Kind
from monitor.state import Waiting, line_of
from monitor.teller import Teller, seen_digest
from monitor.words import reasons

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.decision import Decision
    from monitor.state import Told, Watched
    from monitor.tally import Tally


def is_released(teller: Teller, decision: Decision, tally: Tally) -> bool:
    """Say whether everybody gets an outcome now; otherwise those of the heads-up have it."""
    minutes = dict(teller.watched.release).get(decision.outcome.value)
    if minutes is None:
        return True
    told = teller.told(decision.candidate)
    waiting = told.heads_up
    if waiting is None or waiting.outcome is not decision.outcome:
        _begin(teller, decision, tally, minutes)
        return False
    since = min(waiting.since, teller.now)  # later than now: our clock was set back
    due = since + timedelta(minutes=minutes)
    waiting = replace(waiting, since=since, due=due)
    teller.remember(decision.candidate, replace(told, heads_up=waiting))
    return waiting.released is not None or teller.now >= due


def _begin(teller: Teller, decision: Decision, tally: Tally, minutes: int) -> None:
    due = teller.now + timedelta(minutes=minutes)
    key = teller.tell(
        Kind.HEADS_UP, f"heads-up:{decision.candidate}", f"first {decision.outcome}",
        candidate=decision.candidate, decision=decision, after=tally, due=due,
        seen=seen_digest(decision, tally), late_start=teller.state.late_start,
    )  # fmt: skip
    waiting = Waiting(decision.outcome, teller.now, due)
    told = replace(teller.told(decision.candidate), heads_up=waiting, heads_up_key=key)
    teller.remember(decision.candidate, told)


def lapse(teller: Teller, decision: Decision, tally: Tally) -> None:
    """Take a heads-up back from those who had it, when its outcome is gone."""
    waiting = teller.told(decision.candidate).heads_up
    if waiting is None or not has_lapsed(teller, waiting, decision, tally):
        return
    is_other = decision.computed not in (Outcome.NONE, waiting.outcome)
    why = "" if is_other else reasons(decision, tally)
    take_back(teller, decision, tally, why or "the numbers give something else now")


def take_back(teller: Teller, decision: Decision, tally: Tally, why: str) -> None:
    """Tell those who had a heads-up that it does not go out."""
    told = teller.told(decision.candidate)
    waiting = told.heads_up
    if waiting is None:
        return
    teller.remember(decision.candidate, replace(told, heads_up=None, heads_up_key=""))
    teller.tell(
        Kind.HEADS_UP, f"heads-up:{decision.candidate}", f"not out {waiting.outcome}",
        candidate=decision.candidate, decision=decision, after=tally, about=told.heads_up_key,
        reason=why,
    )  # fmt: skip


def without_figures(teller: Teller) -> None:
    """Take back what was announced of a race of which no source has a number any more."""
    take_all_back(teller, _NO_FIGURES)


def take_all_back(teller: Teller, why: str) -> None:
    """Tell everybody who heard what goes out when that it does not, whatever the numbers."""
    race, tally = teller.watched.race, teller.state.tally
    for one in race.endorsements:
        line = line_of(one, tally) if tally is not None else None
        if tally is not None and line is not None and _is_announced(teller.told(one.candidate)):
            rule, unseen = teller.watched.rule, Evidence(two_looks=False)
            decision = decide(race, one.candidate, line, rule, tally, unseen)
            take_back(teller, decision, tally, why)
            close_window(teller, decision, tally, why)


_NO_FIGURES = "no source gives numbers of this race now"


def _is_announced(told: Told) -> bool:
    return told.heads_up is not None or told.waiting is not None


def next_release(watched: Watched, told: Told) -> datetime | None:
    """Return when everybody gets an outcome that those of the heads-up have."""
    waiting = told.heads_up
    if waiting is None:
        return None
    minutes = dict(watched.release).get(waiting.outcome.value, 0)
    return waiting.since + timedelta(minutes=minutes)

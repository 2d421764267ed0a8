"""What the callers of a race are asked before an outcome goes out (desk §1.3, §1.6). Pure.

An outcome that nothing blocks goes out as the race's policy says: at once, after
some minutes unless a caller stops it, or when a named person confirms it. Where the
gap is sure and a proof alone is missing, the callers are asked: READY TO CALL.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.decision import Basis, Block, Decision, Outcome
from monitor.events import Kind
from monitor.races import Policy, PolicyKind
from monitor.standing import HoldKind, looks
from monitor.state import Asked, Told, Waiting
from monitor.teller import Teller, seen_digest
from monitor.words import reasons

if TYPE_CHECKING:
    from monitor.tally import Tally

ASKABLE = frozenset({
    Block.NOT_COMPLETE, Block.NO_ELECTION_DAY, Block.RULE_UNVERIFIED, Block.HAND_KEPT,
    Block.UNPROVEN, Block.ONE_LOOK,
})  # fmt: skip
"""Proofs that a person can stand in for; a hold or a difference between sources is none."""

NEARLY_IN = 97
"""Percent of the units from which callers are asked (desk §1.3)."""
LOOK_OVERDUE = timedelta(minutes=10)
"""The site is down for so long that no second look can be waited for (desk §1.2)."""
LONG_PAUSE = timedelta(hours=12)
"""After it, units that are still out are taken for units that never come in (a start value)."""
REMIND_AFTER = (timedelta(minutes=15), timedelta(minutes=45))

_AT_ONCE = frozenset({Basis.CERTIFIED, Basis.CONFIRMED, Basis.CALLED})


def goes_out(teller: Teller, decision: Decision, tally: Tally) -> bool:
    """Say whether an outcome goes out now; otherwise its window opens, or callers are asked."""
    policy = teller.watched.race.policy(decision.outcome.value)
    if decision.basis in _AT_ONCE or policy.kind is PolicyKind.AUTO:
        return True
    told = teller.told(decision.candidate)
    waiting = told.waiting
    if waiting is None or waiting.outcome is not decision.outcome:
        _wait(teller, decision, tally, policy)
        return False
    if waiting.since > teller.now:
        waiting = _waiting(decision, policy, teller.now)  # our clock was set back
        teller.remember(decision.candidate, replace(told, waiting=waiting))
    return waiting.due is not None and teller.now >= waiting.due


def _waiting(decision: Decision, policy: Policy, now: datetime) -> Waiting:
    is_timed = policy.kind is PolicyKind.AFTER
    due = now + timedelta(minutes=policy.minutes) if is_timed else None
    return Waiting(decision.outcome, now, due)


def _wait(teller: Teller, decision: Decision, tally: Tally, policy: Policy) -> None:
    waiting = _waiting(decision, policy, teller.now)
    told = replace(teller.told(decision.candidate), waiting=waiting)
    teller.remember(decision.candidate, told)
    if waiting.due is None:
        _ask(teller, decision, tally, (), told)
        return
    teller.tell(
        Kind.GOING_OUT, f"callers:{decision.candidate}", f"going-out {decision.outcome}",
        candidate=decision.candidate, decision=decision, after=tally, due=waiting.due,
        seen=seen_digest(decision, tally), late_start=teller.state.late_start,
    )  # fmt: skip


def ask(teller: Teller, decision: Decision, tally: Tally) -> None:
    """Tell callers of an outcome that lacks a proof alone, remind them, or forget it."""
    told = teller.told(decision.candidate)
    if told.waiting is not None and has_lapsed(teller, told.waiting, decision, tally):
        _lapse(teller, decision, tally, told.waiting)
        told = teller.told(decision.candidate)
    if told.heads_up is not None and not decision.blocks:
        return  # it goes out by itself: nothing is asked any more
    missing = _missing(teller, decision, tally)
    if told.waiting is not None and told.waiting.due is None and not decision.blocks:
        _ask(teller, decision, tally, (), told)
    elif missing:
        _ask(teller, decision, tally, missing, told)
    elif told.asked is not None and _is_over(told.asked, told, decision):
        teller.remember(decision.candidate, replace(told, asked=None))


def has_lapsed(teller: Teller, waiting: Waiting, decision: Decision, tally: Tally) -> bool:
    """Say whether an outcome that waits is gone: it outlives what waits for another look.

    Its outcome goes out when that look has come. An older version that a site serves now
    and then would otherwise begin every window anew, and none would ever end.
    """
    told = teller.told(decision.candidate)
    if told.outcome is not Outcome.NONE or decision.computed is not waiting.outcome:
        return True
    passing = {Block.ONE_LOOK, Block.HELD} if _passes(teller, tally) else {Block.ONE_LOOK}
    return bool(set(decision.blocks) - passing)


def _passes(teller: Teller, tally: Tally) -> bool:
    """Nothing is held but what another look ends by itself, and that not for long."""
    holds = [hold for s in tally.sources if (hold := teller.state.standings[s].hold) is not None]
    return all(
        hold.kind is not HoldKind.HARD and teller.now - hold.since < LOOK_OVERDUE for hold in holds
    )


def _lapse(teller: Teller, decision: Decision, tally: Tally, waiting: Waiting) -> None:
    """Forget a window, and say so to callers who were told when the outcome goes out."""
    told = teller.told(decision.candidate)
    why = reasons(decision, tally) or "the numbers give something else now"
    by_person = Block.FROZEN in decision.blocks or told.outcome is not Outcome.NONE
    if waiting.due is None or by_person:
        teller.remember(decision.candidate, replace(told, waiting=None))
    else:
        close_window(teller, decision, tally, why)


def close_window(teller: Teller, decision: Decision, tally: Tally, why: str) -> None:
    """Tell callers who wait for an outcome to go out that it does not, and forget the window."""
    told = teller.told(decision.candidate)
    waiting = told.waiting
    if waiting is None or waiting.due is None:
        return
    teller.remember(decision.candidate, replace(told, waiting=None))
    teller.tell(
        Kind.CALLERS_PAGED, f"callers:{decision.candidate}", f"lapsed {waiting.outcome}",
        candidate=decision.candidate, decision=decision, after=tally,
        reason=f"the outcome announced ({waiting.outcome}) does not go out now: {why}",
    )  # fmt: skip


def _is_over(asked: Asked, told: Told, decision: Decision) -> bool:
    return told.outcome is not Outcome.NONE or decision.computed is not asked.outcome


def _missing(teller: Teller, decision: Decision, tally: Tally) -> tuple[Block, ...]:
    """Return what an outcome lacks that a person can stand in for, or nothing to ask about."""
    told = teller.told(decision.candidate)
    if told.outcome is not Outcome.NONE or decision.computed is Outcome.NONE:
        return ()
    if not decision.blocks or set(decision.blocks) - ASKABLE:
        return ()
    if Block.ONE_LOOK in decision.blocks and not _is_look_overdue(teller, tally):
        return ()
    # Without this block a hard bound, or the certified count, makes it sure whatever is in.
    is_sure = Block.NOT_COMPLETE not in decision.blocks
    return decision.blocks if is_sure or is_ripe(teller, decision, tally) else ()


def is_ripe(teller: Teller, decision: Decision, tally: Tally) -> bool:
    """Say whether so much is in, or the count has paused so, that an outcome can be asked for."""
    return is_nearly_in(tally) or _has_paused(teller, decision, tally)


def _has_paused(teller: Teller, decision: Decision, tally: Tally) -> bool:
    """The count stands still, and the units that are out are too few to matter or not to be had.

    A pause on the night with many units out is no end. But some sources' units never
    come in, so after half a day their number says nothing any more.
    """
    if _stood(teller, tally, LONG_PAUSE):
        return not tally.election_day_missing
    if not teller.is_paused(tally):
        return False
    units = tally.units
    if units is None:
        return True
    expected = tally.total * (units.total - units.reported)
    return abs(decision.margin) * units.reported > expected


def is_nearly_in(tally: Tally) -> bool:
    """Say whether 97 % of the units are in, or the source says the count is complete."""
    if tally.is_complete:
        return True
    units = tally.units
    return units is not None and 100 * units.reported >= NEARLY_IN * units.total > 0


def _is_look_overdue(teller: Teller, tally: Tally) -> bool:
    """The sources whose figures were not seen twice have been silent since for so long."""
    standings = [teller.state.standings[source] for source in tally.sources]
    since = [one.last_look or one.changed_at for one in standings if looks(one) <= 1]
    return all(at is not None and teller.now - at >= LOOK_OVERDUE for at in since)


def _stood(teller: Teller, tally: Tally, wait: timedelta) -> bool:
    """Say whether no source has changed for so long."""
    changed = [teller.state.standings[source].changed_at for source in tally.sources]
    return all(at is not None and teller.now - at >= wait for at in changed)


def _ask(
    teller: Teller, decision: Decision, tally: Tally, missing: tuple[Block, ...], told: Told
) -> None:
    """Ask once for each outcome, and remind twice."""
    outcome, asked, nearly = decision.computed, told.asked, is_nearly_in(tally)
    if asked is None or _is_another(asked, outcome, teller.now, nearly=nearly):
        asked, reason = Asked(outcome, missing, teller.now, nearly_in=nearly), ""
    elif asked.put_off is not None:
        if teller.now < asked.put_off.until:
            return
        asked, reason = Asked(outcome, missing, teller.now, nearly_in=nearly), "reminder"
    elif asked.times <= len(REMIND_AFTER) and _is_time(asked, teller.now):
        asked, reason = replace(asked, missing=missing, times=asked.times + 1), "reminder"
    else:
        return
    teller.remember(decision.candidate, replace(told, asked=asked))
    teller.tell(
        Kind.READY_TO_CALL, f"callers:{decision.candidate}", f"ready {outcome} {asked.times}",
        candidate=decision.candidate, decision=decision, after=tally, missing=missing,
        reason=reason, seen=seen_digest(decision, tally),
    )  # fmt: skip


def _is_another(asked: Asked, outcome: Outcome, now: datetime, *, nearly: bool) -> bool:
    """Another outcome, more than a pause to go by now, or a clock that was set back."""
    return asked.outcome is not outcome or asked.since > now or (nearly and not asked.nearly_in)


def _is_time(asked: Asked, now: datetime) -> bool:
    return now - asked.since >= REMIND_AFTER[asked.times - 1]


def next_moment(told: Told) -> datetime | None:
    """Return when a window ends, or callers are asked or reminded."""
    moments = [told.waiting.due] if told.waiting is not None else []
    asked = told.asked
    if asked is not None and asked.put_off is not None:
        moments.append(asked.put_off.until)
    elif asked is not None and asked.times <= len(REMIND_AFTER):
        moments.append(asked.since + REMIND_AFTER[asked.times - 1])
    return min((moment for moment in moments if moment is not None), default=None)

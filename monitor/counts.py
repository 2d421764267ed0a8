"""What is told of the count itself: first votes, new counts, changes of lead. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor import noise
from monitor.decision import Basis, Block, Decision, Outcome, Standing
from monitor.events import Kind
from monitor.noise import Lead
from monitor.outcomes import stands
from monitor.standing import LOOKS_APART, looks
from monitor.teller import content, first_of, name_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.noise import Pace
    from monitor.state import Told
    from monitor.tally import Tally
    from monitor.teller import Teller


def first_votes(teller: Teller, tally: Tally, decisions: tuple[Decision, ...]) -> None:
    """Tell the first votes, or the standing when we began after them."""
    from_zero = all(teller.state.standings[source].from_zero for source in tally.sources)
    kind = Kind.FIRST_VOTES if from_zero else Kind.NOW_WATCHING
    teller.tell(
        kind, "counts", content(tally), after=tally, decision=first_of(decisions),
        candidate=name_of(decisions), late_start=not from_zero,
    )  # fmt: skip
    told = {d.candidate: replace(teller.told(d.candidate), standing=d.standing) for d in decisions}
    teller.state = replace(
        teller.state, counted=True, tally=tally,
        pace=noise.all_told(teller.state.pace, content(tally), teller.now),
        late_start=not from_zero and tally.is_complete,
        told={**teller.state.told, **told},
    )  # fmt: skip


def count_changed(
    teller: Teller, tally: Tally, decisions: tuple[Decision, ...], *, revised: bool
) -> None:
    """Tell a changed count, or gather it; a lead that changes waits for its second look first."""
    turned = _turn(teller, decisions)
    if _is_turning(teller, decisions) and not revised:
        return
    lead = _lead(teller, turned, decisions)
    _gather(teller, tally, decisions)
    if lead is None and not revised and not _is_due(teller, decisions):
        return
    _tell_count(teller, tally, decisions, turned, lead, revised=revised)


def turned_back(teller: Teller, decisions: tuple[Decision, ...]) -> None:
    """The figures are those told: a standing that was turning has its second look."""
    turned, told = _turn(teller, decisions), teller.state.tally
    _keep_pace(teller, noise.nothing_waits(teller.state.pace, content(told)))
    lead = None if _is_turning(teller, decisions) else _lead(teller, turned, decisions)
    shown = turned or first_of(decisions)
    if lead is not None and shown is not None and told is not None:
        _lead_changed(teller, shown, told, decisions, lead)


def time_passed(teller: Teller, tally: Tally, decisions: tuple[Decision, ...]) -> None:
    """Tell what was gathered and is due, and a lead that stands again; no look brought it."""
    if _is_turning(teller, decisions) or not _is_proved(teller, tally):
        return  # the look that is waited for tells it
    state, lead = teller.state, _lead(teller, None, decisions)
    waits = state.pace.since is not None and _is_due(teller, decisions)
    if waits or (lead is not None and content(state.tally) != content(tally)):
        _tell_count(teller, tally, decisions, None, lead)
    elif lead is not None and decisions and state.tally is not None:
        _lead_changed(teller, decisions[0], state.tally, decisions, lead)


def _is_proved(teller: Teller, tally: Tally) -> bool:
    """A look has shown the figures of every source."""
    return all(looks(teller.state.standings[source]) for source in tally.sources)


# -- what is told now --------------------------------------------------------------------


def _gather(teller: Teller, tally: Tally, decisions: tuple[Decision, ...]) -> None:
    """Count new figures among those that are not told yet."""
    state = teller.state
    hangs = any(_hangs_on(teller, one) for one in decisions)
    worth = hangs or noise.is_worth_telling(state.tally, tally, swings=state.pace.swings)
    pace = noise.gathered(state.pace, content(tally), teller.now, worth=worth)
    # These figures are seen in the count: whatever is told of them, we were there.
    teller.state = replace(state, pace=pace, late_start=False)


def _is_due(teller: Teller, decisions: tuple[Decision, ...]) -> bool:
    """Say whether what was gathered is told now."""
    due = noise.due_at(teller.state.pace, teller.watched.updates_per_hour)
    return any(_is_certified(teller, one) for one in decisions) or (
        due is not None and due <= teller.now
    )


def _hangs_on(teller: Teller, decision: Decision) -> bool:
    """Say whether an outcome hangs on these figures: one that is near, or one told and shaken."""
    told = teller.told(decision.candidate)
    if told.outcome is not Outcome.NONE:
        return not stands(teller, decision)
    waiting = told.waiting or told.heads_up
    if waiting is not None and (waiting.due is None or told.heads_up is not None):
        return False  # it is a person's, and may be so for hours
    return decision.computed is not Outcome.NONE and not set(decision.blocks) - {Block.ONE_LOOK}


def _is_certified(teller: Teller, decision: Decision) -> bool:
    """What is certified now is told before that; what comes after it is always news."""
    told = teller.told(decision.candidate)
    return Basis.CERTIFIED in (told.basis, decision.basis)


def _tell_count(
    teller: Teller,
    tally: Tally,
    decisions: tuple[Decision, ...],
    turned: Decision | None,
    lead: Lead | None,
    *,
    revised: bool = False,
) -> None:
    """Tell the count as it is now against the one last told."""
    state, pace = teller.state, teller.state.pace
    kind = Kind.COUNT_UPDATED if lead is None else Kind.LEAD_CHANGED
    if revised:
        kind = Kind.COUNT_REVISED
    if any(told.basis is Basis.CERTIFIED for told in state.told.values()):
        kind = Kind.COUNT_AMENDED
    shown = turned or first_of(decisions)
    teller.tell(
        kind, "counts", f"{content(state.tally)} {content(tally)}",
        before=state.tally, after=tally, decision=shown,
        candidate=shown.candidate if shown else "",
        reason=lead.value if lead is not None and kind is Kind.LEAD_CHANGED else "",
        updates=pace.left if pace.left > 1 else 0, since=pace.last if pace.left > 1 else None,
        **_outcomes(teller, decisions),
    )  # fmt: skip
    counts = kind is Kind.COUNT_UPDATED
    told = noise.all_told(teller.state.pace, content(tally), teller.now, counts=counts)
    teller.state = replace(teller.state, tally=tally, late_start=False, pace=told)
    if lead is not None and shown is not None and kind is not Kind.LEAD_CHANGED:
        _lead_changed(teller, shown, tally, decisions, lead)


def _outcomes(teller: Teller, decisions: tuple[Decision, ...]) -> dict[str, bool]:
    """Say whether an outcome told rests on these figures, and whether it stands."""
    told = teller.state.told.values()
    return {
        "touches_outcome": any(one.outcome is not Outcome.NONE for one in told),
        "outcome_stands": all(stands(teller, one) for one in decisions),
    }


def _keep_pace(teller: Teller, pace: Pace) -> None:
    teller.state = replace(teller.state, pace=pace)


# -- leads -------------------------------------------------------------------------------


def _lead(teller: Teller, turned: Decision | None, decisions: tuple[Decision, ...]) -> Lead | None:
    """Return what is told of the lead now: a change, that it swings, or that it stands again."""
    pace, now = teller.state.pace, teller.now
    if turned is not None:
        pace, lead = noise.turned(pace, now)
        _keep_pace(teller, pace)
        return lead
    settles = noise.settles_at(pace)
    if settles is None or (settles > now and pace.turns[-1] <= now):
        return None
    _keep_pace(teller, noise.settled(pace))
    known = any(teller.told(one.candidate).outcome is not Outcome.NONE for one in decisions)
    return None if known else Lead.SETTLED


def _lead_changed(
    teller: Teller, shown: Decision, tally: Tally, decisions: tuple[Decision, ...], lead: Lead
) -> None:
    """Tell what is to be said of the lead in figures that were told already."""
    teller.tell(
        Kind.LEAD_CHANGED, "counts", content(tally), before=tally, after=tally, decision=shown,
        candidate=shown.candidate, reason=lead.value, **_outcomes(teller, decisions),
    )  # fmt: skip


def _turn(teller: Teller, decisions: tuple[Decision, ...]) -> Decision | None:
    """Move each candidate's standing on; return the first whose turn is confirmed."""
    confirmed = None
    for decision in decisions:
        told = teller.told(decision.candidate)
        proved = Block.ONE_LOOK not in decision.blocks
        after = _turned(told, decision.standing, teller.now, proved=proved)
        if None not in (told.standing, after.standing) and after.standing != told.standing:
            confirmed = confirmed or decision
        teller.remember(decision.candidate, after)
    return confirmed


def _is_turning(teller: Teller, decisions: tuple[Decision, ...]) -> bool:
    return any(teller.told(one.candidate).turning is not None for one in decisions)


def _turned(told: Told, standing: Standing, now: datetime, *, proved: bool) -> Told:
    """A standing turns when an accepted answer at least 60 s later still shows it.

    `proved`: two looks have shown these very figures, as when a decrease is accepted.
    """
    if standing is Standing.NO_VOTES:
        return replace(told, standing=None, turning=None, turning_since=None)
    if told.standing is None or standing is told.standing:
        return replace(told, standing=standing, turning=None, turning_since=None)
    # A clock that was set back starts the wait anew, or it would last as long as the step.
    since = told.turning_since
    if not proved and (told.turning is not standing or since is None or since > now):
        return replace(told, turning=standing, turning_since=now)
    if not proved and since is not None and now - since < LOOKS_APART:
        return told
    return replace(told, standing=standing, turning=None, turning_since=None)

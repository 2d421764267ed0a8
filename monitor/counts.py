"""What is told of the count itself: first votes, new counts, changes of lead. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.decision import Basis, Block, Decision, Outcome, Standing
from monitor.events import Kind
from monitor.outcomes import stands
from monitor.standing import LOOKS_APART
from monitor.teller import content, first_of, name_of

if TYPE_CHECKING:
    from datetime import datetime

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
        late_start=not from_zero and tally.is_complete,
        told={**teller.state.told, **told},
    )  # fmt: skip


def count_changed(
    teller: Teller, tally: Tally, decisions: tuple[Decision, ...], *, revised: bool
) -> None:
    """Tell a changed count; a lead that changes with it waits for its second look first."""
    turned = _turn(teller, decisions)
    if _is_turning(teller, decisions) and not revised:
        return
    before = teller.state.tally
    kind = Kind.LEAD_CHANGED if turned else Kind.COUNT_UPDATED
    if revised:
        kind = Kind.COUNT_REVISED
    if any(told.basis is Basis.CERTIFIED for told in teller.state.told.values()):
        kind = Kind.COUNT_AMENDED
    shown = turned or first_of(decisions)
    teller.tell(
        kind, "counts", f"{content(before)} {content(tally)}",
        before=before, after=tally, decision=shown,
        candidate=shown.candidate if shown else "", **_outcomes(teller, decisions),
    )  # fmt: skip
    teller.state = replace(teller.state, tally=tally, late_start=False)
    if turned and kind is not Kind.LEAD_CHANGED:
        _lead_changed(teller, turned, tally, decisions)


def _outcomes(teller: Teller, decisions: tuple[Decision, ...]) -> dict[str, bool]:
    """Say whether an outcome told rests on these figures, and whether it stands."""
    told = teller.state.told.values()
    return {
        "touches_outcome": any(one.outcome is not Outcome.NONE for one in told),
        "outcome_stands": all(stands(teller, one) for one in decisions),
    }


def turned_back(teller: Teller, decisions: tuple[Decision, ...]) -> None:
    """The figures are those told: a standing that was turning has its second look."""
    turned = _turn(teller, decisions)
    if turned and teller.state.tally is not None:
        _lead_changed(teller, turned, teller.state.tally, decisions)


def _lead_changed(
    teller: Teller, turned: Decision, tally: Tally, decisions: tuple[Decision, ...]
) -> None:
    """Tell a change of lead in figures that were told already."""
    teller.tell(
        Kind.LEAD_CHANGED, "counts", content(tally), before=tally, after=tally, decision=turned,
        candidate=turned.candidate, **_outcomes(teller, decisions),
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

"""From one look to the next: what changed, and what of it may be told. Pure.

`advance` takes a race's stored state and one arrival, and returns the state
after it with the events to tell. Nothing here reads a clock or remembers
anything: the state is the whole memory, so a restart goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.decide import Decision, Outcome, Standing
from monitor.events import Event, Kind
from monitor.holds import keep, matched, missed
from monitor.outcomes import stands, tell_outcome
from monitor.sanity import SourceStanding, Verdict, judge
from monitor.state import LOOKS_APART, RaceState, Told, current, wants_look
from monitor.tally import Tally
from monitor.teller import Teller, content, first_of, name_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.sanity import Arrival
    from monitor.state import Watched

_ANSWERS = frozenset({Verdict.SAME, Verdict.ACCEPTED, Verdict.REVISED})


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an arrival, the events to tell, and what is known now.

    `verdict` is sanity's. `wants_look`: something waits for a second look, so an
    unconditional visit follows after 60 seconds.
    """

    state: RaceState
    events: tuple[Event, ...]
    verdict: Verdict
    tally: Tally | None
    decisions: tuple[Decision, ...]
    wants_look: bool


def advance(watched: Watched, state: RaceState, source: str, arrival: Arrival) -> Step:
    """Take one arrival into account."""
    teller = Teller(watched, state, arrival.at)
    matched(teller, source)
    judgement = judge(state.standings.get(source, SourceStanding()), arrival)
    keep(teller, source, judgement)
    tally, decisions = look_again(
        teller,
        answered=arrival.is_look and judgement.verdict in _ANSWERS,
        revised=judgement.verdict is Verdict.REVISED,
    )
    return Step(
        state=teller.state,
        events=tuple(teller.events),
        verdict=judgement.verdict,
        tally=tally,
        decisions=decisions,
        # Changed figures without a full look are not told yet: they need one soon.
        wants_look=wants_look(teller.state, decisions)
        or (judgement.verdict is Verdict.ACCEPTED and not arrival.is_look),
    )


def miss(
    watched: Watched, state: RaceState, source: str, sentence: str, now: datetime, *, alarm: bool
) -> Step:
    """Take a report into account in which the race was not found.

    A contest that had figures is held, so that nothing is told from old ones;
    one that never had any is ops' question once it is time to `alarm`.
    """
    teller = Teller(watched, state, now)
    missed(teller, source, sentence, alarm=alarm)
    tally, decisions = current(watched, teller.state)
    return Step(
        teller.state, tuple(teller.events), Verdict.HELD, tally, decisions, wants_look=False
    )


def redecide(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Decide again on the stored figures, after a rule, an alias or an endorsement changed."""
    teller = Teller(watched, state, now)
    tally, decisions = look_again(teller, answered=False, revised=False)
    return Step(
        teller.state, tuple(teller.events), Verdict.SAME, tally, decisions,
        wants_look(teller.state, decisions),
    )  # fmt: skip


def open_race(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Post the race's root: the thread everything else hangs on."""
    teller = Teller(watched, state, now)
    teller.tell(Kind.RACE_OPENED, "race", "opened")
    teller.state = replace(teller.state, opened=True)
    tally, decisions = current(watched, teller.state)
    return Step(
        teller.state, tuple(teller.events), Verdict.SAME, tally, decisions, wants_look=False
    )


def look_again(
    teller: Teller, *, answered: bool, revised: bool
) -> tuple[Tally | None, tuple[Decision, ...]]:
    """Tally and decide on the state as it is now, and tell what changed.

    Nothing is told of a race without a vote, unless it had some. Counts and leads
    are told only when an accepted look `answered`.
    """
    tally, decisions = current(teller.watched, teller.state)
    if tally is None or not (tally.total or teller.state.counted):
        return tally, decisions
    if not answered or _has_lost_a_county(teller.state.tally, tally):
        pass
    elif not teller.state.counted:
        _first(teller, tally, decisions)
    elif teller.state.tally is None or content(teller.state.tally) != content(tally):
        _count_changed(teller, tally, decisions, revised=revised)
    else:
        _turned_back(teller, decisions)
    # A sum that lacks a county says nothing of an outcome, neither for nor against it.
    for decision in () if tally.missing else decisions:
        tell_outcome(teller, decision, tally)
    return tally, decisions


def _has_lost_a_county(told: Tally | None, now: Tally) -> bool:
    """A county's source was changed and has not answered yet: its votes are not gone."""
    if told is None or now.total >= told.total:
        return False
    return not set(now.missing) <= set(told.missing)


def _first(teller: Teller, tally: Tally, decisions: tuple[Decision, ...]) -> None:
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


def _count_changed(
    teller: Teller, tally: Tally, decisions: tuple[Decision, ...], *, revised: bool
) -> None:
    turned = _turn(teller, decisions)
    if _is_turning(teller, decisions) and not revised:
        return
    before = teller.state.tally
    kind = Kind.LEAD_CHANGED if turned else Kind.COUNT_UPDATED
    if revised:
        kind = Kind.COUNT_REVISED
    shown = turned or first_of(decisions)
    teller.tell(
        kind, "counts", f"{content(before)} {content(tally)}",
        before=before, after=tally, decision=shown,
        candidate=shown.candidate if shown else "",
        touches_outcome=any(t.outcome is not Outcome.NONE for t in teller.state.told.values()),
        outcome_stands=all(stands(teller, one) for one in decisions),
    )  # fmt: skip
    teller.state = replace(teller.state, tally=tally, late_start=False)


def _turned_back(teller: Teller, decisions: tuple[Decision, ...]) -> None:
    """The figures are those told: a standing that was turning has its second look."""
    turned = _turn(teller, decisions)
    if turned and teller.state.tally is not None:
        teller.tell(
            Kind.LEAD_CHANGED, "counts", content(teller.state.tally),
            before=teller.state.tally, after=teller.state.tally, decision=turned,
            candidate=turned.candidate,
        )  # fmt: skip


def _turn(teller: Teller, decisions: tuple[Decision, ...]) -> Decision | None:
    """Move each candidate's standing on; return the first whose turn is confirmed."""
    confirmed = None
    for decision in decisions:
        told = teller.told(decision.candidate)
        after = _turned(told, decision.standing, teller.now)
        if None not in (told.standing, after.standing) and after.standing != told.standing:
            confirmed = confirmed or decision
        teller.remember(decision.candidate, after)
    return confirmed


def _is_turning(teller: Teller, decisions: tuple[Decision, ...]) -> bool:
    return any(teller.told(one.candidate).turning is not None for one in decisions)


def _turned(told: Told, standing: Standing, now: datetime) -> Told:
    """A standing turns when an accepted answer at least 60 s later still shows it."""
    if standing is Standing.NO_VOTES:
        return replace(told, standing=None, turning=None, turning_since=None)
    if told.standing is None or standing is told.standing:
        return replace(told, standing=standing, turning=None, turning_since=None)
    # A clock that was set back starts the wait anew, or it would last as long as the step.
    since = told.turning_since
    if told.turning is not standing or since is None or since > now:
        return replace(told, turning=standing, turning_since=now)
    if now - since < LOOKS_APART:
        return told
    return replace(told, standing=standing, turning=None, turning_since=None)

"""From one look to the next: what changed, and what of it may be told. Pure.

`advance` takes a race's stored state and one arrival, and returns the state
after it with the events to tell. Nothing here reads a clock or remembers
anything: the state is the whole memory, so a restart goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor import sites
from monitor.counts import count_changed, first_votes, time_passed, turned_back
from monitor.decision import Block, Decision, Outcome
from monitor.events import Event, Kind
from monitor.follow_up import set_follow_up, waits
from monitor.heads_up import without_figures
from monitor.holds import disagree, keep, matched, missed, page
from monitor.looks import wants_look
from monitor.outcomes import tell_outcome
from monitor.reminders import remind
from monitor.sanity import judge
from monitor.standing import SourceStanding, Verdict
from monitor.state import RaceState, current, entered_key, opens_at, waits_for_release
from monitor.suspicion import total_of
from monitor.tally import Tally
from monitor.teller import Teller, content, first_of, name_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.standing import Arrival
    from monitor.state import Watched

_ANSWERS = frozenset({Verdict.SAME, Verdict.ACCEPTED, Verdict.REVISED})
_MAY_BE_CONTESTED = frozenset({Block.WRITE_IN_AHEAD, Block.UNPROVEN, Block.HAND_KEPT})


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an arrival, the events to tell, and what is known now.

    `verdict` is sanity's. `wants_look`: something waits for a second look, so an
    unconditional visit follows after 60 seconds. `not_found`: why the report does not
    have the race.
    """

    state: RaceState
    events: tuple[Event, ...]
    verdict: Verdict
    tally: Tally | None
    decisions: tuple[Decision, ...]
    wants_look: bool
    not_found: str = ""


def advance(watched: Watched, state: RaceState, source: str, arrival: Arrival) -> Step:
    """Take one arrival into account."""
    teller = Teller(watched, state, arrival.at)
    matched(teller, source)
    judgement = judge(state.standings.get(source, SourceStanding()), arrival)
    keep(teller, source, judgement)
    sites.answered(teller, source, judgement.verdict)
    return conclude(
        teller,
        judgement.verdict,
        answered=arrival.is_look and judgement.verdict in _ANSWERS,
        # Changed figures without a full look are not told yet: they need one soon.
        unproved=judgement.verdict is Verdict.ACCEPTED and not arrival.is_look,
    )


def conclude(
    teller: Teller,
    verdict: Verdict = Verdict.SAME,
    *,
    answered: bool = False,
    unproved: bool = False,
) -> Step:
    """Decide on the state as it is now, tell what follows, and end the step.

    `answered`: an accepted look brought it. `unproved`: a look must prove it soon.
    """
    for use in teller.watched.race.sources:
        _retire_entered(teller, use.source)
    sites.let_go(teller)
    tally, decisions = look_again(teller, answered=answered, revised=verdict is Verdict.REVISED)
    _later(teller, tally, decisions)
    return Step(
        state=teller.state,
        events=tuple(teller.events),
        verdict=verdict,
        tally=tally,
        decisions=decisions,
        wants_look=unproved or wants_look(teller.state, tally, decisions),
    )


def _later(teller: Teller, tally: Tally | None, decisions: tuple[Decision, ...]) -> None:
    """Tell what only its hour brings. Every step does, so that none can pass an hour by."""
    page(teller)
    disagree(teller, tally)
    if tally is None:
        return
    remind(teller, tally, decisions)
    waits(teller, tally, decisions)


def _retire_entered(teller: Teller, source: str) -> None:
    """Let go of figures typed in for a source that has caught up with them."""
    entered = teller.state.standings.get(entered_key(source))
    if entered is None or entered.accepted is None or source in teller.state.people.superseded:
        return
    site = teller.state.standings.get(source, SourceStanding()).accepted
    later = site is not None and site.fetched_at > entered.accepted.fetched_at
    if site and later and total_of(site.contest) >= total_of(entered.accepted.contest):
        rest = {k: v for k, v in teller.state.standings.items() if k != entered_key(source)}
        teller.state = replace(teller.state, standings=rest)


def miss(
    watched: Watched, state: RaceState, source: str, sentence: str, now: datetime, *, alarm: bool
) -> Step:
    """Take a report into account in which the race was not found.

    A contest that had figures is held, so that nothing is told from old ones;
    one that never had any is ops' question once it is time to `alarm`.
    """
    teller = Teller(watched, state, now)
    missed(teller, source, sentence, alarm=alarm)
    tally, decisions = current(watched, teller.state, now)
    _later(teller, tally, decisions)
    return Step(
        teller.state, tuple(teller.events), Verdict.HELD, tally, decisions, wants_look=False,
        not_found=sentence,
    )  # fmt: skip


def source_failed(
    watched: Watched, state: RaceState, source: str, since: datetime, why: str, now: datetime
) -> Step:
    """Take into account that one of the race's sources brings nothing `since` then."""
    teller = Teller(watched, state, now)
    sites.failed(teller, source, since, why)
    tally, decisions = current(watched, teller.state, now)
    return Step(
        teller.state, tuple(teller.events), Verdict.HELD, tally, decisions, wants_look=False
    )


def redecide(watched: Watched, state: RaceState, now: datetime, *, cause: str = "") -> Step:
    """Decide again on the stored figures, after a rule, an alias or an endorsement changed."""
    return conclude(Teller(watched, state, now, cause=cause))


def pass_time(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Take into account that it is later: policy windows, reminders, long holds.

    A race that nobody contests has no source: only time says that its day has come.
    """
    if not watched.race.uncontested:
        return redecide(watched, state, now)
    teller = Teller(watched, state, now)
    opens = opens_at(watched)
    if opens is not None and now >= opens:
        _uncontested(teller)
    return Step(teller.state, tuple(teller.events), Verdict.SAME, None, (), wants_look=False)


def open_race(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Post the race's root: the thread everything else hangs on."""
    teller = Teller(watched, state, now)
    teller.tell(Kind.RACE_OPENED, "race", "opened")
    teller.state = replace(teller.state, opened=True)
    tally, decisions = current(watched, teller.state, now)
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
    tally, decisions = current(teller.watched, teller.state, teller.now)
    if tally is None:
        without_figures(teller)
    if tally is None or not (tally.total or teller.state.counted):
        return tally, decisions
    if _is_uncontested(decisions) and not _was_told(teller):
        _uncontested(teller, tally, decisions)
        return tally, decisions
    if _has_lost_a_county(teller.state.tally, tally):
        pass
    elif not answered:
        time_passed(teller, tally, decisions)
    elif not teller.state.counted:
        first_votes(teller, tally, decisions)
    elif teller.state.tally is None or content(teller.state.tally) != content(tally):
        count_changed(teller, tally, decisions, revised=revised)
    else:
        turned_back(teller, decisions)
    # A sum that lacks a county says nothing of an outcome, neither for nor against it; but
    # what some people have already, or callers were told of, goes out or does not.
    for decision in decisions:
        if not tally.missing or _is_announced(teller, decision.candidate):
            tell_outcome(teller, decision, tally)
            set_follow_up(teller, tally, decision)
    return tally, decisions


def _is_announced(teller: Teller, candidate: str) -> bool:
    """An outcome is to go out, as people know who may stop it or have it first."""
    waits = teller.told(candidate).waiting is not None
    return waits or waits_for_release(teller.state, candidate)


def _is_uncontested(decisions: tuple[Decision, ...]) -> bool:
    """Nobody else is on the ballot, and no write-in is near.

    A page that nobody compared with the site, or a sheet half typed, may only lack the others.
    """
    return bool(decisions) and all(
        Block.UNCONTESTED in one.blocks and not _MAY_BE_CONTESTED & set(one.blocks)
        for one in decisions
    )


def _was_told(teller: Teller) -> bool:
    """An outcome that staff or some people know must be questioned or stand, whoever is left."""
    told = teller.state.told.values()
    return any(one.outcome is not Outcome.NONE or one.heads_up is not None for one in told)


def _uncontested(
    teller: Teller, tally: Tally | None = None, decisions: tuple[Decision, ...] = ()
) -> None:
    """Tell it in one line, once; counts and outcomes of such a race are no news."""
    if teller.state.uncontested:
        return
    teller.state = replace(teller.state, uncontested=True)
    ours = teller.watched.race.endorsements[0].candidate
    teller.tell(
        Kind.RACE_UNCONTESTED, "uncontested", "uncontested", after=tally,
        decision=first_of(decisions), candidate=name_of(decisions) or ours,
    )  # fmt: skip


def _has_lost_a_county(told: Tally | None, now: Tally) -> bool:
    """A county's source was changed and has not answered yet: its votes are not gone."""
    if told is None or now.total >= told.total:
        return False
    return not set(now.missing) <= set(told.missing)

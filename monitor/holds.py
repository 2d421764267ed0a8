"""Holds, notes and missing contests: what sanity kept back, and who hears of it. Pure.

`monitor.checks` says of a hold what is to be said; here is what begins and ends one,
and what time makes due: callers are paged, and ops hear of sources that stay different.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.agreement import agreement, disagreement
from monitor.checks import next_word, put, speak
from monitor.events import Kind
from monitor.people import acknowledged
from monitor.rehearsal import REHEARSED
from monitor.sanity import accept_digest, why_not_accepted
from monitor.standing import Hold, HoldKind, Judgement, SourceStanding, Verdict
from monitor.state import RaceState, accepted, as_counted, current
from monitor.tally import groups
from monitor.teller import content, first_of, name_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.state import Watched
    from monitor.tally import Snapshot, Tally
    from monitor.teller import Teller

PAGE_AFTER = timedelta(minutes=10)
"""How long a hard hold lasts before the callers are paged (desk §1.5)."""
DISAGREE_AFTER = timedelta(minutes=10)
"""County and state differ for minutes all night; longer is ops' question (start value)."""


def matched(teller: Teller, source: str) -> None:
    """Tell ops that a race they were told of is found now."""
    if source in teller.state.unmatched:
        rest = {k: v for k, v in teller.state.unmatched.items() if k != source}
        teller.state = replace(teller.state, unmatched=rest)
        teller.tell(
            Kind.CONTEST_MATCHED, f"match:{source}", "matched", source=source,
            reason="the contest and our candidate are found now",
        )  # fmt: skip


def missed(teller: Teller, source: str, sentence: str, *, alarm: bool) -> None:
    """Hold a contest that vanished; tell ops once of one that is not found."""
    standing = teller.state.standings.get(source, SourceStanding())
    is_hard = standing.hold is not None and standing.hold.kind is HoldKind.HARD
    if standing.accepted is not None and not is_hard:
        put(teller, source, replace(standing, hold=Hold(HoldKind.HARD, sentence, teller.now)))
        speak(teller, source)
    elif standing.accepted is None and alarm and source not in teller.state.unmatched:
        told = {**teller.state.unmatched, source: sentence}
        teller.state = replace(teller.state, unmatched=told)
        teller.tell(
            Kind.CONTEST_UNMATCHED, f"match:{source}", "unmatched", source=source,
            reason=sentence,
        )  # fmt: skip


def keep(teller: Teller, source: str, judged: Judgement) -> None:
    """Store the source's standing and tell of holds and notes."""
    before = teller.state.standings.get(source, SourceStanding())
    standing = judged.standing
    put(teller, source, standing)
    _forget_rejection(teller, source)
    if judged.placed and judged.placed.kind is HoldKind.SOFT and judged.placed.snapshot:
        _show(teller, source, judged.placed.snapshot)
    if judged.verdict is Verdict.NOTED and standing.note not in ("", before.note):
        _note(teller, source, standing.note)
    if judged.gone:
        _note(teller, source, "The new numbers are gone again.")
    speak(teller, source)


def _show(teller: Teller, source: str, snapshot: Snapshot) -> None:
    """Show new numbers that are being checked; the hold still blocks outcomes."""
    state = _as_if(teller, source, snapshot)
    shown, decisions = current(teller.watched, state, teller.now)
    teller.tell(
        Kind.COUNT_UPDATED, "counts", f"checking {content(shown)}", source=source,
        before=teller.state.tally, after=shown, decision=first_of(decisions),
        candidate=name_of(decisions), checking=True,
    )  # fmt: skip


def _as_if(teller: Teller, source: str, snapshot: Snapshot) -> RaceState:
    as_if = replace(teller.state.standings[source], accepted=snapshot)
    return replace(teller.state, standings={**teller.state.standings, source: as_if})


def _note(teller: Teller, source: str, text: str) -> None:
    teller.tell(Kind.NOTE_ADDED, f"note:{source}", text, source=source, reason=text)


# -- what time makes due -----------------------------------------------------------------


def page(teller: Teller) -> None:
    """Page the callers of a hard hold that lasts, and say what else is due of holds."""
    for source in tuple(teller.state.standings):
        _restart(teller, source)
        _forget_rejection(teller, source)
        speak(teller, source)
        due = _page_due(teller.watched, teller.state, source)
        if due is not None and teller.now >= due:
            _page(teller, source)


def _restart(teller: Teller, source: str) -> None:
    """A clock that was set back begins a hold's wait anew, or it would last as long."""
    standing = teller.state.standings[source]
    if standing.hold is not None and standing.hold.since > teller.now:
        anew = replace(standing.hold, since=teller.now, seen_at=None)
        put(teller, source, replace(standing, hold=anew))


def _forget_rejection(teller: Teller, source: str) -> None:
    """What a person rejected is not shown any more: a hold of another report begins anew."""
    people = teller.state.people
    rejected, standing = people.rejected.get(source), teller.state.standings[source]
    if rejected is None or accept_digest(standing) == rejected.figures:
        return
    rest = {k: v for k, v in people.rejected.items() if k != source}
    teller.state = replace(teller.state, people=replace(people, rejected=rest))
    if standing.hold is not None:
        anew = replace(standing.hold, since=teller.now, told=False, asked=False, paged=False)
        put(teller, source, replace(standing, hold=anew))


def _page(teller: Teller, source: str) -> None:
    standing = teller.state.standings[source]
    hold = standing.hold
    if hold is None:
        return
    put(teller, source, replace(standing, hold=replace(hold, paged=True)))
    teller.tell(
        Kind.CALLERS_PAGED, f"hold:{source}", f"paged {hold.since.isoformat()}", source=source,
        hold=hold, reason=f"numbers held for more than ten minutes: {hold.reason}",
        seen="" if _has_own_remedy(standing) else accept_digest(standing),
    )  # fmt: skip


def _has_own_remedy(standing: SourceStanding) -> bool:
    """To accept one report is not the way out, or there is none to accept."""
    hold = standing.hold
    rehearsed = hold is not None and hold.reason.startswith(REHEARSED)
    return rehearsed or bool(why_not_accepted(standing))


def _page_due(watched: Watched, state: RaceState, source: str) -> datetime | None:
    """Return when callers are paged of a source's hold; nobody is before the polls close."""
    hold = state.standings[source].hold
    if hold is None or hold.kind is not HoldKind.HARD or hold.paged:
        return None
    if source in state.people.superseded or _is_stood_in_for(watched, state, source):
        return None
    if source in state.people.rejected or acknowledged(state.people, source, hold.since):
        return None
    close = state.people.closes_at or watched.closes_at
    return max(hold.since, close or hold.since) + PAGE_AFTER


def _is_stood_in_for(watched: Watched, state: RaceState, source: str) -> bool:
    """The race is told from another source of the same counties."""
    told = state.tally.sources if state.tally is not None else ()
    return any(
        other.source != source and other.source in told
        for uses in groups(as_counted(watched.race, state))
        if any(use.source == source for use in uses)
        for other in uses
    )


def disagree(teller: Teller, tally: Tally | None) -> None:
    """Tell ops of sources that differ for ten minutes, and when they agree again."""
    state, race = teller.state, teller.watched.race
    said = disagreement(race, accepted(state), state.people.superseded)
    if not said:
        _agree(teller, tally)
        return
    since = state.disagreed_since
    if since is None or since > teller.now:  # or our clock was set back
        teller.state = replace(state, disagreed_since=teller.now)
    due = _disagree_due(teller.watched, teller.state)
    if due is not None and teller.now >= due:
        teller.state = replace(teller.state, disagreement_told=True)
        teller.tell(Kind.SOURCES_DISAGREE, "sources", "differ", after=tally, reason=said)


def _agree(teller: Teller, tally: Tally | None) -> None:
    if teller.state.disagreement_told:
        teller.tell(
            Kind.SOURCES_AGREE, "sources", "agree", after=tally,
            reason="the sources that count agree again",
        )  # fmt: skip
    teller.state = replace(teller.state, disagreed_since=None, disagreement_told=False)


def _disagree_due(watched: Watched, state: RaceState) -> datetime | None:
    """Return when ops hear of a difference; one that still catches up is given its time."""
    if state.disagreed_since is None or state.disagreement_told:
        return None
    found = agreement(watched.race, accepted(state), state.people.superseded)
    lags = next((one.lags for one in found if one.difference), "")
    moved = state.standings[lags].changed_at if lags else None
    return max(state.disagreed_since, moved or state.disagreed_since) + DISAGREE_AFTER


def next_page(watched: Watched, state: RaceState) -> datetime | None:
    """Return when `page` or `disagree` has more to say, if nothing changes."""
    moments = [_disagree_due(watched, state)]
    for source in state.standings:
        moments += [_page_due(watched, state, source), next_word(state, source)]
    return min((moment for moment in moments if moment is not None), default=None)

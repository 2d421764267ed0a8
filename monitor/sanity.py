"""Hold before you tell: compare a watched contest with the last accepted one. Pure.

Each verdict concerns one race at one source. A hold keeps the old figures in
force; what ends it is design §5's table. Figures equal to the accepted ones are
an unchanged look, never a hold.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from monitor.rehearsal import BEFORE_CLOSE, remembered, why_not_live
from monitor.standing import (
    LOOKS_APART,
    Arrival,
    Hold,
    HoldKind,
    Judgement,
    SourceStanding,
    Verdict,
    approval,
    stem,
)
from monitor.suspicion import (
    changed_identity,
    fallen,
    figures,
    grew_only_late,
    impossible,
    total_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Contest
    from monitor.tally import Snapshot

DECREASE_WAIT = timedelta(minutes=5)
CLOCKS_APART = timedelta(minutes=5)
"""How far a source's clock may be ahead of ours."""
NIGHT = timedelta(hours=14)
SEEN_LIMIT = 400
JUMP_PERCENT = 10
SMALLEST_DOUBLING = 100
"""Votes below which twice the figures is no sign of a doubled upload."""


def judge(before: SourceStanding, arrival: Arrival) -> Judgement:
    """Judge one arrival against what the source said before."""
    contest = arrival.snapshot.contest
    before = remembered(before, arrival)
    if reason := _held_against(before, contest, [_refused(arrival)]):
        return _hold(_read(before, arrival), arrival, HoldKind.HARD, reason)
    if not contest.counts_known:
        return Judgement(Verdict.NOTED, replace(before, note=contest.note))
    if arrival.at < arrival.closes_at:
        return _before_close(before, arrival)
    causes = (why_not_live(before, arrival), impossible(contest))
    if reason := _held_against(before, contest, causes):
        return _hold(before, arrival, HoldKind.HARD, reason)
    if before.accepted is None:
        return _accept(before, arrival)
    return _compare(before, before.accepted, arrival)


def _held_against(before: SourceStanding, contest: Contest, causes: Iterable[str]) -> str:
    """Return the first cause that no person has accepted these figures in spite of."""
    fresh = (one for one in causes if one and approval(contest, one) != before.approved)
    return next(fresh, "")


def _refused(arrival: Arrival) -> str:
    if arrival.is_test:
        return "the source marks its data as test data"
    if arrival.election_date not in (None, arrival.expected_date):
        return f"the source shows the election of {arrival.election_date}"
    return ""


def _read(before: SourceStanding, arrival: Arrival) -> SourceStanding:
    """Whoever reads a race before its close knows that its first votes are news."""
    return replace(before, from_zero=before.from_zero or arrival.at < arrival.closes_at)


def _before_close(before: SourceStanding, arrival: Arrival) -> Judgement:
    read = _read(before, arrival)
    if total_of(arrival.snapshot.contest):
        return _hold(read, arrival, HoldKind.HARD, BEFORE_CLOSE)
    return Judgement(Verdict.BEFORE_CLOSE, replace(read, hold=None), ended=before.hold)


def _compare(before: SourceStanding, accepted: Snapshot, arrival: Arrival) -> Judgement:
    old, new = accepted.contest, arrival.snapshot.contest
    if reason := changed_identity(old, new, arrival.people):
        return _hold(before, arrival, HoldKind.HARD, reason)
    older = _older(before, accepted, arrival)
    if figures(old) == figures(new):
        return _same(before, _as_accepted(accepted, arrival) if older else arrival)
    if older:
        return _hold(before, arrival, HoldKind.OLDER, older)
    if reason := _doubled(before, old, new):  # though units fell: it never ends by repetition
        return _hold(before, arrival, HoldKind.HARD, reason)
    if reason := fallen(old, new):
        return _decrease(before, arrival, reason)
    if _jumped(before, old, arrival):
        return _soft(before, arrival)
    return _accept(before, arrival)


def _as_accepted(accepted: Snapshot, arrival: Arrival) -> Arrival:
    """An older page with the same figures: the newer one stays, proved if they agree."""
    agrees = arrival.snapshot.status == accepted.status
    return replace(arrival, snapshot=accepted, is_look=arrival.is_look and agrees)


def _older(before: SourceStanding, accepted: Snapshot, arrival: Arrival) -> str:
    new = arrival.snapshot
    if new.version is not None and accepted.version is not None:
        if new.version < accepted.version:
            return f"version {new.version} after version {accepted.version}"
        return ""
    if new.source_time and accepted.source_time and not _is_ahead(accepted):
        if new.source_time < accepted.source_time:
            return f"the source's time went back to {new.source_time:%H:%M}"
        return ""
    shown = figures(new.contest)
    # Nothing is older than no votes at all: a page that was empty for a while is back.
    if shown in before.seen and shown != figures(accepted.contest) and total_of(accepted.contest):
        return "figures it showed before"
    return ""


def _is_ahead(shown: Snapshot) -> bool:
    """A time later than our own clock is a slip or another zone's: it orders nothing."""
    theirs = shown.source_time
    return theirs is not None and theirs > shown.fetched_at + CLOCKS_APART


def _decrease(before: SourceStanding, arrival: Arrival, reason: str) -> Judgement:
    held = before.hold
    if held is None or held.kind is not HoldKind.DECREASE or held.snapshot is None:
        return _hold(before, arrival, HoldKind.DECREASE, reason)
    if fallen(held.snapshot.contest, arrival.snapshot.contest):
        return _hold(replace(before, hold=None), arrival, HoldKind.DECREASE, reason)
    held = _seen(held, held.snapshot, arrival)
    if arrival.at < held.since:  # our clock was set back: the wait begins anew
        held = replace(held, since=arrival.at)
    if not arrival.is_look or arrival.at - held.since < DECREASE_WAIT:
        return Judgement(Verdict.HELD, replace(before, hold=held))
    return replace(_release(before, held, arrival), verdict=Verdict.REVISED)


def _seen(held: Hold, shown: Snapshot, arrival: Arrival) -> Hold:
    """Return a hold that knows its newest figures, and when a full look first saw them."""
    new = arrival.snapshot
    is_same = figures(shown.contest) == figures(new.contest) and shown.status == new.status
    first = held.seen_at if is_same else None
    if arrival.is_look and (first is None or first > arrival.at):
        first = arrival.at
    return replace(held, snapshot=new, seen_at=first)


def _release(before: SourceStanding, held: Hold, arrival: Arrival) -> Judgement:
    """Accept what was held: looks at these very figures count from the first one."""
    judged = _accept(before, arrival)
    return replace(judged, standing=replace(judged.standing, first_look=held.seen_at))


def _doubled(before: SourceStanding, old: Contest, new: Contest) -> str:
    if total_of(old) < SMALLEST_DOUBLING:
        return ""
    now = {s.key: s.votes for s in new.selections}
    was_held = before.hold is not None and before.hold.reason == _DOUBLED
    pairs = [(choice.votes, now.get(choice.key, 0)) for choice in old.selections]
    exactly = all(new_votes == 2 * votes for votes, new_votes in pairs)
    still = was_held and all(new_votes >= 2 * votes for votes, new_votes in pairs)
    return _DOUBLED if exactly or still else ""


_DOUBLED = "every candidate has exactly twice the votes, as after a double upload"


def _jumped(before: SourceStanding, old: Contest, arrival: Arrival) -> bool:
    """More than a tenth more votes on the night, though the units that moved before did not."""
    new = arrival.snapshot.contest
    if not before.units_moved or not old.units or not new.units or not total_of(old):
        return False
    if old.units != new.units or new.units.reported >= new.units.total:
        return False
    if arrival.at - arrival.closes_at > NIGHT or grew_only_late(old, new):
        return False
    return 100 * (total_of(new) - total_of(old)) > JUMP_PERCENT * total_of(old)


def _soft(before: SourceStanding, arrival: Arrival) -> Judgement:
    """Show once, tell as normal when a later look still has them."""
    held = before.hold
    if held is None or held.kind is not HoldKind.SOFT or held.snapshot is None:
        hold = _begun(HoldKind.SOFT, "many new votes, no new unit", arrival)
        return Judgement(Verdict.SHOWN, replace(before, hold=hold), placed=hold, ended=held)
    if fallen(held.snapshot.contest, arrival.snapshot.contest):
        hold = _begun(HoldKind.SOFT, held.reason, arrival)
        return Judgement(Verdict.SHOWN, replace(before, hold=hold), placed=hold)
    held = _seen(held, held.snapshot, arrival)
    if arrival.is_look and arrival.at - held.since >= LOOKS_APART:
        return _release(before, held, arrival)
    return Judgement(Verdict.IGNORED, replace(before, hold=held))


def _same(before: SourceStanding, arrival: Arrival) -> Judgement:
    looked = arrival.at if arrival.is_look else None
    first, last = before.first_look or looked, looked or before.last_look
    if first and looked and first > looked:  # our clock was set back
        first = looked
    if before.accepted is not None and before.accepted.status != arrival.snapshot.status:
        first, last = looked, looked
    after = replace(before, accepted=arrival.snapshot, hold=None, first_look=first, last_look=last)
    soft_gone = before.hold is not None and before.hold.kind is HoldKind.SOFT
    return Judgement(Verdict.SAME, after, ended=before.hold, gone=soft_gone)


def _accept(before: SourceStanding, arrival: Arrival) -> Judgement:
    old, new = before.accepted, arrival.snapshot
    looked = arrival.at if arrival.is_look else None
    moved = before.units_moved or bool(
        old
        and old.contest.units
        and new.contest.units
        and new.contest.units.reported > old.contest.units.reported
    )
    after = replace(
        _taken(before, new, arrival.at),
        first_look=looked,
        last_look=looked,
        units_moved=moved,
        from_zero=before.from_zero or not total_of(new.contest),
    )
    return Judgement(Verdict.ACCEPTED, after, ended=before.hold)


def _taken(before: SourceStanding, new: Snapshot, at: datetime) -> SourceStanding:
    """Make a snapshot the baseline; no look has proved it yet."""
    seen = (*before.seen, figures(new.contest))[-SEEN_LIMIT:]
    return replace(
        before, accepted=new, changed_at=at, first_look=None, last_look=None, hold=None, seen=seen
    )


def _hold(before: SourceStanding, arrival: Arrival, kind: HoldKind, reason: str) -> Judgement:
    held = before.hold
    if held is not None and held.kind is kind and stem(held.reason) == stem(reason):
        newest = replace(held, reason=reason, snapshot=arrival.snapshot)
        return Judgement(Verdict.HELD, replace(before, hold=newest))
    if held is not None and kind is HoldKind.OLDER:
        # It says nothing of the present, so it ends no other hold and restarts no wait.
        return Judgement(Verdict.IGNORED, before)
    hold = _begun(kind, reason, arrival)
    if held is not None and held.kind is kind is HoldKind.HARD:
        hold = replace(hold, since=held.since, paged=held.paged)
    gone = held is not None and held.kind is HoldKind.SOFT
    return Judgement(Verdict.HELD, replace(before, hold=hold), placed=hold, gone=gone)


def _begun(kind: HoldKind, reason: str, arrival: Arrival) -> Hold:
    seen_at = arrival.at if arrival.is_look else None
    return Hold(kind, reason, arrival.at, arrival.snapshot, seen_at)


# -- what a named person accepts ---------------------------------------------------------


def why_not_accepted(standing: SourceStanding) -> str:
    """Say why there is nothing for a person to accept, or return an empty string."""
    hold = standing.hold
    if hold is None or hold.kind not in (HoldKind.HARD, HoldKind.OLDER):
        return "none of its numbers wait for a person"
    if hold.reason == BEFORE_CLOSE:
        return "numbers from before the close are never accepted; was the close moved?"
    if hold.snapshot is None or not hold.snapshot.contest.counts_known:
        return f"there are no numbers to accept: {hold.reason}"
    return ""


def accept(standing: SourceStanding, at: datetime) -> SourceStanding:
    """Take the held figures as accepted, because a named person says so (design §5).

    The same figures are not held again for that cause; others are. A standing that has
    nothing to accept (`why_not_accepted`) comes back as it is.
    """
    hold = standing.hold
    if hold is None or hold.snapshot is None or why_not_accepted(standing):
        return standing
    taken = _taken(standing, hold.snapshot, at)
    return replace(taken, approved=approval(hold.snapshot.contest, hold.reason))


def accept_digest(standing: SourceStanding) -> str:
    """Digest the held figures, names and cause a person is shown; empty where there are none."""
    hold = standing.hold
    if hold is None or hold.snapshot is None:
        return ""
    contest = hold.snapshot.contest
    names = sorted((one.key, one.name) for one in contest.selections)
    shown = (contest.title, contest.party, names, approval(contest, hold.reason))
    return sha256(repr(shown).encode()).hexdigest()[:8]

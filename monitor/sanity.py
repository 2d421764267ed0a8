"""Hold before you tell: compare a watched contest with the last accepted one. Pure.

Each verdict concerns one race at one source. A hold keeps the old figures in
force; what ends it is design §5's table. Figures equal to the accepted ones are
an unchanged look, never a hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.suspicion import (
    changed_identity,
    fallen,
    figures,
    grew_only_late,
    impossible,
    total_of,
)
from monitor.tally import Snapshot

if TYPE_CHECKING:
    from monitor.model import Contest

LOOKS_APART = timedelta(seconds=60)
DECREASE_WAIT = timedelta(minutes=5)
CLOCKS_APART = timedelta(minutes=5)
"""How far a source's clock may be ahead of ours."""
NIGHT = timedelta(hours=14)
SEEN_LIMIT = 400
JUMP_PERCENT = 10
SMALLEST_DOUBLING = 100
"""Votes below which twice the figures is no sign of a doubled upload."""


class HoldKind(StrEnum):
    """Why a report is kept back; each kind ends differently."""

    HARD = "hard"
    OLDER = "older"
    DECREASE = "decrease"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Hold:
    """A report kept back: what was seen, since when, and the figures it printed.

    `asked`: ops was asked about an older version that stays.
    """

    kind: HoldKind
    reason: str
    since: datetime
    snapshot: Snapshot | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """What one source has said of one race.

    `accepted` is the baseline, with its figures since `changed_at`; `first_look`
    and `last_look` are the looks that proved exactly these figures. `seen` digests
    figures accepted before.
    `from_zero`: it was read while it had no votes, so its first votes are news.
    `early_votes` digests votes it showed before the close.
    """

    accepted: Snapshot | None = None
    changed_at: datetime | None = None
    first_look: datetime | None = None
    last_look: datetime | None = None
    hold: Hold | None = None
    seen: tuple[str, ...] = ()
    units_moved: bool = False
    from_zero: bool = False
    early_votes: tuple[str, ...] = ()
    note: str = ""


class Verdict(StrEnum):
    """What became of one snapshot."""

    BEFORE_CLOSE = "before-close"
    SAME = "same"
    ACCEPTED = "accepted"
    REVISED = "revised"
    SHOWN = "shown"
    HELD = "held"
    IGNORED = "ignored"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the standing after it, and what it ends or begins.

    `placed`: a hold that begins now. `ended`: a hold that ends now. `gone`: soft
    figures that were shown and are gone again.
    """

    verdict: Verdict
    standing: SourceStanding
    placed: Hold | None = None
    ended: Hold | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One parsed look at a race's contest, with what the report says as a whole.

    `is_look`: the visit proves what the source says now. `election_date` and
    `is_test` are the report's; `closes_at` is when the race's last polls close.
    """

    snapshot: Snapshot
    at: datetime
    is_look: bool
    expected_date: date
    closes_at: datetime
    election_date: date | None = None
    is_test: bool = False


def judge(before: SourceStanding, arrival: Arrival) -> Judgement:
    """Judge one arrival against what the source said before."""
    contest = arrival.snapshot.contest
    if reason := _refused(arrival):
        return _hold(before, arrival, HoldKind.HARD, reason)
    if not contest.counts_known:
        return Judgement(Verdict.NOTED, replace(before, note=contest.note))
    if arrival.at < arrival.closes_at:
        return _before_close(before, arrival)
    if figures(contest) in before.early_votes:
        return _hold(before, arrival, HoldKind.HARD, "the votes shown before the polls closed")
    if reason := impossible(contest):
        return _hold(before, arrival, HoldKind.HARD, reason)
    if before.accepted is None:
        return _accept(before, arrival)
    return _compare(before, before.accepted, arrival)


def _refused(arrival: Arrival) -> str:
    if arrival.is_test:
        return "the source marks its data as test data"
    if arrival.election_date not in (None, arrival.expected_date):
        return f"the source shows the election of {arrival.election_date}"
    return ""


def _before_close(before: SourceStanding, arrival: Arrival) -> Judgement:
    contest = arrival.snapshot.contest
    read = replace(before, from_zero=True)
    if not total_of(contest):
        return Judgement(Verdict.BEFORE_CLOSE, replace(read, hold=None), ended=before.hold)
    shown = figures(contest)
    if shown not in read.early_votes:
        read = replace(read, early_votes=(*read.early_votes, shown))
    return _hold(read, arrival, HoldKind.HARD, "votes before the polls closed")


def _compare(before: SourceStanding, accepted: Snapshot, arrival: Arrival) -> Judgement:
    old, new = accepted.contest, arrival.snapshot.contest
    if reason := changed_identity(old, new):
        return _hold(before, arrival, HoldKind.HARD, reason)
    older = _older(before, accepted, arrival)
    if figures(old) == figures(new):
        return _same(before, _as_accepted(accepted, arrival) if older else arrival)
    if older:
        return _hold(before, arrival, HoldKind.OLDER, older)
    if reason := fallen(old, new):
        return _decrease(before, arrival, reason)
    if reason := _doubled(before, old, new):
        return _hold(before, arrival, HoldKind.HARD, reason)
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
    if shown in before.seen and shown != figures(accepted.contest):
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
    if arrival.at < held.since:  # our clock was set back: the wait begins anew
        return Judgement(Verdict.HELD, replace(before, hold=replace(held, since=arrival.at)))
    if not arrival.is_look or arrival.at - held.since < DECREASE_WAIT:
        return Judgement(Verdict.HELD, before)
    judged = _accept(before, arrival)
    return replace(judged, verdict=Verdict.REVISED)


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
        hold = Hold(HoldKind.SOFT, "many new votes, no new unit", arrival.at, arrival.snapshot)
        return Judgement(Verdict.SHOWN, replace(before, hold=hold), placed=hold, ended=held)
    if fallen(held.snapshot.contest, arrival.snapshot.contest):
        hold = replace(held, since=arrival.at, snapshot=arrival.snapshot)
        return Judgement(Verdict.SHOWN, replace(before, hold=hold), placed=hold)
    if arrival.is_look and arrival.at - held.since >= LOOKS_APART:
        return _accept(before, arrival)
    return Judgement(Verdict.IGNORED, before)


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
    old = before.accepted
    new = arrival.snapshot
    looked = arrival.at if arrival.is_look else None
    moved = before.units_moved or bool(
        old
        and old.contest.units
        and new.contest.units
        and new.contest.units.reported > old.contest.units.reported
    )
    seen = (*before.seen, figures(new.contest))[-SEEN_LIMIT:]
    after = replace(
        before,
        accepted=new,
        changed_at=arrival.at,
        first_look=looked,
        last_look=looked,
        hold=None,
        seen=seen,
        units_moved=moved,
        from_zero=before.from_zero or not total_of(new.contest),
    )
    return Judgement(Verdict.ACCEPTED, after, ended=before.hold)


def _hold(before: SourceStanding, arrival: Arrival, kind: HoldKind, reason: str) -> Judgement:
    held = before.hold
    if held is not None and held.kind is kind and _stem(held.reason) == _stem(reason):
        return Judgement(Verdict.HELD, before)
    if held is not None and kind is HoldKind.OLDER:
        # It says nothing of the present, so it ends no other hold and restarts no wait.
        return Judgement(Verdict.IGNORED, before)
    hold = Hold(kind, reason, arrival.at, arrival.snapshot)
    gone = held is not None and held.kind is HoldKind.SOFT
    return Judgement(Verdict.HELD, replace(before, hold=hold), placed=hold, gone=gone)


def _stem(reason: str) -> str:
    """A reason without its figures: the same cause is told once, whatever it counts to."""
    return re.sub(r"[\d,:]+", "#", reason)

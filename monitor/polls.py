"""What is remembered of polling one source, and when ops hear of trouble. Pure.

Broken (errors) and stale (no upstream change while votes are being counted) are
different alerts; both go to ops once and both clear themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.errors import Blocked, ParseFailure, SourceFailure
from monitor.events import Event, Kind

BROKEN_AFTER = timedelta(minutes=10)
BROKEN_TRIES = 3
STALE_AFTER = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class PollState:
    """The memory of polling one source; a restart goes on from it.

    `failures` counts in a row, since `failing_since`; `error` is the last one.
    `changed_at`: when its figures last changed. `visits` counts visits since the
    last unconditional one. `wants_look`: a second look is waited for.
    `finished`: everything it was watched for is certified and told.
    """

    visited_at: datetime | None = None
    ok_at: datetime | None = None
    changed_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error: str = ""
    retry_after: float = 0.0
    broken_told: bool = False
    stale_told: bool = False
    visits: int = 0
    pages_digest: str = ""
    version: int | None = None
    wants_look: bool = False
    finished: bool = False
    chain: str = ""


def failed(
    poll: PollState, source: str, error: SourceFailure, now: datetime
) -> tuple[PollState, tuple[Event, ...]]:
    """Take a failed visit into account."""
    since = poll.failing_since or now
    after = replace(
        poll,
        visited_at=now,
        failures=poll.failures + 1,
        failing_since=since,
        error=f"{type(error).__name__}: {error}",
        retry_after=getattr(error, "retry_after", 0.0),
        visits=0,
    )
    if poll.broken_told or not _is_broken(after, error, now):
        return after, ()
    return _tell(replace(after, broken_told=True), source, Kind.SOURCE_BROKEN, after.error, now)


def _is_broken(poll: PollState, error: SourceFailure, now: datetime) -> bool:
    if isinstance(error, (Blocked, ParseFailure)) and poll.failures >= BROKEN_TRIES - 1:
        return True
    lasted = now - (poll.failing_since or now)
    return poll.failures >= BROKEN_TRIES and lasted >= BROKEN_AFTER


def succeeded(
    poll: PollState,
    source: str,
    now: datetime,
    *,
    changed: bool,
    counting_since: datetime | None,
) -> tuple[PollState, tuple[Event, ...]]:
    """Take a visit that brought an answer into account.

    `changed`: the pages differ from the last ones. `counting_since`: when the polls
    closed of a race of this source that is in its count window and not complete;
    None when no change is expected.
    """
    after = replace(
        poll,
        visited_at=now,
        ok_at=now,
        changed_at=now if changed else poll.changed_at,
        failures=0,
        failing_since=None,
        error="",
        retry_after=0.0,
        broken_told=False,
        stale_told=poll.stale_told and not changed,
    )
    if poll.broken_told:
        reason = f"answers again after {poll.failures} failed visits"
        return _tell(after, source, Kind.SOURCE_RECOVERED, reason, now)
    if _is_stale(after, now, counting_since):
        minutes = int(STALE_AFTER.total_seconds() // 60)
        reason = f"answers, but nothing has changed for {minutes} minutes"
        return _tell(replace(after, stale_told=True), source, Kind.SOURCE_STALE, reason, now)
    return after, ()


def _is_stale(poll: PollState, now: datetime, counting_since: datetime | None) -> bool:
    if counting_since is None or poll.stale_told or poll.changed_at is None:
        return False
    return now - max(poll.changed_at, counting_since) >= STALE_AFTER


def _tell(
    poll: PollState, source: str, kind: Kind, reason: str, now: datetime
) -> tuple[PollState, tuple[Event, ...]]:
    key = sha256(f"{source}\x1f{kind}\x1f{poll.chain}".encode()).hexdigest()[:32]
    event = Event(key=key, kind=kind, at=now, source=source, reason=reason)
    return replace(poll, chain=key), (event,)

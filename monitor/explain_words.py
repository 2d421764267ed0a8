"""An explanation as people read it, line by line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.terminal import safe, when
from monitor.words import signed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.explanation import Decided, Explanation, Happened, Message, SourceSeen

LAST = 12
"""How many events and messages are written out; `--json` has all."""


def lines(told: Explanation) -> Iterator[str]:
    """Write an explanation; outside text is made safe for a terminal."""
    zone = ZoneInfo(told.zone)
    yield f"{told.race} at {when(told.at, zone)}"
    yield f"  polls close {when(told.closes_at, zone)}; rule: {told.rule}"
    yield f"  decided with config {told.config:.12} and rules {told.rules:.12}"
    for source in told.sources:
        yield ""
        yield from map(safe, _source(source, zone, is_past=told.is_past))
    for decided in told.decisions:
        yield ""
        yield from map(safe, _decision(decided, zone))
    if not told.decisions:
        yield ""
        yield "No decision: no votes were accepted by then."
    yield from _last("What happened", [_event(one, zone) for one in told.events])
    yield from _last("What was told", [_message(one, zone) for one in told.messages])


def _last(title: str, written: list[str]) -> Iterator[str]:
    yield ""
    left = len(written) - LAST
    more = f" (the last {LAST} of {len(written)}; --json has all)" if left > 0 else ""
    yield f"{title}{more}" if written else f"{title}: nothing"
    yield from (f"  {safe(line)}" for line in written[-LAST:])


def _source(source: SourceSeen, zone: ZoneInfo, *, is_past: bool) -> Iterator[str]:
    yield f"Source {source.source}"
    if is_past:
        yield "  visits of a past moment are not kept, only what they changed"
    else:
        answered = _when(source.answered_at, zone)
        yield f"  visited {_when(source.visited_at, zone)}, answered {answered}"
        yield f"  pages last changed {_when(source.changed_at, zone)}"
    if source.error:
        failures = f"{source.failures} failed visits: " if source.failures else ""
        yield f"  {failures}{source.error}"
    if source.unmatched:
        yield f"  not found: {source.unmatched}"
    if source.hold:
        yield f"  newer figures are held: {source.hold}"
    if source.accepted_at is None:
        yield "  no figures accepted"
        return
    yield f"  accepted {_when(source.accepted_at, zone)}{_theirs(source, zone)}"
    if source.looks is not None:
        looks = "two, agreeing" if source.looks > 1 else source.looks
        yield f"  looks that prove these figures: {looks}"
    yield from (f"  {vote.votes:>11,}  {vote.name}" for vote in source.votes)


def _theirs(source: SourceSeen, zone: ZoneInfo) -> str:
    parts = [
        f"their time {when(source.source_time, zone)}" if source.source_time else "",
        f"version {source.version}" if source.version is not None else "",
        source.status,
        source.units or "no units published",
    ]
    return "".join(f", {part}" for part in parts if part)


def _decision(decided: Decided, zone: ZoneInfo) -> Iterator[str]:
    yield f"{decided.candidate}, as decided {when(decided.decided_at, zone)}"
    rival = f" {decided.rival} ({decided.rival_votes:,})" if decided.rival else ""
    yield (
        f"  {decided.standing}{rival} with {decided.votes:,} of {decided.total:,} votes, "
        f"margin {signed(decided.margin)}"
    )
    yield f"  late ballots L = {decided.late:,}; a gap must exceed {decided.slack:,}"
    if decided.threshold is not None:
        over = decided.votes - decided.threshold
        yield f"  threshold {decided.threshold:,} votes: {signed(over)}"
    yield f"  the rule gives: {decided.computed}"
    for reason in decided.blocks:
        yield f"  against it: {reason.sentence} ({reason.block})"
    basis = f" ({decided.told_basis})" if decided.told_basis != "none" else ""
    yield f"  told: {decided.told}{basis}; {decided.next_step}"


def _event(event: Happened, zone: ZoneInfo) -> str:
    source = f" at {event.source}" if event.source else ""
    reason = f": {event.reason}" if event.reason not in ("", "none") else ""
    return f"{when(event.at, zone)}  {event.kind}{source}{reason}"


def _message(message: Message, zone: ZoneInfo) -> str:
    error = f" ({message.error})" if message.error else ""
    return f"{when(message.at, zone)}  {message.state}{error} to {message.channel}: {message.text}"


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return when(moment, zone) if moment else "never"

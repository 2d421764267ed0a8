"""Votes that are no count yet: rehearsals on the real page, and pages frozen since. Pure.

California's results site showed whole rehearsals on November 2 and 5, 2022, the last one
three days before the election, and Oregon's 184 votes on November 1, 2024; both were reset
to zero. Whoever shows such votes at the address of the count is not believed on the night
until a named person has looked (desk §5.26); no other source needs one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.suspicion import total_of

if TYPE_CHECKING:
    from monitor.standing import Arrival, SourceStanding

EARLY = timedelta(minutes=60)
"""How long before the close votes are a rehearsal and no slip (start value).

A county that publishes when the first polls of its state close, an hour before those of
the other time zone, and a close set wrong by one zone are real counts shown too soon.
"""
WEEK = timedelta(days=7)
"""How long before the close a rehearsal still tells of the night."""
BEFORE_CLOSE = "votes before the polls closed"
REHEARSED = "this source showed rehearsal votes"


def remembered(before: SourceStanding, arrival: Arrival) -> SourceStanding:
    """Return the standing that knows of the rehearsal an arrival shows, if it shows one."""
    return replace(before, rehearsed_at=arrival.at) if _shows_one(before, arrival) else before


def _shows_one(before: SourceStanding, arrival: Arrival) -> bool:
    """A source whose count was accepted is past rehearsing; zeros under a test mark are none."""
    if before.accepted is not None or not total_of(arrival.snapshot.contest):
        return False
    if arrival.is_test:
        return True
    of_the_day = arrival.election_date in (None, arrival.expected_date)
    return of_the_day and arrival.at < arrival.closes_at - EARLY


def why_not_live(before: SourceStanding, arrival: Arrival) -> str:
    """Say why votes after the close are not believed yet, or return an empty string."""
    if not total_of(arrival.snapshot.contest):
        return ""
    if _is_frozen(before, arrival):
        return BEFORE_CLOSE
    shown = before.rehearsed_at
    if shown is None or arrival.is_live or arrival.closes_at - shown > WEEK:
        return ""
    day = shown.astimezone(arrival.closes_at.tzinfo)
    remedy = f"python run.py go-live {arrival.race} {arrival.source} --who NAME --why …"
    return f"{REHEARSED} on {day:%B} {day.day}; if these are the real count, say so: {remedy}"


def _is_frozen(before: SourceStanding, arrival: Arrival) -> bool:
    """The page of before the close, which no fetch after it has proved."""
    hold = before.hold
    return hold is not None and hold.reason == BEFORE_CLOSE and not arrival.is_look

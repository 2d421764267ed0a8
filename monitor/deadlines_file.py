"""The dates of the days after a night, as a calendar file (iCalendar, RFC 5545). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from icalendar import Calendar
from icalendar import Event as CalendarEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

PRODUCT = "-//Primary Night//Deadlines//EN"


@dataclass(frozen=True, slots=True)
class Dated:
    """One date: a whole day, or an aware moment where the law gives an hour.

    `race`: its id; `title` and `text` are what a calendar shows.
    """

    race: str
    when: date | datetime
    title: str
    text: str


def calendar_file(dates: Iterable[Dated], now: datetime) -> str:
    """Write dates as the text of an .ics file; the same dates at the same moment are one text."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for one in dates:
        entry = CalendarEvent()
        entry.add("uid", f"{_digest(one)}@primary-night")
        entry.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        entry.add("dtstart", _start(one.when))
        entry.add("summary", one.title)
        entry.add("description", one.text)
        calendar.add_component(entry)
    return str(calendar.to_ical().decode())


def _start(when: date | datetime) -> date | datetime:
    return when.astimezone(UTC) if isinstance(when, datetime) else when


def _digest(one: Dated) -> str:
    """Name an entry by what it is of, so that a calendar takes a later file's as the same."""
    return sha256(f"{one.race}\x1f{one.when.isoformat()}\x1f{one.title}".encode()).hexdigest()[:24]

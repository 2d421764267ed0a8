"""Dates that the law gives by a rule: days after something, or a weekday after it. Pure.

Holidays of a state are not known here; a deadline whose law moves it for one says so
in its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

_WEEK = 7
_SATURDAY = 5


class CountedFrom(StrEnum):
    """The day a deadline is counted from."""

    ELECTION = "election"
    CANVASS = "canvass"
    CERTIFICATION = "certification"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date as the law words it and, where it gives one, as a rule.

    Exactly one of `days_after`, `business_days` and `weekday` (Monday is 0) is set, or
    none: then only the text is known. `nth`: which such weekday after the day counted
    from, that day itself left out. `at`: the time of day, in the state's zone. `is_exact`:
    the law sets that day, and not only the last one.
    """

    text: str
    counted_from: CountedFrom = CountedFrom.ELECTION
    days_after: int | None = None
    business_days: int | None = None
    weekday: int | None = None
    nth: int = 1
    at: time | None = None
    is_exact: bool = False

    def due(self, start: date) -> date | None:
        """Return the day it falls on, counted from `start`; None where only text is known."""
        if self.days_after is not None:
            return start + timedelta(days=self.days_after)
        if self.weekday is not None:
            first = (self.weekday - start.weekday() - 1) % _WEEK + 1
            return start + timedelta(days=first + _WEEK * (self.nth - 1))
        if self.business_days is not None:
            return _business_days_after(start, self.business_days)
        return None


def _business_days_after(start: date, count: int) -> date:
    day = start
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day

"""Days and times as US sites print them. What is none of these is None, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_FORMATS = (
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%y %I:%M %p", "%m/%d/%y %I:%M:%S %p",
    "%B %d, %Y, %I:%M %p", "%B %d, %Y %I:%M %p", "%B %d, %Y %I:%M:%S %p", "%b %d, %Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %I:%M %p",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f",
)  # fmt: skip
_DAYS = ("%m/%d/%Y", "%m/%d/%y", "%B %d, %Y", "%b %d, %Y", "%Y-%m-%d", "%Y%m%d", "%m%d%Y")
_HALF = re.compile(r"\b([ap])\.?\s?m\b\.?", re.IGNORECASE)
_TOO_MANY = re.compile(r"\b((?:1[3-9]|2[0-3]):\d\d(?::\d\d)?) PM$", re.IGNORECASE)
"""A time of 24 hours and "PM" too, as in "13:41 PM"."""
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+", re.IGNORECASE)


def day_of(text: str) -> date | None:
    """Read "11/06/2018", "November 6, 2018", "2018-11-06" or "20181106"."""
    plain = _WEEKDAY.sub("", " ".join(text.split()))
    for form in _DAYS:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def order_of(text: str) -> int | None:
    """Return a number that grows with a local time as printed, None for what is no time.

    Which zone it is of need not be known to tell the older of two files of one county.
    """
    plain = _TOO_MANY.sub(r"\1", " ".join(text.split()))
    found = moment_of(plain, "UTC")
    return int(found.strftime("%Y%m%d%H%M%S")) if found else None


def moment_of(text: str, zone: str) -> datetime | None:
    """Read a local time, such as "November 9, 2022, 8:05 a.m.", in the site's zone, as UTC.

    A time that names its own offset ("2026-07-02T15:09:00Z") keeps it. A local time that
    the clocks passed twice is the earlier one.
    """
    plain = _HALF.sub(lambda found: f"{found[1].upper()}M", " ".join(text.split()))
    plain = _WEEKDAY.sub("", plain)
    try:
        given = datetime.fromisoformat(plain)
    except ValueError:
        given = None
    if given is not None and given.tzinfo is not None:
        return given.astimezone(UTC)
    for form in _FORMATS:
        try:
            local = datetime.strptime(plain, form).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            continue
        return local.astimezone(UTC)
    return None

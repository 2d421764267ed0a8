"""The heads of ES&S fixed-text blocks: which election, which run, and whether it is official."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from scrapers.moments import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_DATE = re.compile(rf"(?:{'|'.join(_MONTHS)}) \d{{1,2}}, \d{{4}}", re.IGNORECASE | re.ASCII)
_STATUS = re.compile(
    r"\b(?:(?:un|non|semi|not|pre|preliminary|partial|uncertified)[ -]*)*official results\b"
    r"(?: (?:pending|until|subject|will|are|not)\b)?",
    re.IGNORECASE,
)
_RUN_DATE = re.compile(r"run date: *(\S+)(?: +(\d{1,2}:\d\d [AP]M))?", re.IGNORECASE)
_RUN_TIME = re.compile(r"run time: *(\S+ [AP]M)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """What a block says of itself, as printed: the election's day, status, time of the run."""

    day: str
    status: str
    run_time: str


def head_of(lines: Iterable[str]) -> Head:
    """Read the lines above a precinct's name; what is not printed is ""."""
    head = " ".join(" ".join(lines).split())
    day, status, run, time = (rx.search(head) for rx in (_DATE, _STATUS, _RUN_DATE, _RUN_TIME))
    parts = [*(run.groups("") if run else ()), time.group(1) if time else ""]
    return Head(
        day.group() if day else "",
        status.group() if status else "",
        " ".join(part for part in parts if part),
    )


def election_day(text: str, where: str) -> date | None:
    """Read "August 7, 2018"; None where no day is printed."""
    day = day_of(text)
    if text and day is None:
        raise LayoutChanged(f"{text!r} is no day at {where}")
    return day

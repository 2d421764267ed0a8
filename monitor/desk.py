"""What the desk has done and what is due when: boards, roll calls, pulses, reports. Pure.

Everything follows from the stored state and a moment, so that a desk that died and began
anew does what it would have done: keys come from content, and what was written is read back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.pulse import WINDOW
from monitor.roll_call import BEFORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.board_pages import Page

EDIT_EVERY = timedelta(seconds=15)
"""Between two edits of a page on which something happened."""
TIMES_EVERY = timedelta(minutes=1)
"""Between two edits of a page on which only the times of checks moved."""
SECONDS_A_PAGE = 3
"""Of a board of very many pages, so that their times alone never use up Slack's pace."""
HALF_HOUR = timedelta(minutes=30)
REPORT_AT = time(8)
REPORTED_FOR = timedelta(days=60)
"""After a close; by then every state has certified."""
PULSE_LATE = timedelta(minutes=10)
REPORT_LATE = timedelta(hours=4)
"""What is later than that, as after a stop, is not told any more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it was last written: digests of all of it, and of it without times of checks."""

    digest: str
    substance: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """A channel's board: the election date it is of, its pages, and the watch's clock then."""

    day: date
    pages: tuple[Shown, ...]
    clock: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The moments of the clock that passed since the desk last looked, the latest of each kind."""

    pulse: datetime | None
    report: datetime | None


# -- the board ---------------------------------------------------------------------------


def edit_at(shown: Shown, page: Page, pages: int, now: datetime) -> datetime | None:
    """Return when a page may be written anew, None where it says the same."""
    if page.digest == shown.digest:
        return None
    last = min(shown.at, now)  # later than now: our clock was set back
    if page.substance != shown.substance:
        return last + EDIT_EVERY
    return last + max(TIMES_EVERY, timedelta(seconds=SECONDS_A_PAGE * pages))


def look_at(boards: Iterable[Board], clock: datetime, now: datetime) -> datetime:
    """Return when a changed state is worth looking at: sooner nothing could be written."""
    written = [page.at for board in boards for page in board.pages]
    free = min(max(written), now) + EDIT_EVERY if written else clock
    return max(clock, free)


# -- the clock ---------------------------------------------------------------------------


def roll_call_at(closes: Sequence[datetime]) -> datetime:
    """Return when the roll call of a date comes, from the closes of its races."""
    return min(closes) - BEFORE


def passed(handled: datetime, now: datetime, zone: str) -> Marks:
    """Return the marks of the clock after `handled` that have come and are not too old."""
    pulse, report = _half_hour_before(now), _morning_before(now, zone)
    return Marks(
        pulse if handled < pulse and now - pulse <= PULSE_LATE else None,
        report if handled < report and now - report <= REPORT_LATE else None,
    )


def next_mark(
    handled: datetime, closes: Iterable[datetime], first_closes: Iterable[datetime], zone: str
) -> datetime | None:
    """Return the next moment of the clock after `handled` at which something may be due.

    `closes`: of every race; `first_closes`: the first of each date.
    """
    every = frozenset(closes)
    report = _morning_after(handled, zone)
    marks = [close - BEFORE for close in first_closes if close - BEFORE > handled]
    for close in every:
        pulse = _half_hour_before(max(handled, close - timedelta.resolution)) + HALF_HOUR
        marks += [pulse] if pulse <= close + WINDOW else []
        if close <= handled:
            marks += [report] if handled <= close + REPORTED_FOR else []
        else:
            marks.append(_morning_after(close, zone))
    return min(marks, default=None)


def _half_hour_before(at: datetime) -> datetime:
    """Return the last half hour of the clock not later than a moment."""
    return at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)


def _morning_after(at: datetime, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < REPORT_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, REPORT_AT, tzinfo=ZoneInfo(zone))


def _morning_before(at: datetime, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() >= REPORT_AT else local.date() - timedelta(days=1)
    return datetime.combine(day, REPORT_AT, tzinfo=ZoneInfo(zone))

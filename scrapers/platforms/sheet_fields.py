"""What the rows of one contest agree on: status, units, seats, time and words."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from monitor.errors import LayoutChanged
from monitor.model import UnitKind, Units
from scrapers.base import whole

if TYPE_CHECKING:
    from scrapers.platforms.sheet_rows import Row

    Group = tuple[Row, ...]

_EXAMPLE = "2018-03-08T17:00-06:00"
_Word = TypeVar("_Word", bound=StrEnum)


def agreed(group: Group, column: str, where: str) -> str:
    """Return what the contest's rows say in a column; rows may leave it blank, not contradict."""
    first: Row | None = None
    for row in group:
        if row[column] and first and row[column] != first[column]:
            lines = f"lines {first.line} and {row.line}"
            raise LayoutChanged(f"{lines} of one contest have different {column!r} at {where}")
        first = first or (row if row[column] else None)
    return first[column] if first else ""


def word(kind: type[_Word], group: Group, column: str, where: str) -> _Word | None:
    """Read one of an enumeration's words, None where blank; a wrong one gets the nearest."""
    text = agreed(group, column, where).casefold()
    words = [str(word) for word in kind]
    if text and text not in words:
        near = get_close_matches(text, words, n=1, cutoff=0.4) or [", ".join(words)]
        raise LayoutChanged(f"unknown {column} {text!r:.40} at {where}; did you mean {near[0]}?")
    return kind(text) if text else None


def units_of(group: Group, where: str) -> Units | None:
    """Read `units_reported` of `units_total`; one without the other is refused."""
    reported, total = (agreed(group, name, where) for name in ("units_reported", "units_total"))
    if not reported and not total:
        return None
    place = f"{group[0]['contest']} at {where}"
    units = Units(
        whole(reported, f"units_reported of {place}"),
        whole(total, f"units_total of {place}"),
        word(UnitKind, group, "units", where) or UnitKind.UNITS,
    )
    if units.reported > units.total:
        raise LayoutChanged(f"{units.reported} of {units.total} units reported in {place}")
    return units


def seats_of(group: Group, where: str) -> int:
    """Return how many are elected, 1 where nobody says."""
    text = agreed(group, "seats", where) or "1"
    place = f"seats of {group[0]['contest']} at {where}"
    seats = whole(text, place)
    if seats == 0:
        raise LayoutChanged(f"0 is no possible count for {place}")
    return seats


def time_of(group: Group, where: str) -> tuple[datetime, str] | None:
    """Read the time of a contest's rows, as UTC and as typed."""
    text = agreed(group, "time", where)
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time.astimezone(UTC), text
    except (ValueError, OverflowError):
        raise LayoutChanged(f"{text!r:.40} is no time like {_EXAMPLE} at {where}") from None
    raise LayoutChanged(f"time {text!r} has no zone at {where}; write it like {_EXAMPLE}")

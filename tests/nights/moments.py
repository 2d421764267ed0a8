"""What one visit saw, and the figures it is made from: shared by all nights."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.errors import FetchFailure
from monitor.model import Page
from monitor.people import Act

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


HERE = Path(__file__).parent
EASTERN = ZoneInfo("America/New_York")

Votes = tuple[int, ...]
"""One number for each choice, in the contest's order."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a visit at `at` saw: the pages, or the failure of the one URL it asked for.

    Or else `act`: what a named person did at that time.
    """

    at: datetime
    pages: tuple[Page, ...] = ()
    failure: FetchFailure | None = None
    url: str = ""
    act: Act | None = None


def figures(name: str) -> list[dict[str, str]]:
    """Read `figures/<name>.csv` without its comment lines."""
    lines = (HERE / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def served(url: str, body: bytes, at: datetime, headers: Mapping[str, str]) -> Page:
    """Make the 200 of a file that was last changed at `at`."""
    stamped = {"date": http_date(at), "last-modified": http_date(at), **headers}
    return Page(url, 200, tuple(stamped.items()), body, at.astimezone(UTC))


def trouble(url: str, status: int, reason: str, at: datetime) -> Page:
    """Make an error page of a web server."""
    body = f"<html><head><title>{status} {reason}</title></head><body></body></html>\n".encode()
    headers = (("date", http_date(at)), ("content-type", "text/html"), ("server", "CloudFront"))
    return Page(url, status, headers, body, at.astimezone(UTC))


def again(page: Page, at: datetime, *, not_modified: bool = False) -> Page:
    """Return the page as the site served it again at `at`, as a 304 if `not_modified`."""
    return replace(page, fetched_at=at.astimezone(UTC), unchanged=not_modified)


def http_date(at: datetime) -> str:
    """Write a time as HTTP headers do."""
    return at.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def local(moment: str, zone: ZoneInfo = EASTERN) -> datetime:
    """Read a local time: "2018-05-08T19:33"."""
    return datetime.fromisoformat(moment).replace(tzinfo=zone)


def recovery(moments: Sequence[Moment], at: datetime, *, not_modified: bool = False) -> Moment:
    """Serve the newest page from before `at` again, as it was."""
    before = max((moment for moment in moments if moment.at < at), key=lambda moment: moment.at)
    return Moment(at, tuple(again(page, at, not_modified=not_modified) for page in before.pages))


def in_order(moments: Iterable[Moment]) -> list[Moment]:
    """Sort what a night's visits saw by time."""
    return sorted(moments, key=lambda moment: moment.at)

"""electionsettings.json: date, time, test mode, and what the page's header says of the count.

`chkisfinalupload` stayed false on certified files (clarity.md §2.2), so the free
text of the headers is the only sign, and only an unambiguous one is taken.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from monitor.model import ResultsStatus
from scrapers.base import clean, json_of
from scrapers.labels import says_official
from scrapers.moments import day_of

if TYPE_CHECKING:
    from monitor.model import Page

_HOURS = {
    "UTC": 0,
    "GMT": 0,
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "CST": -6,
    "MDT": -6,
    "MST": -7,
    "PDT": -7,
    "PST": -8,
    "AKDT": -8,
    "AKST": -9,
    "HST": -10,
}
_STAMP = re.compile(r"(\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2} [AP]M) ([A-Z]{2,4})")
_TAG = re.compile(r"<[^>]*>")
_HEADERS = (("web", "header"), ("web", "mobile header"), ("global settings", "header"),
            ("global settings", "mobile header"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the contests; every field may be unknown."""

    election_date: date | None = None
    source_time: datetime | None = None
    source_time_text: str = ""
    status: ResultsStatus | None = None
    status_text: str = ""
    is_test: bool = False


def read_settings(page: Page) -> Heading:
    """Return what electionsettings.json says; fields it lacks stay unknown.

    Raises `LayoutChanged` when it is no JSON object.
    """
    found = json_of(page)
    details = details_of(found, page.url)
    stamp = clean(str(found.get("websiteupdatedat") or ""))
    headers = _headers(_inside(found, "pagesettings"))
    return Heading(
        election_date=read_date(str(details.get("electiondate") or "")),
        source_time=read_time(stamp),
        source_time_text=stamp,
        status=_status(headers),
        status_text=headers[0][:200] if headers else "",
        # A bool in state files, a text in county files, where "false" is truthy.
        is_test=str(details.get("istestmode")).strip().lower() == "true",
    )


def details_of(found: Any, url: str) -> dict[str, Any]:
    """Return the settings of the election itself, empty where they are missing.

    Raises `LayoutChanged` when `found` is no JSON object.
    """
    if not isinstance(found, dict):
        raise LayoutChanged(f"expected an object of settings, found {found!r:.60} at {url}")
    return _inside(_inside(found, "settings"), "electiondetails")


def _inside(found: dict[str, Any], key: str) -> dict[str, Any]:
    inner = found.get(key)
    return inner if isinstance(inner, dict) else {}


def _headers(pages: dict[str, Any]) -> list[str]:
    texts = (_inside(pages, group).get(key) for group, key in _HEADERS)
    shown = (clean(html.unescape(_TAG.sub(" ", text))) for text in texts if isinstance(text, str))
    return [text for text in shown if text]


def _status(headers: list[str]) -> ResultsStatus | None:
    """Return CERTIFIED when a header opens with it and none casts doubt, else None.

    Colorado 2022 and Georgia 2020 kept an old "UNOFFICIAL RESULTS" in the second
    header of final files: then the source does not say one thing, and we say none.
    """
    return ResultsStatus.CERTIFIED if says_official(headers) else None


def read_time(text: str) -> datetime | None:
    """Read "11/20/2020 3:37:43 PM EST"; None when it is anything else.

    The label is the account's and not the county's zone (Kaufman TX stamps EST),
    but it is the zone of the time beside it, so it is taken at its word.
    """
    found = _STAMP.fullmatch(clean(text))
    if not found or found.group(2) not in _HOURS:
        return None
    zone = timezone(timedelta(hours=_HOURS[found.group(2)]))
    try:
        local = datetime.strptime(found.group(1), "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=zone)
    except ValueError:
        return None
    return local.astimezone(UTC)


def read_date(text: str) -> date | None:
    """Read "11/3/2020", with or without a time after it; None when it is no day."""
    return day_of(clean(text).partition(" ")[0])

"""Dallas 2018: the sheet that ops kept by hand, as it stood from each moment on.

Ours: the sheet itself, its address, its times of day and `who`. The figures and their links
are real; the margin of 7 March has no counts and is a note.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.errors import TimedOut
from tests.nights.moments import Moment, figures, in_order, local, recovery, served
from tests.nights.payloads import SHEET_COLUMNS, sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from monitor.model import Page

CENTRAL = ZoneInfo("America/Chicago")
SHEET_URL = "https://example.org/primary-night/dallas-2018.csv"


def dallas() -> list[Moment]:
    """Return the primaries of 2018-03-06 as ops' sheet; it does not answer from 19:40 to 19:46."""
    rows = figures("dallas-2018")
    times = list(dict.fromkeys(row["seen_at"] for row in rows))
    moments = [
        Moment(at, (_stored_sheet([row for row in rows if row["seen_at"] == time], at),))
        for time in times
        for at in [local(time, CENTRAL)]
    ]
    down, up = (local(time, CENTRAL) for time in ("2018-03-06T19:40", "2018-03-06T19:46"))
    failure = TimedOut(f"no answer in time from {SHEET_URL}; the next poll tries again")
    return in_order([*moments, Moment(down, (), failure, SHEET_URL), recovery(moments, up)])


def _stored_sheet(rows: Iterable[Mapping[str, str]], at: datetime) -> Page:
    body = sheet([{name: row[name] for name in SHEET_COLUMNS} for row in rows])
    tag = hashlib.sha256(body).hexdigest()[:16]
    return served(SHEET_URL, body, at, {"etag": f'"{tag}"', "content-type": "text/csv"})

"""Older 2018: a file without versions that goes back and forth, and a site out of step.

Pitt's figures are those of `carolina.PITT`. Ours: when a file of before is served again, and
that its one-stop votes are gone for three minutes. The other county ("PA/Example") is ours, all
of it: names, figures, versions and times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.nights.carolina import PITT, counted, dashboard_moments, stored_file
from tests.nights.clarity_site import ClaritySite
from tests.nights.moments import Moment, Votes, again, in_order, local
from tests.nights.payloads import ClarityContest, dashboard

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Page

SITE = ClaritySite("PA", "900018", "2018 General Election", "11/6/2018")
OURS = ClarityContest(
    key="0101",
    title="District Attorney",
    choices=(("Anna Alder", "DEM"), ("Clara Cedar", "REP"), ("Write-in", "NON")),
    precincts=80,
)
VERSIONS: tuple[tuple[int, str, int, Votes], ...] = (
    (290299, "2018-11-06T18:30", 0, (0, 0, 0)),
    (290300, "2018-11-06T20:10", 0, (1200, 1450, 3)),
    (290301, "2018-11-06T20:40", 20, (6100, 6600, 10)),
    (290302, "2018-11-06T21:15", 45, (14300, 13100, 21)),
    (290303, "2018-11-06T21:40", 80, (24500, 21900, 40)),
)
OUT_OF_STEP = (
    (290300, "20:52"), (290301, "20:55"), (290300, "20:58"), (290301, "21:01"),
    (290301, "21:22"), (290302, "21:25"), (290301, "21:28"), (290302, "21:31"),
    (290302, "21:41"), (290303, "21:44"),
    (290302, "22:00"), (290303, "22:05"), (290302, "22:30"),
)  # fmt: skip
"""Which version current_ver.txt names again, and when."""
IN_STEP_AGAIN = "2018-11-07T00:10"
BACK_AND_FORTH = (
    # when, and the time of the change whose file is served again
    ("20:30", "20:06"), ("20:33", "20:23"), ("20:36", "20:06"),
    ("20:47", "20:23"), ("20:50", "20:44"),
    ("21:08", "21:01"),
    ("22:27", "22:02"), ("22:31", "22:26"),
)  # fmt: skip
HALF_WRITTEN = ("2018-11-06T21:05", "2018-11-06T21:01")
"""When the file lacks its one-stop votes, and whose figures it has otherwise."""


def older() -> list[Moment]:
    """Return two counties on 2018-11-06, each serving what it served before."""
    return in_order([*_pitt(), *_example()])


def _example() -> list[Moment]:
    new = [
        SITE.version(number, time, ((OURS, votes, reported),))
        for number, time, reported, votes in VERSIONS
    ]
    named = [SITE.names(number, f"2018-11-06T{clock}") for number, clock in OUT_OF_STEP]
    return [*new, *named, SITE.names(VERSIONS[-1][0], IN_STEP_AGAIN)]


def _pitt() -> list[Moment]:
    new = dashboard_moments(PITT)
    files = {moment.at: moment.pages[0] for moment in new}
    old = [_served_again(files, clock, of) for clock, of in BACK_AND_FORTH]
    return [*new, *old, _half_written()]


def _served_again(files: dict[datetime, Page], clock: str, of: str) -> Moment:
    at = local(f"2018-11-06T{clock}")
    return Moment(at, (again(files[local(f"2018-11-06T{of}")], at),))


def _half_written() -> Moment:
    time, of = map(local, HALF_WRITTEN)
    votes, reported = next((votes, number) for at, votes, number in counted(PITT) if at == of)
    lacking = {**votes, "one-stop": (0, 0)}
    body = dashboard([(PITT.contest, lacking, reported)])
    return Moment(time, (stored_file(PITT.url, body, time),))

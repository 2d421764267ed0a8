"""Rehearsal 2018: Durham's file shows a full rehearsal days before, then zero, then the night.

The night's figures are those of `carolina.DURHAM`, without its outage and canvass. Ours: the
rehearsal of 4 May, when a person said go-live, who it was and why. Its shape is California's of
2022: full results on the production address, a winner two to one who lost on the night, zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.people import Act, ActKind
from tests.nights.carolina import DURHAM, dashboard_moments, stored_file
from tests.nights.moments import Moment, in_order, local
from tests.nights.payloads import KINDS, dashboard

if TYPE_CHECKING:
    from collections.abc import Mapping

REHEARSED = (9000, 18000, 3000)
"""Election-day votes of the rehearsal, with every precinct reported."""
ZERO, SHOWN, RESET = "2018-05-03T09:00", "2018-05-04T08:00", "2018-05-05T09:00"
LIVE = "2018-05-08T19:52"


def rehearsal() -> list[Moment]:
    """Return Durham's DEM primary of 2018-05-08, rehearsed on the Friday before."""
    night = dashboard_moments(DURHAM)[:-1]
    none = dict.fromkeys(KINDS, (0, 0, 0))
    full = {**none, "election-day": REHEARSED}
    before = [
        _shows(ZERO, none, 0),
        _shows(SHOWN, full, DURHAM.contest.precincts),
        _shows(RESET, none, 0),
    ]
    return in_order([*before, *night, _live()])


def _shows(time: str, votes: Mapping[str, tuple[int, ...]], reported: int) -> Moment:
    at = local(time)
    body = dashboard([(DURHAM.contest, votes, reported)])
    return Moment(at, (stored_file(DURHAM.url, body, at),))


def _live() -> Moment:
    at = local(LIVE)
    act = Act(
        id="rehearsal-2018-live",
        kind=ActKind.GO_LIVE,
        race="durham-da-2018",
        who="Dana Desk",
        why="The county director says by phone that the real count is up",
        at=at,
        source="nc_durham",
    )
    return Moment(at, act=act)

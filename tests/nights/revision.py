"""Revision 2023: two party primaries of one county, revised three times after they were won.

Everything is ours: the county ("PA/Example"), its names, figures, versions and times. Their
kinds are real: a tape entered twice and taken back (Linn County, Iowa), two boxes that changed
places and turned the leader by thousands (Antrim County, Michigan, 2020).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.nights.clarity_site import ClaritySite
from tests.nights.payloads import ClarityContest

if TYPE_CHECKING:
    from tests.nights.moments import Moment, Votes

SITE = ClaritySite("PA", "900023", "2023 Primary", "5/16/2023")
PRECINCTS = 120
DEM = ClarityContest(
    key="0101",
    title="DEM District Attorney",
    choices=(("Anna Alder", "DEM"), ("Boris Birch", "DEM"), ("Write-in", "DEM")),
    precincts=PRECINCTS,
)
REP = ClarityContest(
    key="0201",
    title="REP District Attorney",
    choices=(("Clara Cedar", "REP"), ("David Dogwood", "REP"), ("Write-in", "REP")),
    precincts=PRECINCTS,
)
STATES: tuple[tuple[str, int, Votes, Votes], ...] = (
    ("2023-05-16T16:00", 0, (0, 0, 0), (0, 0, 0)),
    ("2023-05-16T20:06", 0, (6200, 4100, 12), (3100, 2900, 4)),
    ("2023-05-16T21:02", 60, (12900, 9300, 30), (7000, 5900, 11)),
    ("2023-05-16T21:40", 120, (18450, 13900, 55), (10480, 8910, 20)),
    # A tape was entered twice.
    ("2023-05-16T22:05", 120, (18300, 13780, 55), (10480, 8910, 20)),
    # The REP mail votes of one box are gone, and come back eleven minutes later.
    ("2023-05-16T22:40", 120, (18300, 13780, 55), (8480, 8910, 20)),
    ("2023-05-16T22:51", 120, (18300, 13780, 55), (10480, 8910, 20)),
    # Two DEM boxes had changed places.
    ("2023-05-16T23:10", 120, (15900, 16180, 55), (10480, 8910, 20)),
)
"""When a version appeared, precincts reported, votes of both contests in ballot order."""
FIRST_VERSION = 317201


def revision() -> list[Moment]:
    """Return the primaries of 2023-05-16 in eight versions."""
    return [
        SITE.version(FIRST_VERSION + place, time, ((DEM, dem, reported), (REP, rep, reported)))
        for place, (time, reported, dem, rep) in enumerate(STATES)
    ]

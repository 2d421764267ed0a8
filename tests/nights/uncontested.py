"""Uncontested 2026: one nominee whom no ballot shows, and one name alone on a ballot.

Origin: Jason W. Smith alone filed for DISTRICT ATTORNEY DISTRICT 06 as REP, in the State
Board's candidate list of 2026 as kept in github.com/jimbaxley/election-results @ eef87e5
(`has_primary` is FALSE). Texas prints such contests; the county there ("TX/Example"), its
candidate, figures, versions and times are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.nights.clarity_site import ClaritySite
from tests.nights.dallas import CENTRAL
from tests.nights.payloads import ClarityContest

if TYPE_CHECKING:
    from tests.nights.moments import Moment, Votes

SITE = ClaritySite("TX", "900026", "2026 Democratic Primary", "3/3/2026", CENTRAL)
ALONE = ClarityContest(
    key="0301",
    title="DEM Criminal District Attorney",
    choices=(("Anna Alder", "DEM"),),
    precincts=38,
)
BESIDE = ClarityContest(
    key="0302",
    title="DEM County Judge",
    choices=(("Boris Birch", "DEM"), ("Clara Cedar", "DEM")),
    precincts=38,
)
STATES: tuple[tuple[str, int, Votes, Votes], ...] = (
    ("2026-03-03T12:00", 0, (0,), (0, 0)),
    ("2026-03-03T19:06", 0, (2110,), (1300, 1020)),
    ("2026-03-03T20:31", 21, (4015,), (2610, 1925)),
    ("2026-03-03T21:48", 38, (5204,), (3402, 2517)),
)
"""When a version appeared, precincts reported, votes of both contests."""
FIRST_VERSION = 353401


def uncontested() -> list[Moment]:
    """Return the primaries of 2026-03-03."""
    return [
        SITE.version(FIRST_VERSION + place, time, ((ALONE, alone, done), (BESIDE, beside, done)))
        for place, (time, done, alone, beside) in enumerate(STATES)
    ]

"""Cape Fear 2024: a prosecutorial district of two counties, one of them late, one revised.

Origin: the totals of DISTRICT ATTORNEY DISTRICT 06 (UNEXPIRED) of 2024-11-05 by vote type, its
title, id and 59 precincts, from the State Board's results_0.txt, final, as kept in
github.com/jimbaxley/election-results @ eef87e5, tests/prior_2024.json; that the district is New
Hanover and Pender, from the Board's candidate list of 2026. Ours: how votes and precincts fall
on the two counties, the order they come in, the times of day, that provisional votes come with
the canvass, Pender's outage, New Hanover's slip, and whom we endorse.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.nights.carolina import stored_file
from tests.nights.moments import Moment, Votes, figures, in_order, local, trouble
from tests.nights.payloads import DashboardContest, dashboard

if TYPE_CHECKING:
    from collections.abc import Mapping

PENDER = DashboardContest(
    cid="71",
    title="DISTRICT ATTORNEY DISTRICT 06 (UNEXPIRED) (VOTE FOR 1)",
    group="1406",
    choices=(("Jason W. Smith", "REP"), ("Rebecca Zimmer Donaldson", "DEM")),
    precincts=16,
)
NEW_HANOVER = replace(PENDER, cid="65", precincts=43)
SLIP: Votes = (310, 290)
"""Election-day votes that New Hanover counts twice from its last batch on, until `CORRECTED`."""
CORRECTED = "2024-11-05T22:05"
DOWN = "2024-11-05T19:25"


def cape_fear() -> list[Moment]:
    """Return the general election of 2024-11-05; Pender answers 503 from 19:25 to 21:50."""
    wall = trouble(_url(PENDER), 503, "Service Unavailable", local(DOWN))
    return in_order([*_new_hanover(), *_pender(), Moment(local(DOWN), (wall,))])


def _new_hanover() -> list[Moment]:
    everything = _votes("New Hanover")
    night = _without(everything, "provisional")
    slipped = {**night, "election-day": _plus(night["election-day"], SLIP)}
    contest = NEW_HANOVER
    return [
        _shows(contest, "2024-11-05T18:30", _share(night, 0, 0), 0),
        _shows(contest, "2024-11-05T19:33", _share(night, 0), 0),
        _shows(contest, "2024-11-05T20:10", _share(night, 14 / 43), 14),
        _shows(contest, "2024-11-05T20:45", _share(night, 29 / 43), 29),
        _shows(contest, "2024-11-05T21:12", slipped, 43),
        _shows(contest, CORRECTED, night, 43),
        _shows(contest, "2024-11-15T14:20", everything, 43),
    ]


def _pender() -> list[Moment]:
    everything = _votes("Pender")
    night = _without(everything, "provisional")
    return [
        _shows(PENDER, "2024-11-05T18:30", _share(night, 0, 0), 0),
        _shows(PENDER, "2024-11-05T21:50", _share(night, 8 / 16), 8),
        _shows(PENDER, "2024-11-05T22:24", night, 16),
        _shows(PENDER, "2024-11-15T15:05", everything, 16),
    ]


def _votes(county: str) -> dict[str, Votes]:
    """Return a county's votes by kind, in the contest's order."""
    names = [name for name, _ in PENDER.choices]
    rows = [row for row in figures("cape-fear-2024") if row["county"] == county]
    return {row["kind"]: tuple(int(row[name]) for name in names) for row in rows}


def _without(votes: Mapping[str, Votes], left_out: str) -> dict[str, Votes]:
    return {kind: row if kind != left_out else (0, 0) for kind, row in votes.items()}


def _share(votes: Mapping[str, Votes], precincts: float, early: int = 1) -> dict[str, Votes]:
    """Return a share of the election-day votes, and all of the early ones or none."""
    shares = {kind: precincts if kind == "election-day" else early for kind in votes}
    return {kind: tuple(int(one * shares[kind]) for one in row) for kind, row in votes.items()}


def _plus(one: Votes, other: Votes) -> Votes:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _url(contest: DashboardContest) -> str:
    return f"https://er.ncsbe.gov/enr/20241105/data/results_{contest.cid}.txt"


def _shows(
    contest: DashboardContest, time: str, votes: Mapping[str, Votes], reported: int
) -> Moment:
    at = local(time)
    body = dashboard([(contest, votes, reported)])
    return Moment(at, (stored_file(_url(contest), body, at),))

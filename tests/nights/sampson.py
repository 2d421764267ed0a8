"""Sampson 2018: a primary that nobody wins, and a second one only if it is asked for.

Origin: 1,001 (29.1 %), 967 (28.1 %), 774 and 697 votes, all precincts, unofficial: clintonnc.com
of 2018-05-08, "Clerk's race poised for runoff". Ours: the candidates' names, which that page is
not cited for, the contest's text and id, the number of precincts, early votes and batches, all
times, the 11 provisional ballots and their votes, and who called it and why.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.decision import Outcome
from monitor.people import Act, ActKind
from tests.nights.carolina import stored_file
from tests.nights.moments import Moment, Votes, in_order, local
from tests.nights.payloads import KINDS, DashboardContest, dashboard
from tests.nights.seen import seen_by

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = "https://er.ncsbe.gov/enr/20180508/data/results_82.txt"
CONTEST = DashboardContest(
    cid="82",
    title="SAMPSON COUNTY CLERK OF SUPERIOR COURT - REP (VOTE FOR 1)",
    group="1182",
    choices=(
        ("Anna Alder", "REP"), ("Boris Birch", "REP"),
        ("Clara Cedar", "REP"), ("David Dogwood", "REP"),
    ),
    precincts=23,
)  # fmt: skip
EARLY: Votes = (190, 205, 150, 120)
STATES: tuple[tuple[str, int, Votes], ...] = (
    ("2018-05-08T19:34", 0, (0, 0, 0, 0)),
    ("2018-05-08T20:25", 9, (310, 290, 240, 215)),
    ("2018-05-08T21:00", 16, (560, 530, 430, 400)),
    ("2018-05-08T21:36", 23, (811, 762, 624, 577)),
)
"""When, precincts reported, and election-day votes."""
PROVISIONAL: Votes = (3, 5, 2, 1)
CANVASS = "2018-05-18T11:00"
CALLED = "2018-05-09T09:30"


def sampson() -> list[Moment]:
    """Return the REP primary of 2018-05-08; a person calls it on the next morning."""
    zero, last = dict.fromkeys(KINDS, (0, 0, 0, 0)), STATES[-1][2]
    night = {**zero, "one-stop": EARLY}
    moments = [
        _shows("2018-05-08T18:30", zero, 0),
        *(_shows(time, {**night, "election-day": votes}, done) for time, done, votes in STATES),
        _shows(CANVASS, {**night, "election-day": last, "provisional": PROVISIONAL}, 23),
    ]
    return in_order([*moments, _called(moments)])


def _shows(time: str, votes: Mapping[str, Votes], reported: int) -> Moment:
    at = local(time)
    return Moment(at, (stored_file(URL, dashboard([(CONTEST, votes, reported)]), at),))


def _called(moments: list[Moment]) -> Moment:
    at = local(CALLED)
    act = Act(
        id="sampson-2018-call",
        kind=ActKind.CALL,
        race="sampson-clerk-2018",
        who="Dana Desk",
        why="The county says 11 provisional ballots are left, and the first is 31 short",
        at=at,
        outcome=Outcome.RUNOFF_POSSIBLE,
        link="phone, Sampson County Board of Elections",
    )
    return Moment(at, act=replace(act, seen=seen_by(act, "sampson-2018", moments)))

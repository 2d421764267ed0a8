"""Durham 2018 and Pitt 2018: the dashboard's county file, from zero to the canvass.

Ours: contest texts and ids, the times of day, the batches and the order in which precincts
arrive (the figure files' own, a transfer row last), and the day of the provisional batch.
That the mail votes 111 / 45 missing in Pitt on the night were mail is our assumption.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from monitor.errors import Unreachable
from tests.nights.moments import Moment, Votes, figures, in_order, local, recovery, served, trouble
from tests.nights.payloads import KINDS, DashboardContest, dashboard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.model import Page


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A North Carolina night: when the file changed, and how many precincts came each time."""

    name: str
    contest: DashboardContest
    zero: str
    first: str
    batches: tuple[tuple[str, int], ...]
    canvass: str

    @property
    def url(self) -> str:
        """The county's file of that day."""
        day = self.zero[:10].replace("-", "")
        return f"https://er.ncsbe.gov/enr/{day}/data/results_{self.contest.cid}.txt"


DURHAM = Dashboard(
    name="durham-2018",
    contest=DashboardContest(
        cid="32",
        title="DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)",
        group="1016",
        choices=(("Satana Deberry", "DEM"), ("Roger Echols", "DEM"), ("Daniel Meier", "DEM")),
        precincts=57,
    ),
    zero="2018-05-08T18:30",
    first="2018-05-08T19:33",
    batches=(
        ("2018-05-08T20:02", 2),
        ("2018-05-08T20:21", 7),
        ("2018-05-08T20:38", 6),
        ("2018-05-08T20:52", 6),
        ("2018-05-08T21:14", 6),
        ("2018-05-08T21:29", 6),
        ("2018-05-08T21:47", 6),
        ("2018-05-08T22:03", 6),
        ("2018-05-08T22:19", 6),
        ("2018-05-08T22:38", 6),
    ),
    canvass="2018-05-17T15:10",
)
PITT = Dashboard(
    name="pitt-2018",
    contest=DashboardContest(
        cid="74",
        title="DISTRICT ATTORNEY DISTRICT 03 (VOTE FOR 1)",
        group="1003",
        choices=(("Faris Dixon", "DEM"), ("Glenn Perry", "REP")),
        precincts=40,
    ),
    zero="2018-11-06T18:30",
    first="2018-11-06T19:34",
    batches=(
        ("2018-11-06T20:06", 5),
        ("2018-11-06T20:23", 5),
        ("2018-11-06T20:44", 5),
        ("2018-11-06T21:01", 5),
        ("2018-11-06T21:18", 5),
        ("2018-11-06T21:40", 5),
        ("2018-11-06T22:02", 5),
        ("2018-11-06T22:26", 5),
    ),
    canvass="2018-11-16T14:20",
)
_LATE = "LATE"
"""Marks the mail votes that were not yet counted on the night."""
_DECOY = (("Example One", ""), ("Example Two", ""))
"""A contest of ours beside the real one, without votes, so that matching has work to do."""


def counted(night: Dashboard) -> list[tuple[datetime, dict[str, Votes], int]]:
    """Return (when, votes by kind, precincts reported) for every change of the file."""
    rows = figures(night.name)
    early = [row for row in rows if row["kind"] in {"one-stop", "absentee-mail"}]
    first = [row for row in early if not row["unit"].endswith(_LATE)]
    states = [(night.zero, first[:0], 0), (night.first, first, 0)]
    reported = accumulate(size for _, size in night.batches)
    for (time, _), number in zip(night.batches, reported, strict=True):
        states.append((time, first + _precincts(rows, number, night), number))
    states.append((night.canvass, rows, night.contest.precincts))
    return [(local(time), _by_kind(part, night), number) for time, part, number in states]


def _precincts(
    rows: Sequence[dict[str, str]], number: int, night: Dashboard
) -> list[dict[str, str]]:
    """Return the first precincts of the figure file; with the last of them come transfers."""
    election_day = [row for row in rows if row["kind"] == "election-day"]
    precincts = [row for row in election_day if row["unit"] != "TRANSFER"]
    return election_day if number == night.contest.precincts else precincts[:number]


def _by_kind(rows: Iterable[Mapping[str, str]], night: Dashboard) -> dict[str, Votes]:
    names = [name for name, _ in night.contest.choices]
    part = list(rows)
    return {
        kind: tuple(sum(int(row[name]) for row in part if row["kind"] == kind) for name in names)
        for kind in KINDS
    }


def dashboard_moments(night: Dashboard) -> list[Moment]:
    """Return the file at every change, a contest of ours beside the real one."""
    decoy = DashboardContest(
        night.contest.cid, "EXAMPLE DISTRICT SUPERVISOR (VOTE FOR 1)", "9001", _DECOY, 1, "LOC"
    )
    nothing = dict.fromkeys(KINDS, (0, 0))
    return [
        Moment(at, (stored_file(night.url, body, at),))
        for at, votes, reported in counted(night)
        for body in [dashboard([(decoy, nothing, 0), (night.contest, votes, reported)])]
    ]


def stored_file(url: str, body: bytes, at: datetime) -> Page:
    """Serve a file as S3 does: the ETag is the body's MD5."""
    tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return served(url, body, at, {
        "etag": f'"{tag}"', "accept-ranges": "bytes",
        "content-type": "text/plain", "server": "AmazonS3",
    })  # fmt: skip


def durham() -> list[Moment]:
    """Return the DEM primary of 2018-05-08; the site answers 503 from 21:00 to 21:06."""
    moments = dashboard_moments(DURHAM)
    down, up = local("2018-05-08T21:00"), local("2018-05-08T21:06")
    wall = trouble(DURHAM.url, 503, "Service Unavailable", down)
    back = recovery(moments, up, not_modified=True)
    return in_order([*moments, Moment(down, (wall,)), back])


def pitt() -> list[Moment]:
    """Return the general election of 2018-11-06; no connection from 21:22 to 21:27."""
    moments = dashboard_moments(PITT)
    down, up = local("2018-11-06T21:22"), local("2018-11-06T21:27")
    failure = Unreachable(f"no connection to {PITT.url}; the next poll tries again")
    return in_order([*moments, Moment(down, (), failure, PITT.url), recovery(moments, up)])

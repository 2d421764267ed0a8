"""Allegheny 2023: the county's Clarity site at 14 moments, each a version of its own.

Ours: the version numbers; the time a version appears is the time it was copied. Units are
precincts whose total differs from the 20:05 mail batch; the last version says 1,324 of 1,324
as detail.xml of 5 June does. Other contests stand in a version only with figures that are known
for it: zeros before the close, and detail.xml's in the last. From 21:36 choices are listed by
votes, before that in ballot order; in the contest we watch the two are the same.

Ours in electionsettings.json: the header "UNOFFICIAL RESULTS" in every version (what the page
said is not known, and the outcome's "unofficial" rests on it), the update time of all versions
but the last (the time of the copy), the thresholds and report switches. Of the real file's many
display settings only those that a reader of results needs are written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.people import Act, ActKind
from tests.nights.clarity_site import as_printed, clarity_page
from tests.nights.moments import (
    EASTERN,
    Moment,
    Votes,
    figures,
    in_order,
    local,
    recovery,
    trouble,
)
from tests.nights.payloads import ClarityContest, clarity_settings, clarity_sum
from tests.nights.seen import seen_by

if TYPE_CHECKING:
    from collections.abc import Mapping

CLARITY_URL = "https://results.enr.clarityelections.com/PA/Allegheny/118321"
VERSIONS = (
    "317012", "317048", "317101", "317115", "317122", "317127", "317133",
    "317140", "317162", "317171", "317205", "317242", "317290", "317356",
)  # fmt: skip
"""Ours, in the platform's range of 2023."""
_ELECTION = {
    "name": "2023 Primary", "date": "5/16/2023", "eid": "118321",
    "county": "Allegheny", "state": "PA",
}  # fmt: skip
_BY_VOTES_FROM = datetime(2023, 5, 16, 21, 36, tzinfo=EASTERN)
_OURS = ClarityContest(
    key="0016",
    title="DEM District Attorney",
    choices=(("Matt Dugan", "DEM"), ("Steve Zappala", "DEM"), ("Write-in", "DEM")),
    precincts=1324,
)
_PSEUDO = ClarityContest(
    key="0004",
    title="REGISTERED VOTERS - Nonpartisan",
    choices=(("REGISTERED VOTERS - Nonpartisan", "NON"),),
    precincts=1323,
    votes_for=0,
)
_OTHERS: tuple[tuple[ClarityContest, Votes], ...] = (
    (
        ClarityContest(
            key="0010",
            title="DEM Justice of the Supreme Court",
            choices=(("Daniel McCaffery", "DEM"), ("Debbie Kunselman", "DEM"), ("Write-in", "DEM")),
            precincts=1324,
        ),
        (68505, 91117, 699),
    ),
    (
        ClarityContest(
            key="0429",
            title="REP District Attorney",
            choices=(("Write-in", "REP"),),
            precincts=1324,
        ),
        (11857,),
    ),
)
"""With their votes in the last version, as detail.xml of 2023-06-05 has them."""
_LAST_UPLOAD = "6/5/2023 11:47:28 AM EDT"
"""The last version's own time, as detail.xml of 2023-06-05 has it."""
_REGISTERED, _BALLOTS = 764_358, 235_061
"""The whole primary's, in detail.xml of 2023-06-05; not known for earlier versions."""


def allegheny() -> list[Moment]:
    """Return the DEM primary of 2023-05-16 in 14 versions; 504 from 22:20 to 22:25."""
    rows = figures("allegheny-2023")
    moments = [_version(place, row) for place, row in enumerate(rows)]
    down, up = local("2023-05-16T22:20"), local("2023-05-16T22:25")
    wall = trouble(f"{CLARITY_URL}/current_ver.txt", 504, "Gateway Time-out", down)
    back = recovery(moments, up)
    only = replace(back, pages=back.pages[:1])
    return in_order([*moments, Moment(down, (wall,)), only])


CONFIRMED = "2023-05-16T23:31"


def confirmed() -> list[Moment]:
    """Return the same primary; a caller confirms at 23:31 what READY TO CALL showed.

    Ours: who confirms, when and why.
    """
    moments = allegheny()
    at = local(CONFIRMED)
    act = Act(
        id="allegheny-2023-confirm",
        kind=ActKind.CONFIRM,
        race="allegheny-da-2023",
        who="Casey Caller",
        why="18,815 is more than the county has left in 33 precincts and on paper",
        at=at,
    )
    seen = seen_by(act, "allegheny-2023-confirmed", moments)
    return in_order([*moments, Moment(at, act=replace(act, seen=seen))])


def _version(place: int, row: Mapping[str, str]) -> Moment:
    at = local(row["at"])
    votes = tuple(int(row[name]) for name, _ in _OURS.choices)
    reported, number = int(row["changed"]), VERSIONS[place]
    is_last = number == VERSIONS[-1]
    settings = clarity_settings(
        versions=VERSIONS[: place + 1],
        updated=_LAST_UPLOAD if is_last else as_printed(at),
        reported=reported,
        total=_OURS.precincts,
        election=_ELECTION,
    )
    contests = _contests(votes, reported, is_last=is_last)
    body = clarity_sum(contests, by_votes=at >= _BY_VOTES_FROM)
    return Moment(at, (
        clarity_page(f"{CLARITY_URL}/current_ver.txt", number.encode(), at),
        clarity_page(f"{CLARITY_URL}/{number}/json/sum.json", body, at),
        clarity_page(f"{CLARITY_URL}/{number}/json/en/electionsettings.json", settings, at),
    ))  # fmt: skip


def _contests(
    votes: Votes, reported: int, *, is_last: bool
) -> list[tuple[ClarityContest, Votes, int]]:
    """Return what the version holds: a contest stands there only with figures that are known."""
    pseudo = (_PSEUDO, (0,), min(reported, _PSEUDO.precincts))
    if is_last:
        others = [(_with_turnout(contest), final, 1324) for contest, final in _OTHERS]
        return [pseudo, (_with_turnout(_OURS), votes, reported), *others]
    zeros = [(contest, (0,) * len(final), 0) for contest, final in _OTHERS]
    return [pseudo, (_OURS, votes, reported), *([] if any(votes) else zeros)]


def _with_turnout(contest: ClarityContest) -> ClarityContest:
    return replace(contest, registered=_REGISTERED, ballots=_BALLOTS)

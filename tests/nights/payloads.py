"""Bodies of the recorded nights, in the exact formats of the sites they stand for.

Formats: the North Carolina dashboard's `results_{cid}.txt` (one JSON array, 19 string
keys a row), Clarity's `sum.json` and `electionsettings.json` (the key sets of a county
site of 2022), and the hand-kept sheet's CSV. Figures come in as arguments; nothing here
knows a night.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS = {"election-day": "evc", "one-stop": "ovc", "absentee-mail": "avc", "provisional": "pvc"}
"""How votes were cast, and the dashboard's column for each; they add up to `vct`."""
_COLOURS = {"DEM": "1171B9", "REP": "EB2326", "": "FFFFFF"}
SHEET_COLUMNS = (
    "contest", "party", "candidate", "votes", "status", "note",
    "units_reported", "units_total", "units", "link", "who", "time",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DashboardContest:
    """One contest of a county's dashboard file; `choices` are (name, party)."""

    cid: str
    title: str
    group: str
    choices: tuple[tuple[str, str], ...]
    precincts: int
    office_group: str = "JUD"


def dashboard(
    contests: Sequence[tuple[DashboardContest, Mapping[str, Sequence[int]], int]],
) -> bytes:
    """Write `results_{cid}.txt` from (contest, votes by kind, precincts reported).

    Votes by kind: one number for each choice, in the contest's order.
    """
    rows = [
        _dashboard_row(contest, place, votes, reported)
        for contest, votes, reported in contests
        for place in range(len(contest.choices))
    ]
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    return f"[{lines}]".encode()


def _dashboard_row(
    contest: DashboardContest, place: int, votes: Mapping[str, Sequence[int]], reported: int
) -> dict[str, str]:
    name, party = contest.choices[place]
    counted = sum(sum(row) for row in votes.values())
    own = {column: votes[kind][place] for kind, column in KINDS.items()}
    total = sum(own.values())
    share = total / counted if counted else 0.0
    return {
        "cid": contest.cid, "cnm": contest.title, "vfr": "1",
        "gid": contest.group, "lid": contest.group, "bnm": name, "dtx": "", "pty": party,
        "vct": str(total), "pct": f"{share:.4f}",
        "prt": str(reported), "ptl": str(contest.precincts),
        **{column: str(number) for column, number in own.items()},
        "col": _COLOURS[party], "ogl": contest.office_group, "ref": "0",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClarityContest:
    """One contest of `sum.json`; `choices` are (name, party) in ballot order.

    `registered` and `ballots` are 0 where they are not known, as many sites print them.
    """

    key: str
    title: str
    choices: tuple[tuple[str, str], ...]
    precincts: int
    votes_for: int = 1
    registered: int = 0
    ballots: int = 0


def clarity_sum(
    contests: Sequence[tuple[ClarityContest, Sequence[int], int]], *, by_votes: bool
) -> bytes:
    """Write `sum.json` from (contest, votes in ballot order, precincts reported).

    `by_votes`: choices are listed by votes, as real county sites do later in the night.
    """
    written = [_clarity_contest(*contest, by_votes=by_votes) for contest in contests]
    return json.dumps({"VPCFE": False, "Contests": written}, separators=(",", ":")).encode()


def _clarity_contest(
    contest: ClarityContest, votes: Sequence[int], reported: int, *, by_votes: bool
) -> dict[str, Any]:
    order = list(range(len(votes)))
    if by_votes:
        order.sort(key=lambda place: -votes[place])
    counted = sum(votes)
    none = [0] * len(order)
    return {
        "CATKEY": None, "CAT": None, "C": contest.title, "K": contest.key, "AggID": "-1",
        "regvoters": 0, "BCxContest": 0, "VF": contest.votes_for,
        "TP": contest.precincts, "PR": reported, "TV": contest.registered, "BC": contest.ballots,
        "RC": 0, "RO": 0,
        "CH": [contest.choices[place][0] for place in order],
        "CHAggId": [place + 1 for place in order],
        "P": [contest.choices[place][1] for place in order],
        "PCT": [_percent(votes[place], counted) for place in order],
        "V": [votes[place] for place in order],
        "W": none, "CRC": none, "CRO": none,
        "IsCumulative": None, "CumulativeVotes": None, "CumulativeChoices": None,
        "CumulativePercentages": None, "IsContestNoChoice": 0,
    }  # fmt: skip


def _percent(votes: int, counted: int) -> float:
    """Return the share in percent to 15 figures, as the site prints it; 0 while nothing counts."""
    return float(f"{100 * votes / counted:.15g}") if counted else 0


def clarity_settings(
    *, versions: Sequence[str], updated: str, reported: int, total: int, election: Mapping[str, str]
) -> bytes:
    """Write a county's `electionsettings.json`.

    `updated`: the site's own time as it prints it ("5/16/2023 8:05:53 PM EDT").
    `election`: `name`, `date` ("5/16/2023"), `eid`, `county`, `state`.
    `istestmode` is a string on county files, and `"false"` is what they say.
    """
    header = '<div><span style="font-size: 24pt;">UNOFFICIAL RESULTS</span></div>'
    settings = {
        "settings": {
            "hasvotecenters": None,
            "totalprecinctsreporting": total,
            "numberofprecinctsreporting": reported,
            "winners": {},
            "recountthreshold": 0, "runoffthreshold": 0, "winnerthreshold": 0,
            "supportedlanguages": "en|English",
            "timezoneoffset": 0,
            "kmlmap": None,
            "isdistrictmaps": False, "districtmaps": [], "isdaylightsaving": True,
            "precinctsreporting": {}, "votecenters": None,
            "partycolors": {"0": "DEM|#0000FF", "1": "REP|#FF0000", "2": "NON|#666666"},
            "electiondetails": _election_details(election),
            "dbfcolumn": 0, "tabsystem": 8192, "maptype": 1,
        },
        "sequoiaelectiondetails": {"registeredvoters": 0, "ballotscast": 0},
        "pagesettings": {"global settings": {"header": "UNOFFICIAL RESULTS"},
                         "web": {"header": header}},
        "websiteupdatedat": updated,
        "summaryfilesize": None, "detailxmlfilesize": None,
        "detailxlsfilesize": None, "detailtxtfilesize": None,
        "stateprecinctsreporting": 0, "stateprecinctsparticipating": 0,
        "stateprecinctspartiallyreporting": 0,
        "language": "en", "templatetype": "Web",
        "entityname": election["county"], "parententityname": election["state"],
        "isdistrictmaps": False, "isusingunderovervotes": False,
        "versions": list(versions),
        "ismodifiededitline": False,
    }  # fmt: skip
    return json.dumps(settings, separators=(",", ":")).encode()


def _election_details(election: Mapping[str, str]) -> dict[str, Any]:
    return {
        "internalname": election["name"], "electiondate": election["date"],
        "electionid": election["eid"], "parentelectionid": "0", "parententity_internalname": "",
        "isstate": False, "isstateelection": "0", "istestmode": "false",
        "chkisfinalupload": False, "chkiscanvasupload": False, "issummaryupload": False,
        "chkgeneratexml": False, "chkgeneratexls": False, "chkgeneratetxt": False,
        "chkgeneratesummary": False, "choicesortorder": "0", "liveversionid": "-1",
        "mainlanguage": "en", "visible": "1",
    }  # fmt: skip


def sheet(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Write the hand-kept sheet as a spreadsheet exports it: CSV with a header, CRLF lines."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, SHEET_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()

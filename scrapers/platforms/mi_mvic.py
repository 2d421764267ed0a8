"""Michigan Bureau of Elections: the "County Results" file of its Voter Information Center.

How to recognise it: links to mvic.sos.state.mi.us; the file is
`/VoteHistory/GetElectionResultFile?electionId=`, "County Results" on the page of an election.
A wall (Cloudflare) stands before it: where it does not answer, a person saves the file, and
`url` is where it lies (https://…, or file:///…).

Source: one row for each candidate and county, and a last line with the number of rows,
"OFFICIAL" or not, and the run's day and time, without a zone.
Quirk: offices the Bureau canvasses only: state, courts, schools. County prosecutors are in
none of it (a general election's county commissioners were not either): ask the county.
Quirk: no precincts and no vote types, so the count is never complete by itself.
Quirk: a contest is told by office, district and status codes together; how many are elected
stands in its title, "(2) Positions".
Quirk: nothing says that it is a primary: `primary = "yes"` has to. More candidates of a
party than seats without it are refused.
Unproven: the file of a primary, and one marked as official.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged, Truncated
from monitor.model import Contest, Report, Request, ResultsStatus
from scrapers.base import Platform, marked, refuse_html, whole
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.moments import day_of
from scrapers.tables import rows_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from datetime import date

    from monitor.model import Page
    from scrapers.tables import Row

_NEEDED = (
    "ElectionDate", "OfficeCode(Text)", "DistrictCode(Text)", "StatusCode", "CountyCode",
    "OfficeDescription", "PartyName", "CandidateID", "CandidateLastName", "CandidateFirstName",
    "CandidateMiddleName", "CandidateVotes", "WriteIn(W)/Uncommitted(Z)",
    "Nominated(N)/Elected(E)",
)  # fmt: skip
_FOOT = re.compile(
    rb"RECORDS: (\d+)\tRESULTS: (UNOFFICIAL|OFFICIAL)\tRUNDATE: ([\d/]+)\tRUNTIME: ([\d:]+)\s*"
)
_SEATS = re.compile(r"\((\d+)\) Positions?\b")
_MARKS = {"": False, "N": True, "E": True}


class Scraper(Platform):
    """Reads `url`: the file's address; `primary = "yes"` where each party votes by itself."""

    source_name = "Michigan Bureau of Elections"
    state = "MI"
    refresh_seconds = 300
    optional_settings: ClassVar[Mapping[str, str]] = {"primary": ""}
    file_url = "{url}"
    public_url = "https://mvic.sos.state.mi.us/votehistory/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the link itself where it is a file's; the site's pages name none."""
        parts = urlsplit(url)
        if parts.hostname != "mvic.sos.state.mi.us":
            return None
        is_file = parts.path.casefold().endswith("/getelectionresultfile")
        return {"url": url} if is_file else {}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.file_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Add the counties up."""
        (page,) = pages
        refuse_html(page, "a table")
        *lines, last = page.body.splitlines(keepends=True)
        foot = _FOOT.fullmatch(last)
        if foot is None:
            raise Truncated(f"no RECORDS in the last line, {last[:40]!r}, at {page.url}")
        records, results, *stamp = (part.decode() for part in foot.groups())
        rows = rows_of(replace(page, body=b"".join(lines)), _NEEDED, delimiter="\t", quoted=False)
        if len(rows) != whole(records, f"RECORDS at {page.url}"):
            raise Truncated(f"{len(rows)} rows and not {records} at {page.url}")
        is_primary = bool(self.settings["primary"])
        return Report(
            contests=tuple(
                one if is_primary else _of_one_ballot(one, page.url)
                for one in contests_of(_line(row, is_primary=is_primary) for row in rows)
            ),
            source_time_text=" ".join(stamp),
            election_date=_day(rows, page.url),
            status=ResultsStatus.CERTIFIED if results == "OFFICIAL" else None,
            status_text=results.lower(),
        )


def _line(row: Row, *, is_primary: bool) -> Line:
    title = row.need("OfficeDescription")
    codes = (row.need("OfficeCode(Text)"), row.need("DistrictCode(Text)"), row.need("StatusCode"))
    names = (row["CandidateFirstName"], row["CandidateMiddleName"], row["CandidateLastName"])
    name = " ".join(filter(None, names))
    party = "" if row["PartyName"] == "NPA" else party_code(row["PartyName"])
    own = party if is_primary else ""
    seats, mark = _SEATS.search(title), row["Nominated(N)/Elected(E)"]
    if seats and not int(seats[1]):
        raise LayoutChanged(f"no seats in {title!r:.60} in {row.place}")
    return Line(
        contest="|".join(filter(None, (*codes, own))),
        title=title,
        choice=row.need("CandidateID"),
        name=name,
        votes=row.whole("CandidateVotes"),
        where=row.place,
        place=row.need("CountyCode"),
        party=party,
        contest_party=own,
        seats=int(seats[1]) if seats else 1,
        is_write_in=is_write_in(name),
        winner_mark=marked(mark, _MARKS, f"the mark of a winner in {row.place}"),
        may_lack=row["WriteIn(W)/Uncommitted(Z)"] == "W",
    )


def _of_one_ballot(contest: Contest, where: str) -> Contest:
    """Return a contest of all parties; raise where a party has too many for one election."""
    parties = Counter(one.party for one in contest.selections if one.party)
    for party, count in parties.items():
        if count > contest.number_elected:
            seen = f"{count} {party} in {contest.title!r:.60}"
            raise LayoutChanged(f'{seen}: in a primary, set primary = "yes"; at {where}')
    return contest


def _day(rows: tuple[Row, ...], where: str) -> date | None:
    days = {row["ElectionDate"] for row in rows}
    if len(days) > 1:
        raise LayoutChanged(f"rows of {len(days)} election days at {where}")
    return day_of(days.pop()) if days else None

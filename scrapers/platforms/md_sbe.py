"""Maryland State Board of Elections: one CSV of each county.

How to recognise it: links to elections.maryland.gov or results.elections.maryland.gov.

Source: `/elections/{yyyy}/election_data/{cycle}_{cid}CountyResults.csv`, one row for each
candidate. `cycle` is the kind of election and its year (GG26 a gubernatorial general, GP26
its primary, PG and PP the presidential ones), `cid` the county from 01 Allegany to 24. A
primary has a file for each party: `file = "DemocraticResults"`.
Quirk: no ids, no precincts, no time and no status, so the count is never complete by
itself. A contest's key is office and district, a candidate's the name and party.
Quirk: `Winner` is filled in after the certification; the mark is shown and no more.
Quirk: mail ballots stand in two columns, by the day of their count. A cell may be blank
until then; what is there has to sum to the total.
Quirk: judges and questions have votes against, which are a choice of their own here.
Quirk: how many are elected is not printed; 1 is taken.
Unproven: the address on the night, and the files of a primary.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request, VoteCount, VoteType
from scrapers.base import Platform, marked, whole
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from monitor.model import Page
    from scrapers.tables import Row

_HOSTS = ("elections.maryland.gov", "results.elections.maryland.gov")
_FILE = re.compile(r"/election_data/([A-Z]{2}\d\d)_(\d\d)(\w+Results)\.csv")
_PARTY = re.compile(r"(\w+)Results")
_NEEDED = ("Office Name", "Office District", "Candidate Name", "Party", "Winner", "Total Votes")
_TYPES = (
    ("Early Votes", VoteType.EARLY),
    ("Election Night Votes", VoteType.ELECTION_DAY),
    ("Mail-In Ballot 1 Votes", VoteType.ABSENTEE_MAIL),
    ("Provisional Votes", VoteType.PROVISIONAL),
    ("Mail-In Ballot 2 Votes", VoteType.ABSENTEE_MAIL),
)
_MARKS = {"Y": True, "N": False, "": False}


class Scraper(Platform):
    """One county's file of one election."""

    source_name = "Maryland State Board of Elections"
    state = "MD"
    refresh_seconds = 300
    optional_settings: ClassVar[Mapping[str, str]] = {"file": "CountyResults"}
    results_url = (
        "https://elections.maryland.gov/elections/{date:%Y}/election_data/{cycle}_{cid}{file}.csv"
    )
    public_url = "https://elections.maryland.gov/elections/{date:%Y}/index.html"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `cycle`, `cid` and `file` of a file's link; other pages name none."""
        parts = urlsplit(url)
        if parts.hostname not in _HOSTS:
            return None
        found = _FILE.search(parts.path)
        return dict(zip(("cycle", "cid", "file"), found.groups(), strict=True)) if found else {}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest of the county, or of a party's primary in it."""
        (page,) = pages
        words = _PARTY.fullmatch(self.settings["file"])
        party = words.group(1) if words and words.group(1) != "County" else ""
        rows = rows_of(page, _NEEDED)
        refuse_open_end(page)
        return Report(contests=contests_of(line for row in rows for line in _lines(row, party)))


def _lines(row: Row, primary: str) -> Iterator[Line]:
    yield _line(row, primary)
    if row.get("Total Votes Against"):
        yield _line(row, primary, " Against")


def _line(row: Row, primary: str, side: str = "") -> Line:
    office, district = row.need("Office Name"), row["Office District"]
    party, own = party_code(row["Party"]), party_code(primary)
    name = row.need("Candidate Name") + (f",{side.lower()}" if side else "")
    return Line(
        contest="|".join((office, district, *((own,) if own else ()))),
        title=", ".join(part for part in (office, district) if part),
        choice="|".join(part for part in (name, party) if part),
        name=name,
        votes=row.whole(f"Total Votes{side}"),
        where=row.place,
        party=party,
        contest_party=own,
        by_type=_by_type(row, side),
        is_write_in=is_write_in(name),
        winner_mark=marked(row["Winner"], _MARKS, f"Winner in {row.place}") and not side,
    )


def _by_type(row: Row, side: str) -> tuple[VoteCount, ...]:
    counts = tuple(
        VoteCount(kind, whole(row.get(f"{label}{side}"), f"{label}{side} in {row.place}"), label)
        for label, kind in _TYPES
        if row.get(f"{label}{side}")
    )
    if counts and sum(one.votes for one in counts) != row.whole(f"Total Votes{side}"):
        raise LayoutChanged(f"the votes by type do not sum to the total in {row.place}")
    return counts

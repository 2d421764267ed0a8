"""BPro's ResultsSW sites (SD, NM, NE, MT, Philadelphia, formerly ND): their CSV export.

How to recognise it: `ResultsSW.aspx`, `resultsCSV.aspx` or `ResultsExport.aspx` ends the
path, on the state's or city's own host; Oregon's site is results_ajax.

Source: `resultsCSV.aspx?text=All&type={type}&map={map}&eid={eid}`, one row for each choice.
`type` is as in the site's own link (SW, LEG, CTYALL, JDR, …), all where it is left empty.
Quirk: the columns differ by site and year, so they are read by name. Every row ends in a
comma, and in one or two cells more than the header has; they are empty.
Quirk: contests of many places have one name; the place is added to it.
Quirk: choice 9901 is all write-ins together.
Quirk: `CurrentDateTime` is a local time without a zone, one for all rows.
Quirk: a site shows one election at a time; `eid` reaches another where the site has it.
Quirk: a page "An error has occurred" stands there until something is posted.
Unproven: the addresses. The rows are North Dakota's of 2018 and New Mexico's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlsplit

from monitor.errors import EmptyPage, LayoutChanged
from monitor.model import Report, Request, VoteCount
from scrapers.base import Platform
from scrapers.labels import is_write_in, party_code, plain_name, vote_type
from scrapers.lines import Line, contests_of
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page
    from scrapers.tables import Row

_PATH = re.compile(r"/(?:resultssw|resultscsv|resultsexport)\.aspx", re.IGNORECASE)
_OREGON = "results.oregonvotes.gov"
_NEEDED = (
    "PartyCode", "AreaNum", "CandidateID", "CandidateName", "VoteFor", "CandidateVotes",
    "CandidatePercentage", "PrecinctsReporting",
)  # fmt: skip
_UNITS = re.compile(r"(\d{1,6})/(\d{1,6})")
_SHARE = re.compile(r"0(?:\.\d+)?|1(?:\.0+)?|\d(?:\.\d+)?E-\d+|NaN")
_TYPES = {
    "CandidateAbsenteeVotes": "Absentee",
    "CandidateElectionDayVotes": "Election Day",
    "CandidateEarlyVotes": "Early",
}
WRITE_INS = "9901"


class Scraper(Platform):
    """The rows of one site; `site` is the host."""

    source_name = "state or county elections office"
    refresh_seconds = 120
    optional_settings: ClassVar[Mapping[str, str]] = {"type": "", "map": "", "eid": ""}
    results_url = "https://{site}/resultsCSV.aspx?text=All&type={type}&map={map}&eid={eid}"
    public_url = "https://{site}/ResultsSW.aspx?type={type}&map={map}&eid={eid}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `site` and what the link has of `type`, `map` and `eid`."""
        parts = urlsplit(url)
        if not parts.hostname or parts.hostname == _OREGON or not _PATH.fullmatch(parts.path):
            return None
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        given = {name: query.get(name, "") for name in cls.optional_settings}
        return {"site": parts.hostname, **{name: said for name, said in given.items() if said}}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every row."""
        (page,) = pages
        if b"An error has occurred" in page.body[:20_000]:
            raise EmptyPage(f"'An error has occurred', as before anything is posted, at {page.url}")
        rows = rows_of(page, _NEEDED)
        refuse_open_end(page)
        if not rows:
            raise EmptyPage(f"a header and no row, as before anything is posted, at {page.url}")
        stamps = {row.get("CurrentDateTime") for row in rows}
        return Report(
            contests=contests_of(map(_line, rows)),
            source_time_text=stamps.pop() if len(stamps) == 1 else "",
        )


def _line(row: Row) -> Line:
    name = plain_name(row.need("CandidateName"))
    if not _SHARE.fullmatch(row["CandidatePercentage"]):
        seen = f"{row['CandidatePercentage']!r:.40}"
        raise LayoutChanged(f"expected a share of 1, found {seen} in {row.place}")
    return Line(
        contest=_either(row, "ContestID", "RaceID"),
        title=_title(row),
        choice=row.need("CandidateID"),
        name=name,
        votes=row.whole("CandidateVotes"),
        where=row.place,
        party=party_code(row["PartyCode"]),
        by_type=tuple(
            VoteCount(vote_type(label), row.whole(column), label)
            for column, label in _TYPES.items()
            if row.get(column)
        ),
        reported=_reported(row),
        seats=row.whole("VoteFor") or 1,
        is_write_in=is_write_in(name) or row["CandidateID"] == WRITE_INS,
    )


def _either(row: Row, *columns: str) -> str:
    found = next((row[column] for column in columns if row.get(column)), "")
    if not found:
        raise LayoutChanged(f"no {' and no '.join(columns)} in {row.place}")
    return found


def _title(row: Row) -> str:
    title, area = _either(row, "ContestName", "RaceName"), row["AreaNum"]
    return title if not area or area.casefold() in title.casefold() else f"{title}, {area}"


def _reported(row: Row) -> tuple[int, int]:
    found = _UNITS.fullmatch(row["PrecinctsReporting"])
    if found is None:
        seen = f"{row['PrecinctsReporting']!r:.40}"
        raise LayoutChanged(f"expected precincts as 611/611, found {seen} in {row.place}")
    return int(found.group(1)), int(found.group(2))

"""Indiana Election Division: the CSV of all offices, by county.

How to recognise it: `AllOfficeResults.csv` on enr.indianavoters.in.gov, or the same table
anywhere else: its header begins with "Election","Jurisdiction Name".

Source: one row for each candidate and county (or precinct); all 91 prosecuting attorneys
are in it. Counties are added up.
Quirk: no date but the year of the election's name; no units, no time, no status, so the
count is never complete by itself. A county that has not reported stands with zeros (Porter
had 0 to 0 on the morning after).
Quirk: "Winner" was Yes for all who had no rival, and for nobody else, on the morning after.
Quirk: there are no ids: a contest's key is its category, jurisdiction and office, a
candidate's the name and party. Townships of two counties have one name, so theirs has
the county as well.
Quirk: a school board had 3 seats in two rows and 4 in the third: such a contest comes
without counts, because nothing tells which is right.
Quirk: both parties of a primary stand in one office; `primary = "yes"` keeps them apart.
Unproven: the file's own address on the night.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Contest, Report, Request
from scrapers.base import Platform, marked
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page
    from scrapers.tables import Row

HOSTS = ("enr.indianavoters.in.gov", "indianaenr.blob.core.usgovcloudapi.net")
_NEEDED = (
    "Election", "Jurisdiction Name", "Reporting County Name", "DataEntry Jurisdiction Name",
    "Office", "Office Category", "Name on Ballot", "Political Party", "Winner",
    "Number of Office Seats", "Total Votes",
)  # fmt: skip
_MARKS = {"Yes": True, "No": False, "": False}


class Scraper(Platform):
    """Reads `url`: the CSV's address."""

    source_name = "Indiana Election Division"
    state = "IN"
    refresh_seconds = 300
    optional_settings: ClassVar[Mapping[str, str]] = {"primary": ""}
    csv_url = "{url}"
    public_url = "{url}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `url` for a CSV of the site."""
        parts = urlsplit(url)
        is_csv = parts.path.lower().endswith(".csv")
        return {"url": url} if parts.hostname in HOSTS and is_csv else None

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.csv_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Add the counties up."""
        (page,) = pages
        rows = rows_of(page, _NEEDED)
        refuse_open_end(page)
        self._refuse_other({row["Election"] for row in rows}, page.url)
        is_primary = bool(self.settings["primary"])
        return Report(contests=_contests([_line(row, is_primary=is_primary) for row in rows]))

    def _refuse_other(self, elections: set[str], where: str) -> None:
        year = str(self.date.year) if self.date else ""
        if len(elections) > 1 or not all(year in one for one in elections):
            seen = ", ".join(sorted(elections))
            raise LayoutChanged(f"expected one election {year}, found {seen:.80} at {where}")


def _contests(lines: list[Line]) -> tuple[Contest, ...]:
    """Put contests together; one with two numbers of seats is shown without its counts."""
    seats: dict[str, set[int]] = {}
    for line in lines:
        seats.setdefault(line.contest, set()).add(line.seats)
    torn = {line.contest: line.title for line in lines if len(seats[line.contest]) > 1}
    return contests_of(line for line in lines if line.contest not in torn) + tuple(
        Contest(
            key, title, (), counts_known=False, note=f"the file gives {sorted(seats[key])} seats"
        )
        for key, title in torn.items()
    )


def _line(row: Row, *, is_primary: bool) -> Line:
    county, category = row.need("Reporting County Name"), row.need("Office Category")
    party, name = party_code(row["Political Party"]), row.need("Name on Ballot")
    own = party if is_primary else ""
    office = row.need("Office")
    where = county if "Township" in category else ""
    key = (category, row.need("Jurisdiction Name"), office, where, own)
    return Line(
        contest="|".join(part for part in key if part),
        title=office,
        choice="|".join(part for part in (name, party) if part),
        name=name,
        votes=row.whole("Total Votes"),
        where=row.place,
        place=f"{county}|{row.need('DataEntry Jurisdiction Name')}",
        party=party,
        contest_party=own,
        seats=row.whole("Number of Office Seats"),
        is_write_in=is_write_in(name),
        winner_mark=marked(row["Winner"], _MARKS, f"Winner in {row.place}"),
    )

"""Minnesota Secretary of State: text files with semicolons, one for each kind of office.

How to recognise it: links to electionresultsfiles.sos.mn.gov (also …sos.state.mn.us), or
to electionresults.sos.mn.gov, whose page of media files names no date.

Source: `/{yyyymmdd}/{file}`, one row for each candidate with the total of the contest's
whole area. County attorneys are in `cntyRaceQuestions.txt`; the attorney general has a
file of his own. Every few minutes on the night.
Quirk: the file has no header, no time and no status, and names hold loose quotes.
Quirk: a county is a number in the order of the names (01 Aitkin, 27 Hennepin, 87 Yellow
Medicine). `cid` keeps one county; without it a title ends in the county's number.
Quirk: a contest's key is county, office and district; office numbers alone repeat.
Quirk: how many are elected is not printed; 1 is taken.
Quirk: in a primary a party's candidates have their own total; `primary = "yes"` keeps
the parties apart, and without it such a file is refused.
Quirk: the site's own pages stand behind a captcha, the files do not.
Unproven: county rows; the stored files are those of the U.S. Senate and House.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request
from scrapers.base import Platform
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from monitor.model import Contest, Page
    from scrapers.tables import Row

_FILES = ("electionresultsfiles.sos.mn.gov", "electionresultsfiles.sos.state.mn.us")
_PAGES = ("electionresults.sos.mn.gov", "electionresults.sos.state.mn.us")
_FILE = re.compile(r"/(\d{4})(\d\d)(\d\d)/(\w+\.txt)", re.IGNORECASE)
_COLUMNS = (
    "state", "county", "precinct", "office", "title", "district", "number", "name", "suffix",
    "incumbent", "party", "reported", "precincts", "votes", "percent", "total",
)  # fmt: skip


class Scraper(Platform):
    """One file of one election."""

    source_name = "Minnesota Secretary of State"
    state = "MN"
    refresh_seconds = 300
    optional_settings: ClassVar[Mapping[str, str]] = {
        "file": "cntyRaceQuestions.txt", "cid": "", "primary": "",
    }  # fmt: skip
    results_url = "https://electionresultsfiles.sos.mn.gov/{date:%Y%m%d}/{file}"
    public_url = "https://electionresults.sos.mn.gov/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `date` and `file` of a file's link; the site's pages name neither."""
        parts = urlsplit(url)
        if parts.hostname not in (*_FILES, *_PAGES):
            return None
        found = _FILE.fullmatch(parts.path)
        if found is None:
            return {}
        return {"date": "-".join(found.groups()[:3]), "file": found.group(4)}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read the rows of every county, or of one."""
        (page,) = pages
        rows = rows_of(page, (), delimiter=";", names=_COLUMNS, quoted=False)
        refuse_open_end(page)
        for row in rows:
            _refuse_shifted(row)
        cid = self.settings["cid"]
        kept = [row for row in rows if cid in ("", row["county"])]
        is_primary = bool(self.settings["primary"])
        lines = [_line(row, is_primary=is_primary, is_county=bool(cid)) for row in kept]
        return Report(contests=tuple(_with_totals(contests_of(lines), lines, kept, page.url)))


def _refuse_shifted(row: Row) -> None:
    """Refuse a row whose columns stand elsewhere: no header tells what they are."""
    if row["state"] != "MN":
        raise LayoutChanged(f"expected MN, found {row['state']!r:.20} in {row.place}")
    if row["precinct"]:
        raise LayoutChanged(f"a row of one precinct in {row.place}; use the file of totals")
    for part, of in (("reported", "precincts"), ("votes", "total")):
        if row.whole(part) > row.whole(of):
            raise LayoutChanged(f"{row[part]} {part} of {row[of]} {of} in {row.place}")


def _line(row: Row, *, is_primary: bool, is_county: bool) -> Line:
    name = " ".join(part for part in (row.need("name"), row["suffix"]) if part)
    party = "" if is_write_in(name) else party_code(row["party"])
    own = party if is_primary else ""
    key = (row["county"], row.need("office"), row["district"])
    where = f" (county {row['county']})" if row["county"] and not is_county else ""
    return Line(
        contest="|".join((*key, *((own,) if own else ()))),
        title=row.need("title") + where,
        choice=row.need("number"),
        name=name,
        votes=row.whole("votes"),
        where=row.place,
        party=party,
        contest_party=own,
        reported=(row.whole("reported"), row.whole("precincts")),
        is_write_in=is_write_in(name),
    )


def _with_totals(
    contests: Iterable[Contest], lines: Iterable[Line], rows: Iterable[Row], where: str
) -> Iterator[Contest]:
    """Yield the contests with the total that each row repeats, refused where it is not the sum.

    Two totals in one contest are two contests in one.
    """
    totals: dict[str, int] = {}
    for line, row in zip(lines, rows, strict=True):
        total = row.whole("total")
        if totals.setdefault(line.contest, total) != total:
            seen = f"totals {totals[line.contest]} and {total} of {line.title!r:.60}"
            raise LayoutChanged(f'{seen} in {row.place}; a primary needs primary = "yes"')
    for one in contests:
        made, total = sum(choice.votes for choice in one.selections), totals[one.key]
        if made != total:
            raise LayoutChanged(f"{total} is not the sum {made} of {one.title!r:.60} at {where}")
        yield replace(one, total_votes=total)

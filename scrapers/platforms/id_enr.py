"""Idaho Secretary of State: the XML of its election-night results, county after county.

How to recognise it: links to `/elect/results/` on sos.idaho.gov. `url` is the XML's own
address, which the page "XML access" of an election gives.

Source: one file. For each of the 44 counties a head with its precincts and the time of its
last change, then every race of its ballot with the votes there; the counties are added up.
    <RaceRow><RaceName>Governor</RaceName><RaceTotal>…<CandidateRow writein="false">…
Quirk: no ids: a contest's key is its name, with the judge to be succeeded and the party of
a primary; a candidate's is name and party. Named write-ins stand only where they have votes.
Quirk: the precincts are those of a whole county, also in a race of a part of it. A county
may report more than it has (Elmore 18 of 17 in 2018): then nobody knows how many are left.
Quirk: the head names the election's year and kind and not its day. Each county has a time
of its own without a zone, and Idaho has two: none is read. No winners, status or vote types.
Quirk: state offices only; county prosecutors are in the counties' own results.
Unproven: the file of a primary, and whether the state still writes it beside its new site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request
from scrapers.base import Platform, marked, whole
from scrapers.elements import child_text, root_of
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from monitor.model import Page

_GROUP = ("SubHeader", "Report", "Footer")
_FLAGS = {"true": True, "false": False}


class Scraper(Platform):
    """Reads `url`: the file's address."""

    source_name = "Idaho Secretary of State"
    state = "ID"
    parse_in_pool = True
    refresh_seconds = 300
    xml_url: ClassVar[str] = "{url}"
    public_url = "{url}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the link itself where it is a file's; the site's pages name none."""
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        if host != "sos.idaho.gov" or not parts.path.startswith("/elect/results/"):
            return None
        return {"url": url} if parts.path.endswith(".xml") else {}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.xml_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Add the counties up."""
        (page,) = pages
        elements = list(root_of(page, "Document"))
        if not elements or elements[0].tag != "Header":
            raise LayoutChanged(f"expected a Header in Document at {page.url}")
        year, kind = (
            child_text(elements[0], tag, page.url) for tag in ("ElectionYear", "ElectionType")
        )
        if self.date and year != str(self.date.year):
            raise LayoutChanged(f"the election of {year!r:.20}, not of {self.date} at {page.url}")
        is_primary = "primary" in kind.casefold()
        return Report(
            contests=contests_of(
                line
                for county, report in _counties(elements[1:], page.url)
                for line in _county(county, report, page.url, is_primary=is_primary)
            )
        )


def _counties(elements: list[Any], where: str) -> Iterator[tuple[Any, Any]]:
    """Yield the head and the races of each county; head, races and foot have to follow."""
    names = set()
    for at in range(0, len(elements), len(_GROUP)):
        group = elements[at : at + len(_GROUP)]
        if tuple(one.tag for one in group) != _GROUP:
            raise LayoutChanged(f"expected {_GROUP}, found {[one.tag for one in group]} at {where}")
        head, report, foot = group
        name = child_text(head, "Title", where)
        if not name or name != child_text(foot, "Title", where) or name in names:
            raise LayoutChanged(f"county {name!r:.40} has no end, or stands twice, at {where}")
        names.add(name)
        yield head, report
    if not names:
        raise LayoutChanged(f"no county at {where}")


def _county(head: Any, report: Any, where: str, *, is_primary: bool) -> Iterator[Line]:
    county = child_text(head, "Title", where)
    here = f"{county} at {where}"
    reported, total = (
        whole(child_text(head, tag, here), f"{tag} of {here}")
        for tag in ("PrecinctReported", "PrecinctTotal")
    )
    units = (reported, total) if reported <= total else None
    seen: set[str] = set()
    for row in report:
        lines = tuple(_race(row, county, units, where, is_primary=is_primary))
        keys = {line.contest for line in lines}
        if keys & seen:
            raise LayoutChanged(f"the race {min(keys & seen)!r:.60} stands twice in {here}")
        seen |= keys
        yield from lines


def _race(
    row: Any, county: str, units: tuple[int, int] | None, where: str, *, is_primary: bool
) -> Iterator[Line]:
    here = f"{county} at {where}"
    name, judge = (child_text(row, tag, here) for tag in ("RaceName", "SucceederName"))
    here = f"{name!r:.60} of {here}"
    votes = 0
    for one in row.findall("CandidateRow"):
        party = party_code(child_text(one, "PartyId", here))
        own = party if is_primary else ""
        choice = child_text(one, "ChoiceName", here)
        count = whole(child_text(one, "VoteCount", here), f"votes of {choice!r:.40} in {here}")
        votes += count
        yield Line(
            contest="|".join(filter(None, (name, judge, own))),
            title=f"{name}, to succeed {judge}" if judge else name,
            choice="|".join(filter(None, (choice, party))),
            name=choice,
            votes=count,
            where=here,
            place=county,
            party=party,
            contest_party=own,
            reported=units,
            is_write_in=is_write_in(choice),
            may_lack=marked(one.get("writein", ""), _FLAGS, f"writein in {here}"),
        )
    if votes != whole(child_text(row, "RaceTotal", here), f"RaceTotal of {here}"):
        raise LayoutChanged(f"{votes} votes are not the RaceTotal of {here}")

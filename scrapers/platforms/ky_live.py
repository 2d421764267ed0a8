"""Kentucky State Board of Elections: the XML data files of its live results.

How to recognise it: links to `/liveresults` on vrsws.sos.ky.gov, pages and data alike. The
files have one address for all elections, so nothing is to be set: config.toml's date says
which election of `Elections` is meant.

Source: `/liveresults/Data/`: Elections, PoliticalParties, GeopoliticalUnits, Contests and
Candidates name what CurrentResults counts by ids; its counties are added up. New every two
minutes. The fields are as the state's Data Website Guide (v4) names them.
Quirk: "reporting" precincts are those with any result at all and say nothing of the end. A
county is final when its clerk says so: units are counties, and a contest has them only
where the guide's ids tell its counties, one county or the whole state. A circuit has none.
Quirk: absentee votes are the total without election day; early voting is among them.
Quirk: candidates of a contest without parties may have one. No time, no official count.
Quirk: Akamai stands in front and answers programs with its page on acceptable use. Ask the
State Board (elect.ky.gov) for leave beforehand; the counties' own reports are the other way.
Unproven: no answer is stored; the guide shows one element, and names none of the roots.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import Blocked, LayoutChanged
from monitor.model import ElectionListing, Report, Request
from scrapers.base import Platform, text_of
from scrapers.platforms.ky_live_files import Files, day_in, read_elements
from scrapers.platforms.ky_live_races import contests_in

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import date

    from monitor.model import Page
    from scrapers.platforms.ky_live_files import Element

_NAMES = ("Elections", "PoliticalParties", "GeopoliticalUnits", "Contests", "Candidates")


class Scraper(Platform):
    """The election of config.toml's date."""

    source_name = "Kentucky State Board of Elections"
    state = "KY"
    parse_in_pool = True
    refresh_seconds = 120
    unproven: ClassVar[bool] = True
    on_the_way: ClassVar[frozenset[str]] = frozenset({"file"})
    data_url = "https://vrsws.sos.ky.gov/liveresults/Data/{file}"
    public_url = "https://vrsws.sos.ky.gov/liveresults"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return no settings: one address serves every election."""
        parts = urlsplit(url)
        is_ours = parts.path.casefold().startswith("/liveresults")
        return {} if parts.hostname == "vrsws.sos.ky.gov" and is_ours else None

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List the elections of the data files."""
        page = yield Request(self.fill(self.data_url, file="Elections"))
        _refuse_policy(page)
        return tuple(
            ElectionListing(one["ElectionName"], day_in(one), ())
            for one in read_elements(page, "Election")
        )

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the names and then for the counts, which are then never the older ones."""
        pages: tuple[Page, ...] = ()
        for name in (*_NAMES, "CurrentResults"):
            pages = (*pages, (yield Request(self.fill(self.data_url, file=name))))
        return pages

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest of the election, its counties added up."""
        for page in pages:
            _refuse_policy(page)
        elections = read_elements(pages[0], "Election")
        election = _election(elections, self.date, pages[0].url)
        return Report(
            contests=contests_in(Files.of(pages, election.need("ElectionId"))),
            election_date=day_in(election),
            status_text="unofficial",
        )


def _election(found: tuple[Element, ...], wanted: date | None, where: str) -> Element:
    """Return the election of a day, or the only one there is: its date is compared later."""
    ours = [one for one in found if day_in(one) == wanted] if len(found) > 1 else list(found)
    if len(ours) != 1:
        days = ", ".join(str(day_in(one)) for one in found)
        raise LayoutChanged(f"{len(ours)} elections of {wanted} among those of {days} at {where}")
    return ours[0]


def _refuse_policy(page: Page) -> None:
    """Raise `Blocked` for the page on acceptable use, which may come with any status."""
    if "acceptable use" in text_of(page)[:20_000].casefold():
        raise Blocked(
            f"a wall (the page on acceptable use) instead of results at {page.url}; open it in a "
            "browser, ask the State Board (elect.ky.gov) for leave, use a county's report file "
            "or the sheet",
            page=page,
        )

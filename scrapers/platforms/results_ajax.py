"""Oregon's results site (BPro's ResultsAjax service): JSON rows of one type of contests.

How to recognise it: links to results.oregonvotes.gov, or to its service at
orresultswebservices.azureedge.us.

Source: `/ResultsAjax.svc/GetMapData?type={type}&category={map}&…`: one row for each
candidate and county. `type` and `map` are as in the site's own link: CTYALL, SWPAR, FED, …
and CTY or SW.
Quirk: the address names no election and serves the next one without a sign, and tests too.
Quirk: contests of many counties have one name; then the place is added to it.
Quirk: votes fall when a county corrects them, and `Winner` is never set.
Quirk: `TotalPrecincts` counts precincts, `PrecinctsReporting` stays 0 for counties that
report none; so 0 of 27 with 7,584 votes is a full count.
Quirk: `CurrentDateTime` is empty, so there is no time of its own.
Unproven: the address is as other people's code had it; the rows are from stored answers.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from monitor.errors import EmptyPage, LayoutChanged
from monitor.model import Report, Request
from scrapers.base import Platform, json_of
from scrapers.fields import count, listed, need, text
from scrapers.labels import is_write_in, party_code, plain_name
from scrapers.lines import Line, contests_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page

_HOSTS = ("results.oregonvotes.gov", "orresultswebservices.azureedge.us")
WRITE_INS = "9901"


class Scraper(Platform):
    """The rows of one type of contests."""

    source_name = "Oregon Secretary of State"
    state = "OR"
    refresh_seconds = 120
    optional_settings: ClassVar[Mapping[str, str]] = {"map": "CTY"}
    results_url = (
        "https://orresultswebservices.azureedge.us/ResultsAjax.svc/GetMapData"
        "?type={type}&category={map}&raceID=0&osn=0&county=0&party=0"
    )
    public_url = "https://results.oregonvotes.gov/ResultsSW.aspx?type={type}&map={map}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `type` and `map` of a link; the service calls the second `category`."""
        parts = urlsplit(url)
        if parts.hostname not in _HOSTS:
            return None
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        found = {"type": query.get("type"), "map": query.get("map") or query.get("category")}
        return {name: value for name, value in found.items() if value}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the rows."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Add the rows up."""
        (page,) = pages
        rows = listed(json_of(page), "d", page.url)
        if not rows:
            raise EmptyPage(f"no row, as before anything is posted, at {page.url}")
        titles = _titles(rows, page.url)
        return Report(contests=contests_of(_line(row, titles, page.url) for row in rows))


def _titles(rows: list[Any], where: str) -> dict[str, str]:
    """Return titles by the race's id: one name for many races gets the place of each."""
    names: dict[str, str] = {}
    areas: dict[str, set[str]] = {}
    for row in rows:
        race, name = _race(row, where), text(row, "RaceName", where)
        if names.setdefault(race, name) != name:
            raise LayoutChanged(f"race {race!r:.20} has two names at {where}")
        areas.setdefault(race, set()).add(text(row, "AreaNum", where))
    often = Counter(names.values())
    return {
        race: f"{name}, {min(areas[race])}" if often[name] > len(areas[race]) == 1 else name
        for race, name in names.items()
    }


def _race(row: Any, where: str) -> str:
    race = text(row, "RaceID", where)
    if not race:
        raise LayoutChanged(f"a row without 'RaceID' at {where}")
    return race


def _line(row: Any, titles: dict[str, str], where: str) -> Line:
    race = _race(row, where)
    title = titles[race]
    here = f"{title!r:.60} at {where}"
    name = plain_name(text(row, "calcCandidate", here))
    candidate = text(row, "CandidateID", here)
    if not (name and candidate):
        raise LayoutChanged(f"a candidate without a name or an id in {here}")
    total = count(row, "TotalPrecincts", here)
    seats = count(row, "VoteFor", here) or 1
    return Line(
        contest=race,
        title=title,
        choice=candidate,
        name=name,
        votes=count(row, "calcCandidateVotes", here),
        where=here,
        place=text(row, "CountyID", here),
        party=party_code(text(row, "PartyCode", here)),
        reported=(count(row, "PrecinctsReporting", here), total) if total else None,
        seats=seats,
        is_write_in=is_write_in(name) or candidate == WRITE_INS,
        winner_mark=need(row, "Winner", here) is True,
    )

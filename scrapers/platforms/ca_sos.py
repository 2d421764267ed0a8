"""California Secretary of State: JSON of its returns API, for contests of the state.

How to recognise it: links to electionresults.sos.ca.gov or api.sos.ca.gov.

Source: `https://api.sos.ca.gov/returns/{contest}`, such as `attorney-general`, or
`attorney-general/county/kern` for one county. It has no county offices: district
attorneys are on the counties' own sites.
Quirk: the address names no election and serves the next one without a sign; days before
it serves rehearsals that count up to 100 % and fall back to zero. Nothing in the file
tells them apart but its time.
Quirk: "100% reporting" is no end: mail ballots come for four weeks.
Quirk: measures and judges ("yesVotes") have another shape and are refused.
Quirk: times are Pacific, without a zone. There are no ids: a contest's key is its title.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request
from scrapers.base import Platform, json_of, whole
from scrapers.fields import count, fields_of, listed, text
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.moments import moment_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from monitor.model import Page

ZONE = "America/Los_Angeles"
_REPORTING = re.compile(r"[\d.]+% \(([\d,]+) of ([\d,]+)\)(?: precincts)?(?: partially)? reporting")
_RETURNS = re.compile(r"/returns/([a-z-]+(?:/(?:district|county)/[\w-]+)*)")
_NO_CONTEST = ("maps", "query", "status")


class Scraper(Platform):
    """One contest, or all districts of one office; `contest` is the last part of the address."""

    source_name = "California Secretary of State"
    state = "CA"
    refresh_seconds = 300
    results_url = "https://api.sos.ca.gov/returns/{contest}"
    public_url = "https://electionresults.sos.ca.gov/returns/{contest}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `contest` where the link holds one."""
        parts = urlsplit(url)
        if parts.hostname not in ("api.sos.ca.gov", "electionresults.sos.ca.gov"):
            return None
        found = _RETURNS.match(parts.path)
        if found is None or found.group(1) in _NO_CONTEST:
            return {}
        return {"contest": found.group(1)}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read the contest, or each of a list."""
        (page,) = pages
        found, where = json_of(page), page.url
        races = _races(found, where)
        stamps = {text(race, "ReportingTime", where) for race in races}
        stamp = stamps.pop() if len(stamps) == 1 else ""
        return Report(
            contests=contests_of(line for race in races for line in _lines(race, where)),
            source_time=moment_of(stamp, ZONE),
            source_time_text=stamp,
        )


def _races(found: Any, where: str) -> list[Any]:
    """Return one race, a list of them, or those of an office with districts."""
    if isinstance(found, dict) and "races" in found:
        found = listed(found, "races", where)
    races = found if isinstance(found, list) else [found]
    if not races:
        raise LayoutChanged(f"no race at {where}")
    return [fields_of(race, where) for race in races]


def _lines(race: Any, where: str) -> Iterator[Line]:
    title = text(race, "raceTitle", where)
    here = f"{title!r:.60} at {where}"
    reported = _reported(text(race, "Reporting", here), here)
    for candidate in listed(race, "candidates", here):
        name = text(candidate, "Name", here)
        yield Line(
            contest=title,
            title=title,
            choice=name,
            name=name,
            votes=count(candidate, "Votes", here),
            where=here,
            party=party_code(text(candidate, "Party", here)),
            reported=reported,
            is_write_in=is_write_in(name),
        )


def _reported(words: str, where: str) -> tuple[int, int] | None:
    """Read "95.1% (24,312 of 25,554) precincts reporting"; other words are no units."""
    found = _REPORTING.fullmatch(words)
    if found is None:
        return None
    reported, total = (whole(part, f"precincts of {where}") for part in found.groups())
    return reported, total

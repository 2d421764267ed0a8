"""Louisiana Secretary of State: two JSON files, the names and the votes, joined by their ids.

How to recognise it: links to voterportal.sos.la.gov.

Source: `RacesCandidates_Multiparish.htm` and `Votes_Multiparish.htm` of a date hold the
races of more than one parish. `parish` is the number of one (01 to 64 by name, 36 Orleans):
district attorneys of a single parish stand in its own two files.
Quirk: every value is a text, and one element stands without its list.
Quirk: `VersionDateTime` is a dummy, and `WriteTime` is not that of the votes: no time.
Quirk: units are the precincts and the parishes' absentee counts together, because a race
with all its precincts may still lack the absentee votes.
Quirk: `Outcome` says Elected, Defeated, Runoff or Advances; only the mark is shown.
Quirk: `VoterCountVoted` is not read: nobody has seen whether it keeps up with the votes.
Quirk: a race with names but no votes yet is left out; it has nothing to tell.
Quirk: results that are called official while units are missing are not taken as certified.
Quirk: 403 comes now and then and goes away by itself.
Unproven: the files of one parish, and the list of dates, which says what is official.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import ElectionListing, Report, Request, ResultsStatus
from scrapers.base import Platform, json_of
from scrapers.fields import need, one_or_many, text
from scrapers.moments import day_of
from scrapers.platforms.la_voterportal_races import contest_of, races_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page

_NOT_THERE = 404
_DATA = "https://voterportal.sos.la.gov/ElectionResults/ElectionResults/Data?blob="
_DAY = re.compile(r"\b(20\d\d)-?(\d\d)-?(\d\d)\b")
_PARISH = re.compile(r"(?:Votes|ByParish)_(\d\d)\.htm")


class Scraper(Platform):
    """The races of more than one parish, or with `parish` those of one alone."""

    source_name = "Louisiana Secretary of State"
    state = "LA"
    refresh_seconds = 120
    optional_settings: ClassVar[Mapping[str, str]] = {"parish": ""}
    dates_url = _DATA + "ElectionDates.htm"
    names_url = _DATA + "{date:%Y%m%d}/RacesCandidates_Multiparish.htm"
    votes_url = _DATA + "{date:%Y%m%d}/Votes_Multiparish.htm"
    parish_names_url = _DATA + "{date:%Y%m%d}/RacesCandidates/ByParish_{parish}.htm"
    parish_votes_url = _DATA + "{date:%Y%m%d}/VotesParish/Votes_{parish}.htm"
    public_url = "https://voterportal.sos.la.gov/static/{date:%Y-%m-%d}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `date` and `parish` where the link holds them."""
        parts = urlsplit(url)
        if parts.hostname != "voterportal.sos.la.gov":
            return None
        day, parish = (one.search(f"{parts.path}?{parts.query}") for one in (_DAY, _PARISH))
        found = {"date": "-".join(day.groups())} if day else {}
        return {**found, "parish": parish.group(1)} if parish else found

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List the dates of the site."""
        page = yield Request(self.dates_url)
        days = [text(one, "ElectionDate", page.url) for one in _dates(page)]
        return tuple(ElectionListing(f"Louisiana, {day}", day_of(day), ()) for day in days)

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the dates first: votes are then never older than what is official."""
        dates = yield Request(self.dates_url, optional=True)
        alone = bool(self.settings["parish"])
        names = yield Request(self.fill(self.parish_names_url if alone else self.names_url))
        votes = yield Request(self.fill(self.parish_votes_url if alone else self.votes_url))
        return dates, names, votes

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Join the votes to the names."""
        dates, names, votes = pages
        named, counted = races_of(names), races_of(votes)
        if strange := [race for race in counted if race not in named]:
            raise LayoutChanged(f"votes of race {strange[0]!r:.20} without names at {votes.url}")
        contests = tuple(contest_of(race, named[key], votes.url) for key, race in counted.items())
        is_official = dates.status != _NOT_THERE and self._is_official(dates)
        is_full = all(one.units and one.units.reported == one.units.total for one in contests)
        return Report(
            contests=contests,
            status=ResultsStatus.CERTIFIED if is_official and is_full else None,
            status_text="official" if is_official else "",
        )

    def _is_official(self, page: Page) -> bool:
        return any(
            text(one, "ResultsOfficial", page.url) == "1"
            for one in _dates(page)
            if self.date and day_of(text(one, "ElectionDate", page.url)) == self.date
        )


def _dates(page: Page) -> list[dict[str, Any]]:
    return one_or_many(need(need(json_of(page), "Dates", page.url), "Date", page.url), page.url)

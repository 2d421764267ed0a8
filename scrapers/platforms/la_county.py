"""Los Angeles County Registrar-Recorder: one JSON file of the whole county.

How to recognise it: links to results.lavote.gov. `electionid` is the election's number in
the link of its data (4269 was June 2022, 4300 November 2022).

Source: `/electionresults/json?electionid=`, every contest with candidates and votes. On the
night every few minutes, then about once a day.
Quirk: there are no units, no vote types, no winners and no ids: a contest's key is its
group and title, a candidate's the name. So the count is never complete by itself.
Quirk: groups are not fixed: in 2026 two school boards of November 2022 stood in "Schools",
not "Cities", under the same title; so a race is better found by its title.
Quirk: within the hour after a change the address answers now with the new count, now with
the one before (12 of 2,603 fetches after the close in 2022); its `Timestamp` tells.
Quirk: `VoteFor` is a sentence ("Vote for no more than three"), empty where one is elected.
Quirk: before the election the address answers with zeros, and an old number with the
results of its own election: the date in the file says which one it is.
Quirk: `Timestamp` is the county's local time of its last change. The bytes of the same
figures differ now and then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request
from scrapers.base import Platform, json_of
from scrapers.fields import count, listed, need, text
from scrapers.labels import is_write_in, party_code, plain_name, seats_in
from scrapers.lines import Line, contests_of
from scrapers.moments import day_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from monitor.model import Page

ZONE = "America/Los_Angeles"


class Scraper(Platform):
    """One election of the county."""

    source_name = "Los Angeles County Registrar-Recorder"
    state = "CA"
    refresh_seconds = 120
    results_url = "https://results.lavote.gov/electionresults/json?electionid={electionid}"
    public_url = "https://results.lavote.gov/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `electionid` where the link holds one."""
        parts = urlsplit(url)
        if parts.hostname != "results.lavote.gov":
            return None
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        given = query.get("electionid", "")
        return {"electionid": given} if given.isdecimal() else {}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest of every group."""
        (page,) = pages
        found, where = json_of(page), page.url
        election = need(found, "Election", where)
        self._refuse_other(text(election, "ID", where), where)
        stamp = text(found, "Timestamp", where)
        return Report(
            contests=contests_of(_lines(election, where)),
            source_time=moment_of(stamp, ZONE),
            source_time_text=stamp,
            election_date=day_of(text(election, "Date", where)[:10]),
        )

    def _refuse_other(self, given: str, where: str) -> None:
        wanted = self.settings["electionid"]
        if given != wanted:
            raise LayoutChanged(f"election {given!r:.20} instead of {wanted} at {where}")


def _lines(election: Any, where: str) -> Iterator[Line]:
    for group in listed(election, "ContestGroups", where):
        name = text(group, "Name", where)
        for contest in listed(group, "Contests", where):
            yield from _contest(name, contest, where)


def _contest(group: str, contest: Any, where: str) -> Iterator[Line]:
    title, more = text(contest, "Title", where), text(contest, "AdditionalText", where)
    here = f"{title!r:.60} at {where}"
    seats = _seats(text(contest, "VoteFor", where), here)
    for candidate in listed(contest, "Candidates", here):
        name = plain_name(text(candidate, "Name", here))
        yield Line(
            contest="|".join(part for part in (group, title, more) if part),
            title=" ".join(part for part in (title, more) if part),
            choice=name,
            name=name,
            votes=count(candidate, "Votes", here),
            where=here,
            party=party_code(text(candidate, "Party", here)),
            seats=seats,
            is_write_in=is_write_in(name),
        )


def _seats(words: str, where: str) -> int:
    """Read "Vote for no more than three"; one is elected where nothing is said."""
    seats = seats_in(words) if words else 1
    if seats is None:
        raise LayoutChanged(f"{words!r:.60} is no number of seats in {where}")
    return seats

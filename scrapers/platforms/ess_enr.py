"""ES&S election-night results (LiveVoterTurnout): one XML file of a county's totals.

How to recognise it: links to livevoterturnout.com, or `/ENR/{county}{state}enr/` on a
county's own host (results.browardvotes.gov, liveresults.boe.ohio.gov).

Source: `/ENR/{county}{state}enr/{number}/summary_{number}.xml`, one `Table` for each choice.
The number is new for each election: the county's results page links to it. Setting
`folder`: "ENR/pimaazenr/6", or "sandiego/liveresults" as it was until 2020.
Quirk: "*" after a name marks the incumbent.
Quirk: precincts, seats and winners stand nowhere in it, so the count is never complete by
itself; nor does it say the election's date, official or test.
Quirk: the time it was written is local, without a zone.
Unproven: no answer is stored; the fields are as three readers of it name them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from monitor.errors import EmptyPage, LayoutChanged
from monitor.model import Report, Request, VoteCount
from scrapers.base import Platform, whole
from scrapers.elements import child_text, root_of
from scrapers.labels import (
    is_write_in,
    name_and_party,
    party_code,
    title_and_party,
    vote_type,
    votes_allowed,
)
from scrapers.lines import Line, contests_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page

_HOSTS = ("www.livevoterturnout.com", "livevoterturnout.com")
_FOLDER = re.compile(r"/(ENR/\w+enr/(\d+)|[\w-]+/liveresults)/(.*)", re.IGNORECASE)
_FILE = re.compile(r"(?:en/)?(?:\w+_)?(?:summary|index|precincts)_(\d+)\.\w+", re.IGNORECASE)
_TYPES = {
    "ElectionDayVotes": "Election Day",
    "EarlyVotes": "Early",
    "AbsenteeVotes": "Absentee",
    "ProvisionalVotes": "Provisional",
}


class Scraper(Platform):
    """One election of one county; `site` is the host, where it is the county's own."""

    source_name = "county elections office"
    parse_in_pool = True
    refresh_seconds = 120
    unproven: ClassVar[bool] = True
    optional_settings: ClassVar[Mapping[str, str]] = {"site": "www.livevoterturnout.com"}
    results_url = "https://{site}/{folder}/summary_{number}.xml"
    public_url = "https://{site}/{folder}/en/Index_{number}.html"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `site`, `folder` and `number` of a file or page of one election."""
        parts = urlsplit(url)
        found = _FOLDER.fullmatch(parts.path)
        if found is None or not parts.hostname:
            return {} if parts.hostname in _HOSTS else None
        folder, number, rest = found.groups()
        file = _FILE.fullmatch(rest)
        site = _HOSTS[0] if parts.hostname in _HOSTS else parts.hostname
        given = number or (file.group(1) if file else "")
        named = {"site": site, "folder": folder}
        return {**named, "number": given} if given else named

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every table."""
        (page,) = pages
        root = root_of(page, "NewDataSet")
        rows = root.findall("Table")
        if not rows:
            raise EmptyPage(f"no Table in NewDataSet at {page.url}")
        stamps = {stamp.text or "" for stamp in root.iter("GeneratedDate")}
        return Report(
            contests=contests_of(_line(row, page.url) for row in rows),
            source_time_text=stamps.pop().strip() if len(stamps) == 1 else "",
        )


def _line(row: Any, where: str) -> Line:
    said = _needed(row, "RaceName", where)
    here = f"{said!r:.60} at {where}"
    title, party = title_and_party(said)
    name, marked = name_and_party(_needed(row, "ContestantName", here))
    return Line(
        contest=_needed(row, "RaceID", here),
        title=title,
        choice=_needed(row, "ContestantID", here),
        name=name,
        votes=whole(child_text(row, "TotalVotes", here), f"TotalVotes of {name!r:.40} in {here}"),
        where=here,
        party=party_code(child_text(row, "Party", here)) or marked,
        contest_party=party,
        by_type=tuple(
            VoteCount(
                vote_type(label), whole(child_text(row, tag, here), f"{tag} of {here}"), label
            )
            for tag, label in _TYPES.items()
            if row.find(tag) is not None
        ),
        seats=votes_allowed(said),
        is_write_in=is_write_in(name),
    )


def _needed(row: Any, tag: str, where: str) -> str:
    text = child_text(row, tag, where)
    if not text:
        raise LayoutChanged(f"an empty {tag} in {where}")
    return text

"""Enhanced Voting's media export: one JSON of the state's contests and of every county's.

How to recognise it: `/cdn/results/{jurisdiction}/export-{eid}.json` in the link, on the
host of a site of enhanced_voting, which names the file in its data (`mediaExportPath`).

Source: that file. `results` holds the state's contests, `localResults` those of each county;
`county = "Fulton"` reads one county's. Old elections have been re-issued in it.
Quirk: the parts of a state contest have the same ids as the whole.
Quirk: the numbers of precincts are null or 0 at times; then there are no units.
Quirk: the party of a primary stands in the title only ("DEM - District Attorney - Atlanta").
Quirk: quotes are doubled within names. Nothing says test or official.
Quirk: a contest by ranked choice has its first choices only; it comes without figures.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from monitor.errors import LayoutChanged
from monitor.model import Report, VoteCount
from scrapers.base import json_of
from scrapers.fields import count, listed, need, text
from scrapers.labels import is_write_in, name_and_party, party_code, title_and_party, vote_type
from scrapers.lines import Line, contests_of
from scrapers.moments import day_of, moment_of
from scrapers.platforms.enhanced_ballot import RANKED
from scrapers.platforms.enhanced_voting import Scraper as EnhancedVoting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.model import Contest, Page

_PATH = re.compile(r"/cdn/results/([\w-]+)/export-([\w.%-]+)\.json", re.IGNORECASE)


class Scraper(EnhancedVoting):
    """One election of a state, or of one county in it."""

    paths = _PATH
    optional_settings: ClassVar[Mapping[str, str]] = {"county": ""}
    results_url = "https://{site}/cdn/results/{jurisdiction}/export-{eid}.json"

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read the state's contests, or one county's."""
        (page,) = pages
        whole_file, where = json_of(page), page.url
        part = self._part(whole_file, where)
        stamp = text(whole_file, "createdAt", where)
        day = day_of(text(whole_file, "electionDate", where)[:10])
        if day is None:
            raise LayoutChanged(f"'electionDate' is no date at {where}")
        return Report(
            contests=_contests(listed(part, "ballotItems", where), where),
            source_time=moment_of(stamp, "UTC"),
            source_time_text=stamp,
            election_date=day,
        )

    def _part(self, whole_file: Any, where: str) -> Any:
        county = _plain(self.settings["county"])
        if not county:
            return need(whole_file, "results", where)
        parts = listed(whole_file, "localResults", where)
        found = [one for one in parts if _plain(text(one, "name", where)) == county]
        if len(found) != 1:
            seen = f"{len(found)} counties {self.settings['county']!r:.40} of {len(parts)}"
            raise LayoutChanged(f"{seen} at {where}")
        return found[0]


def _plain(county: str) -> str:
    return county.casefold().removesuffix(" county").strip()


def _contests(items: list[Any], where: str) -> tuple[Contest, ...]:
    found = contests_of(line for item in items for line in _lines(item, where))
    ranked = {text(item, "id", where) for item in items if need(item, "rankedChoiceResults", where)}
    return tuple(
        replace(one, selections=(), counts_known=False, note=RANKED) if one.key in ranked else one
        for one in found
    )


def _lines(item: Any, where: str) -> Iterator[Line]:
    title = text(item, "name", where)
    here = f"{title!r:.60} at {where}"
    plain, party = title_and_party(title)
    reported = _reported(item, here)
    options = listed(item, "ballotOptions", here)
    if not options:
        raise LayoutChanged(f"no line of {here}")
    for option in options:
        name, marked = name_and_party(text(option, "name", here).replace('""', '"'))
        by_type = tuple(_by_type(one, here) for one in listed(option, "groupResults", here))
        yield Line(
            contest=_id(item, here),
            title=plain,
            choice=_id(option, here),
            name=name,
            votes=_votes(option, by_type, here),
            where=here,
            party=party_code(text(option, "politicalParty", here)) or marked,
            contest_party=party,
            by_type=by_type,
            reported=reported,
            seats=count(item, "voteFor", here) or 1,
            is_write_in=is_write_in(name),
        )


def _id(container: Any, where: str) -> str:
    found = text(container, "id", where)
    if not found:
        raise LayoutChanged(f"an empty id in {where}")
    return found


def _votes(option: Any, by_type: tuple[VoteCount, ...], where: str) -> int:
    """Return the votes of a line, refused where its groups make another number."""
    votes, made = count(option, "voteCount", where), sum(one.votes for one in by_type)
    if by_type and made != votes:
        raise LayoutChanged(f"{votes} votes, but {made} in their groups, in {where}")
    return votes


def _reported(item: Any, where: str) -> tuple[int, int] | None:
    if not need(item, "precinctsParticipating", where):
        return None
    if need(item, "precinctsReporting", where) is None:
        return None
    return count(item, "precinctsReporting", where), count(item, "precinctsParticipating", where)


def _by_type(group: Any, where: str) -> VoteCount:
    label = text(group, "groupName", where)
    return VoteCount(vote_type(label), count(group, "voteCount", where), label)

"""The candidates of Pennsylvania's election returns: an office's districts, packed in a text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from monitor.model import VoteCount, VoteType
from scrapers.base import json_of, marked
from scrapers.fields import count, fields_of, listed, need, one_or_many, text
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Page

_DISTRICT = ("District", "DistrictId")
_TYPES = (
    ("ElectionDayVotes", VoteType.ELECTION_DAY),
    ("MailInVotes", VoteType.ABSENTEE_MAIL),
    ("ProvisionalVotes", VoteType.PROVISIONAL),
)
_FLAGS = {"0": False, "1": True}


def inner(page: Page) -> Any:
    """Return the JSON that stands in the one text of an answer."""
    packed = json_of(page)
    if not isinstance(packed, str):
        raise LayoutChanged(f"expected a text that holds JSON, found {packed!r:.40} at {page.url}")
    return json_of(replace(page, body=packed.encode(), headers=()))


def race_lines(content: Any, where: str, *, year: str, is_primary: bool) -> Iterator[Line]:
    """Yield a line for each candidate of an election of that year, "" for any year."""
    found = 0
    for office, district in _districts(content, where):
        for one in listed(district, "Candidates", where):
            given = text(one, "ElectionYear", where)
            if year and given != year:
                raise LayoutChanged(f"the election of {given!r:.10}, not of {year}, at {where}")
            found += 1
            yield _line(one, office, district, where, is_primary=is_primary)
    if not found:
        raise LayoutChanged(f"no candidate at {where}")


def _districts(content: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each office with each of its districts, named "Statewide$$1$$"."""
    seen = set()
    for office, rows in fields_of(need(content, "Election", where), where).items():
        for key, found in (pair for named in one_or_many(rows, where) for pair in named.items()):
            for district in one_or_many(found, where):
                name, number = (text(district, part, where) for part in _DISTRICT)
                if key != f"{name}$${number}$$" or (office, number) in seen:
                    raise LayoutChanged(f"district {key!r:.60} is not {name!r:.60} at {where}")
                seen.add((office, number))
                yield office, district


def _line(one: Any, office: str, district: dict[str, Any], where: str, *, is_primary: bool) -> Line:
    area, number = (text(district, part, where) for part in _DISTRICT)
    name, party = text(one, "CandidateName", where), party_code(text(one, "PartyName", where))
    title = office if area == "Statewide" else f"{office}, {area}"
    here = f"{name!r:.40} of {title!r:.60} at {where}"
    if _flag(one, "IsRetention", here):
        raise LayoutChanged(f"a vote on retention, which is not read: {here}")
    votes, own = count(one, "Votes", here), party if is_primary else ""
    by_type: tuple[VoteCount, ...] = ()
    if _flag(one, "ShowVotesBreakdown", here):
        by_type = tuple(VoteCount(kind, count(one, field, here), field) for field, kind in _TYPES)
        if sum(part.votes for part in by_type) != votes:
            raise LayoutChanged(f"the votes by type do not sum to {votes} of {here}")
    return Line(
        contest="|".join(filter(None, (office, number, own))),
        title=title,
        choice="|".join(filter(None, (name, party))),
        name=name,
        votes=votes,
        where=here,
        party=party,
        contest_party=own,
        by_type=by_type,
        is_write_in=is_write_in(name),
    )


def _flag(one: Any, field: str, where: str) -> bool:
    return marked(text(one, field, where), _FLAGS, f"{field} at {where}")

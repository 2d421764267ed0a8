"""The races of Louisiana's two files: names by id, votes by id, joined strictly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from monitor.model import Contest, Selection, UnitKind, Units
from scrapers.base import json_of
from scrapers.fields import count, need, one_or_many, text
from scrapers.labels import is_write_in, party_code

if TYPE_CHECKING:
    from monitor.model import Page

_PARTY = re.compile(r"\s*\(([A-Z]+)\)$")
_WON = frozenset({"Elected", "Advances"})
_UNITS = (
    ("PrecinctsReporting", "PrecinctsExpected"),
    ("NumAbsenteeReporting", "NumAbsenteeExpected"),
)


def races_of(page: Page) -> dict[str, dict[str, Any]]:
    """Return the races of a file by id."""
    races = need(json_of(page), "Races", page.url)
    return _by_id(need(races, "Race", page.url), page.url)


def _by_id(value: Any, where: str) -> dict[str, dict[str, Any]]:
    rows = one_or_many(value, where)
    found = {text(row, "ID", where): row for row in rows}
    if len(found) != len(rows):
        raise LayoutChanged(f"{len(rows)} elements with {len(found)} ids at {where}")
    return found


def contest_of(race: dict[str, Any], named: dict[str, Any], where: str) -> Contest:
    """Join the votes of a race to its names."""
    title = text(named, "SpecificTitle", where)
    here = f"{title!r:.60} at {where}"
    names, votes = (_by_id(need(one, "Choice", here), here) for one in (named, race))
    if names.keys() != votes.keys():
        raise LayoutChanged(f"{len(names)} names and {len(votes)} counts, not alike, in {here}")
    selections = tuple(_selection(key, names[key], votes[key], here) for key in names)
    parties = {one.party for one in selections}
    is_primary = text(named, "IsClosedParty", here) == "1" and len(parties) == 1
    seats = count(named, "NumberToBeElected", here)
    return Contest(
        key=text(named, "ID", here),
        title=title,
        selections=selections,
        party=parties.pop() if is_primary else "",
        votes_allowed=seats,
        number_elected=seats,
        units=_units(race, here),
        registered_voters=_registered(race, here),
    )


def _selection(key: str, named: dict[str, Any], votes: dict[str, Any], where: str) -> Selection:
    words = text(named, "Desc", where)
    party = _PARTY.search(words)
    name = words[: party.start()] if party else words
    here = f"{name!r:.40} in {where}"
    return Selection(
        key=key,
        name=name,
        votes=count(votes, "VoteTotal", here),
        party=party_code(party.group(1).replace("NOPTY", "")) if party else "",
        is_write_in=is_write_in(name),
        winner_mark=text(votes, "Outcome", here) in _WON,
    )


def _registered(race: dict[str, Any], where: str) -> int | None:
    field = "VoterCountQualified"
    return count(race, field, where) or None if field in race else None


def _units(race: dict[str, Any], where: str) -> Units | None:
    """Add precincts and absentee counts; a file without one of the four numbers has none."""
    if not all(field in race for pair in _UNITS for field in pair):
        return None
    reported, total = (sum(count(race, pair[at], where) for pair in _UNITS) for at in (0, 1))
    if reported > total:
        raise LayoutChanged(f"{reported} of {total} units in {where}")
    return Units(reported, total, UnitKind.UNITS) if total else None

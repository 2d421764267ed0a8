"""The sections of tx_goelect: what lies inside the base64, read into contests.

Shapes: a race is {"id", "N", "Candidates": […], "T"} in Federal, StateWide, Districted and
StateWideQ, {"OID", "ON", "C": […]} in OfficeSummary, {"OID", "N", "C": {id: …}, "T", "PR",
"TP", "OTRV"} in countyInfo. A candidate is {"ID" or "id", "N", "P", "V", "EV"}, in
OfficeSummary {"N", "P": one letter, "T"}. Counts are JSON numbers, some written as 20.0.
Everything here is pure and raises a `ParseFailure` that names the section and the address.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from monitor.errors import EmptyPage, LayoutChanged, WrongFormat
from monitor.model import Contest, Selection, UnitKind, Units, VoteCount, VoteType
from scrapers.base import clean, json_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.model import Page

_INCUMBENT = re.compile(r"\s*\(I\)$")
_LETTERS = {"D": "DEM", "R": "REP"}
_RACE_SECTIONS = ("Federal", "StateWide", "Districted", "StateWideQ")


def need(container: Any, field: str, where: str) -> Any:
    """Return a field that has to be there; null counts as there."""
    if field not in fields_of(container, where):
        raise LayoutChanged(f"expected the field {field!r}, found none at {where}")
    return container[field]


def fields_of(value: Any, where: str) -> dict[str, Any]:
    """Return a JSON object, refused when it is anything else."""
    if not isinstance(value, dict):
        raise LayoutChanged(f"expected an object with fields, found {value!r:.40} at {where}")
    return value


def section(sections: Any, name: str, page: Page) -> dict[str, Any]:
    """Decode one base64 section as strictly as a page; one that is null has no fields."""
    coded = need(sections, name, page.url)
    try:
        body = base64.b64decode(coded or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise WrongFormat(f"section {name} is not base64 at {page.url}") from None
    if not body:
        return {}
    inner = replace(page, url=f"{page.url} ({name})", headers=(), body=body)
    found = json_of(inner)
    return {} if found is None else fields_of(found, inner.url)


def upload(page: Page) -> dict[str, Any]:
    """Decode the one section of countyInfo and electionConstants."""
    found = section(json_of(page), "upload", page)
    if not found:
        raise EmptyPage(f"nothing has been uploaded yet at {page.url}")
    return found


def office_titles(lookups: Any, where: str) -> dict[str, str]:
    """Return each office's name by its id: the one name both files share."""
    offices = _listed(lookups, "Office", where)
    return {str(need(one, "ID", where)): clean(str(need(one, "ON", where))) for one in offices}


def polling_places(home: Any, where: str) -> Units | None:
    """Return the polling places of the whole election, None where there are none."""
    places = need(home, "PollingReporting", where) or {"PLT": 0}
    total = _count(places, "PLT", where)
    return Units(_count(places, "PLR", where), total, UnitKind.POLLING_PLACES) if total else None


def election_date(text: Any, where: str) -> date:
    """Read Home's ElecDate, "05262026" for May 26, 2026."""
    found = re.fullmatch(r"(\d\d)(\d\d)(\d{4})", str(text), re.ASCII)
    try:
        month, day, year = (int(part) for part in found.groups()) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise LayoutChanged(f"expected a date MMDDYYYY, found {text!r:.20} at {where}") from None


def county_contests(page: Page, county: str, titles: Mapping[str, str]) -> tuple[Contest, ...]:
    """Read one county of countyInfo, found by its name."""
    named = [(clean(str(need(one, "N", page.url))), one) for one in upload(page).values()]
    found = [one for name, one in named if name.upper() == county.upper()]
    if len(found) != 1:
        has = ", ".join(sorted(name for name, _ in named))
        seen = f"expected one county {county.upper()!r}, found {len(found)} at {page.url}"
        raise LayoutChanged(f"{seen}; it has: {has:.200}")
    summary = need(found[0], "Summary", page.url)
    races = _listed(found[0], "Races", page.url)
    return _unique((_county_contest(race, summary, titles, page.url) for race in races), page.url)


def _county_contest(race: Any, summary: Any, titles: Mapping[str, str], url: str) -> Contest:
    key = str(need(race, "OID", url))
    where = f"race {key} at {url}"
    total, voters = _count(race, "TP", where), _count(race, "OTRV", where)
    # VC counts the ballots of the whole county: it bounds a race only where the race covers
    # the county. Zero means that no turnout has been typed in yet.
    cast = _count(summary, "VC", where) if voters == _count(summary, "RV", where) else 0
    return Contest(
        key=key,
        title=titles.get(key) or clean(str(need(race, "N", where))),
        selections=_selections(_listed(race, "C", where), where),
        counts_known=bool(race["C"]),
        units=Units(_count(race, "PR", where), total, UnitKind.PRECINCTS) if total else None,
        total_votes=_count(race, "T", where),
        registered_voters=voters or None,
        ballots_cast=cast or None,
    )


def state_contests(sections: Any, page: Page, units: Units | None) -> tuple[Contest, ...]:
    """Read the sections with ids; OfficeSummary adds the offices that stand nowhere else."""
    races = [
        race
        for name in _RACE_SECTIONS
        for race in _listed({"Races": None, **section(sections, name, page)}, "Races", page.url)
    ]
    contests = [_state_contest(race, ("id", "N", "Candidates"), units, page.url) for race in races]
    known = {contest.key for contest in contests}
    summary = section(sections, "OfficeSummary", page)
    for office in _listed({"OS": None, **summary}, "OS", page.url):
        contest = _state_contest(office, ("OID", "ON", "C"), units, page.url)
        contests += [contest] if contest.key not in known else []
    return _unique(contests, page.url)


def _state_contest(
    race: Any, names: tuple[str, str, str], units: Units | None, url: str
) -> Contest:
    key, title = (str(need(race, name, url)) for name in names[:2])
    where = f"race {key} at {url}"
    candidates = _listed(race, names[2], where)
    return Contest(
        key=key,
        title=clean(title),
        selections=_selections(candidates, where),
        counts_known=bool(candidates),
        units=units,
        total_votes=_count(race, "T", where) if "T" in race else None,
    )


def _selections(candidates: list[Any], where: str) -> tuple[Selection, ...]:
    found = tuple(_selection(candidate, where) for candidate in candidates)
    if len({selection.key for selection in found}) != len(found):
        raise LayoutChanged(f"one candidate stands twice in {where}")
    return found


def _selection(candidate: Any, where: str) -> Selection:
    """Read a candidate of any section; OfficeSummary has no id and calls the votes T."""
    name = _INCUMBENT.sub("", clean(str(need(candidate, "N", where))))
    letters = clean(str(candidate.get("P") or ""))
    party = _LETTERS.get(letters, letters)
    key = candidate.get("ID", candidate.get("id"))
    where = f"{name} in {where}"
    votes = _count(candidate, "V" if "V" in candidate else "T", where)
    return Selection(
        key=f"{name}|{party}" if key is None else str(key),
        name=name,
        votes=votes,
        party=party,
        by_type=_by_type(votes, _count(candidate, "EV", where)) if "EV" in candidate else (),
        is_write_in="WRITE-IN" in name.upper(),
    )


def _by_type(votes: int, early: int) -> tuple[VoteCount, ...]:
    """EV is the early part of V, mail included; the rest is a difference, given if it is one."""
    rest = (VoteCount(VoteType.ELECTION_DAY, votes - early, "V less EV"),) if early <= votes else ()
    return (VoteCount(VoteType.EARLY, early, "EV"), *rest)


def _listed(container: Any, field: str, where: str) -> list[Any]:
    """Return the rows of a field: a list, an object's values by id, or none for null."""
    rows = need(container, field, where)
    if isinstance(rows, dict):
        return list(rows.values())
    if rows is not None and not isinstance(rows, list):
        raise LayoutChanged(f"expected rows in {field!r}, found {rows!r:.40} at {where}")
    return rows or []


def _count(container: Any, field: str, where: str) -> int:
    """Read a count; this source writes some whole numbers as 20.0."""
    number = need(container, field, where)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return whole(number, f"{field} of {where}")


def _unique(contests: Iterable[Contest], where: str) -> tuple[Contest, ...]:
    found = tuple(contests)
    keys = [contest.key for contest in found]
    if len(set(keys)) != len(keys):
        double = next(key for key in keys if keys.count(key) > 1)
        raise LayoutChanged(f"race {double} stands twice at {where}")
    return found

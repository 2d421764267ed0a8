"""The races of tx_goelect, read into contests at county and at state level.

Shapes: a race is {"id", "N", "Candidates": […], "T"} in Federal, StateWide, Districted and
StateWideQ, {"OID", "ON", "C": […]} in OfficeSummary, {"OID", "N", "C": {id: …}, "T", "PR",
"TP", "OTRV"} in countyInfo. A candidate is {"ID" or "id", "N", "P", "V", "EV"}, in
OfficeSummary {"N", "P": one letter, "T"}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from monitor.model import Contest, Selection, UnitKind, Units, VoteCount, VoteType
from scrapers.base import clean
from scrapers.fields import count, listed, need
from scrapers.labels import is_write_in, party_code, plain_name
from scrapers.platforms.tx_goelect_sections import section, upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.model import Page

_RACE_SECTIONS = ("Federal", "StateWide", "Districted", "StateWideQ")


def county_contests(page: Page, county: str, titles: Mapping[str, str]) -> tuple[Contest, ...]:
    """Read one county of countyInfo, found by its name."""
    named = [(clean(str(need(one, "N", page.url))), one) for one in upload(page).values()]
    found = [one for name, one in named if name.upper() == county.upper()]
    if len(found) != 1:
        has = ", ".join(sorted(name for name, _ in named))
        seen = f"expected one county {county.upper()!r}, found {len(found)} at {page.url}"
        raise LayoutChanged(f"{seen}; it has: {has:.200}")
    summary = need(found[0], "Summary", page.url)
    races = listed(found[0], "Races", page.url)
    return _unique((_county_contest(race, summary, titles, page.url) for race in races), page.url)


def _county_contest(race: Any, summary: Any, titles: Mapping[str, str], url: str) -> Contest:
    key = str(need(race, "OID", url))
    where = f"race {key} at {url}"
    total, voters = count(race, "TP", where), count(race, "OTRV", where)
    # VC counts the ballots of the whole county: it bounds a race only where the race covers
    # the county. Zero means that no turnout has been typed in yet.
    cast = count(summary, "VC", where) if voters == count(summary, "RV", where) else 0
    return Contest(
        key=key,
        title=titles.get(key) or clean(str(need(race, "N", where))),
        selections=_selections(listed(race, "C", where), where),
        counts_known=bool(race["C"]),
        units=Units(count(race, "PR", where), total, UnitKind.PRECINCTS) if total else None,
        total_votes=count(race, "T", where),
        registered_voters=voters or None,
        ballots_cast=cast or None,
    )


def state_contests(sections: Any, page: Page, units: Units | None) -> tuple[Contest, ...]:
    """Read the sections with ids; OfficeSummary adds the offices that stand nowhere else."""
    races = [
        race
        for name in _RACE_SECTIONS
        for race in listed({"Races": None, **section(sections, name, page)}, "Races", page.url)
    ]
    contests = [_state_contest(race, ("id", "N", "Candidates"), units, page.url) for race in races]
    known = {contest.key for contest in contests}
    summary = section(sections, "OfficeSummary", page)
    for office in listed({"OS": None, **summary}, "OS", page.url):
        contest = _state_contest(office, ("OID", "ON", "C"), units, page.url)
        contests += [contest] if contest.key not in known else []
    return _unique(contests, page.url)


def _state_contest(
    race: Any, names: tuple[str, str, str], units: Units | None, url: str
) -> Contest:
    key, title = (str(need(race, name, url)) for name in names[:2])
    where = f"race {key} at {url}"
    candidates = listed(race, names[2], where)
    return Contest(
        key=key,
        title=clean(title),
        selections=_selections(candidates, where),
        counts_known=bool(candidates),
        units=units,
        total_votes=count(race, "T", where) if "T" in race else None,
    )


def _selections(candidates: list[Any], where: str) -> tuple[Selection, ...]:
    found = tuple(_selection(candidate, where) for candidate in candidates)
    if len({selection.key for selection in found}) != len(found):
        raise LayoutChanged(f"one candidate stands twice in {where}")
    return found


def _selection(candidate: Any, where: str) -> Selection:
    """Read a candidate of any section; OfficeSummary has no id and calls the votes T."""
    name = plain_name(str(need(candidate, "N", where)))
    party = party_code(str(candidate.get("P") or ""))
    key = candidate.get("ID", candidate.get("id"))
    where = f"{name} in {where}"
    votes = count(candidate, "V" if "V" in candidate else "T", where)
    return Selection(
        key=f"{name}|{party}" if key is None else str(key),
        name=name,
        votes=votes,
        party=party,
        by_type=_by_type(votes, count(candidate, "EV", where)) if "EV" in candidate else (),
        is_write_in=is_write_in(name),
    )


def _by_type(votes: int, early: int) -> tuple[VoteCount, ...]:
    """EV is the early part of V, mail included; the rest is a difference, given if it is one."""
    rest = (VoteCount(VoteType.ELECTION_DAY, votes - early, "V less EV"),) if early <= votes else ()
    return (VoteCount(VoteType.EARLY, early, "EV"), *rest)


def _unique(contests: Iterable[Contest], where: str) -> tuple[Contest, ...]:
    found = tuple(contests)
    keys = [contest.key for contest in found]
    if len(set(keys)) != len(keys):
        double = next(key for key in keys if keys.count(key) > 1)
        raise LayoutChanged(f"race {double} stands twice at {where}")
    return found

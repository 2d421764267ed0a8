"""The contests of Kentucky's live results: ids put together with their names, counties summed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import EmptyPage, LayoutChanged
from monitor.model import Contest, UnitKind, Units, VoteCount, VoteType
from scrapers.labels import is_write_in
from scrapers.lines import Line, contests_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapers.platforms.ky_live_files import Element, Files

_STATE, _COUNTY = "11", "12"
_FINAL = {"NotReporting": False, "PartialReporting": False, "FinalReporting": True}


def contests_in(files: Files) -> tuple[Contest, ...]:
    """Return the election's contests with the votes of all counties."""
    lines = tuple(_lines(files))
    if not lines:
        raise EmptyPage(f"no county's votes in this election, from {files.counts[0].where}")
    found = contests_of(lines)
    _compare_with_state(files, found)
    counted: dict[str, set[str]] = {}
    for line in lines:
        counted.setdefault(line.contest, set()).add(line.place)
    return tuple(replace(one, units=_units(files, one.key, counted[one.key])) for one in found)


def _lines(files: Files) -> Iterator[Line]:
    for one in files.counts:
        place, number = one.need("gpu_id"), one.need("contest_id")
        if files.unit_type(place, one.where) == _COUNTY and (number,) in files.contests:
            yield _line(files, one, files.contests[(number,)], place)


def _line(files: Files, one: Element, contest: Element, place: str) -> Line:
    key = contest["ContestId"], one.need("candidate_id")
    if key not in files.candidates:
        raise LayoutChanged(f"no candidate {key} for {one.where}")
    candidate = files.candidates[key]
    name = candidate.need("BallotName")
    seats = contest.count("SelectableOption")
    if not seats:
        raise LayoutChanged(f"0 is no number of seats in {contest.where}")
    total, on_the_day = one.count("total_votes"), one.count("election_day_votes")
    if on_the_day > total:
        raise LayoutChanged(f"{on_the_day} of {total} votes on election day in {one.where}")
    return Line(
        contest=key[0],
        title=_title(files, contest),
        choice=key[1],
        name=name,
        votes=total,
        where=one.where,
        place=place,
        party=files.party(candidate) if contest.flag("IsPartisan") else "",
        contest_party=files.party(contest),
        by_type=(
            VoteCount(VoteType.ELECTION_DAY, on_the_day, "election day"),
            VoteCount(VoteType.ABSENTEE_MAIL, total - on_the_day, "absentee"),
        ),
        seats=seats,
        is_write_in=is_write_in(name),
        may_lack=candidate.flag("IsWriteIn") or candidate.flag("IsWithdrawn"),
    )


def _title(files: Files, contest: Element) -> str:
    """Return a contest's title, with the county where 120 counties have the same."""
    title, scope = contest.need("ContestName"), contest["ContestScopeUnitId"]
    if files.unit_type(scope, contest.where) != _COUNTY:
        return title
    county = files.units[(scope,)].need("UnitName")
    return title if county.casefold() in title.casefold() else f"{title}, {county}"


def _compare_with_state(files: Files, found: tuple[Contest, ...]) -> None:
    """Raise where the state's own row of a candidate is not the sum of the counties."""
    sums = {(one.key, line.key): line.votes for one in found for line in one.selections}
    for one in files.counts:
        key = one["contest_id"], one["candidate_id"]
        if files.unit_type(one["gpu_id"], one.where) != _STATE or key[:1] not in files.contests:
            continue
        if one.count("total_votes") != sums.get(key, 0):
            raise LayoutChanged(f"the counties make {sums.get(key, 0)} votes, not {one.where}")


def _units(files: Files, key: str, counted: set[str]) -> Units | None:
    """Count the counties whose clerks said "final", where the contest's counties are known."""
    contest = files.contests[(key,)]
    scope = contest["ContestScopeUnitId"]
    kind = files.unit_type(scope, contest.where)
    counties = {scope}
    if kind == _STATE:
        counties = {one for (one,), unit in files.units.items() if unit["UnitType"] == _COUNTY}
    if kind not in (_STATE, _COUNTY) or counted - counties:
        return None
    final = sum(_is_final(files, one) for one in sorted(counted))
    return Units(final, len(counties), UnitKind.COUNTIES)


def _is_final(files: Files, county: str) -> bool:
    if (county,) not in files.reports:
        return False
    status = files.reports[(county,)]["status"]
    if status not in _FINAL:
        raise LayoutChanged(f"{status!r:.30} is no status in {files.reports[(county,)].where}")
    return _FINAL[status]

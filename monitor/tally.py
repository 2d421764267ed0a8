"""The race's total over its sources: counties summed, alternatives never mixed. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.match import normal_name, one_name, people_of
from monitor.model import Contest, ResultsStatus, Units, VoteCount, VoteType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.races import Race, SourceUse


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One race's contest as one source printed it in one report.

    `fetched_at` is ours, `source_time` theirs; `status` is the contest's or the report's.
    """

    contest: Contest
    fetched_at: datetime
    source_time: datetime | None = None
    source_time_text: str = ""
    version: int | None = None
    status: ResultsStatus | None = None
    status_text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate's votes, summed over the race's sources.

    `is_withdrawn`: still on the ballot, and can win nothing; so is a line for nobody.
    """

    name: str
    party: str
    votes: int
    by_type: tuple[VoteCount, ...]
    is_write_in: bool
    is_withdrawn: bool = False


_NOBODY = re.compile(r"none of (?:these candidates|the above)", re.IGNORECASE)
_BEING_CHANGED = frozenset({ResultsStatus.CORRECTION, ResultsStatus.RECOUNT})
"""The source says that figures with every unit in are not its last word."""
_NOT_THAT_DAY = (VoteType.EARLY, VoteType.ABSENTEE_MAIL, VoteType.PROVISIONAL)


@dataclass(frozen=True, slots=True)
class Tally:
    """The race's total. `lines` stand by votes, then name, so the first one leads.

    `total` is the sum of all lines, write-ins included. `units` is None when any
    source prints none or an impossible figure, or when their kinds differ. `status`
    is the least advanced of the sources'. `missing` names the counties no accepted
    report covers yet. `uncast`: registered voters of the contest less ballots cast,
    None when any source does not print both.
    `is_complete`: every source says by its own units or status that its count is.
    `is_being_changed`: one says that these figures are not its last word, whatever is in.
    `election_day_missing`: one tells vote types, and none holds an election-day vote.
    """

    lines: tuple[Line, ...]
    total: int
    units: Units | None
    status: ResultsStatus | None
    sources: tuple[str, ...]
    missing: tuple[str, ...]
    uncast: int | None = None
    is_complete: bool = False
    is_being_changed: bool = False
    election_day_missing: bool = False

    def line(self, name: str) -> Line | None:
        """Return the line of a candidate, by normalised name."""
        wanted = normal_name(name)
        return next((line for line in self.lines if normal_name(line.name) == wanted), None)


_ORDER = (
    ResultsStatus.PRE_ELECTION,
    ResultsStatus.UNOFFICIAL_PARTIAL,
    ResultsStatus.CORRECTION,
    ResultsStatus.RECOUNT,
    ResultsStatus.UNOFFICIAL_COMPLETE,
    ResultsStatus.CERTIFIED,
)


def groups(race: Race) -> tuple[tuple[SourceUse, ...], ...]:
    """Return the race's sources by county group, each group in order of trust."""
    by_covers: dict[frozenset[str], list[SourceUse]] = {}
    for use in race.sources:
        by_covers.setdefault(frozenset(use.covers), []).append(use)
    return tuple(tuple(uses) for uses in by_covers.values())


def add_up(race: Race, accepted: dict[str, Snapshot], using: frozenset[str] = frozenset()) -> Tally:
    """Sum the preferred accepted source of each county group.

    `accepted` maps source ids to their last accepted snapshot with known counts.
    `using`: the sources told from so far; see `preferred`.
    """
    used: dict[str, Snapshot] = {}
    missing: list[str] = []
    for uses in groups(race):
        first = preferred(uses, accepted, using)
        if first is None:
            missing.extend(uses[0].covers)
        else:
            used[first] = accepted[first]
    contests = [snapshot.contest for snapshot in used.values()]
    lines = _lines(contests, race)
    return Tally(
        lines=lines,
        total=sum(line.votes for line in lines),
        units=_units([contest.units for contest in contests]),
        status=_least([snapshot.status for snapshot in used.values()]),
        sources=tuple(used),
        missing=tuple(missing),
        uncast=None if missing else _sum(map(_uncast, contests)),
        is_complete=not missing and all(map(_is_complete, used.values())),
        is_being_changed=any(one.status in _BEING_CHANGED for one in used.values()),
        election_day_missing=any(map(_lacks_election_day, contests)),
    )


def _is_complete(snapshot: Snapshot) -> bool:
    """The source says that all units are in, or that the count is complete."""
    if snapshot.status in _BEING_CHANGED:
        return False
    if snapshot.status in (ResultsStatus.UNOFFICIAL_COMPLETE, ResultsStatus.CERTIFIED):
        return True
    units = snapshot.contest.units
    return units is not None and 0 < units.total == units.reported


def _lacks_election_day(contest: Contest) -> bool:
    """Vote types are told and none of them holds a single election-day vote.

    A source that splits every vote, all of them early, by mail or provisional, tells
    it too, although it names no election day (29 of 29 precincts, DC 2014).
    """
    types: dict[VoteType, int] = defaultdict(int)
    for choice in contest.selections:
        for count in choice.by_type:
            types[count.type] += count.votes
    total = sum(choice.votes for choice in contest.selections)
    if not total or types.get(VoteType.ELECTION_DAY):
        return False
    return VoteType.ELECTION_DAY in types or sum(types[kind] for kind in _NOT_THAT_DAY) == total


def preferred(
    uses: tuple[SourceUse, ...], accepted: dict[str, Snapshot], using: frozenset[str]
) -> str | None:
    """Return which of a county's alternatives counts; they stand in order of trust.

    The first that has votes; but once another is told from, a more trusted one that
    lags behind takes over only when it has caught up, so that no vote seems to go.
    """
    votes = {
        use.source: sum(choice.votes for choice in accepted[use.source].contest.selections)
        for use in uses
        if use.source in accepted
    }
    told_from = next((source for source in votes if source in using), None)
    least = max(votes[told_from], 1) if told_from is not None else 1
    ahead = (source for source, total in votes.items() if total >= least)
    return next(ahead, told_from or next(iter(votes), None))


def _uncast(contest: Contest) -> int | None:
    """Return how many registered voters have not voted, None where the figures do not fit."""
    registered, cast = contest.registered_voters, contest.ballots_cast
    if registered is None or cast is None:
        return None
    voted = sum(choice.votes for choice in contest.selections)
    fits = voted <= cast * max(contest.votes_allowed, 1) and cast <= registered
    return registered - cast if fits else None


def _sum(parts: Iterable[int | None]) -> int | None:
    """Add up, or return None when any part, or every one, is missing."""
    known = list(parts)
    whole = [part for part in known if part is not None]
    return sum(whole) if whole and len(whole) == len(known) else None


def _lines(contests: list[Contest], race: Race) -> tuple[Line, ...]:
    withdrawn = frozenset(map(normal_name, race.withdrawn))
    people = people_of(race)
    summed: dict[str, Line] = {}
    for contest in contests:
        for choice in contest.selections:
            key = one_name(choice.name, people)
            before = summed.get(key)
            by_type = _add_types(before.by_type if before else (), choice.by_type)
            summed[key] = Line(
                name=before.name if before else choice.name,
                party=before.party if before else choice.party,
                votes=choice.votes + (before.votes if before else 0),
                by_type=by_type,
                is_write_in=choice.is_write_in,
                is_withdrawn=is_nobody(choice.name) or normal_name(choice.name) in withdrawn,
            )
    return tuple(sorted(summed.values(), key=lambda line: (-line.votes, line.name)))


def is_nobody(name: str) -> bool:
    """Say whether a line is counted and nobody can win by it (NRS 293.269)."""
    return _NOBODY.fullmatch(name.strip()) is not None


def _add_types(one: tuple[VoteCount, ...], two: tuple[VoteCount, ...]) -> tuple[VoteCount, ...]:
    total: dict[tuple[VoteType, str], int] = defaultdict(int)
    for count in one + two:
        total[count.type, count.label] += count.votes
    return tuple(VoteCount(kind, votes, label) for (kind, label), votes in total.items())


def _units(units: list[Units | None]) -> Units | None:
    # Summed, a county at 12 of 10 would make up for one at 8 of 10.
    known = [unit for unit in units if unit is not None and unit.reported <= unit.total > 0]
    if not known or len(known) != len(units) or len({unit.kind for unit in known}) > 1:
        return None
    return Units(
        sum(unit.reported for unit in known), sum(unit.total for unit in known), known[0].kind
    )


def _least(statuses: list[ResultsStatus | None]) -> ResultsStatus | None:
    known = [status for status in statuses if status is not None]
    if not known or len(known) != len(statuses):
        return None
    return min(known, key=_ORDER.index)

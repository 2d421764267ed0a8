"""The race's total over its sources: counties summed, alternatives never mixed. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.match import normal_name
from monitor.model import Contest, ResultsStatus, Units, VoteCount, VoteType

if TYPE_CHECKING:
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
    """One candidate's votes, summed over the race's sources."""

    name: str
    party: str
    votes: int
    by_type: tuple[VoteCount, ...]
    is_write_in: bool


_BEING_CHANGED = frozenset({ResultsStatus.CORRECTION, ResultsStatus.RECOUNT})
"""The source says that figures with every unit in are not its last word."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The race's total. `lines` stand by votes, then name, so the first one leads.

    `total` is the sum of all lines, write-ins included. `units` is None when any
    source prints none or an impossible figure, or when their kinds differ. `status`
    is the least advanced of the sources'. `missing` names the counties no accepted
    report covers yet.
    """

    lines: tuple[Line, ...]
    total: int
    units: Units | None
    status: ResultsStatus | None
    sources: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """The sources say that all units are in, or that the count is complete."""
        if self.missing or self.status in _BEING_CHANGED:
            return False
        if self.status in (ResultsStatus.UNOFFICIAL_COMPLETE, ResultsStatus.CERTIFIED):
            return True
        return self.units is not None and 0 < self.units.total <= self.units.reported

    @property
    def election_day_missing(self) -> bool:
        """Vote types are told and none of them holds a single election-day vote."""
        types: dict[VoteType, int] = defaultdict(int)
        for line in self.lines:
            for count in line.by_type:
                types[count.type] += count.votes
        known = VoteType.ELECTION_DAY in types
        return known and self.total > 0 and types[VoteType.ELECTION_DAY] == 0

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
    `using`: the sources told from so far; see `_preferred`.
    """
    used: list[tuple[str, Snapshot]] = []
    missing: list[str] = []
    for uses in groups(race):
        votes = {
            use.source: sum(choice.votes for choice in accepted[use.source].contest.selections)
            for use in uses
            if use.source in accepted
        }
        first = _preferred(votes, using)
        if first is None:
            missing.extend(uses[0].covers)
        else:
            used.append((first, accepted[first]))
    lines = _lines([snapshot.contest for _, snapshot in used])
    return Tally(
        lines=lines,
        total=sum(line.votes for line in lines),
        units=_units([snapshot.contest.units for _, snapshot in used]),
        status=_least([snapshot.status for _, snapshot in used]),
        sources=tuple(source for source, _ in used),
        missing=tuple(missing),
    )


def _preferred(votes: dict[str, int], using: frozenset[str]) -> str | None:
    """Return which of a county's alternatives counts; they stand in order of trust.

    The first that has votes; but once another is told from, a more trusted one that
    lags behind takes over only when it has caught up, so that no vote seems to go.
    """
    told_from = next((source for source in votes if source in using), None)
    least = max(votes[told_from], 1) if told_from is not None else 1
    ahead = (source for source, total in votes.items() if total >= least)
    return next(ahead, told_from or next(iter(votes), None))


def disagreement(race: Race, accepted: dict[str, Snapshot]) -> str:
    """Say which alternatives for the same counties differ, or return an empty string."""
    for uses in groups(race):
        present = [use.source for use in uses if use.source in accepted]
        totals = {source: _votes_by_name(accepted[source].contest) for source in present}
        for other in present[1:]:
            if totals[other] != totals[present[0]]:
                ours, theirs = (sum(totals[source].values()) for source in (present[0], other))
                return f"{present[0]} has {ours:,} votes, {other} has {theirs:,}"
    return ""


def _votes_by_name(contest: Contest) -> dict[str, int]:
    return {normal_name(s.name): s.votes for s in contest.selections if not s.is_write_in}


def _lines(contests: list[Contest]) -> tuple[Line, ...]:
    summed: dict[str, Line] = {}
    for contest in contests:
        for choice in contest.selections:
            key = normal_name(choice.name)
            before = summed.get(key)
            by_type = _add_types(before.by_type if before else (), choice.by_type)
            summed[key] = Line(
                name=before.name if before else choice.name,
                party=before.party if before else choice.party,
                votes=choice.votes + (before.votes if before else 0),
                by_type=by_type,
                is_write_in=choice.is_write_in,
            )
    return tuple(sorted(summed.values(), key=lambda line: (-line.votes, line.name)))


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

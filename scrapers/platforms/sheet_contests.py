"""The contests of a sheet: rows to records, refusing what contradicts itself."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from monitor.model import Contest, ResultsStatus, Selection, VoteCount, VoteType
from scrapers.base import whole
from scrapers.labels import is_write_in
from scrapers.platforms.sheet_fields import agreed, seats_of, time_of, units_of, word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scrapers.platforms.sheet_fields import Group
    from scrapers.platforms.sheet_rows import Row

_TYPES = {
    "early": VoteType.EARLY,
    "election_day": VoteType.ELECTION_DAY,
    "mail": VoteType.ABSENTEE_MAIL,
    "provisional": VoteType.PROVISIONAL,
}


def contests_of(
    rows: Iterable[Row], where: str
) -> tuple[tuple[Contest, ...], tuple[tuple[datetime, str], ...]]:
    """Return the contests in order of their keys, and the times the rows carry."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row["contest"]:
            raise LayoutChanged(f"line {row.line} names no contest at {where}")
        groups[f"{row['contest']}|{row['party']}".casefold()].append(row)
    ordered = [(key, tuple(groups[key])) for key in sorted(groups)]
    times = (time_of(group, where) for _, group in ordered)
    contests = tuple(_contest(key, group, where) for key, group in ordered)
    return contests, tuple(time for time in times if time)


def latest(times: Iterable[tuple[datetime, str]]) -> tuple[datetime | None, str]:
    """Return the newest time and its text; None and nothing where there is none."""
    return max(times, default=(None, ""))


def _contest(key: str, group: Group, where: str) -> Contest:
    status = word(ResultsStatus, group, "status", where)
    note = agreed(group, "note", where)
    selections = _selections(group, status, note, where)
    number = seats_of(group, where)
    return Contest(
        key=key,
        title=min(row["contest"] for row in group),
        party=min(row["party"] for row in group).upper(),
        selections=selections,
        counts_known=bool(selections),
        votes_allowed=number,
        number_elected=number,
        units=units_of(group, where),
        status=status,
        note=note,
        link=agreed(group, "link", where),
        who=agreed(group, "who", where),
    )


def _selections(
    group: Group, status: ResultsStatus | None, note: str, where: str
) -> tuple[Selection, ...]:
    """Read the candidates: all with votes, all zero before the count, or none known."""
    named = _candidates(group, where)
    blank = [row for row in named if not row["votes"]]
    if len(blank) < len(named):
        if blank:
            raise LayoutChanged(
                f"line {blank[0].line} has no votes where others of its contest have at {where}; "
                "write 0, or clear them all"
            )
        return tuple(_selection(row, row["votes"], where) for row in named)
    before = status is ResultsStatus.PRE_ELECTION
    if named and (before or (status is None and not note)):
        return tuple(_selection(row, "0", where) for row in named)
    if not note:
        raise LayoutChanged(
            f"line {group[0].line} has neither votes nor a note at {where}; give one of them"
        )
    return ()


def _candidates(group: Group, where: str) -> list[Row]:
    """Return the rows that name a candidate, in order of the names; each may stand once."""
    seen: dict[str, Row] = {}
    for row in group:
        name = row["candidate"].casefold()
        if not name and row["votes"]:
            raise LayoutChanged(f"line {row.line} has votes and no candidate at {where}")
        if name in seen:
            lines = f"lines {seen[name].line} and {row.line}"
            raise LayoutChanged(
                f"{lines} give one candidate of a contest twice at {where}; keep one"
            )
        if name:
            seen[name] = row
    return [seen[name] for name in sorted(seen)]


def _selection(row: Row, votes: str, where: str) -> Selection:
    place = f"{row['candidate']} in line {row.line} at {where}"
    total = whole(votes, f"votes of {place}")
    parts = tuple(
        VoteCount(kind, whole(row[column], f"{column} of {place}"), column)
        for column, kind in _TYPES.items()
        if row[column]
    )
    if sum(part.votes for part in parts) > total:
        raise LayoutChanged(f"the parts are more than the {total} votes of {place}")
    return Selection(
        key=row["candidate"].casefold(),
        name=row["candidate"],
        votes=total,
        party=row["party"].upper(),
        by_type=parts,
        is_write_in=is_write_in(row["candidate"]),
    )

"""Reads the accepted history of a race as the points of its chart.

Each accepted change is added up as it was told from: the sources of every county, by the
order of trust. A sum that lacks a county is no point: its shares are of other voters.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from monitor.database import moment_of
from monitor.model import Contest, Selection
from monitor.scene import TrendPoint
from monitor.tally import Snapshot, add_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlite_utils import Database

    from monitor.races import Race
    from monitor.tally import Tally

_HISTORY = (
    "SELECT source, at, selection, name, votes FROM race_history"
    ' WHERE race = ? AND NOT is_backfill ORDER BY "row"'
)


def trend(db: Database, race: Race, after: Tally | None, now: datetime) -> tuple[TrendPoint, ...]:
    """Return how a race's votes came in, ending with the figures of a message.

    `race`: with the sources as they count (`state.as_counted`). `after`: the figures told,
    None where a message has none, and then there is no trend.
    """
    if after is None:
        return ()
    found: list[TrendPoint] = []
    for point in (*_points(db.query(_HISTORY, [race.id]), race), _point(after, now)):
        if not found or found[-1].votes != point.votes:
            found.append(point)
    return tuple(found)


def _points(rows: Iterable[dict[str, Any]], race: Race) -> Iterator[TrendPoint]:
    snapshots: dict[str, Snapshot] = {}
    used: frozenset[str] = frozenset()
    for (source, at), lines in groupby(rows, key=lambda row: (row["source"], row["at"])):
        selections = tuple(Selection(one["selection"], one["name"], one["votes"]) for one in lines)
        read = moment_of(at)
        snapshots[source] = Snapshot(Contest("", "", selections), read)
        tally = add_up(race, snapshots, used)
        used = frozenset(tally.sources)
        if source in used and not tally.missing:
            yield _point(tally, read)


def _point(tally: Tally, at: datetime) -> TrendPoint:
    return TrendPoint(at, tuple((line.name, line.votes) for line in tally.lines), tally.total)

"""What each source of a race had said at a moment, from its last visit to the tally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.database import moment_of, stamp
from monitor.diary import NOT_FOUND
from monitor.diary_reading import visited
from monitor.explanation import SourceSeen, VoteLine
from monitor.grounds import Counted, Use
from monitor.reckoning import by_person, units_words

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.diary import Became
    from monitor.diary_reading import Visited
    from monitor.grounds import Grounds
    from monitor.races import Race
    from monitor.store import Store

_COLUMNS = ("at", "source_time", "version", "status", "units_reported", "units_total", "units")
_PROVED = frozenset({"accepted", "revised", "same"})


def sources_seen(
    race: Race, store: Store, grounds: Grounds | None, at: datetime
) -> tuple[SourceSeen, ...]:
    """Return every source, figures typed in by hand included, as it stood at a moment."""
    counted = grounds.sources if grounds else ()
    known = {one.source for one in counted}
    silent = (
        Counted(use.source, use.covers, Use.SILENT)
        for use in race.sources
        if use.source not in known
    )
    return tuple(
        _seen(race.id, one, store, at, is_kept=one in counted) for one in (*counted, *silent)
    )


def _seen(race: str, counted: Counted, store: Store, at: datetime, *, is_kept: bool) -> SourceSeen:
    visits = visited(store.db, race, counted.source, at)
    upto = counted.accepted_at if is_kept else at
    rows = _figures(store, race, counted.source, upto) if upto else []
    first: dict[str, Any] = rows[0] if rows else dict.fromkeys(_COLUMNS)
    last, became = visits.last, visits.became
    is_lost = became is not None and became.verdict == NOT_FOUND
    return SourceSeen(
        source=counted.source,
        covers=counted.covers,
        visited_at=last.at if last else None,
        result=last.result.value if last else "",
        is_look=last is not None and last.is_look,
        answered_at=visits.answered_at,
        changed_at=visits.changed_at,
        failures=visits.failures,
        error=last.error if last else "",
        verdict=became.verdict if became else "",
        verdict_at=visits.became_at,
        reason=became.reason if became else "",
        unmatched=became.reason if became and is_lost else "",
        accepted_at=_moment(first["at"]),
        source_time=_moment(first["source_time"]),
        version=first["version"],
        status=first["status"] or "",
        units=units_words(first["units_reported"], first["units_total"], first["units"]),
        votes=tuple(VoteLine(row["name"], row["votes"]) for row in rows),
        looks=counted.looks,
        first_look=became.first_look if became else None,
        last_look=_last_look(visits, became),
        hold=counted.hold if is_kept else _held(became),
        use=counted.use.value,
        aside=by_person(counted.aside) if counted.aside else "",
    )


def _last_look(visits: Visited, became: Became | None) -> datetime | None:
    """Every look since the same word on the race proves the same figures."""
    if became is None or became.last_look is None or became.verdict not in _PROVED:
        return became.last_look if became else None
    return max(became.last_look, visits.looked_at or became.last_look)


def _held(became: Became | None) -> str:
    return became.reason if became is not None and became.verdict == "held" else ""


def _figures(store: Store, race: str, source: str, upto: datetime) -> list[dict[str, Any]]:
    return store.rows(
        "SELECT * FROM race_history WHERE race = ? AND source = ? AND NOT is_backfill AND at ="
        " (SELECT max(at) FROM race_history WHERE race = ? AND source = ? AND NOT is_backfill"
        ' AND at <= ?) ORDER BY "row"', [race, source, race, source, stamp(upto)],
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None

"""A past moment explained: the accepted history and the events up to it.

The events' bodies hold the tally and the decision as they were then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.database import moment_of, stamp
from monitor.events import OUTCOMES, Event, Kind
from monitor.explanation import Decided, SourceSeen, VoteLine, decided, units_words
from monitor.state import Told

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from monitor.races import Race
    from monitor.store import Store


def known_then(
    race: Race, store: Store, happened: list[Event], at: datetime
) -> tuple[tuple[SourceSeen, ...], tuple[Decided, ...]]:
    """Return what the sources had said, and the last decision of each endorsed candidate."""
    seen = tuple(_seen_then(store, race.id, use.source, happened, at) for use in race.sources)
    return seen, tuple(
        decided(event.decision, event.after, event.at, _told_then(happened, candidate))
        for candidate in (one.candidate for one in race.endorsements)
        if (event := _last_decision(happened, candidate)) is not None
        and event.decision is not None
        and event.after is not None
    )


def _last_decision(happened: list[Event], candidate: str) -> Event | None:
    return next(
        (one for one in reversed(happened) if one.decision and one.candidate == candidate), None
    )


def _told_then(happened: list[Event], candidate: str) -> Told:
    """Follow what staff had been told of a candidate's outcome."""
    told = Told()
    for event in happened:
        if event.candidate != candidate or event.kind not in OUTCOMES or event.decision is None:
            continue
        if event.kind is Kind.TOO_CLOSE:
            told = replace(told, too_close=True)
        elif event.kind is Kind.HOLD_OFF:
            told = replace(told, doubt_since=event.at)
        elif event.kind is Kind.OUTCOME_STANDS:
            told = replace(told, doubt_since=None)
        elif event.kind is Kind.OUTCOME_RETRACTED:
            told = Told()
        else:
            told = Told(outcome=event.decision.outcome, basis=event.decision.basis)
    return told


def _seen_then(
    store: Store, race: str, source: str, happened: list[Event], at: datetime
) -> SourceSeen:
    rows = store.rows(
        "SELECT * FROM race_history WHERE race = ? AND source = ? AND NOT is_backfill AND at ="
        " (SELECT max(at) FROM race_history WHERE race = ? AND source = ? AND NOT is_backfill"
        ' AND at <= ?) ORDER BY "row"', [race, source, race, source, stamp(at)],
    )  # fmt: skip
    first = rows[0] if rows else dict.fromkeys(_COLUMNS)
    accepted = _moment(first["at"])
    theirs = [e for e in happened if e.source == source]
    held = _still(theirs, Kind.REPORT_HELD, _HOLD_ENDS, accepted)
    return SourceSeen(
        source=source,
        visited_at=None,
        answered_at=None,
        changed_at=None,
        failures=None,
        error=_still(theirs, Kind.SOURCE_BROKEN, {Kind.SOURCE_RECOVERED}, None),
        accepted_at=accepted,
        source_time=_moment(first["source_time"]),
        version=first["version"],
        status=first["status"] or "",
        units=units_words(first["units_reported"], first["units_total"], first["units"]),
        votes=tuple(VoteLine(row["name"], row["votes"]) for row in rows),
        looks=None,
        hold=held,
        unmatched=_still(theirs, Kind.CONTEST_UNMATCHED, {Kind.CONTEST_MATCHED}, None),
    )


_COLUMNS = ("at", "source_time", "version", "status", "units_reported", "units_total", "units")
_HOLD_ENDS = frozenset({Kind.HOLD_CLEARED})


def _still(events: list[Event], begins: Kind, ends: Collection[Kind], over: datetime | None) -> str:
    """Return the reason of the last event that began a state nothing has ended since.

    `over`: when figures were accepted; an older state ended then.
    """
    reason = ""
    for event in events:
        if event.kind is begins and (over is None or event.at > over):
            reason = event.reason
        elif event.kind in ends:
            reason = ""
    return reason


def _moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None

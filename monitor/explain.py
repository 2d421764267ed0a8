"""`explain`: how a race came to stand as it does, step by step, at any moment.

Everything is read from the database, and the present is read as any past moment is:
visits and decisions from the diary, figures from the history, what was told from events
and outbox, what people did from the audit table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from monitor import audit
from monitor.database import moment_of, stamp
from monitor.diary_reading import decision
from monitor.errors import NothingMatched
from monitor.events import Event, Kind
from monitor.explain_posts import messages, of_event
from monitor.explain_sources import sources_seen
from monitor.explanation import ActDone, Decided, Explanation, Happened
from monitor.likeness import guesses
from monitor.reckoning import by_person, decided
from monitor.verification import with_checks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.diary_reading import Kept
    from monitor.explanation import Message
    from monitor.night import Night
    from monitor.state import Watched
    from monitor.store import Store

_EVENT = TypeAdapter(Event)


def known_race(store: Store, race: str) -> tuple[str, str]:
    """Return the digests of the config and rules a race was last decided with.

    Raises `NothingMatched` with near names.
    """
    kept = {row["id"]: row for row in store.rows("SELECT id, config, rules FROM races")}
    if race in kept:
        return kept[race]["config"], kept[race]["rules"]
    near = guesses(race, kept, most=3)
    meant = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(kept) or 'none'}"
    raise NothingMatched(f"no race {race!r} in this database; {meant}")


def digests_at(store: Store, race: str, at: datetime) -> tuple[str, str] | None:
    """Return the digests that were decided with last, up to a moment."""
    rows = store.rows(
        "SELECT config, rules, at FROM (SELECT * FROM (SELECT config, rules, at FROM events"
        ' WHERE race = ? AND at <= ? ORDER BY at DESC, "row" DESC LIMIT 1) UNION ALL'
        " SELECT * FROM (SELECT config, rules, at FROM decisions WHERE race = ? AND at <= ?"
        ' ORDER BY at DESC, "row" DESC LIMIT 1)) ORDER BY at DESC LIMIT 1',
        [race, stamp(at)] * 2,
    )
    return (rows[0]["config"], rows[0]["rules"]) if rows else None


def kept_text(store: Store, digest: str) -> str:
    """Return a kept configuration or rule book."""
    rows = store.rows("SELECT text FROM configs WHERE digest = ?", [digest])
    if not rows:
        raise NothingMatched(f"the database keeps no configuration {digest:.12}…; it is damaged")
    return str(rows[0]["text"])


def explain(night: Night, store: Store, race: str, at: datetime, *, is_past: bool) -> Explanation:
    """Explain a race at a moment, with the configuration and rules of that moment."""
    watched, place = night.races[race], night.places[race]
    happened = _events(store, night, race, at)
    kept = _decisions(store, watched, at)
    known = messages(store, race, at)
    newest = max(kept, key=lambda one: one.at).grounds if kept else None
    return Explanation(
        race=race,
        at=at,
        closes_at=_closes_at(happened) or place.closes_at,
        zone=place.zone,
        is_past=is_past,
        rule=with_checks(watched.rule) if watched.rule else "not known",
        config=night.digests[0],
        rules=night.digests[1],
        frozen=by_person(newest.frozen) if newest and newest.frozen else "",
        sources=sources_seen(watched.race, store, newest, at),
        difference=newest.difference if newest else "",
        decisions=tuple(_decided(watched, one, known) for one in kept),
        acts=tuple(_acts(store, race, at)),
        events=tuple(Happened(e.at, e.kind.value, e.source, e.reason) for e in happened),
        messages=tuple(known.values()),
    )


def _decisions(store: Store, watched: Watched, at: datetime) -> list[Kept]:
    race = watched.race
    kept = (decision(store.db, race.id, e.candidate, at) for e in race.endorsements)
    return [one for one in kept if one is not None]


def _decided(watched: Watched, kept: Kept, known: dict[str, Message]) -> Decided:
    told = of_event(known, kept.grounds.told.key)
    return decided(watched, kept.grounds, kept.at, told)


def _events(store: Store, night: Night, race: str, at: datetime) -> list[Event]:
    """Read the race's events, and those of the polling of its sources."""
    sources = [use.source for use in night.races[race].race.sources]
    marks = ", ".join("?" * len(sources))
    rows = store.rows(
        "SELECT body FROM events WHERE at <= ? AND (race = ? OR (race IS NULL AND"  # noqa: S608
        f' source IN ({marks}))) ORDER BY at, "row"', [stamp(at), race, *sources],
    )  # fmt: skip
    return [_EVENT.validate_json(row["body"]) for row in rows]


def _closes_at(happened: Iterable[Event]) -> datetime | None:
    """Return the close of polls that a person set last, None where it is the configuration's."""
    moved = [one.due for one in happened if one.kind is Kind.CLOSE_MOVED]
    return moved[-1] if moved else None


def _acts(store: Store, race: str, at: datetime) -> Iterable[ActDone]:
    """Read what people had done; an answer that came later is not known yet."""
    for row in audit.of_race(store.db, race):
        if moment_of(row["at"]) > at:
            continue
        answered = row["answered_at"] is not None and moment_of(row["answered_at"]) <= at
        yield ActDone(
            moment_of(row["at"]), row["id"], row["kind"], row["who"], row["why"],
            bool(row["applied"]) if answered else None, row["sentence"] if answered else "",
        )  # fmt: skip

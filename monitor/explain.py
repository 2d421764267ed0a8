"""`explain`: what was known of a race at a moment, what the rule made of it, and what was told.

Everything is read from the database. For the present that is the stored state,
decided again; for a past moment it is the accepted history and the events up to
it, whose bodies hold the tally and the decision as they were then.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from monitor.database import moment_of, stamp
from monitor.errors import NothingMatched
from monitor.events import Event
from monitor.explain_past import known_then
from monitor.explanation import (
    Decided,
    Explanation,
    Happened,
    Message,
    SourceSeen,
    VoteLine,
    decided,
    units_words,
)
from monitor.rules import in_words
from monitor.state import LOOKS_APART, RaceState, Told, current

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.night import Night
    from monitor.polls import PollState
    from monitor.state import Watched
    from monitor.store import Store
    from monitor.tally import Snapshot

_EVENT = TypeAdapter(Event)


def known_race(store: Store, race: str) -> tuple[str, str]:
    """Return the digests of the config and rules a race was last decided with.

    Raises `NothingMatched` with near names.
    """
    kept = {row["id"]: row for row in store.rows("SELECT id, config, rules FROM races")}
    if race in kept:
        return kept[race]["config"], kept[race]["rules"]
    near = get_close_matches(race, kept, n=3)
    meant = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(kept) or 'none'}"
    raise NothingMatched(f"no race {race!r} in this database; {meant}")


def digests_at(store: Store, race: str, at: datetime) -> tuple[str, str] | None:
    """Return the digests the last event up to a moment was decided with."""
    rows = store.rows(
        "SELECT config, rules FROM events WHERE race = ? AND at <= ? ORDER BY at DESC,"
        ' "row" DESC LIMIT 1', [race, stamp(at)],
    )  # fmt: skip
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
    known = known_then(watched.race, store, happened, at) if is_past else _present(watched, store)
    sources, decisions = known
    return Explanation(
        race=race,
        at=at,
        closes_at=place.closes_at,
        zone=place.zone,
        is_past=is_past,
        rule=in_words(watched.rule) if watched.rule else "not known",
        config=night.digests[0],
        rules=night.digests[1],
        sources=sources,
        decisions=decisions,
        events=tuple(
            Happened(event.at, event.kind.value, event.source, event.reason) for event in happened
        ),
        messages=_messages(store, race, at),
    )


def _events(store: Store, night: Night, race: str, at: datetime) -> list[Event]:
    """Read the race's events, and those of the polling of its sources."""
    sources = [use.source for use in night.races[race].race.sources]
    marks = ", ".join("?" * len(sources))
    rows = store.rows(
        "SELECT body FROM events WHERE at <= ? AND (race = ? OR (race IS NULL AND"  # noqa: S608
        f' source IN ({marks}))) ORDER BY at, "row"', [stamp(at), race, *sources],
    )  # fmt: skip
    return [_EVENT.validate_json(row["body"]) for row in rows]


def _messages(store: Store, race: str, at: datetime) -> tuple[Message, ...]:
    rows = store.rows(
        "SELECT at, kind, channel, state, text, error FROM outbox WHERE race = ? AND at <= ?"
        ' ORDER BY at, "row"', [race, stamp(at)],
    )  # fmt: skip
    return tuple(
        Message(
            moment_of(row["at"]), row["kind"], row["channel"], row["state"], row["text"],
            row["error"] or "",
        )
        for row in rows
    )  # fmt: skip


# -- the present: the stored state, decided again ----------------------------------------


def _present(watched: Watched, store: Store) -> tuple[tuple[SourceSeen, ...], tuple[Decided, ...]]:
    state = store.race(watched.race.id)
    polls = {use.source: store.poll(use.source) for use in watched.race.sources}
    seen = tuple(_seen_now(source, state, poll) for source, poll in polls.items())
    visits = [poll.visited_at for poll in polls.values() if poll.visited_at is not None]
    tally, decisions = current(watched, state)
    if tally is None:
        return seen, ()
    return seen, tuple(
        decided(one, tally, max(visits), state.told.get(one.candidate, Told())) for one in decisions
    )


def _seen_now(source: str, state: RaceState, poll: PollState) -> SourceSeen:
    standing = state.standings.get(source)
    accepted = standing.accepted if standing else None
    units = accepted.contest.units if accepted else None
    hold = standing.hold if standing else None
    return SourceSeen(
        source=source,
        visited_at=poll.visited_at,
        answered_at=poll.ok_at,
        changed_at=poll.changed_at,
        failures=poll.failures,
        error=poll.error,
        accepted_at=standing.changed_at if standing else None,
        source_time=accepted.source_time if accepted else None,
        version=accepted.version if accepted else None,
        status=accepted.status.value if accepted and accepted.status else "",
        units=units_words(units.reported, units.total, units.kind) if units else "",
        votes=_votes(accepted),
        looks=_looks(standing.first_look, standing.last_look) if standing else 0,
        hold=f"{hold.kind.value}: {hold.reason}" if hold else "",
        unmatched=state.unmatched.get(source, ""),
    )


def _votes(accepted: Snapshot | None) -> tuple[VoteLine, ...]:
    lines = accepted.contest.selections if accepted else ()
    return tuple(VoteLine(line.name, line.votes) for line in lines)


def _looks(first: datetime | None, last: datetime | None) -> int:
    if first is None or last is None:
        return 0
    return 2 if last - first >= LOOKS_APART else 1

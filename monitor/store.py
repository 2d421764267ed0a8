"""The one SQLite file: states, history, events and outbox, written together.

Everything a visit changes is written in one transaction, so that what staff are
told and what it rests on are stored together or not at all. Reading goes through
documented views (`race_status`, `race_history`, `source_status`, `event_log`,
`post_log`), which stay stable.
"""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlite_utils import Migrations

from monitor import (
    audit,
    chores,
    diary,
    edits,
    notified,
    outbox,
    outbox_table,
    questions,
    released,
    scheduled,
    verification_store,
)
from monitor.database import moment_of, stamp, transaction, translated
from monitor.errors import WrongDatabase
from monitor.events import Event
from monitor.model import Page
from monitor.polls import PollState
from monitor.posts import post_key
from monitor.scene import Said
from monitor.state import RaceState, Told
from monitor.suspicion import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlite_utils import Database

    from monitor.decision import Decision
    from monitor.posts import Post
    from monitor.races import Config
    from monitor.rules import RuleBook
    from monitor.state import Watched
    from monitor.tally import Snapshot, Tally

_RACE_STATE = TypeAdapter(RaceState)
_POLL_STATE = TypeAdapter(PollState)
_EVENT = TypeAdapter(Event)

migrations = Migrations("primary-night")

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE configs (digest TEXT PRIMARY KEY, text TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE sources (id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
CREATE TABLE pages (
    url TEXT PRIMARY KEY, status INTEGER NOT NULL, headers TEXT NOT NULL,
    digest TEXT NOT NULL, fetched_at TEXT NOT NULL
) STRICT;
CREATE TABLE races (
    id TEXT PRIMARY KEY, state TEXT NOT NULL, config TEXT NOT NULL, rules TEXT NOT NULL
) STRICT;
CREATE TABLE standings (
    race TEXT NOT NULL, candidate TEXT NOT NULL, rival TEXT NOT NULL, votes INTEGER NOT NULL,
    rival_votes INTEGER NOT NULL, total INTEGER NOT NULL, units_reported INTEGER,
    units_total INTEGER, units TEXT, standing TEXT NOT NULL, margin INTEGER NOT NULL,
    threshold_margin INTEGER, outcome TEXT NOT NULL, basis TEXT NOT NULL,
    computed_outcome TEXT NOT NULL, caveats TEXT NOT NULL, blocks TEXT NOT NULL,
    source_time TEXT, checked_at TEXT NOT NULL, changed_at TEXT,
    PRIMARY KEY (race, candidate)
) STRICT;
CREATE TABLE history (
    "row" INTEGER PRIMARY KEY, race TEXT NOT NULL, source TEXT NOT NULL, origin TEXT NOT NULL,
    at TEXT NOT NULL, source_time TEXT, version INTEGER, status TEXT,
    units_reported INTEGER, units_total INTEGER, units TEXT,
    selection TEXT NOT NULL, name TEXT NOT NULL, party TEXT NOT NULL,
    votes INTEGER NOT NULL CHECK (votes >= 0), by_type TEXT NOT NULL,
    is_backfill INTEGER NOT NULL, UNIQUE (race, source, origin, selection)
) STRICT;
CREATE TABLE events (
    "row" INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    race TEXT, source TEXT, candidate TEXT, at TEXT NOT NULL, reason TEXT NOT NULL,
    body TEXT NOT NULL, config TEXT NOT NULL, rules TEXT NOT NULL
) STRICT;
CREATE TABLE imports (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    rows INTEGER NOT NULL, at TEXT NOT NULL, finished INTEGER NOT NULL
) STRICT;
CREATE TABLE precinct_lines (
    import INTEGER NOT NULL REFERENCES imports (id), line INTEGER NOT NULL,
    county TEXT NOT NULL, election_date TEXT NOT NULL, precinct TEXT NOT NULL,
    contest_key TEXT NOT NULL, contest TEXT NOT NULL, vote_for INTEGER NOT NULL,
    choice TEXT NOT NULL, party TEXT NOT NULL, election_day INTEGER NOT NULL,
    early INTEGER NOT NULL, absentee_mail INTEGER NOT NULL, provisional INTEGER NOT NULL,
    votes INTEGER NOT NULL CHECK (votes >= 0), is_real_precinct INTEGER,
    PRIMARY KEY (import, line)
) STRICT, WITHOUT ROWID;
"""

_VIEWS = """
CREATE VIEW race_status AS SELECT race, candidate, rival, votes, rival_votes, total,
    units_reported, units_total, units, standing, margin, threshold_margin, outcome, basis,
    caveats, blocks, source_time, checked_at, changed_at FROM standings;
CREATE VIEW race_history AS SELECT "row", race, source, at, source_time, version, status,
    units_reported, units_total, units, selection, name, party, votes, by_type, is_backfill
    FROM history;
CREATE VIEW source_status AS SELECT id AS source,
    json_extract(state, '$.visited_at') AS visited_at, json_extract(state, '$.ok_at') AS ok_at,
    json_extract(state, '$.changed_at') AS changed_at,
    json_extract(state, '$.failures') AS failures, json_extract(state, '$.error') AS error,
    json_extract(state, '$.version') AS version, json_extract(state, '$.finished') AS finished
    FROM sources;
CREATE VIEW event_log AS SELECT "row", key, kind, race, source, candidate, at, reason,
    config, rules FROM events;
CREATE VIEW post_log AS SELECT at, race, kind, channel, thread, text, blocks, key, "row",
    state FROM outbox;
CREATE VIEW precinct_votes AS SELECT digest AS import, line, county, election_date, precinct,
    contest_key, contest, choice, party, election_day, early, absentee_mail, provisional, votes,
    vote_for, is_real_precinct
    FROM precinct_lines JOIN imports ON imports.id = import WHERE finished;
"""


# What one moment told, and when sources failed, is asked for in every later night too.
_OF_EVENTS = (
    "CREATE INDEX events_of_moment ON events (race, at)",
    "CREATE INDEX events_of_kind ON events (kind)",
)


@migrations()
def first(db: Database) -> None:
    """Create every table and view."""
    for statement in (_TABLES + _VIEWS).split(";\n"):
        if statement.strip():
            db.execute(statement)
    outbox_table.create(db)


@migrations()
def people_and_diary(db: Database) -> None:
    """Create what people do, what each visit brought, and who checked which rule."""
    audit.create(db)
    diary.create(db)
    verification_store.create(db)


@migrations()
def the_desk(db: Database) -> None:
    """Create what messages are to say now, what is done to them, and what Slack holds for us."""
    for table in (edits, chores, scheduled, notified):
        table.create(db)
    audit.show_slack_users(db)
    outbox_table.extend(db)
    questions.create(db)
    for index in _OF_EVENTS:
        db.execute(index)


class Store:
    """The states, history and outbox of one instance, over an open database."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with translated("the database"):
            migrations.apply(db)

    def transaction(self) -> AbstractContextManager[None]:
        """Open the one transaction of a visit."""
        return transaction(self.db)

    # -- what the database belongs to ----------------------------------------------------

    def belongs_to(self, archive: str) -> None:
        """Bind the database to an archive, or refuse one that belongs elsewhere.

        `archive` is a recording's id, or "live".
        """
        owner = self.meta("archive")
        if owner is None:
            with self.transaction():
                self.set_meta("archive", archive)
        elif owner != archive:
            raise WrongDatabase(
                "this database belongs to "
                + ("live watching" if owner == "live" else "another recording")
                + "; name another file with --database"
            )

    def begin(self, config: Config, rules: RuleBook, at: datetime) -> None:
        """Keep the configuration that decisions will refer to."""
        with self.transaction():
            self.keep_config(config.digest, config.text, at)
            self.keep_config(rules.digest, rules.text, at)

    def last_config(self) -> str | None:
        """Return the text of the configuration last in force, None in a new database."""
        found = self.db.execute(
            "SELECT text FROM configs JOIN meta ON meta.key = 'config' AND value = digest"
        ).fetchone()
        return found[0] if found else None

    def meta(self, key: str) -> str | None:
        """Read one remembered value."""
        found = self.db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
        return found[0] if found else None

    def set_meta(self, key: str, value: str) -> None:
        """Remember one value, inside the caller's transaction."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [key, value])

    def keep_config(self, digest: str, text: str, at: datetime) -> None:
        """Keep a configuration or rule book that decisions refer to by digest."""
        self.db.execute("INSERT OR IGNORE INTO configs VALUES (?, ?, ?)", [digest, text, stamp(at)])

    # -- states --------------------------------------------------------------------------

    def race(self, race: str) -> RaceState:
        """Read a race's state; a race never seen has the empty one."""
        found = self.db.execute("SELECT state FROM races WHERE id = ?", [race]).fetchone()
        return _RACE_STATE.validate_json(found[0]) if found else RaceState()

    def save_race(self, race: str, state: RaceState, digests: tuple[str, str]) -> None:
        """Write a race's state with the digests of the config and rules that made it."""
        self.db.execute(
            "INSERT OR REPLACE INTO races VALUES (?, ?, ?, ?)",
            [race, _RACE_STATE.dump_json(state).decode(), *digests],
        )

    def poll(self, source: str) -> PollState:
        """Read a source's poll state; a source never visited has the empty one."""
        found = self.db.execute("SELECT state FROM sources WHERE id = ?", [source]).fetchone()
        return _POLL_STATE.validate_json(found[0]) if found else PollState()

    def save_poll(self, source: str, poll: PollState) -> None:
        """Write a source's poll state."""
        self.db.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?)",
            [source, _POLL_STATE.dump_json(poll).decode()],
        )

    # -- pages ---------------------------------------------------------------------------

    def known_page(self, url: str, body: Callable[[str], bytes | None]) -> Page | None:
        """Return the last stored 200 of a URL; `body` finds bytes by digest in the archive."""
        found = self.db.execute(
            "SELECT status, headers, digest, fetched_at FROM pages WHERE url = ?", [url]
        ).fetchone()
        if found is None:
            return None
        content = body(found[2])
        if content is None:
            return None
        return _PAGE.validate_python({
            "url": url, "status": found[0], "headers": json.loads(found[1]),
            "body": content, "fetched_at": found[3],
        })  # fmt: skip

    def remember_page(self, page: Page, digest: str) -> None:
        """Write a 200 down for later conditional requests."""
        self.db.execute(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)",
            [page.url, page.status, json.dumps(page.headers), digest, page.fetched_at.isoformat()],
        )

    # -- what happened -------------------------------------------------------------------

    def add_events(self, events: Iterable[Event], digests: tuple[str, str]) -> list[Event]:
        """Write events down; return those that were new."""
        return [event for event in events if self._add_event(event, digests)]

    def _add_event(self, event: Event, digests: tuple[str, str]) -> bool:
        cursor = self.db.execute(
            "INSERT OR IGNORE INTO events (key, kind, race, source, candidate, at, reason, body,"
            " config, rules) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                event.key, event.kind.value, event.race or None, event.source or None,
                event.candidate or None, stamp(event.at), event.reason,
                _EVENT.dump_json(event).decode(), *digests,
            ],
        )  # fmt: skip
        return bool(cursor.rowcount)

    def put(self, posts: Iterable[Post]) -> None:
        """Put messages into the outbox."""
        for post in posts:
            outbox.put(self.db, post)

    def said(self, race: str, event_key: str) -> tuple[Said, ...]:
        """Return the messages an event of a race became, one a channel."""
        rows = self.db.execute(
            "SELECT key, channel, text, at FROM outbox"
            " WHERE race = ? AND thread IS NULL AND class = 'outcome'",
            [race],
        )
        return tuple(
            Said(channel, text, moment_of(at))
            for key, channel, text, at in rows
            if key == post_key(event_key, channel)
        )

    def has_post(self, key: str) -> bool:
        """Say whether the outbox holds a message of this key."""
        return self.db.execute("SELECT 1 FROM outbox WHERE key = ?", [key]).fetchone() is not None

    def add_history(
        self, race: str, source: str, snapshot: Snapshot, *, is_backfill: bool = False
    ) -> int:
        """Write one accepted change, a row per selection; return how many rows were new."""
        contest = snapshot.contest
        origin = history_origin(snapshot)
        units = contest.units
        common: list[Any] = [
            stamp(snapshot.fetched_at),
            stamp(snapshot.source_time) if snapshot.source_time else None,
            snapshot.version, snapshot.status.value if snapshot.status else None,
            units.reported if units else None, units.total if units else None,
            units.kind.value if units else None,
        ]  # fmt: skip
        added = 0
        for choice in contest.selections:
            types = {count.type.value: count.votes for count in choice.by_type}
            cursor = self.db.execute(
                "INSERT OR IGNORE INTO history (race, source, origin, at, source_time, version,"
                " status, units_reported, units_total, units, selection, name, party, votes,"
                " by_type, is_backfill) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    race, source, origin, *common, choice.key, choice.name, choice.party,
                    choice.votes, json.dumps(types), int(is_backfill),
                ],
            )  # fmt: skip
            added += cursor.rowcount
        return added

    def save_standings(
        self,
        watched: Watched,
        state: RaceState,
        decisions: Iterable[Decision],
        tally: Tally,
        now: datetime,
        *,
        looked: bool,
    ) -> None:
        """Write the rows of `race_status`: the figures as accepted, the outcome as told.

        `looked`: a source was looked at just now; else the last look stays the last one.
        """
        units = tally.units
        used = [state.standings[source] for source in tally.sources]
        changed = [one.changed_at for one in used if one.changed_at is not None]
        theirs = [
            one.accepted.source_time
            for one in used
            if one.accepted is not None and one.accepted.source_time is not None
        ]
        checked = self._checked(watched.race.id)
        for one in decisions:
            told = state.told.get(one.candidate, Told())
            row: dict[str, Any] = {
                "race": watched.race.id,
                "candidate": one.candidate,
                "rival": one.rival,
                "votes": one.votes,
                "rival_votes": one.rival_votes,
                "total": one.total,
                "units_reported": units.reported if units else None,
                "units_total": units.total if units else None,
                "units": units.kind.value if units else None,
                "standing": (told.standing or one.standing).value,
                "margin": one.margin,
                "threshold_margin": one.threshold_margin,
                "outcome": told.outcome.value,
                "basis": told.basis.value,
                "computed_outcome": one.computed.value,
                "caveats": json.dumps(released.caveats(watched, state, one, tally)),
                "blocks": json.dumps(released.blocks(state, one)),
                "source_time": stamp(min(theirs)) if theirs else None,
                "checked_at": stamp(now) if looked else checked.get(one.candidate, stamp(now)),
                "changed_at": stamp(max(changed)) if changed else None,
            }
            marks = ", ".join(f":{column}" for column in row)
            self.db.execute(
                f"INSERT OR REPLACE INTO standings ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
                row,
            )

    def _checked(self, race: str) -> dict[str, str]:
        """Return by candidate when a race was last looked at."""
        known = "SELECT candidate, checked_at FROM standings WHERE race = ?"
        return dict(self.db.execute(known, [race]).fetchall())

    def keep_standings(self, race: str, candidates: Iterable[str]) -> None:
        """Leave in `race_status` only the rows of a race's endorsed candidates."""
        named = json.dumps(list(candidates))
        self.db.execute(
            "DELETE FROM standings WHERE race = ?"
            " AND candidate NOT IN (SELECT value FROM json_each(?))",
            [race, named],
        )

    def rows(self, sql: str, parameters: Iterable[object] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query, as dictionaries, for the command line."""
        return list(self.db.query(sql, list(parameters)))


_PAGE = TypeAdapter(Page)


def history_origin(snapshot: Snapshot) -> str:
    """Digest what makes an accepted change itself: its figures and the source's own marks."""
    ours = snapshot.fetched_at.astimezone(UTC)  # as read from a database it is the same moment
    theirs = snapshot.source_time.isoformat() if snapshot.source_time else ours
    parts = (figures(snapshot.contest), snapshot.version, snapshot.status, theirs)
    return sha256(repr(parts).encode()).hexdigest()[:24]

"""The recorded world: a WARC file answers requests as the sites did at any time.

A recording is a world, not a script: polls follow their own schedule and are given
what stood at the URL at that time. Used by replay, the demo, backfill and tests.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from typing import TYPE_CHECKING

from monitor import warc
from monitor.act_json import act_of
from monitor.errors import ArchiveFailure, FetchFailure, NotRecorded
from monitor.fetch import MISSING, OK, refuse_status, stored_answer, unchanged
from monitor.model import Page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from monitor.model import Request
    from monitor.people import Act
    from monitor.warc import Contents, Entry

_ERRORS = {kind.__name__: kind for kind in FetchFailure.__subclasses__()}


class World:
    """A recording, indexed; bodies stay in the file until they are asked for.

    `config_text` and `rules_digest` stand in its first record, whose SHA-256 is
    `archive_id`: a longer copy of the same recording has the same one. `starts_at`:
    when the first record after it becomes visible; `ends_at`: when the last one does.
    `acts`: what people did, each with the time it was taken, in that order.
    `damaged_tail`: the file ends in a torn record, which is left out.
    """

    def __init__(self, path: Path, first: bytes, contents: Contents) -> None:
        head, *entries = contents.entries
        self.path = path
        self.archive_id = hashlib.sha256(first).hexdigest()
        self.config_text, self.rules_digest = _settings(first, head, path)
        self.damaged_tail = contents.is_torn
        visible = _visible(entries)
        self.starts_at = min(visible.values(), default=head.date)
        self.ends_at = max(visible.values(), default=head.date)
        self._moments = sorted(visible.values())
        self._by_id = {entry.id: entry for entry in entries}
        _refuse_lost_originals(entries, self._by_id, path)
        self._by_digest = {entry.digest: entry for entry in entries if entry.kind == "response"}
        self._lines = _timelines(entries, visible)
        self.urls = frozenset(self._lines)
        self._held: dict[str, tuple[int, bytes]] = {}
        self.acts = self._acts(entries)

    @classmethod
    def read(cls, path: Path) -> World:
        """Read a `.warc.gz`; raises `ArchiveFailure` when it is none, or has no config."""
        try:
            with path.open("rb") as file:
                contents = warc.read(file, path)
                if not contents.entries:
                    raise ArchiveFailure(f"{path} holds no whole record; restore it from a copy")
                _, first = warc.member_at(file, 0, path)
        except OSError as error:
            raise ArchiveFailure(f"cannot read the archive {path} ({error.strerror})") from None
        return cls(path, first, contents)

    def share_seen(self, now: datetime) -> float:
        """Return the share of the records visible by a moment, 0 to 1, for a progress display."""
        return bisect_right(self._moments, now) / max(len(self._moments), 1)

    def answer(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Answer as the site did at `now`; see `Fetcher.fetch`.

        The newest visible record of the URL; none yet is a 404. A validator of
        `known` that matches gives `known` back, as a 304 does. A recorded failure
        is raised again; `NotRecorded` where the URL stands nowhere.
        """
        if stored := stored_answer(request, known, now):
            return stored
        page = self._newest(request.url, now)
        if not unconditional and known is not None and _matches(known, page):
            return unchanged(known, now)
        return refuse_status(page, optional=request.optional)

    def body(self, digest: str) -> bytes:
        """Return the body with this SHA-256 (hex); raises `ArchiveFailure` without one."""
        if digest not in self._by_digest:
            raise ArchiveFailure(f"no body {digest:.12}… in {self.path}; is it the right archive?")
        return self._body(self._by_digest[digest])

    def _newest(self, url: str, now: datetime) -> Page:
        line = self._lines.get(warc.target(url))
        if line is None:
            raise NotRecorded(
                f"{url} stands nowhere in {self.path.name}; record it, or check the settings"
            )
        since = bisect_right(line, now, key=lambda step: step[0])
        if since == 0:
            return Page(url, MISSING, (), b"", now)
        entry = line[since - 1][1]
        if entry.failure:
            kind = _ERRORS.get(entry.failure.error, FetchFailure)
            raise kind(entry.failure.message, retry_after=entry.failure.retry_after)
        if entry.kind == "revisit":
            entry = self._by_id[entry.refers_to]
        return Page(url, entry.status, entry.headers, self._body(entry), now)

    def _body(self, entry: Entry) -> bytes:
        """Return an entry's body; one per URL is held, for most polls find nothing new."""
        offset, body = self._held.get(entry.url, (-1, b""))
        if offset != entry.offset:
            body = self._read(entry)
            self._held[entry.url] = (entry.offset, body)
        return body

    def _read(self, entry: Entry) -> bytes:
        with self.path.open("rb") as file:
            size, member = warc.member_at(file, entry.offset, self.path)
        return warc.parse(member, entry.offset, size, self.path)[1]

    def _acts(self, entries: list[Entry]) -> tuple[tuple[datetime, Act], ...]:
        """Read the acts; one kept twice counts as of the last time, which is when it was stored."""
        kept = {entry.url: entry for entry in entries if entry.url.startswith(warc.ACT)}
        try:
            acts = [(entry.date, act_of(self._read(entry))) for entry in kept.values()]
        except ValueError as error:
            raise ArchiveFailure(
                f"{self.path} holds an act that this version cannot read "
                f"({_first_line(error)}); use the version that wrote it"
            ) from None
        return tuple(sorted(acts, key=lambda act: act[0]))


def _first_line(error: ValueError) -> str:
    return str(error).partition("\n")[0]


class RecordedFetcher:
    """A `Fetcher` over a recording."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def fetch(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Answer from the recording; see `World.answer`."""
        return self._world.answer(request, known=known, now=now, unconditional=unconditional)


def _settings(first: bytes, head: Entry, path: Path) -> tuple[str, str]:
    """Return the config text and the rules digest of an archive's first record."""
    _, block = warc.parse(first, 0, head.length, path)
    try:
        content = json.loads(block)
        return str(content["config"]), str(content["rules"])
    except (ValueError, KeyError, TypeError):
        raise ArchiveFailure(
            f"the first record of {path} holds no config; it is not an archive of this program"
        ) from None


def _refuse_lost_originals(entries: list[Entry], by_id: dict[str, Entry], path: Path) -> None:
    """Raise when a revisit refers to a record that is not there: its body is lost."""
    for entry in entries:
        if entry.kind == "revisit" and entry.refers_to not in by_id:
            raise ArchiveFailure(
                f"{path} lacks the record that byte {entry.offset:,} refers to; restore it"
            )


def _visible(entries: Iterable[Entry]) -> dict[str, datetime]:
    """Say when each record (by id) becomes visible: at the start of its visit."""
    starts: dict[str, datetime] = {}
    for entry in entries:
        visit = entry.visit or entry.id
        starts[visit] = min(starts.get(visit, entry.date), entry.date)
    return {entry.id: starts[entry.visit or entry.id] for entry in entries}


def _timelines(
    entries: Iterable[Entry], visible: dict[str, datetime]
) -> dict[str, list[tuple[datetime, Entry]]]:
    """Return, per URL, since when which record is the newest one visible.

    Visits may overlap: one that began earlier can hold the later record.
    """
    lines: dict[str, list[tuple[datetime, Entry]]] = {}
    answers = [entry for entry in entries if entry.failure or entry.kind in {"response", "revisit"}]
    for entry in sorted(answers, key=lambda each: (visible[each.id], each.date, each.offset)):
        line = lines.setdefault(entry.url, [])
        newest = line[-1][1] if line else entry
        if (entry.date, entry.offset) >= (newest.date, newest.offset):
            line.append((visible[entry.id], entry))
    return lines


def _matches(known: Page, page: Page) -> bool:
    """Say whether a site would answer 304: same ETag, or without one the same Last-Modified."""
    if known.status != OK or page.status != OK:
        return False
    name = "etag" if known.header("etag") and page.header("etag") else "last-modified"
    return bool(known.header(name)) and _weak(known.header(name)) == _weak(page.header(name))


def _weak(validator: str) -> str:
    return validator.removeprefix("W/")

"""A small night that is being counted right now: sheets on loopback, for `watch` itself.

Every name and figure here is made up. The polls closed ten minutes ago, so that the
service is in its count window whenever the tests run.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# It is evening somewhere: a close in the small hours is another story (tests/test_root_first.py),
# and one that falls on the day before yet another.
_ZONES = ("America/New_York", "Asia/Tokyo", "Europe/London", "Pacific/Auckland")
ZONE = next(one for one in _ZONES if 13 <= datetime.now(ZoneInfo(one)).hour < 23)
OURS = "Ann {name}"
COLUMNS = "contest,candidate,votes,status,units_reported,units_total,units"


@dataclass(frozen=True, slots=True)
class Watched:
    """One race of the night: its name, and the source it is read from."""

    name: str
    source: str
    url: str


def config(races: Sequence[Watched], *, channel: str = "#primary-night", head: str = "") -> str:
    """Return a whole config.toml; `head` goes before the first table."""
    closed = datetime.now(ZoneInfo(ZONE)).replace(microsecond=0) - timedelta(minutes=10)
    election = f'[elections.now]\ndate = {closed:%Y-%m-%d}\nstate = "NC"\nkind = "general"\n'
    slack = (
        f'[slack]\nops_channel = "#ops"\nquarantine_seconds = 1\n'
        f'[[slack.channels]]\nname = "{channel}"\norganisations = ["Example Coalition"]\n'
    )
    tables = [part for race in races for part in (_source(race), _race(race, closed))]
    return "\n".join([head, election, *tables, slack])


def _source(race: Watched) -> str:
    return f'[sources.{race.source}]\nplatform = "sheet"\nelection = "now"\nurl = "{race.url}"\n'


def _race(race: Watched, closed: datetime) -> str:
    return f"""[[races]]
id = "{race.name.lower()}-da"
election = "now"
name = "{race.name} DA"
office = "District Attorney"
polls_close = {closed:%H:%M:%S}
zone = "{ZONE}"
[[races.endorsements]]
candidate = "{OURS.format(name=race.name)}"
by = ["Example Coalition"]
[[races.sources]]
source = "{race.source}"
covers = ["{race.name}"]
contest = 'District Attorney'
"""


def sheet(name: str, ours: int, theirs: int, precincts: int) -> bytes:
    """Return a sheet with one contest, `precincts` of 20 in."""
    tail = f"unofficial-partial,{precincts},20,precincts"
    rows = (
        f"District Attorney,{OURS.format(name=name)},{ours},{tail}",
        f"District Attorney,Bo Rival,{theirs},{tail}",
    )
    return "\n".join([COLUMNS, *rows, ""]).encode()


def phased(name: str, due: datetime) -> str:
    """Return a source id whose fixed phase within the minute (design §8) falls on `due`."""
    wanted = int(due.timestamp()) % 60
    ids = (f"{name}_{number}" for number in count())
    return next(i for i in ids if int(sha256(i.encode()).hexdigest(), 16) % 60 == wanted)


@dataclass(slots=True)
class Sheets:
    """Bodies by path, and how often each was asked for."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def url(self, path: str) -> str:
        """Return the address of a sheet."""
        return f"http://127.0.0.1:{self.port}/{path}"


@contextmanager
def sheets_served() -> Iterator[Sheets]:
    """Serve sheets on loopback from a thread."""
    sheets = Sheets()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/")
            sheets.asked[path] += 1
            body = sheets.bodies.get(path, b"")
            self.send_response(200 if path in sheets.bodies else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sheets.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield sheets
        finally:
            server.shutdown()
            thread.join()


def in_seconds(seconds: float) -> datetime:
    """Return the wall clock's time so many seconds from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)

"""The second way, through apprise itself: a loopback web server and a loopback mail server."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import notified, outbox
from monitor.database import transaction
from monitor.errors import ConfigInvalid
from monitor.plain import body_of, plain
from monitor.posts import RowClass
from monitor.second_way import FOLLOWS, LATE, PATIENCE, PLACE, SecondWay, read_ways
from monitor.words import safe
from tests.extras import needs
from tests.posts import a_post, fresh, put

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from sqlite_utils import Database


# apprise loads every plugin it has, and one of them an old module.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture(autouse=True)
def _by_apprise() -> None:
    """Go by the real library."""
    needs("apprise")


NOW = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
LATER = NOW + PATIENCE
WON = a_post(
    "won", row_class=RowClass.OUTCOME, kind="race-won",
    text="WON (unofficial): Deberry, Durham DA. A &amp; B",
    blocks=json.dumps([
        {"type": "section", "text": {
            "type": "mrkdwn", "text": "*WON (unofficial): Deberry, Durham DA. A &amp; B*",
        }},
        {"type": "section", "text": {"type": "mrkdwn", "text": "```Deberry 9\nRival   8```"}},
        {"type": "actions", "elements": []},
    ]),
)  # fmt: skip
HOLD_OFF = a_post(
    "hold-off", row_class=RowClass.OUTCOME, kind="hold-off", text="HOLD OFF: Deberry, Durham DA"
)


@dataclass(slots=True)
class Inbox:
    """What arrived on the other end; `answers` are given in turn, then 200."""

    url: str = ""
    got: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        """Return what stood first in each message."""
        return [one["title"] for one in self.got]

    def ways(self) -> Any:
        """Return the second ways that lead here."""
        return read_ways({PLACE: self.url})


@asynccontextmanager
async def web() -> AsyncIterator[Inbox]:
    """Serve apprise's json:// scheme."""
    inbox = Inbox()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0])
        inbox.got.append(json.loads(await reader.readexactly(length)))
        status = inbox.answers.pop(0) if inbox.answers else 200
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    inbox.url = f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/secret-path"
    async with server:
        yield inbox


@asynccontextmanager
async def mail() -> AsyncIterator[Inbox]:
    """Serve as much of SMTP as it takes to hand in a message."""
    inbox = Inbox()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 loopback\r\n")
        while line := (await reader.readline()).strip().upper():
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                read = message_from_bytes(body[: -len(b".\r\n")], policy=policy.default)
                part = read.get_body(("plain",))
                assert part is not None
                inbox.got.append({"title": read["Subject"], "message": part.get_content()})
            writer.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    inbox.url = (
        f"mailto://127.0.0.1:{port}?from=bot@example.org&to=staff@example.org&mode=insecure"
        "&format=text"
    )
    async with server:
        yield inbox


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with web() as opened:
        yield opened


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(fresh(tmp_path / "night.db")) as database:
        with transaction(database):
            notified.create(database)
        yield database


def second_way(db: Database, inbox: Inbox) -> SecondWay:
    return SecondWay(db, inbox.ways(), lambda: NOW)


def send(db: Database, key: str) -> None:
    """Let Slack take a message."""
    (row,) = [row for row in outbox.due(db, datetime.now(UTC)) if row.key == key]
    assert outbox.claim(db, row, NOW)
    outbox.sent(db, row, "C1", "1.0")


async def test_an_outcome_slack_does_not_take_goes_out_once(db: Database, inbox: Inbox) -> None:
    """After two minutes, in plain words; and never again."""
    way = second_way(db, inbox)
    put(db, WON, a_post("count", kind="count-updated"))
    await way.look(NOW)
    await way.look(LATER - timedelta(seconds=1))
    assert inbox.got == []
    for minutes in (2, 3, 60):
        await way.look(NOW + timedelta(minutes=minutes))
    (message,) = inbox.got
    assert message["title"] == "WON (unofficial): Deberry, Durham DA. A & B"
    assert message["message"] == f"Deberry 9\nRival   8\n\n{LATE}"
    await second_way(db, inbox).look(NOW + timedelta(hours=2))
    assert len(inbox.got) == 1


async def test_e_mail(db: Database) -> None:
    """The same by SMTP: subject and text."""
    async with mail() as inbox:
        put(db, WON)
        way = second_way(db, inbox)
        await way.look(NOW)
        await way.look(LATER)
    (message,) = inbox.got
    assert message["title"] == "WON (unofficial): Deberry, Durham DA. A & B"
    assert message["message"].replace("\r\n", "\n").strip() == f"Deberry 9\nRival   8\n\n{LATE}"


async def test_what_slack_takes_in_time_does_not_go(db: Database, inbox: Inbox) -> None:
    """Neither the outcome nor what withdraws it later."""
    way = second_way(db, inbox)
    put(db, WON)
    await way.look(NOW)
    send(db, "won")
    put(db, HOLD_OFF)
    await way.look(LATER)
    send(db, "hold-off")
    await way.look(LATER + PATIENCE)
    assert inbox.got == []


async def test_a_retraction_reaches_everything_the_outcome_reached(
    db: Database, inbox: Inbox
) -> None:
    """At once, Slack up or not, each once; of another race, or in a thread, nothing goes."""
    way = second_way(db, inbox)
    put(db, WON)
    await way.look(NOW)
    await way.look(LATER)
    put(
        db, HOLD_OFF,
        a_post("other", row_class=RowClass.OUTCOME, kind="hold-off", race="pitt-da"),
        a_post("small", kind="count-revised", thread="won"),
        a_post("revised", kind="count-revised"),
        a_post("withdrawn", row_class=RowClass.OUTCOME, kind="outcome-retracted"),
    )  # fmt: skip
    for key in ("won", "hold-off"):
        send(db, key)
    await way.look(LATER + timedelta(seconds=5))
    await second_way(db, inbox).look(LATER + timedelta(seconds=9))
    assert inbox.titles[1:] == ["HOLD OFF: Deberry, Durham DA", "revised", "withdrawn"]
    assert [one["message"] for one in inbox.got[1:]] == [FOLLOWS] * 3


async def test_the_same_words_for_two_channels_go_once(db: Database, inbox: Inbox) -> None:
    """And the same words said again later, after a retraction, go again."""
    way = second_way(db, inbox)
    put(db, WON, replace(WON, key="won-2", channel="#other"))
    await way.look(NOW)
    await way.look(LATER)
    assert len(inbox.got) == 1
    put(db, replace(WON, key="won-3", at=WON.at + timedelta(hours=1)))
    await way.look(LATER)
    await way.look(LATER + PATIENCE)
    assert len(inbox.got) == 2


async def test_a_way_that_fails_is_tried_again_and_says_so(db: Database, inbox: Inbox) -> None:
    """Later each time; nobody knows whether the first one arrived."""
    inbox.answers = [500]
    way = second_way(db, inbox)
    put(db, WON)
    await way.look(NOW)
    await way.look(LATER)
    assert [one.state for one in notified.tried(db)] == ["failed"]
    way._now = lambda: LATER
    await way.look(LATER)
    assert len(inbox.got) == 2
    assert inbox.titles[1].startswith("May be a repeat: WON (unofficial): Deberry")
    assert [one.state for one in notified.tried(db)] == ["sent"]


async def test_a_failing_way_rests_longer_each_time(db: Database, inbox: Inbox) -> None:
    """Half a minute, one, two, and never more than a quarter of an hour."""
    inbox.answers = [500] * 100
    way, now = second_way(db, inbox), [NOW]
    way._now = lambda: now[0]
    put(db, WON)
    tries: list[float] = []
    for second in range(0, 3600, 5):
        now[0], before = NOW + timedelta(seconds=second), len(inbox.got)
        await way.look(now[0])
        if len(inbox.got) > before:
            tries.append(second)
    waits = [later - one for one, later in pairwise(tries)]
    assert tries[0] == 120
    assert waits == [30, 60, 120, 240, 480, 900, 900]


async def test_one_way_that_fails_keeps_no_other_from_it(db: Database, inbox: Inbox) -> None:
    """Each address has its own account."""
    async with web() as broken:
        broken.answers = [500] * 9
        way = SecondWay(db, read_ways({PLACE: f"{broken.url}, {inbox.url}"}), lambda: NOW)
        put(db, WON)
        await way.look(NOW)
        await way.look(LATER)
    assert inbox.titles == ["WON (unofficial): Deberry, Durham DA. A & B"]
    assert sorted(one.state for one in notified.tried(db)) == ["failed", "sent"]


async def test_killed_while_sending(db: Database, inbox: Inbox) -> None:
    """A try of which nothing is recorded is repeated, and says so: silence would be worse."""

    class Killed(BaseException):
        """Stands for SIGKILL."""

    async def die(title: str, body: str) -> bool:
        await ways[0].send(title, body)
        raise Killed

    ways = inbox.ways()
    put(db, WON)
    dying = SecondWay(db, (replace(ways[0], send=die),), lambda: NOW)
    await dying.look(NOW)
    with pytest.raises(Killed):
        await dying.look(LATER)
    way = second_way(db, inbox)
    await way.look(LATER)
    await way.look(LATER + PATIENCE)
    await way.look(LATER + 2 * PATIENCE)
    words = "WON (unofficial): Deberry, Durham DA. A & B"
    assert inbox.titles == [words, f"May be a repeat: {words}"]


async def test_it_runs_until_stopped(db: Database, inbox: Inbox) -> None:
    """As the service runs it, on the wall clock."""
    put(db, WON)
    way, stop = SecondWay(db, inbox.ways()), asyncio.Event()
    way._seen["won"] = datetime.now(UTC) - PATIENCE
    running = asyncio.create_task(way.run(stop))
    async with asyncio.timeout(5):
        while not inbox.got:  # noqa: ASYNC110 - the other end tells of no event
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_no_address_is_ever_shown(
    db: Database, inbox: Inbox, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not in a log, not in the database."""
    caplog.set_level(logging.DEBUG, logger="monitor")
    inbox.answers = [500]
    way = second_way(db, inbox)
    put(db, WON)
    await way.look(NOW)
    await way.look(LATER)
    logged = "".join(capsys.readouterr())
    assert "json, address 1" in logged
    stored = str([dict(row) for row in db.query("SELECT * FROM notified")])
    assert "secret-path" not in logged + caplog.text + stored


@pytest.mark.parametrize(
    "url",
    [
        "slack://T0A1B2C3D/B0A1B2C3D/abcdefghijklmnopqrstuvwx/#general",
        "SLACK://T0A1B2C3D/B0A1B2C3D/abcdefghijklmnopqrstuvwx",
        "https://hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D/abcdefghijklmnopqrstuvwx",
        "json://hooks.slack.com/services/T0A1B2C3D",
    ],
)
def test_slack_is_no_second_way(url: str) -> None:
    """It is what may be down, and it would read mentions in a county's words."""
    with pytest.raises(ConfigInvalid, match="address 2 leads to Slack") as seen:
        read_ways({PLACE: f"json://127.0.0.1/x\n{url}"})
    assert "T0A1B2C3D" not in str(seen.value)


def test_an_address_that_is_not_understood_is_not_shown() -> None:
    """Its number and its scheme are enough to find it."""
    with pytest.raises(ConfigInvalid, match="nonesuch, address 1 is not understood") as seen:
        read_ways({PLACE: "nonesuch://password@host"})
    assert "password" not in str(seen.value)


def test_several_addresses_in_text_or_file(tmp_path: Path) -> None:
    """One a line or with commas between; a comma inside an address stays there."""
    text = "json://a/x?to=1,2,\n json://b/y, json://c/z\n"
    path = tmp_path / "urls"
    path.write_text(text, encoding="utf-8")
    ways = read_ways({PLACE: text})
    assert len({way.id for way in ways}) == 3
    assert [w.id for w in read_ways({f"{PLACE}_FILE": str(path)})] == [w.id for w in ways]
    assert read_ways({}) == ()


def test_a_file_that_is_not_there_is_not_named() -> None:
    """Somebody may have put an address itself in its place."""
    with pytest.raises(ConfigInvalid, match="cannot be read") as seen:
        read_ways({f"{PLACE}_FILE": "mailto://bot:password@example.org"})
    assert "password" not in str(seen.value)


def test_without_apprise_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra; who does not use it need not have it."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert read_ways({}) == ()
    with pytest.raises(ConfigInvalid, match=r"pip install 'primary-night\[notify\]'"):
        read_ways({PLACE: "json://127.0.0.1/x"})


@pytest.mark.parametrize(
    ("slack", "words"),
    [
        ("*WON*: _Deberry_ `x`", "WON: Deberry x"),
        ("a_b_c 3 * 4", "a_b_c 3  4"),
        ("&lt;!channel&gt; &amp;lt; A&amp;B", "<!channel> &lt; A&B"),
        (
            "<https://a.example/x?y=1&amp;z=2|the source>",
            "the source (https://a.example/x?y=1&z=2)",
        ),
        ("<@U024BE7LH> <!subteam^S024BE7LH> call", "  call"),
        ("@everyone and &lt;@123&gt;", "@ everyone and <@ 123>"),
    ],
)
def test_plain_words(slack: str, words: str) -> None:
    """No markup, no entities, and nothing that another service reads as a mention."""
    assert plain(slack) == words


@given(st.text(alphabet=st.sampled_from("@<>&;|!#*_`~ \na1lgt") | st.characters()))
def test_no_name_can_mention_anybody(name: str) -> None:
    """Whatever a county calls a candidate."""
    said = plain(f"*WON*: {safe(name)}, Durham DA")
    assert said.startswith("WON: ")
    assert said.endswith(", Durham DA")
    assert not re.search(r"@(?! |$)", said, re.MULTILINE)


def test_a_body_has_every_text_but_the_first_line() -> None:
    """Fields and small lines too; buttons and pictures are left out."""
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*WON*"}},
        {"type": "section", "fields": [{"text": "one"}, {"text": "two"}]},
        {"type": "context", "elements": [{"type": "image", "alt_text": "x"}, {"text": "_small_"}]},
        {"type": "image", "alt_text": "chart"},
    ]
    assert body_of("WON", json.dumps(blocks)) == "one\ntwo\nsmall"

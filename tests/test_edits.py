"""Edits, pins, files, links, buttons and charts, against an independent Slack."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from monitor import chores, edits, scoreboard_link
from monitor.database import transaction
from monitor.deliver import Deliverer, Fate
from monitor.editing import MESSAGE_PACE, PACE
from monitor.errors import SlackFailure
from monitor.outbox import Sent
from monitor.posts import SCOREBOARD_LINK, Chore, ChoreKind, DeskKind, Edit
from monitor.slack import SlackPoster
from monitor.terminal import TerminalPoster
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.posts import NIGHT, Clock, a_post, fresh, put, states
from tests.slack_faults import Fault, FaultProxy, Kind, fault_proxy, limited, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from monitor.outbox import Row, Thread

HELD = {
    "type": "section", "block_id": "internal:the-race",
    "text": {"type": "mrkdwn", "text": "New numbers under check."},
}  # fmt: skip
BUTTONS = {"type": "actions", "block_id": "acts:k", "elements": []}
CHART = {
    "type": "data_visualization",
    "title": "Share of votes, Durham DA",
    "chart": {
        "type": "line",
        "series": [
            {
                "name": "Deberry",
                "data": [{"label": "8:36 PM ET", "value": 46.2}, {"label": "9 PM", "value": 48.8}],
            }
        ],
        "axis_config": {"categories": ["8:36 PM ET", "9:00 PM ET"]},
    },
}
ALT = "Share of votes, Durham DA, 8:36 PM ET to 9:00 PM ET: Deberry 46.2% to 48.8%."
WORDS = {"type": "section", "text": {"type": "mrkdwn", "text": "*Deberry* leads"}}


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@pytest.fixture
def channel(slack: Emulator, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return the name and id of a channel of this test's own."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[-78:].strip("-")
    return f"#{name}", slack.create_channel(name)


@pytest.fixture
async def proxy(slack: Emulator) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(slack.api_url) as running:
        yield running


@pytest.fixture
async def poster(proxy: FaultProxy) -> AsyncIterator[SlackPoster]:
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, timeout_seconds=0.3)
    yield poster
    await poster.close()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(fresh(tmp_path / "night.db")) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


def sender(db: Database, poster: Any, clock: Clock, pace: float = 0.0) -> Deliverer:
    return Deliverer(db, poster, clock, pace_seconds=pace, quarantine_seconds=30, sleep=clock.sleep)


def want(db: Database, key: str, text: str, channel: str, **changes: Any) -> None:
    """Say what a message is to say now."""
    edit = replace(Edit(key, channel, text, "[]", NIGHT), **changes)
    with transaction(db):
        edits.put(db, edit)


def task(db: Database, kind: ChoreKind, key: str, name: str = "", content: str = "") -> None:
    with transaction(db):
        chores.put(db, Chore(kind, key, name, content))


def chore_states(db: Database) -> list[tuple[str, str]]:
    return [(row["state"], row["error"] or "") for row in db.query("SELECT * FROM chores")]


class Logging:
    """A Slack that takes everything and writes down when."""

    def __init__(self, clock: Clock, *answers: SlackFailure | None) -> None:
        self.clock = clock
        self.answers = list(answers)
        self.calls: list[tuple[datetime, str, str]] = []

    def place(self, channel: str) -> str:
        """Share no limits."""
        return channel

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Take a post."""
        del thread
        self.calls.append((self.clock(), "post", row.key))
        return Sent("C1", f"{len(self.calls)}.0")

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Find nothing."""
        del rows, threads
        return {}

    async def edit(self, one: edits.Due) -> None:
        """Raise the next answer, or take an edit."""
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.calls.append((self.clock(), "edit", one.edit.key))

    def times(self, what: str) -> list[datetime]:
        """Return when something was taken."""
        return [at for at, kind, _ in self.calls if kind == what]


# -- edits ---------------------------------------------------------------------------------


async def test_the_newest_wording_wins_and_older_ones_are_never_sent(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    put(db, a_post("board", channel=channel[0], blocks=json.dumps([WORDS])))
    for text in ("9:40", "9:41", "9:42"):
        want(db, "board", text, channel[0])
    assert await sender(db, poster, clock).settle(final=True) == {Fate.SENT: 1, Fate.EDITED: 1}
    (message,) = slack.history(channel[1])
    assert message["text"] == "9:42"
    assert not message["blocks"]
    assert message["metadata"]["event_payload"] == {"key": "board"}
    assert proxy.seen["chat.update"] == 1


async def test_what_a_message_says_already_is_not_edited_again(db: Database, clock: Clock) -> None:
    put(db, a_post("board"))
    poster = Logging(clock)
    for _ in range(3):
        want(db, "board", "9:40", "#da-races")
        await sender(db, poster, clock).settle(final=True)
    assert len(poster.times("edit")) == 1


async def test_edits_keep_the_pace_of_the_app_and_of_each_message(
    db: Database, clock: Clock
) -> None:
    """Fifty a minute for the whole app, and no message flickers."""
    put(db, *(a_post(f"m{number}", race=f"r{number}") for number in range(40)))
    poster = Logging(clock)
    paced = sender(db, poster, clock, pace=1.05)
    for minute in range(3):
        for number in range(40):
            want(db, f"m{number}", str(minute), "#da-races")
        await paced.settle(final=True)
    times = poster.times("edit")
    assert len(times) == 120
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert min(gaps) >= PACE
    want(db, "m1", "again", "#da-races")
    await paced.settle(final=True)
    want(db, "m1", "and again", "#da-races")
    await paced.settle(final=True)
    assert (clock() - times[-1]).total_seconds() >= MESSAGE_PACE


async def test_a_message_that_changes_often_does_not_push_the_others_back(
    db: Database, clock: Clock
) -> None:
    put(db, *(a_post(f"m{number}", race=f"r{number}") for number in range(3)))
    poster = Logging(clock)
    paced = sender(db, poster, clock, pace=0.0)
    await paced.settle(final=True)
    for number in (1, 2, 0):
        want(db, f"m{number}", "new", "#da-races", at=NIGHT + timedelta(seconds=number))
    want(db, "m0", "newer", "#da-races", at=NIGHT + timedelta(seconds=9))
    await paced.settle(final=True)
    assert [key for _, what, key in poster.calls if what == "edit"] == ["m0", "m1", "m2"]


async def test_a_429_on_edits_holds_edits_and_no_post(db: Database, clock: Clock) -> None:
    put(db, a_post("board"))
    poster = Logging(clock, SlackFailure("wait", permanent=False, retry_after=40))
    sending = sender(db, poster, clock)
    await sending.settle()
    start = clock()
    want(db, "board", "9:40", "#da-races")
    await sending.drain()
    put(db, a_post("won"))
    await sending.drain()
    assert poster.times("post")[-1] == start
    await sending.settle(final=True)
    assert (poster.times("edit")[0] - start).total_seconds() == pytest.approx(40, abs=1)


async def test_a_slow_edit_keeps_no_post_back(
    slack: Emulator, db: Database, proxy: FaultProxy, channel: tuple[str, str]
) -> None:
    """The edit hangs in Slack; a post that comes meanwhile stands before it ends."""
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, timeout_seconds=5)
    sending = Deliverer(
        db, poster, lambda: datetime.now(UTC), pace_seconds=0, quarantine_seconds=30
    )
    put(db, a_post("board", channel=channel[0]))
    await sending.settle()
    proxy.plan(Fault(Kind.DELAY_AFTER), method="chat.update")
    want(db, "board", "9:40", channel[0])
    stop = asyncio.Event()
    service = asyncio.ensure_future(sending.run(stop))
    async with asyncio.timeout(5):
        while not proxy.seen["chat.update"]:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)
        put(db, a_post("won", channel=channel[0]))
        sending.wake()
        while states(db)["won"] != "sent":  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.005)
    assert edits.is_behind(db)
    stop.set()
    await service
    await poster.close()
    assert slack.texts(channel[1])[-1] == "won"


@pytest.mark.parametrize(
    "fault", [Fault(Kind.DROP_AFTER), Fault(Kind.DROP), refusal("fatal_error")]
)
async def test_an_edit_whose_answer_was_lost_is_made_again(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str], fault: Fault,
) -> None:  # fmt: skip
    put(db, a_post("board", channel=channel[0]))
    want(db, "board", "9:40", channel[0])
    proxy.plan(fault, method="chat.update")
    assert await sender(db, poster, clock).settle(final=True) == {Fate.SENT: 1, Fate.EDITED: 1}
    assert slack.texts(channel[1]) == ["9:40"]
    assert proxy.seen["chat.update"] == 2


async def test_an_edit_slack_refuses_waits_for_the_next_wording(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    put(db, a_post("board", channel=channel[0]))
    sending = sender(db, poster, clock)
    proxy.plan(refusal("msg_too_long"), method="chat.update")
    want(db, "board", "9:40", channel[0])
    await sending.settle(final=True)
    want(db, "board", "9:41", channel[0])
    await sending.settle(final=True)
    assert slack.texts(channel[1]) == ["9:41"]
    assert proxy.seen["chat.update"] == 2


async def test_a_deleted_message_stays_deleted_and_its_thread_is_told_once(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str]
) -> None:
    """Somebody removed the outcome by hand: no second one, a note (faults.md H12)."""
    put(
        db,
        a_post("root", channel=channel[0]),
        a_post("votes", channel=channel[0], thread="root"),
        a_post("WON: Deberry\nmore", channel=channel[0]),
        a_post("board", race=None, kind=DeskKind.SCOREBOARD.value, channel=channel[0]),
    )
    sending = sender(db, poster, clock)
    await sending.settle()
    for message in slack.history(channel[1])[1:]:
        slack.call("chat.delete", channel=channel[1], ts=message["ts"])
    for text in ("one", "two"):
        want(db, "WON: Deberry\nmore", text, channel[0])
        want(db, "board", text, channel[0])
        await sending.settle(final=True)
    (root,) = slack.history(channel[1])
    told = [message["text"] for message in slack.replies(channel[1], root["ts"])]
    assert told == ["votes", "DELETED in Slack, not posted again: WON: Deberry"]
    assert edits.is_gone(db, "board")
    assert not edits.is_gone(db, "root")
    assert edits.scoreboard_of(db, channel[0]) is None


async def test_a_rehearsal_marks_its_edits(
    slack: Emulator, db: Database, proxy: FaultProxy, clock: Clock, channel: tuple[str, str]
) -> None:
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, rehearsal_channel=channel[0])
    put(db, a_post("board", channel="#real"))
    want(db, "board", "9:40", "#real", blocks=json.dumps([WORDS]))
    await sender(db, poster, clock).settle(final=True)
    (message,) = slack.history(channel[1])
    assert message["text"] == "TEST 9:40"
    assert "TEST" in message["blocks"][0]["elements"][0]["text"]
    await poster.close()


# -- buttons, links, charts ----------------------------------------------------------------


@pytest.mark.parametrize("interactive", [True, False])
async def test_buttons_stand_only_where_somebody_answers(
    slack: Emulator, db: Database, proxy: FaultProxy, clock: Clock, channel: tuple[str, str],
    *, interactive: bool,
) -> None:  # fmt: skip
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, interactive=interactive)
    blocks = json.dumps([WORDS, BUTTONS])
    put(db, a_post("ready", channel=channel[0], blocks=blocks), a_post("two", channel=channel[0]))
    want(db, "two", "now", channel[0], blocks=blocks)
    await sender(db, poster, clock).settle(final=True)
    for message in slack.history(channel[1]):
        assert message["blocks"] == ([WORDS, BUTTONS] if interactive else [WORDS])
    await poster.close()


async def test_a_shared_channel_gets_no_buttons_and_no_internal_notes(
    slack: Emulator, db: Database, proxy: FaultProxy, clock: Clock, channel: tuple[str, str]
) -> None:
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, interactive=True)
    shared = {"id": channel[1], "is_member": True, "is_ext_shared": True, "num_members": 41}
    body = json.dumps({"ok": True, "channel": shared})
    proxy.plan(Fault(Kind.ANSWER, 200, body), method="conversations.info")
    put(
        db,
        a_post("root", channel=channel[0], blocks=json.dumps([WORDS, BUTTONS])),
        a_post("held", channel=channel[0], thread="root", kind="report-held"),
        a_post("lead", channel=channel[0], thread="root", kind="lead-changed"),
        a_post("back", channel=channel[0], thread="root", kind="site-back"),
        a_post("won", channel=channel[0]),
        a_post("board", channel=channel[0], blocks=json.dumps([WORDS, HELD])),
    )
    want(db, "won", "won, edited", channel[0], blocks=json.dumps([HELD, WORDS]))
    done = await sender(db, poster, clock).settle(final=True)
    assert done == {Fate.SENT: 4, Fate.LEFT_OUT: 2, Fate.EDITED: 1}
    root, won, board = slack.history(channel[1])
    assert (root["blocks"], board["blocks"]) == ([WORDS], [WORDS])
    assert (won["text"], won["blocks"]) == ("won, edited", [WORDS])
    assert [message["text"] for message in slack.replies(channel[1], root["ts"])] == ["lead"]
    assert (states(db)["held"], states(db)["back"]) == ("superseded", "superseded")
    facts = await poster.channel_facts(channel[0])
    assert (facts.id, facts.is_shared, facts.members) == (channel[1], True, 41)
    assert proxy.seen["conversations.info"] == 1
    await poster.close()


async def test_who_reads_a_channel_is_asked_of_slack(
    poster: SlackPoster, channel: tuple[str, str]
) -> None:
    facts = await poster.channel_facts(channel[0])
    assert (facts.id, facts.is_shared, facts.is_member, facts.is_archived, facts.members) == (
        channel[1], False, facts.is_member, False, 1,
    )  # fmt: skip


async def test_an_outcome_links_the_scoreboard_that_stands(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    """Before there is a scoreboard the words stand alone; the stored body never changes."""
    text = f"WON: Deberry. <{SCOREBOARD_LINK}|All races>"
    blocks = json.dumps([{**WORDS, "text": {"type": "mrkdwn", "text": text}}])
    put(
        db,
        a_post("w1", channel=channel[0], text=text, blocks=blocks),
        a_post("board", kind=DeskKind.SCOREBOARD.value, channel=channel[0]),
        *(a_post(key, channel=channel[0], text=text, blocks=blocks) for key in ("w2", "w3")),
    )
    task(db, ChoreKind.PIN, "board")
    await sender(db, poster, clock).settle(final=True)
    first, board, second, _ = slack.history(channel[1])
    where = {"channel": channel[1], "message_ts": board["ts"]}
    address = slack.call("chat.getPermalink", **where)["permalink"]
    assert first["text"] == "WON: Deberry. All races"
    assert second["text"] == f"WON: Deberry. <{address}|All races>"
    assert second["blocks"][0]["text"]["text"] == second["text"]
    assert proxy.seen["chat.getPermalink"] == 1
    stored = {row["text"] for row in db.query("SELECT text FROM outbox WHERE key LIKE 'w%'")}
    assert stored == {text}


async def test_an_address_nobody_tells_delays_no_outcome(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    proxy.plan(Fault(Kind.DROP), method="chat.getPermalink")
    put(
        db,
        a_post("board", kind=DeskKind.SCOREBOARD.value, channel=channel[0]),
        a_post("won", channel=channel[0], text=f"WON <{SCOREBOARD_LINK}|All races>"),
    )
    await sender(db, poster, clock).drain()
    assert slack.texts(channel[1]) == ["board", "WON All races"]


def test_a_link_of_rich_text_becomes_words_where_no_scoreboard_stands() -> None:
    """Both of Slack's ways to link are known, and nothing else is touched."""
    element = {"type": "link", "url": SCOREBOARD_LINK, "text": "All races"}
    other = {"type": "link", "url": "https://er.ncsbe.gov/", "text": "NC"}
    blocks = json.dumps([{"type": "rich_text", "elements": [element, other, 1, None]}])
    _, plain = scoreboard_link.put_in("", blocks, None)
    words = {"type": "text", "text": "All races"}
    assert json.loads(plain)[0]["elements"] == [words, other, 1, None]
    _, linked = scoreboard_link.put_in("", blocks, "https://x.slack.com/p1")
    assert json.loads(linked)[0]["elements"][0]["url"] == "https://x.slack.com/p1"


def a_picture(chart: dict[str, Any]) -> bytes:
    """Draw nothing; what is uploaded is only counted."""
    return json.dumps(chart).encode()


@pytest.mark.parametrize("drawn", [True, False])
async def test_a_chart_slack_refuses_becomes_a_picture_or_is_left_out(
    slack: Emulator, db: Database, proxy: FaultProxy, clock: Clock, channel: tuple[str, str],
    *, drawn: bool,
) -> None:  # fmt: skip
    """Asked once: the next message of this process carries no chart block at all."""
    render = a_picture if drawn else None
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, render_png=render)
    proxy.plan(refusal("invalid_blocks"))
    blocks = json.dumps([WORDS, CHART])
    put(db, *(a_post(key, channel=channel[0], blocks=blocks) for key in ("w1", "w2")))
    await sender(db, poster, clock).settle(final=True)
    for message in slack.history(channel[1]):
        assert message["blocks"][0] == WORDS
        assert [block["type"] for block in message["blocks"][1:]] == ["image"] * drawn
        if drawn:
            assert message["blocks"][1]["alt_text"] == ALT
    assert proxy.seen["chat.postMessage"] == 3
    await poster.close()


async def test_a_picture_slack_refuses_too_is_left_out_for_good(
    slack: Emulator, db: Database, proxy: FaultProxy, clock: Clock, channel: tuple[str, str]
) -> None:
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, render_png=a_picture)
    proxy.plan(refusal("invalid_blocks"), refusal("invalid_blocks"))
    blocks = json.dumps([WORDS, CHART])
    put(db, *(a_post(key, channel=channel[0], blocks=blocks) for key in ("w1", "w2")))
    await sender(db, poster, clock).settle(final=True)
    assert [message["blocks"] for message in slack.history(channel[1])] == [[WORDS], [WORDS]]
    assert proxy.seen["chat.postMessage"] == 4
    await poster.close()


def no_picture(chart: dict[str, Any]) -> bytes:
    """Fail as a renderer does that is not installed."""
    raise ImportError(str(chart))


async def test_a_picture_that_cannot_be_drawn_keeps_no_message_back(
    slack: Emulator, db: Database, proxy: FaultProxy, clock: Clock, channel: tuple[str, str]
) -> None:
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, render_png=no_picture)
    proxy.plan(refusal("invalid_blocks"))
    put(db, a_post("w1", channel=channel[0], blocks=json.dumps([WORDS, CHART])))
    await sender(db, poster, clock).settle(final=True)
    assert [message["blocks"] for message in slack.history(channel[1])] == [[WORDS]]
    await poster.close()


async def test_blocks_that_are_refused_whatever_their_chart_go_out_as_text(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    """The chart was not what was wrong, so the next one is tried again."""
    proxy.plan(refusal("invalid_blocks"), refusal("invalid_blocks"))
    blocks = json.dumps([WORDS, CHART])
    put(db, *(a_post(key, channel=channel[0], blocks=blocks) for key in ("w1", "w2")))
    await sender(db, poster, clock).settle(final=True)
    first, second = slack.history(channel[1])
    assert not first.get("blocks")
    assert second["blocks"] == [WORDS, CHART]


# -- pins and files ------------------------------------------------------------------------


async def test_the_scoreboard_is_pinned_once(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    """An answer that was lost costs a second call, and no second pin."""
    put(db, a_post("board", channel=channel[0]))
    task(db, ChoreKind.PIN, "board")
    proxy.plan(Fault(Kind.DROP_AFTER), method="pins.add")
    await sender(db, poster, clock).settle(final=True)
    pins = slack.call("pins.list", channel=channel[1])["items"]
    assert [pin["message"]["text"] for pin in pins] == ["board"]
    assert (chore_states(db), proxy.seen["pins.add"]) == ([("done", "")], 2)


@pytest.mark.parametrize("fault", [None, Fault(Kind.DROP_AFTER), Fault(Kind.DROP), limited("2")])
async def test_a_file_stands_in_the_thread_once(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str], fault: Fault | None,
) -> None:  # fmt: skip
    """After an answer that was lost the thread is looked up before it is done again."""
    put(db, a_post("report", channel=channel[0]))
    task(db, ChoreKind.FILE, "report", "deadlines.ics", "BEGIN:VCALENDAR")
    if fault:
        proxy.plan(fault, method="files.completeUploadExternal")
    await sender(db, poster, clock).settle(final=True)
    (report,) = slack.history(channel[1])
    (reply,) = slack.replies(channel[1], report["ts"])
    assert [file["name"] for file in reply["files"]] == ["deadlines.ics"]
    assert chore_states(db) == [("done", "")]


async def test_a_process_that_died_after_the_upload_does_not_repeat_it(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    put(db, a_post("report", channel=channel[0]))
    task(db, ChoreKind.FILE, "report", "deadlines.ics", "BEGIN:VCALENDAR")

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(chores, "done", die)
        with pytest.raises(KeyboardInterrupt):
            await sender(db, poster, clock).settle(final=True)
    await sender(db, poster, clock).settle(final=True)
    (report,) = slack.history(channel[1])
    assert len(slack.replies(channel[1], report["ts"])) == 1


async def test_a_scope_that_is_missing_gives_a_chore_up_with_its_reason(
    db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock, channel: tuple[str, str]
) -> None:
    put(db, a_post("board", channel=channel[0]))
    task(db, ChoreKind.PIN, "board")
    missing = '{"ok":false,"error":"missing_scope","needed":"pins:write"}'
    proxy.plan(Fault(Kind.ANSWER, 200, missing), method="pins.add")
    await sender(db, poster, clock).settle(final=True)
    ((state, error),) = chore_states(db)
    assert state == "given-up"
    assert "missing_scope (pins:write); give the app the scope" in error
    assert chores.refusals(db) == {channel[0]: error}


# -- what Slack holds for us ---------------------------------------------------------------


async def test_a_message_is_scheduled_listed_and_taken_back(
    slack: Emulator, poster: SlackPoster, channel: tuple[str, str]
) -> None:
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    channel_id, held = await poster.schedule(channel[0], "BOT SILENT", at)
    (one,) = await poster.scheduled(channel[0])
    assert (one.channel_id, one.id, one.post_at, one.text) == (channel_id, held, at, "BOT SILENT")
    await poster.unschedule(channel_id, held)
    assert await poster.scheduled(channel[0]) == []
    with pytest.raises(SlackFailure, match="invalid_scheduled_message_id") as caught:
        await poster.unschedule(channel_id, held)
    assert caught.value.permanent
    assert slack.texts(channel[1]) == []


# -- the terminal --------------------------------------------------------------------------


@pytest.mark.parametrize("shows_edits", [True, False])
async def test_the_terminal_shows_buttons_and_charts_and_edits_when_asked(
    db: Database, clock: Clock, *, shows_edits: bool
) -> None:
    """What Slack would draw stands there in words; an edit is quiet unless asked for."""
    labels = [{"type": "button", "text": {"type": "plain_text", "text": text}}
              for text in ("Post WON", "Ask me in 30")]  # fmt: skip
    blocks = json.dumps([WORDS, {**BUTTONS, "elements": labels}, CHART])
    console = Console(file=StringIO(), width=80)
    poster = TerminalPoster(console, ZoneInfo("America/New_York"), shows_edits=shows_edits)
    put(db, a_post("ready", blocks=blocks, text=f"WON <{SCOREBOARD_LINK}|All races>"))
    want(db, "ready", "WON, posted by Casey", "#da-races")
    task(db, ChoreKind.PIN, "ready")
    task(db, ChoreKind.FILE, "ready", "deadlines.ics", "BEGIN:VCALENDAR")
    done = await sender(db, poster, clock).settle(final=True)
    assert done == {Fate.SENT: 1, Fate.EDITED: 1, Fate.DONE: 2}
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "[Post WON] [Ask me in 30]" in shown
    assert "[chart: Share of votes, Durham DA]" in shown
    assert "file: deadlines.ics" in shown
    assert ("WON, posted by Casey" in shown) is shows_edits

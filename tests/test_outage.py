"""Hours without Slack, a token that ended, channels that changed: nothing lost, nothing double."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import edits, outbox, outbox_digest, sender_words
from monitor.database import open_database, transaction
from monitor.deliver import Deliverer, Fate
from monitor.outbox import Row
from monitor.outbox_digest import MOST_UPDATES, NEWEST, Waiting, runs
from monitor.posts import DeskKind, Edit, Post, RowClass
from monitor.slack import SlackPoster
from monitor.slack_access import read_token
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.posts import NIGHT, Clock, a_post, fresh, put, states
from tests.slack_faults import Fault, FaultProxy, Kind, fault_proxy, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from sqlite_utils import Database

HOURS = 3 * 3600


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@pytest.fixture
def channel(slack: Emulator, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return the name and id of a channel of this test's own."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[-70:].strip("-")
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


def sender(db: Database, poster: Any, clock: Clock, **more: Any) -> Deliverer:
    return Deliverer(
        db, poster, clock, pace_seconds=1.05, quarantine_seconds=30, sleep=clock.sleep, **more
    )


def an_update(number: int, race: str, channel: str, kind: str = "count-updated") -> Post:
    """Return the nth reply of a race's thread, a minute after the one before."""
    word = "LEAD CHANGE" if kind == "lead-changed" else "COUNT"
    return a_post(
        f"{race}-{number}", race=race, channel=channel, thread=f"{race}-root", kind=kind,
        text=f"{word}: Deberry by {number}, {race}.", at=NIGHT + timedelta(minutes=number),
    )  # fmt: skip


def a_night(channel: str) -> list[Post]:
    """Return what two races say in an outage: nine updates, an outcome, nine more, another."""
    told: list[Post] = []
    for number in range(20):
        for race in ("durham", "pitt"):
            if number in {9, 19}:
                told.append(
                    a_post(
                        f"{race}-{number}",
                        race=race,
                        channel=channel,
                        kind="race-won",
                        row_class=RowClass.OUTCOME,
                        at=NIGHT + timedelta(minutes=number),
                    )
                )
                continue
            kind = "lead-changed" if number in {4, 12} else "count-updated"
            told.append(an_update(number, race, channel, kind))
    return told


def said(slack: Emulator, channel_id: str) -> list[str]:
    """Return the texts of our own messages: Slack adds some when a channel changes."""
    return [str(one["text"]) for one in slack.history(channel_id) if one.get("metadata")]


def roots(channel: str) -> list[Post]:
    """Return the roots of the two races."""
    return [a_post(f"{race}-root", race=race, channel=channel) for race in ("durham", "pitt")]


def assert_caught_up(slack: Emulator, channel_id: str) -> None:
    """Check that every outcome came once and in order, and no flood with it."""
    top = slack.history(channel_id)
    texts = [str(message["text"]) for message in top]
    told = {f"{race}-{what}" for race in ("durham", "pitt") for what in ("root", "9", "19")}
    assert Counter(texts) == Counter(told)
    for race in ("durham", "pitt"):
        assert [t for t in texts if t.startswith(race)] == [f"{race}-{w}" for w in ("root", 9, 19)]
        root = top[texts.index(f"{race}-root")]
        replies = slack.replies(channel_id, root["ts"])
        digests = [reply for reply in replies if reply["text"].startswith("DIGEST: ")]
        assert len(digests) == 2
        assert len(replies) <= 2 + NEWEST + 1
        nine, nineteen = (top[texts.index(f"{race}-{what}")]["ts"] for what in (9, 19))
        assert digests[0]["ts"] < nine < digests[1]["ts"] < nineteen
        assert replies[-1]["text"] == f"COUNT: Deberry by 18, {race}."


OUTAGES = {
    "refused": Fault(Kind.DROP),
    "accepted and lost": Fault(Kind.ANSWER, 503, "oops", "text/html"),
    "limited for ever": Fault(Kind.ANSWER, 429, "{}", headers=(("Retry-After", "60"),)),
    "token ended": refusal("token_expired"),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES.keys())
async def test_after_hours_without_slack_a_digest_comes_instead_of_a_flood(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str], outage: Fault,
) -> None:  # fmt: skip
    """Outcomes come one by one, in their place; counts are told in one message a stretch."""
    sending = sender(db, poster, clock)
    put(db, *roots(channel[0]))
    await sending.settle()
    proxy.outage = outage
    put(db, *a_night(channel[0]))
    end = clock.now + timedelta(seconds=HOURS)
    while clock.now < end:
        await sending.drain()
        clock.push(20)
    assert set(states(db).values()) <= {"sent", "pending", "sending"}
    proxy.outage = None
    clock.push(60)
    await sending.settle(final=True)
    assert_caught_up(slack, channel[1])
    found = Counter(states(db).values())
    assert found.keys() == {"sent", "superseded"}
    merged = db.execute("SELECT count(*) FROM outbox WHERE superseded_by IS NOT NULL").fetchone()
    assert merged[0] == found["superseded"] >= 26


async def test_a_kill_after_the_first_message_of_a_recovery_changes_nothing(
    slack: Emulator, tmp_path: Path, poster: SlackPoster, clock: Clock, channel: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Dead before, inside and after the one transaction of each digest: the next start goes on."""
    path = tmp_path / "night.db"
    with closing(fresh(path)) as db:
        put(db, *roots(channel[0]), *a_night(channel[0]))
    clock.push(HOURS)
    real = outbox.put
    for left in (0, 1, 2, 3, 9):
        with closing(open_database(path)) as db, monkeypatch.context() as patched:
            countdown = iter(range(left))

            def dying(given: Database, post: Post, *, left: Iterator[int] = countdown) -> bool:
                if next(left, None) is None:
                    raise Killed
                return real(given, post)

            patched.setattr(outbox, "put", dying)
            outbox.after_start(db)
            try:
                await sender(db, poster, clock).settle(final=True)
            except Killed:
                continue
    assert_caught_up(slack, channel[1])


async def test_a_burst_is_no_outage(db: Database, clock: Clock) -> None:
    """Many updates within seconds go out one by one, as they are."""
    put(db, *roots("#da"), *(an_update(number, "durham", "#da") for number in range(30)))
    assert outbox_digest.merge(db, ["#da"], clock(), "America/New_York") == 0
    clock.push(600)
    assert outbox_digest.merge(db, ["#other"], clock(), "America/New_York") == 0
    assert outbox_digest.merge(db, ["#da"], clock(), "America/New_York") == 30 - NEWEST


async def test_a_digest_that_never_went_out_is_told_anew_with_all_it_stood_for(
    db: Database, clock: Clock
) -> None:
    put(db, *roots("#da"), *(an_update(number, "durham", "#da") for number in range(8)))
    clock.push(HOURS)
    outbox_digest.merge(db, ["#da"], clock(), "America/New_York")
    put(db, *(an_update(number, "durham", "#da") for number in range(8, 16)))
    outbox_digest.merge(db, ["#da"], clock(), "America/New_York")
    waiting = [row["text"] for row in db.query(
        "SELECT text FROM outbox WHERE state = 'pending' AND thread IS NOT NULL ORDER BY \"row\""
    )]  # fmt: skip
    assert waiting == ["DIGEST: COUNT: Deberry by 12, durham."] + [
        f"COUNT: Deberry by {number}, durham." for number in (13, 14, 15)
    ]
    (blocks,) = db.execute(
        "SELECT blocks FROM outbox WHERE kind = 'digest' AND state = 'pending'"
    ).fetchone()
    assert "13 updates from 9:12 PM ET to 9:24 PM ET could not be sent" in blocks


async def test_of_the_pulses_that_waited_the_newest_goes_out(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str]
) -> None:
    """The first one is the message that finds Slack well again."""
    pulses = [f"pulse-{number}" for number in range(6)]
    kind = DeskKind.PULSE.value
    put(db, *(a_post(key, race=None, kind=kind, channel=channel[0]) for key in pulses))
    put(db, a_post("report", race=None, kind="morning-report", channel=channel[0]))
    clock.push(HOURS)
    await sender(db, poster, clock).settle(final=True)
    assert slack.texts(channel[1]) == ["pulse-0", "pulse-5", "report"]


def test_a_digest_names_what_changed_and_counts_the_rest() -> None:
    posts = [an_update(n, "durham", "#da", "lead-changed" if n % 2 else "count-updated")
             for n in range(40)]  # fmt: skip
    text, blocks = sender_words.digest(posts, "America/New_York")
    said = [block["text"]["text"] for block in json.loads(blocks)]
    assert text == "DIGEST: LEAD CHANGE: Deberry by 39, durham."
    why = "40 updates from 9:12 PM ET to 9:51 PM ET could not be sent when they came"
    assert said[:3] == [
        f"*{text}*",
        f"{why}; this stands for them.",
        "7 older changes are not named here.",
    ]
    assert len(said) == 3 + sender_words.MOST_NAMED
    assert said[-1] == "9:49 PM ET  LEAD CHANGE: Deberry by 37, durham."


KINDS = ["count-updated", "lead-changed", "race-won", "race-opened", DeskKind.DIGEST.value]


def a_waiting(number: int, kind: str, state: str) -> Waiting:
    """Return an unsent row; what is no update is an outcome or a root."""
    is_update = kind not in {"race-won", "race-opened"}
    post = an_update(number, "durham", "#da", kind)
    row_class = RowClass.OUTCOME if kind == "race-won" else RowClass.UPDATE
    row = Row(
        post.key, row_class, post.race, kind, post.channel, post.thread if is_update else None,
        post.text, "[]", post.at, number, 0, None, None,
    )  # fmt: skip
    return Waiting(row, state, NIGHT + timedelta(seconds=number))


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(["pending", "sending"]))))
def test_only_updates_are_merged_and_never_across_anything_else(
    given_rows: list[tuple[str, str]],
) -> None:
    """Whatever stands in a line: the newest stay, the order stays, outcomes stay."""
    line = [a_waiting(n, kind, state) for n, (kind, state) in enumerate(given_rows)]
    numbers = [row.row for rows in runs(line, NIGHT + timedelta(hours=3)) for row in rows]
    updates = [one.row.row for one in line if one.is_update]
    assert numbers == sorted(set(numbers))
    assert set(numbers) <= set(updates[:-NEWEST])
    for rows in runs(line, NIGHT + timedelta(hours=3)):
        assert [row.row for row in rows] == list(range(rows[0].row, rows[-1].row + 1))
    if len(updates) <= MOST_UPDATES:
        assert not numbers
    assert not runs(line, NIGHT + timedelta(seconds=1))


# -- a thread that is gone -----------------------------------------------------------------


@pytest.mark.parametrize("lost", [False, True])
async def test_a_reply_whose_root_somebody_deleted_stands_in_the_channel_once(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str], *, lost: bool,
) -> None:  # fmt: skip
    """The line goes on: an outcome behind it must not wait for a thread nobody can mend."""
    sending = sender(db, poster, clock)
    put(db, a_post("root", channel=channel[0]))
    await sending.settle()
    (root,) = slack.history(channel[1])
    slack.call("chat.delete", channel=channel[1], ts=root["ts"])
    proxy.plan(refusal("thread_not_found"))
    if lost:
        proxy.plan(Fault(Kind.DROP_AFTER))
        proxy.plan(refusal("thread_not_found"), method="conversations.replies")
    replies = (a_post(key, channel=channel[0], thread="root") for key in ("one", "two"))
    put(db, *replies, a_post("won", channel=channel[0]))
    await sending.settle()
    assert said(slack, channel[1]) == ["one", "won"]
    (one, _) = slack.history(channel[1])
    assert [message["text"] for message in slack.replies(channel[1], one["ts"])] == ["two"]


async def test_a_reply_that_slack_put_into_the_channel_is_known_as_such(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    """Slack takes a reply to a deleted root and puts it at top level, saying so by one field."""
    sending = sender(db, poster, clock)
    put(db, a_post("root", channel=channel[0]))
    await sending.settle()
    (root,) = slack.history(channel[1])
    answer = {"ok": True, "channel": channel[1], "ts": "1700000000.000100", "message": {}}
    proxy.plan(Fault(Kind.ANSWER_AFTER, 200, json.dumps(answer)))
    put(db, a_post("one", channel=channel[0], thread="root"))
    await sending.settle()
    thread = outbox.thread_of(db, "root")
    assert thread is not None
    assert thread.ts == "1700000000.000100" != root["ts"]


# -- the token -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["invalid_auth", "token_expired", "token_revoked", "account_inactive", "not_authed"]
)
async def test_without_a_valid_token_everything_waits_and_one_alarm_is_given(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str], code: str,
) -> None:  # fmt: skip
    alarms: list[str] = []
    sending = sender(db, poster, clock, on_auth_trouble=alarms.append)
    put(db, a_post("d1", channel=channel[0]), a_post("p1", race="pitt", channel=channel[0]))
    await poster.locate(channel[0])
    proxy.outage = refusal(code)
    for _ in range(30):
        await sending.drain()
        clock.push(60)
    assert states(db) == {"d1": "pending", "p1": "pending"}
    assert len(alarms) == 1
    assert code in alarms[0]
    assert proxy.seen["chat.postMessage"] <= 31
    proxy.outage = None
    await sending.settle()
    assert slack.texts(channel[1]) == ["d1", "p1"]


async def test_edits_wait_for_the_token_too(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    alarms: list[str] = []
    sending = sender(db, poster, clock, on_auth_trouble=alarms.append)
    put(db, a_post("board", channel=channel[0]))
    await sending.settle()
    with transaction(db):
        edits.put(db, Edit("board", channel[0], "9:40", "[]", NIGHT))
    proxy.outage = refusal("token_revoked")
    clock.push(10)
    await sending.settle(final=True)
    assert (edits.is_behind(db), len(alarms)) == (True, 1)
    proxy.outage = None
    clock.push(60)
    await sending.settle(final=True)
    assert slack.texts(channel[1]) == ["9:40"]


async def test_a_token_that_was_rotated_is_read_again(
    slack: Emulator, db: Database, proxy: FaultProxy, clock: Clock, channel: tuple[str, str],
    tmp_path: Path,
) -> None:  # fmt: skip
    """The message that met the old token goes out with the new one, at once and once."""
    path = tmp_path / "token"
    path.write_text("xoxb-old", encoding="utf-8")
    proxy.only_token = TOKEN
    environ = {"PRIMARY_NIGHT_SLACK_TOKEN_FILE": str(path)}
    poster = SlackPoster(lambda: read_token(environ) or "", api_url=proxy.api_url)
    sending = sender(db, poster, clock)
    put(db, a_post("d1", channel=channel[0]))
    assert await sending.drain() == {Fate.RELEASED: 1}
    path.write_text(TOKEN, encoding="utf-8")
    clock.push(60)
    await sending.settle()
    assert slack.texts(channel[1]) == ["d1"]
    await poster.close()


# -- channels that change ------------------------------------------------------------------


async def test_an_archived_channel_stops_itself_and_no_other(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str]
) -> None:
    other = slack.create_channel(f"{channel[0][1:60]}-other")
    sending = sender(db, poster, clock)
    await poster.locate(channel[0])
    slack.call("conversations.archive", channel=channel[1])
    put(db, a_post("d1", channel=channel[0]), a_post("o1", channel=other))
    assert await sending.settle() == {Fate.REFUSED: 1, Fate.SENT: 1}
    assert "unarchive the channel" in outbox.refusals(db)[channel[0]]
    slack.call("conversations.unarchive", channel=channel[1])
    outbox.after_start(db)
    await sending.settle()
    assert said(slack, channel[1]) == ["d1"]


async def test_a_channel_that_was_renamed_goes_on_under_its_old_name(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str]
) -> None:
    sending = sender(db, poster, clock)
    put(db, a_post("d1", channel=channel[0]))
    await sending.settle()
    slack.call("conversations.rename", channel=channel[1], name=f"{channel[0][1:60]}-new")
    put(db, a_post("d2", channel=channel[0]))
    await sending.settle()
    assert said(slack, channel[1]) == ["d1", "d2"]


async def test_a_channel_made_anew_under_the_same_name_is_found(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    """Slack does not know the id any more; the name is looked up again, once."""
    await poster.locate(channel[0])
    slack.call("conversations.rename", channel=channel[1], name=f"{channel[0][1:60]}-gone")
    new = slack.create_channel(channel[0].removeprefix("#"))
    proxy.plan(refusal("channel_not_found"))
    put(db, a_post("d1", channel=channel[0]))
    assert await sender(db, poster, clock).settle() == {Fate.SENT: 1}
    assert slack.texts(new) == ["d1"]


async def test_a_scope_that_was_removed_stops_its_line_and_names_the_remedy(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    channel: tuple[str, str],
) -> None:  # fmt: skip
    missing = '{"ok":false,"error":"missing_scope","needed":"chat:write"}'
    proxy.plan(Fault(Kind.ANSWER, 200, missing))
    put(db, a_post("d1", channel=channel[0]))
    sending = sender(db, poster, clock)
    assert await sending.settle() == {Fate.REFUSED: 1}
    assert "(chat:write); give the app the scope" in outbox.refusals(db)[channel[0]]
    outbox.after_start(db)
    await sending.settle()
    assert slack.texts(channel[1]) == ["d1"]


@pytest.mark.parametrize("fault", [None, Fault(Kind.DROP_AFTER)])
async def test_a_message_to_one_person_goes_there_once(
    slack: Emulator, db: Database, poster: SlackPoster, proxy: FaultProxy, clock: Clock,
    fault: Fault | None, request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """A heads-up, looked up in the conversation itself when its answer was lost."""
    people = slack.call("users.list")["members"]
    (casey,) = [one["id"] for one in people if one["name"] == "casey"]
    if fault:
        proxy.plan(fault)
    put(db, a_post("heads-up", channel=casey, text=request.node.name))
    await sender(db, poster, clock).settle()
    opened = slack.call("conversations.open", users=casey)["channel"]["id"]
    assert slack.texts(opened).count(request.node.name) == 1

"""Delivery into an independent Slack: every fault and every kill point, exactly once."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor import outbox
from monitor.database import open_database
from monitor.deliver import Deliverer, Fate
from monitor.errors import DatabaseLocked, OutcomeUnknown, SlackFailure
from monitor.outbox import Sent
from monitor.slack import SlackPoster
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.posts import Clock, a_post, fresh, put, states
from tests.slack_faults import Fault, FaultProxy, Kind, fault_proxy, limited, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from monitor import chores, edits
    from monitor.outbox import Row, Thread
    from monitor.posts import Post

QUARANTINE = 30.0


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class FakePoster:
    """Remembers what it was given; `answers` are raised in turn, None posts."""

    def __init__(self, *answers: BaseException | None) -> None:
        self.answers = list(answers)
        self.posted: list[str] = []
        self.lookups = 0

    def place(self, channel: str) -> str:
        """Share no limits."""
        return channel

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Raise the next answer, or post."""
        del thread
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.posted.append(row.key)
        return Sent("C1", f"{len(self.posted)}.0")

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Find nothing."""
        del rows, threads
        self.lookups += 1
        return {}

    async def is_shared(self, channel: str) -> bool:
        """Share no channel."""
        del channel
        return False

    async def edit(self, one: edits.Due) -> None:
        """Take an edit."""

    async def link(self, sent: Sent) -> str | None:
        """Know no address."""
        del sent
        return None

    async def pin(self, one: chores.Due) -> None:
        """Take a pin."""

    async def file(self, one: chores.Due) -> None:
        """Take a file."""

    async def has_file(self, one: chores.Due) -> bool:
        """Hold no file."""
        del one
        return False


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


def deliverer(db: Database, poster: Any, clock: Clock, pace: float = 1.0) -> Deliverer:
    return Deliverer(
        db,
        poster,
        clock,
        pace_seconds=pace,
        quarantine_seconds=QUARANTINE,
        sleep=clock.sleep,
    )


async def until(reached: Callable[[], bool]) -> None:
    """Let the loop run until something is so; five seconds are far too long."""
    async with asyncio.timeout(5):
        while not reached():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0)


def story(channel: str) -> tuple[Post, ...]:
    """Return two races, each a root, replies and an outcome, and one post without a race."""
    chapters = (("root", None), ("first-votes", "root"), ("lead-changed", "root"), ("won", None))
    races = (
        a_post(f"{race}-{what}", race=race, channel=channel, thread=root and f"{race}-{root}")
        for what, root in chapters
        for race in ("durham", "pitt")
    )
    return (*races, a_post("pulse", race=None, channel=channel))


def assert_told_once(slack: Emulator, channel_id: str) -> None:
    """Check that Slack holds the story: nothing lost, nothing double, order per race kept."""
    top = slack.history(channel_id)
    texts = [str(message["text"]) for message in top]
    roots = {race: top[texts.index(f"{race}-root")]["ts"] for race in ("durham", "pitt")}
    assert sorted(texts) == sorted(["durham-root", "durham-won", "pitt-root", "pitt-won", "pulse"])
    for race, ts in roots.items():
        assert texts.index(f"{race}-root") < texts.index(f"{race}-won")
        replies = [message["text"] for message in slack.replies(channel_id, ts)]
        assert replies == [f"{race}-first-votes", f"{race}-lead-changed"]


async def test_a_story_is_told_in_order(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str]
) -> None:
    put(db, *story(channel[0]))
    assert await deliverer(db, poster, clock).settle() == {Fate.SENT: 9}
    assert set(states(db).values()) == {"sent"}
    assert_told_once(slack, channel[1])


FAULTS = {
    "429 twice": (limited("2"), limited("3")),
    "500 before": (Fault(Kind.ANSWER, 500, "oops", "text/html"),),
    "500 after": (Fault(Kind.ANSWER_AFTER, 500, "oops", "text/html"),),
    "500 for a while": (Fault(Kind.ANSWER, 503, "", "text/html"),) * 4,
    "reset before": (Fault(Kind.DROP),),
    "reset after": (Fault(Kind.DROP_AFTER),),
    "closed after": (Fault(Kind.CLOSE_AFTER),),
    "too slow": (Fault(Kind.DELAY_AFTER),),
    "not JSON": (Fault(Kind.ANSWER_AFTER, 200, "<html>", "text/html"),),
    "all at once": (
        limited("1"),
        Fault(Kind.DROP_AFTER),
        Fault(Kind.ANSWER, 500),
        refusal("internal_error"),
        Fault(Kind.CLOSE_AFTER),
    ),
}


@pytest.mark.parametrize("sent_before", [0, 2, 3], ids=["root", "reply", "outcome"])
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS.keys())
async def test_every_fault_ends_with_each_message_once(
    slack: Emulator,
    db: Database,
    poster: SlackPoster,
    proxy: FaultProxy,
    clock: Clock,
    channel: tuple[str, str],
    faults: tuple[Fault, ...],
    sent_before: int,
) -> None:
    posts = story(channel[0])
    put(db, *posts[: sent_before * 2])
    sender = deliverer(db, poster, clock)
    await sender.settle()
    proxy.plan(*faults)
    put(db, *posts[sent_before * 2 :])
    await sender.settle()
    assert set(states(db).values()) == {"sent"}
    assert_told_once(slack, channel[1])


async def test_a_late_accept_inside_the_quarantine_is_adopted(
    slack: Emulator,
    db: Database,
    poster: SlackPoster,
    proxy: FaultProxy,
    clock: Clock,
    channel: tuple[str, str],
) -> None:
    """Slack takes a request seconds after its connection broke (faults.md H4)."""
    put(db, a_post("late", channel=channel[0]))
    proxy.plan(Fault(Kind.LATE))
    sender = deliverer(db, poster, clock)
    assert await sender.drain() == {Fate.UNKNOWN: 1}
    clock.push(QUARANTINE - 1)
    assert await sender.drain() == {}
    await proxy.let_late_in()
    clock.push(1)
    assert await sender.drain() == {Fate.ADOPTED: 1}
    assert slack.texts(channel[1]) == ["late"]


async def test_a_429_holds_the_whole_channel_and_no_other(db: Database, clock: Clock) -> None:
    put(db, a_post("a1"), a_post("b1", race="pitt-da"), a_post("c1", channel="#ops"))
    poster = FakePoster(SlackFailure("wait", permanent=False, retry_after=20))
    sender = deliverer(db, poster, clock)
    await sender.drain()
    assert poster.posted == ["c1"]
    clock.push(19.9)
    assert await sender.drain() == {}
    clock.push(0.1)
    await sender.settle()
    assert poster.posted == ["c1", "a1", "b1"]


async def test_posts_to_one_channel_keep_their_pace(db: Database, clock: Clock) -> None:
    put(db, a_post("a1"), a_post("b1", race="pitt-da"), a_post("c1", channel="#ops"))
    poster = FakePoster()
    sender = deliverer(db, poster, clock)
    started = clock.now
    await sender.drain()
    assert poster.posted == ["a1", "c1"]
    await sender.settle()
    assert (clock.now - started).total_seconds() == 1.0


async def test_without_a_pace_everything_goes_out_in_one_drain(db: Database, clock: Clock) -> None:
    put(db, *(a_post(f"d{number}") for number in range(20)))
    poster = FakePoster()
    assert await deliverer(db, poster, clock, pace=0.0).drain() == {Fate.SENT: 20}
    assert poster.posted == [f"d{number}" for number in range(20)]


async def test_a_refusal_stops_its_race_until_the_next_start(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str]
) -> None:
    """A wrong channel: the others go on; when it exists, a start sends what waited."""
    put(
        db,
        a_post("root", channel="#made-later"),
        a_post("reply", channel="#made-later", thread="root"),
        a_post("other", race="pitt-da", channel=channel[0]),
    )
    assert await deliverer(db, poster, clock).settle() == {Fate.REFUSED: 1, Fate.SENT: 1}
    assert states(db) == {"root": "refused", "reply": "pending", "other": "sent"}
    (error,) = next(iter(db.execute("SELECT error FROM outbox WHERE state = 'refused'")))
    assert error.startswith("chat.postMessage: channel_not_found; create the channel")
    made = slack.create_channel("made-later")
    outbox.after_start(db)
    await deliverer(db, poster, clock).settle()
    (root,) = slack.history(made)
    assert [message["text"] for message in slack.replies(made, root["ts"])] == ["reply"]


async def test_a_failed_look_up_sends_nothing_again(
    slack: Emulator,
    db: Database,
    poster: SlackPoster,
    proxy: FaultProxy,
    clock: Clock,
    channel: tuple[str, str],
) -> None:
    put(db, a_post("once", channel=channel[0]))
    proxy.plan(Fault(Kind.DROP_AFTER))
    proxy.plan(refusal("missing_scope"), limited("60"), method="conversations.history")
    sender = deliverer(db, poster, clock)
    await sender.drain()
    clock.push(QUARANTINE)
    assert await sender.drain() == {}
    assert states(db) == {"once": "sending"}
    assert await sender.settle() == {Fate.ADOPTED: 1}
    assert slack.texts(channel[1]) == ["once"]
    assert proxy.seen["chat.postMessage"] == 1


async def test_uncertain_rows_of_a_channel_are_looked_up_together(
    db: Database, clock: Clock
) -> None:
    put(db, *(a_post(f"r{number}", race=f"race-{number}") for number in range(5)))
    poster = FakePoster(*[OutcomeUnknown("no answer") for _ in range(5)])
    sender = deliverer(db, poster, clock, pace=0.0)
    assert await sender.drain() == {Fate.UNKNOWN: 5}
    clock.push(QUARANTINE)
    assert await sender.drain() == {Fate.RELEASED: 5, Fate.SENT: 5}
    assert poster.lookups == 1


async def test_tries_come_slower_while_slack_is_away(db: Database, clock: Clock) -> None:
    """Half an hour of outage costs forty tries, and nothing is lost (faults.md H9)."""
    put(db, a_post("d1"), a_post("d2"))
    poster = FakePoster(*[SlackFailure("refused", permanent=False) for _ in range(40)])
    started = clock.now
    await deliverer(db, poster, clock).settle()
    assert poster.posted == ["d1", "d2"]
    assert 1800 < (clock.now - started).total_seconds() < 2400


def before(step: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*_: Any) -> Any:
        raise Killed

    return killed


def after(step: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*arguments: Any) -> Any:
        step(*arguments)
        raise Killed

    return killed


@pytest.mark.parametrize("step", ["claim", "sent"])
@pytest.mark.parametrize("point", [before, after])
@pytest.mark.parametrize("number", range(9))
async def test_a_kill_around_any_transaction_loses_and_doubles_nothing(
    slack: Emulator,
    tmp_path: Path,
    poster: SlackPoster,
    clock: Clock,
    channel: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    point: Callable[[Callable[..., Any]], Callable[..., Any]],
    number: int,
) -> None:
    """Die at the nth claim or record, before or after its commit; start again on the file."""
    path = tmp_path / "killed.db"
    with closing(fresh(path)) as db:
        put(db, *story(channel[0]))
        real = getattr(outbox, step)
        steps = iter([*[real] * number, point(real), *[real] * 9])

        def nth(*given: Any) -> Any:
            return next(steps)(*given)

        with monkeypatch.context() as patched:
            patched.setattr(outbox, step, nth)
            with pytest.raises(Killed):
                await deliverer(db, poster, clock, pace=0.0).settle()
    with closing(open_database(path)) as db:
        outbox.after_start(db)
        await deliverer(db, poster, clock, pace=0.0).settle()
        assert set(states(db).values()) == {"sent"}
    assert_told_once(slack, channel[1])


async def test_a_cancelled_post_that_slack_took_is_adopted(
    slack: Emulator,
    db: Database,
    poster: SlackPoster,
    proxy: FaultProxy,
    clock: Clock,
    channel: tuple[str, str],
) -> None:
    put(db, a_post("once", channel=channel[0]))
    proxy.plan(Fault(Kind.DELAY_AFTER))
    posting = asyncio.ensure_future(deliverer(db, poster, clock).drain())
    await until(lambda: proxy.accepted["chat.postMessage"] == 1)
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting
    assert states(db) == {"once": "sending"}
    assert await deliverer(db, poster, clock).settle() == {Fate.ADOPTED: 1}
    assert slack.texts(channel[1]) == ["once"]


async def test_hostile_text_arrives_as_it_was_written(
    slack: Emulator, db: Database, poster: SlackPoster, clock: Clock, channel: tuple[str, str]
) -> None:
    """Delivery changes no character; escaping happened when the message was built."""
    text = 'Robert"); DROP TABLE outbox;-- &lt;!channel&gt; *\u2713* \U0001f5f3 O\u2019Neil \\u0000'
    put(db, a_post("hostile'; --", text=text, channel=channel[0]))
    await deliverer(db, poster, clock).settle()
    assert slack.texts(channel[1]) == [text]
    assert states(db) == {"hostile'; --": "sent"}


async def test_the_service_sends_when_woken_and_stops_when_told(db: Database) -> None:
    poster = FakePoster()
    sender = Deliverer(
        db, poster, lambda: datetime.now(UTC), pace_seconds=0, quarantine_seconds=QUARANTINE
    )
    stop = asyncio.Event()
    service = asyncio.ensure_future(sender.run(stop))
    await asyncio.sleep(0.01)
    put(db, a_post("d1"))
    sender.wake()
    await until(lambda: states(db) == {"d1": "sent"})
    stop.set()
    await service


async def test_the_service_outlives_a_locked_database(
    db: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One locked claim delays; the row goes out afterwards. Refused rows get their chance."""
    put(db, a_post("d1"), a_post("d2", race="pitt-da"))
    (first, _) = outbox.due(db, clock())
    outbox.claim(db, first, clock())
    outbox.refused(db, first, "channel_not_found")
    troubles = [DatabaseLocked("night.db is locked")]
    real = outbox.claim

    def locked_once(*given: Any) -> bool:
        if troubles:
            raise troubles.pop()
        return real(*given)

    monkeypatch.setattr(outbox, "claim", locked_once)
    poster, stop = FakePoster(), asyncio.Event()
    service = asyncio.ensure_future(deliverer(db, poster, clock).run(stop))
    await until(lambda: Counter(states(db).values())["sent"] == 2)
    stop.set()
    await service
    assert poster.posted == ["d1", "d2"]


async def test_a_stop_is_heard_between_two_posts(db: Database, clock: Clock) -> None:
    put(db, a_post("d1"), a_post("d2", race="pitt-da"), a_post("d3", race=None))
    stop = asyncio.Event()

    class Stopping(FakePoster):
        async def post(self, row: Row, thread: Thread | None) -> Sent:
            stop.set()
            return await super().post(row, thread)

    poster = Stopping()
    await deliverer(db, poster, clock, pace=0.0).run(stop)
    assert poster.posted == ["d1"]
    assert list(states(db).values()) == ["sent", "pending", "pending"]

"""The dead man's message against an independent Slack: one stands, whatever happens."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor import app, dead_man, scheduled
from monitor.config import read_config
from monitor.dead_man import AGAIN, DeadMan, back_words, is_near, is_settled, silent_words
from monitor.decision import Outcome
from monitor.polls import PollState
from monitor.races import Channel
from monitor.slack import SlackPoster
from monitor.state import RaceState, Told
from tests import now_night
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.slack_faults import Fault, FaultProxy, Kind, fault_proxy, limited, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from monitor.night import Night
    from monitor.slack import Held
    from monitor.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)
RACE, SOURCE = "alpha-da", "alpha"
DECIDED = RaceState(told={"Ann Alpha": Told(outcome=Outcome.WON)})


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@dataclass(slots=True)
class Dying:
    """A Slack that works, and a process that dies at its n-th call, before or after it."""

    slack: SlackPoster
    at: int
    is_after: bool
    calls: int = 0

    async def schedule(self, channel: str, text: str, at: datetime) -> tuple[str, str]:
        """Schedule, or die."""
        self._die(is_after=False)
        ids = await self.slack.schedule(channel, text, at)
        self._die(is_after=True)
        return ids

    async def unschedule(self, channel_id: str, held: str) -> None:
        """Take back, or die."""
        self._die(is_after=False)
        await self.slack.unschedule(channel_id, held)
        self._die(is_after=True)

    async def scheduled(self, channel: str) -> Sequence[Held]:
        """List, or die."""
        self._die(is_after=False)
        held = await self.slack.scheduled(channel)
        self._die(is_after=True)
        return held

    def _die(self, *, is_after: bool) -> None:
        self.calls += not is_after
        if self.calls == self.at and is_after is self.is_after:
            raise Killed


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a test's own: what stands there and what Slack holds for it."""

    slack: Emulator
    name: str
    id: str

    def held(self) -> list[str]:
        """Return the texts Slack holds, soonest first."""
        return [one["text"] for one in self._held()]

    def let_out(self) -> str:
        """Do what Slack does when the time of the soonest one has come."""
        one = self._held()[0]
        self._drop(one)
        self.slack.call("chat.postMessage", channel=self.id, text=one["text"])
        return str(one["text"])

    def clear(self) -> None:
        """Take everything back, as somebody else with the token might."""
        for one in self._held():
            self._drop(one)

    def _held(self) -> list[dict[str, Any]]:
        answer = self.slack.call("chat.scheduledMessages.list", channel=self.id)
        return list(answer["scheduled_messages"])

    def _drop(self, one: dict[str, Any]) -> None:
        self.slack.call(
            "chat.deleteScheduledMessage", channel=self.id, scheduled_message_id=one["id"]
        )


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@pytest.fixture
def place(slack: Emulator, request: pytest.FixtureRequest) -> Place:
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[-78:].strip("-")
    return Place(slack, f"#{name}", slack.create_channel(name))


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
def night(place: Place, tmp_path: Path) -> Night:
    """Return a race whose polls closed ten minutes ago, told in one channel."""
    race = now_night.Watched("Alpha", SOURCE, "http://127.0.0.1:9/a.csv")
    text = now_night.config([race], channel=place.name)
    return app.night_of(read_config(text, base=tmp_path, scrapers=app.scrapers()))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with app.opened(tmp_path / "night.db") as opened:
        yield opened


def dead_man_of(store: Store, slack: Any, night: Night) -> DeadMan:
    return DeadMan(store, slack, lambda: night, lambda: None)


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def since(moment: datetime, night: Night) -> str:
    """Return what a message scheduled at a moment says."""
    return silent_words(moment, moment + dead_man.AHEAD, night.config.slack.desk_timezone)


def posted(store: Store) -> list[tuple[str, str, str]]:
    return [(p["kind"], p["channel"], p["text"]) for p in store.rows("SELECT * FROM post_log")]


def visited(store: Store, at: datetime) -> None:
    """Record that the source was asked at a moment."""
    with store.transaction():
        store.save_poll(SOURCE, PollState(visited_at=at))


def decide(store: Store, night: Night, state: RaceState = DECIDED) -> None:
    with store.transaction():
        store.save_race(RACE, state, night.digests)


async def test_one_stands_and_is_replaced_every_four_minutes(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """It always says when the bot was last alive."""
    man = dead_man_of(store, poster, night)
    for minutes, alive in ((0, 0), (1, 0), (3.9, 0), (4, 4), (7.9, 4), (8, 8), (60, 60)):
        await man.beat(after(minutes))
        assert place.held() == [since(after(alive), night)]
    assert re.fullmatch(
        r"BOT SILENT since (\w+ \d+, )?\d+:\d\d [AP]M ET; treat the scoreboard as old",
        place.held()[0],
    )
    assert posted(store) == []


async def test_it_stands_ten_minutes_ahead(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """Slack itself says when it will post it."""
    await dead_man_of(store, poster, night).beat(NOW)
    (held,) = await poster.scheduled(place.name)
    assert held.post_at == after(10)
    assert [one.id for one in scheduled.read(store.db)] == [held.id]


async def test_at_no_call_is_there_none(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """The new one is there before the old one goes."""
    seen: list[int] = []

    class Watching(Dying):
        """Looks at what stands before and after each call."""

        def _die(self, *, is_after: bool) -> None:
            del is_after
            seen.append(len(place.held()))

    man = dead_man_of(store, Watching(poster, 0, is_after=False), night)
    await man.beat(NOW)
    seen.clear()
    await man.beat(after(4))
    assert seen == [1, 1, 1, 2, 2, 1]


async def test_when_the_race_is_decided_none_stands(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """At the next look, not four minutes later; and it stands again after a HOLD OFF."""
    man = dead_man_of(store, poster, night)
    await man.beat(NOW)
    decide(store, night)
    await man.beat(after(0.1))
    assert place.held() == []
    assert scheduled.read(store.db) == []
    doubted = replace(DECIDED.told["Ann Alpha"], doubt_since=NOW)
    decide(store, night, RaceState(told={"Ann Alpha": doubted}))
    await man.beat(after(1))
    assert place.held() == [since(after(1), night)]


async def test_a_channel_that_leaves_the_configuration_is_left_alone(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """A reload takes back what stands there."""
    nights = [night]
    man = DeadMan(store, poster, lambda: nights[-1], lambda: None)
    await man.beat(NOW)
    nights.append(with_channels(night))
    await man.beat(after(0.1))
    assert place.held() == []


async def test_every_staff_channel_has_its_own(
    slack: Emulator, place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """One that the bot cannot see keeps no other one from it."""
    other = Place(slack, "#dead-man-other", slack.create_channel("dead-man-other"))
    two = with_channels(night, "#dead-man-nowhere", place.name, other.name)
    man = dead_man_of(store, poster, two)
    await man.beat(NOW)
    await man.beat(after(4))
    assert place.held() == other.held() == [since(after(4), night)]


@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("is_after", [False, True])
async def test_killed_anywhere_in_a_replacement(
    place: Place, poster: SlackPoster, store: Store, night: Night, call: int, *, is_after: bool
) -> None:
    """The next start leaves one, the newest, whatever the dead process had not recorded."""
    await dead_man_of(store, poster, night).beat(NOW)
    with pytest.raises(Killed):
        await dead_man_of(store, Dying(poster, call, is_after), night).beat(after(4))
    assert len(place.held()) in {1, 2}
    await dead_man_of(store, poster, night).beat(after(5))
    assert place.held() == [since(after(5), night)]
    assert len(scheduled.read(store.db)) == 1
    assert posted(store) == []


async def test_a_stray_is_found_at_the_start_outside_the_window(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """A process died between Slack's answer and its record, and then the race was decided."""
    with pytest.raises(Killed):
        await dead_man_of(store, Dying(poster, 2, is_after=True), night).beat(NOW)
    assert scheduled.read(store.db) == []
    decide(store, night)
    await dead_man_of(store, poster, night).beat(after(1))
    assert place.held() == []


FAULTS = (
    limited("3"), Fault(Kind.ANSWER, 500), Fault(Kind.ANSWER_AFTER, 503), Fault(Kind.DROP),
    Fault(Kind.DROP_AFTER), Fault(Kind.CLOSE_AFTER), Fault(Kind.DELAY_AFTER),
    refusal("internal_error"),
)  # fmt: skip


@pytest.mark.parametrize("method", ["scheduledMessages.list", "scheduleMessage", "delete"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind.name}{fault.status}")
async def test_slack_in_trouble(
    place: Place, proxy: FaultProxy, poster: SlackPoster, store: Store, night: Night,
    method: str, fault: Fault,
) -> None:  # fmt: skip
    """One is always there, and half a minute later it is one alone, and the newest."""
    names = {"delete": "deleteScheduledMessage"}
    man = dead_man_of(store, poster, night)
    await man.beat(NOW)
    proxy.plan(fault, method=f"chat.{names.get(method, method)}")
    await man.beat(after(4))
    assert place.held()
    later = after(4) + AGAIN
    await man.beat(later)
    assert place.held() == [since(later, night)]
    assert posted(store) == []


async def test_slack_that_refuses_a_new_one_posts_no_old_one(
    place: Place, proxy: FaultProxy, poster: SlackPoster, store: Store, night: Night
) -> None:
    """Slack answers, so we are not silent: better none than a false one."""
    man = dead_man_of(store, poster, night)
    await man.beat(NOW)
    proxy.plan(refusal("restricted_too_many"), method="chat.scheduleMessage")
    await man.beat(after(4))
    assert place.held() == []
    await man.beat(after(8))
    assert place.held() == [since(after(8), night)]


async def test_one_that_went_out_is_answered_once(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """BOT BACK comes when every source was asked again, and never a second time."""
    await dead_man_of(store, poster, night).beat(NOW)
    assert place.let_out() == since(NOW, night)

    man = dead_man_of(store, poster, night)
    visited(store, after(9))
    await man.beat(after(18))
    assert place.held() == [since(after(18), night)]
    assert posted(store) == []  # the scoreboard is as old as it says
    visited(store, after(18.2))
    await man.beat(after(18.5))
    told = ("bot-back", place.name, back_words(after(18.5), "America/New_York"))
    assert posted(store) == [told]
    assert told[2].startswith("BOT BACK since ")
    for minutes in (19, 22.5, 30):
        await man.beat(after(minutes))
    await dead_man_of(store, poster, night).beat(after(31))
    assert posted(store) == [told]


async def test_out_while_slack_could_not_be_reached(
    place: Place, proxy: FaultProxy, poster: SlackPoster, store: Store, night: Night
) -> None:
    """The bot lived, but nobody heard of it: the message was true, and so is its answer."""
    man = dead_man_of(store, poster, night)
    await man.beat(NOW)
    proxy.plan(*[Fault(Kind.DROP)] * 3, method="chat.scheduledMessages.list")
    for minutes in (4, 7, 11):
        await man.beat(after(minutes))
    place.let_out()
    visited(store, after(12))
    await man.beat(after(12))
    assert [kind for kind, _, _ in posted(store)] == ["bot-back"]
    assert place.held() == [since(after(12), night)]


async def test_slack_posts_it_while_we_take_it_back(
    place: Place, proxy: FaultProxy, poster: SlackPoster, store: Store, night: Night
) -> None:
    """In the last minute Slack takes nothing back; the answer follows when it is out."""
    man = dead_man_of(store, poster, night)
    await man.beat(NOW)
    proxy.plan(refusal("invalid_scheduled_message_id"), method="chat.deleteScheduledMessage")
    await man.beat(after(9.5))
    assert len(place.held()) == 2
    place.let_out()
    visited(store, after(13))
    await man.beat(after(13.5))
    assert [kind for kind, _, _ in posted(store)] == ["bot-back"]


async def test_taken_back_by_somebody_is_no_silence(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """What Slack no longer holds long before its time never went out."""
    man = dead_man_of(store, poster, night)
    await man.beat(NOW)
    place.clear()
    await man.beat(after(4))
    assert place.held() == [since(after(4), night)]
    assert posted(store) == []


@pytest.mark.parametrize("is_counting", [True, False])
async def test_a_clean_stop(
    place: Place, poster: SlackPoster, store: Store, night: Night, *, is_counting: bool
) -> None:
    """In the middle of a count it stays, for then nobody watches; else none is left."""
    man, stop = dead_man_of(store, poster, night), asyncio.Event()
    running = asyncio.create_task(man.run(stop))
    async with asyncio.timeout(5):
        while not scheduled.read(store.db):  # noqa: ASYNC110 - it tells of no event
            await asyncio.sleep(0.01)
    if not is_counting:
        decide(store, night)
    stop.set()
    await running
    assert len(place.held()) == int(is_counting)


@pytest.mark.parametrize(
    ("minutes", "near"), [(-61, False), (-60, True), (0, True), (1440, True), (1441, False)]
)
def test_the_window_of_a_race(night: Night, minutes: int, *, near: bool) -> None:
    """From an hour before its close, for a day after it."""
    watched = night.races[RACE]
    assert watched.closes_at is not None
    assert is_near(watched, watched.closes_at + timedelta(minutes=minutes)) is near


def test_a_race_without_sources_is_never_watched(night: Night) -> None:
    """Nobody waits for an uncontested race."""
    watched = night.races[RACE]
    bare = replace(watched, race=replace(watched.race, sources=()))
    assert watched.closes_at is not None
    assert not is_near(bare, watched.closes_at)


@pytest.mark.parametrize(
    ("told", "settled"),
    [
        ({}, False),
        ({"Ann Alpha": Told(too_close=True)}, False),
        ({"Ann Alpha": Told(outcome=Outcome.WON, doubt_since=NOW)}, False),
        ({"Ann Alpha": Told(outcome=Outcome.LOST)}, True),
        ({"Bo Rival": Told(outcome=Outcome.LOST)}, False),
    ],
)
def test_settled(night: Night, told: dict[str, Told], *, settled: bool) -> None:
    """An outcome of every endorsed candidate, and none of them in doubt."""
    assert is_settled(night.races[RACE], RaceState(told=told)) is settled


async def test_finished_sources_end_the_window(
    place: Place, poster: SlackPoster, store: Store, night: Night
) -> None:
    """Nothing more is expected: the scoreboard cannot grow old."""
    with store.transaction():
        store.save_poll(SOURCE, PollState(visited_at=NOW, finished=True))
    await dead_man_of(store, poster, night).beat(NOW)
    assert place.held() == []


def test_a_time_of_yesterday_says_its_day() -> None:
    """Scheduled before midnight, read after it."""
    late = datetime(2018, 5, 9, 3, 55, tzinfo=UTC)
    words = silent_words(late, late + timedelta(minutes=10), "America/New_York")
    assert words == "BOT SILENT since May 8, 11:55 PM ET; treat the scoreboard as old"


def with_channels(night: Night, *names: str) -> Night:
    """Return the night with other staff channels."""
    channels = tuple(Channel(name, ("Example Coalition",)) for name in names)
    slack = replace(night.config.slack, channels=channels)
    return replace(night, config=replace(night.config, slack=slack))

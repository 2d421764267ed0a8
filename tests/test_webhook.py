"""Webhooks alone, against an independent Slack: nothing lost, what may be double says so."""

from __future__ import annotations

import json
import logging
import re
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from monitor import outbox
from monitor.config import read_config
from monitor.deliver import Deliverer, Fate
from monitor.errors import ConfigInvalid, OutcomeUnknown, SlackFailure
from monitor.posts import SCOREBOARD_LINK, RowClass
from monitor.races import Channel, SlackConfig
from monitor.webhook import WebhookPoster
from monitor.webhook_access import PLACE, read_webhooks
from tests import emulator
from tests.emulator import Emulator, emulated_slack
from tests.posts import Clock, a_post, fresh, put, states
from tests.slack_faults import Fault, FaultProxy, Kind, fault_proxy, limited

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path

    from sqlite_utils import Database

QUARANTINE = 30.0
STAFF, OPS = "#primary-night", "#primary-night-ops"
CONFIG = SlackConfig(
    channels=(Channel(STAFF, ("Example Coalition",)),), ops_channel=OPS, heads_up=("U024BE7LH",)
)
SECRET = "T000/B000/nobodysbusiness"  # noqa: S105 - valid nowhere


@dataclass(slots=True)
class Hooked:
    """A Slack with two webhooks; `read` counts what a test has seen of its channels."""

    slack: Emulator
    paths: dict[str, str]
    ids: dict[str, str]
    read: dict[str, int]

    def told(self, channel: str) -> list[dict[str, Any]]:
        """Return the channel's messages since the last time."""
        found = self.slack.history(self.ids[channel])
        new = found[self.read[channel] :]
        self.read[channel] = len(found)
        return new

    def texts(self, channel: str = STAFF) -> list[str]:
        """Return their texts."""
        return [str(message["text"]) for message in self.told(channel)]


def seed() -> dict[str, Any]:
    names = [STAFF.removeprefix("#"), OPS.removeprefix("#")]
    found: dict[str, Any] = _SEED()
    found["slack"]["channels"] = [{"name": name} for name in names]
    found["slack"]["incoming_webhooks"] = [{"channel": name} for name in names]
    return found


_SEED = emulator._seed


@pytest.fixture(scope="module")
def hooked() -> Iterator[Hooked]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulator, "_seed", seed)
        with emulated_slack() as slack:
            base = slack.api_url.removesuffix("/api/")
            page = httpx.get(f"{base}/?tab=auth").text
            paths = re.findall(r"/services/[A-Z0-9/]+", page)[1:]  # the first is its own
            listed = slack.call("conversations.list")["channels"]
            ids = {f"#{one['name']}": one["id"] for one in listed}
            yield Hooked(
                slack, dict(zip((STAFF, OPS), paths, strict=True)), ids, {STAFF: 0, OPS: 0}
            )


@pytest.fixture
async def proxy(hooked: Hooked) -> AsyncIterator[FaultProxy]:
    for channel in (STAFF, OPS):
        hooked.told(channel)
    async with fault_proxy(hooked.slack.api_url.removesuffix("/api/")) as running:
        yield running


@pytest.fixture
async def poster(proxy: FaultProxy, hooked: Hooked) -> AsyncIterator[WebhookPoster]:
    poster = poster_to(proxy, hooked)
    yield poster
    await poster.close()


def poster_to(proxy: FaultProxy, hooked: Hooked) -> WebhookPoster:
    base = proxy.api_url.removesuffix("/api/")
    hooks = {channel: f"{base}{path}" for channel, path in hooked.paths.items()}
    return WebhookPoster(hooks, lambda: {"durham-da": "Durham DA"}, timeout_seconds=0.3)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(fresh(tmp_path / "night.db")) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


def deliverer(db: Database, poster: Any, clock: Clock) -> Deliverer:
    return Deliverer(
        db, poster, clock, pace_seconds=1.0, quarantine_seconds=QUARANTINE, sleep=clock.sleep
    )


def fail(proxy: FaultProxy, hooked: Hooked, *faults: Fault, channel: str = STAFF) -> None:
    proxy.plan(*faults, method=hooked.paths[channel])


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


WON = a_post("WON: Deberry", row_class=RowClass.OUTCOME, kind="race-won", channel=STAFF)
COUNT = a_post("COUNT: Deberry leads", kind="count-updated", channel=STAFF)


async def test_each_channel_has_its_own_webhook(
    hooked: Hooked, db: Database, poster: WebhookPoster, clock: Clock
) -> None:
    """In order, and nothing but words in it that the reduced mode does not have."""
    board = a_post("board", kind="scoreboard", channel=STAFF, race=None)
    blocks = [
        section("*WON: Deberry*"),
        section(f"<{SCOREBOARD_LINK}|Scoreboard>"),
        {"type": "actions", "elements": []},
    ]
    put(db, board, replace(WON, blocks=json.dumps(blocks)), a_post("trouble", channel=OPS))
    assert await deliverer(db, poster, clock).settle() == {Fate.SENT: 3}
    (message,) = hooked.told(STAFF)
    assert message["text"] == "WON: Deberry"
    assert message["blocks"] == [section("*WON: Deberry*"), section("Scoreboard")]
    assert hooked.texts(OPS) == ["trouble"]


async def test_a_reply_begins_with_its_race(
    hooked: Hooked, db: Database, poster: WebhookPoster, clock: Clock
) -> None:
    """There are no threads: at top level it says what it is about, in text and blocks."""
    reply = replace(COUNT, thread="root", blocks=json.dumps([section("*COUNT*")]))
    put(db, a_post("root", channel=STAFF), reply)
    assert await deliverer(db, poster, clock).settle() == {Fate.SENT: 2}
    root, message = hooked.told(STAFF)
    assert [root["text"], message["text"]] == ["root", "Durham DA: COUNT: Deberry leads"]
    assert message["blocks"][0]["elements"][0]["text"] == "*Durham DA*"
    assert "thread_ts" not in message


FAULTS = (
    (limited("7"), 1, 7), (limited(None), 1, 30), (Fault(Kind.ANSWER, 500, "rollup_error"), 1, 30),
    (Fault(Kind.ANSWER_AFTER, 503, "<html>"), 2, 30), (Fault(Kind.DROP), 1, 30),
    (Fault(Kind.DROP_AFTER), 2, 30), (Fault(Kind.CLOSE_AFTER), 2, 30),
    (Fault(Kind.DELAY_AFTER), 2, 30), (Fault(Kind.ANSWER, 200, "<html>wifi"), 1, 30),
)  # fmt: skip
"""With how often the message stands there in the end, and the seconds it takes at least."""


@pytest.mark.parametrize(("fault", "times", "seconds"), FAULTS)
async def test_an_outcome_survives_every_fault(
    hooked: Hooked, proxy: FaultProxy, db: Database, poster: WebhookPoster, clock: Clock,
    fault: Fault, times: int, seconds: float,
) -> None:  # fmt: skip
    """A 429 was surely not taken; what else fails may have been, and the next one says so."""
    fail(proxy, hooked, fault)
    put(db, WON)
    begun = clock.now
    await deliverer(db, poster, clock).settle()
    assert (clock.now - begun).total_seconds() >= seconds
    last = "WON: Deberry" if fault.status == 429 else "May be a repeat: WON: Deberry"
    assert hooked.texts() == [*["WON: Deberry"][: times - 1], last]


async def test_who_cannot_be_reached_took_nothing(
    hooked: Hooked, db: Database, clock: Clock, proxy: FaultProxy
) -> None:
    """A refused connection is no lost answer: nothing is marked."""
    nowhere = WebhookPoster({STAFF: "http://127.0.0.1:9/services/x"}, dict, timeout_seconds=0.3)
    put(db, WON)
    assert await deliverer(db, nowhere, clock).drain() == {Fate.RELEASED: 1}
    await nowhere.close()
    nowhere._webhooks = poster_to(proxy, hooked)._webhooks
    clock.push(5)
    assert await deliverer(db, nowhere, clock).drain() == {Fate.SENT: 1}
    await nowhere.close()
    assert hooked.texts() == ["WON: Deberry"]


async def test_an_update_is_sent_once_more_an_outcome_until_it_is_taken(
    hooked: Hooked, proxy: FaultProxy, db: Database, poster: WebhookPoster, clock: Clock
) -> None:
    """An outcome is never dropped; a count that may stand there twice is enough."""
    fail(proxy, hooked, *[Fault(Kind.DROP)] * 3)
    put(db, COUNT)
    await deliverer(db, poster, clock).settle()
    assert proxy.seen[hooked.paths[STAFF]] == 2
    put(db, WON)
    fail(proxy, hooked, *[Fault(Kind.DROP)] * 2)
    await deliverer(db, poster, clock).settle()
    assert hooked.texts() == ["May be a repeat: WON: Deberry"]
    assert set(states(db).values()) == {"sent"}


async def test_a_process_that_died_leaves_what_may_be_a_repeat(
    hooked: Hooked, db: Database, proxy: FaultProxy, clock: Clock
) -> None:
    """Killed after Slack took it: after the quarantine the next one says that it may be double."""
    put(db, replace(WON, thread=None), a_post("next", channel=STAFF))
    (row,) = outbox.due(db, clock())
    assert outbox.claim(db, row, clock())
    first = poster_to(proxy, hooked)
    await first.post(row, None)
    await first.close()
    second = poster_to(proxy, hooked)
    assert await deliverer(db, second, clock).drain() == {}
    await deliverer(db, second, clock).settle()
    await second.close()
    assert hooked.texts() == ["WON: Deberry", "May be a repeat: WON: Deberry", "next"]


async def test_a_try_of_a_dead_process_is_not_forgotten_between_look_up_and_resend(
    hooked: Hooked, db: Database, proxy: FaultProxy, clock: Clock
) -> None:
    """It was released and the process ended: the number of tries still tells."""
    put(db, WON)
    (row,) = outbox.due(db, clock())
    outbox.claim(db, row, clock())
    outbox.release(db, row, "answer lost, then not found in the channel", None)
    poster = poster_to(proxy, hooked)
    await deliverer(db, poster, clock).settle()
    await poster.close()
    assert hooked.texts() == ["May be a repeat: WON: Deberry"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, "no_service", "webhook: no_service; make a new webhook for the channel"),
        (403, "invalid_token", "webhook: invalid_token; make a new webhook for the channel"),
        (410, "channel_is_archived", "webhook: channel_is_archived; unarchive the channel"),
        (403, "action_prohibited", "an administrator must allow the app to post"),
        (400, "<html>&secret", "webhook: HTTP 400; make a new webhook"),
    ],
)
async def test_refusals_are_named(
    hooked: Hooked, proxy: FaultProxy, db: Database, poster: WebhookPoster, clock: Clock,
    status: int, body: str, said: str,
) -> None:  # fmt: skip
    """The row waits refused, with what was seen and what helps."""
    fail(proxy, hooked, Fault(Kind.ANSWER, status, body, "text/html"))
    put(db, WON)
    assert await deliverer(db, poster, clock).drain() == {Fate.REFUSED: 1}
    assert said in outbox.refusals(db)[STAFF]


async def test_refused_blocks_go_out_as_text(
    hooked: Hooked, proxy: FaultProxy, db: Database, poster: WebhookPoster, clock: Clock
) -> None:
    """The words matter more than their look."""
    fail(proxy, hooked, Fault(Kind.ANSWER, 400, "invalid_blocks", "text/html"))
    put(db, replace(WON, blocks=json.dumps([section("*WON*")])))
    assert await deliverer(db, poster, clock).drain() == {Fate.SENT: 1}
    (message,) = hooked.told(STAFF)
    assert message["text"] == "WON: Deberry"
    assert not message.get("blocks")


async def test_no_address_is_ever_shown(
    db: Database, clock: Clock, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in a log, at any level, nor in what is stored."""
    caplog.set_level(logging.DEBUG)
    for url in (f"http://127.0.0.1:9/{SECRET}", f"http://[bad/{SECRET}"):
        poster = WebhookPoster({STAFF: url}, dict, timeout_seconds=0.3)
        with pytest.raises(SlackFailure) as seen:
            await poster.post(_claimed(db, clock), None)
        await poster.close()
        assert not isinstance(seen.value, OutcomeUnknown)
        assert SECRET not in str(seen.value)
    assert SECRET not in caplog.text + "".join(capsys.readouterr())


def _claimed(db: Database, clock: Clock) -> outbox.Row:
    key = f"row {clock.now}"
    put(db, replace(WON, key=key, race=key))
    clock.push(1)
    return outbox.due(db, clock())[-1]


def given(hooks: Mapping[str, object] | str) -> dict[str, str]:
    return {PLACE: hooks if isinstance(hooks, str) else json.dumps(hooks)}


def test_the_environment_or_its_file(tmp_path: Path) -> None:
    """Names with or without #; None where nothing is set."""
    hooks = {"primary-night": "https://hooks.slack.com/a", OPS: "http://localhost:4003/b"}
    hooks["U024BE7LH"] = "https://hooks.slack.com/c"
    expected = {STAFF: hooks["primary-night"], OPS: hooks[OPS], "#U024BE7LH": hooks["U024BE7LH"]}
    path = tmp_path / "hooks.json"
    path.write_text(json.dumps(hooks), encoding="utf-8")
    assert read_webhooks(given(hooks), CONFIG) == expected
    assert read_webhooks({f"{PLACE}_FILE": str(path)}, CONFIG) == expected
    assert read_webhooks({}, CONFIG) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://hooks.slack.com/" + SECRET, "must be a JSON object"),
        ('{"#a": 1}', "must be a JSON object"),
        ("[" * 10, "must be a JSON object"),
        (json.dumps({STAFF: f"http://hooks.slack.com/{SECRET}"}), f"an https address for {STAFF}"),
        (json.dumps({STAFF: f"http://[{SECRET}"}), f"an https address for {STAFF}"),
        (
            json.dumps({"#other": f"https://hooks.slack.com/{SECRET}"}),
            f"has no webhook for {STAFF}, {OPS}, U024BE7LH; add them",
        ),
    ],
)
def test_what_is_set_wrongly_is_named_at_the_start(text: str, said: str) -> None:
    """Every channel without a webhook in one error, and no address in any."""
    with pytest.raises(SlackFailure, match=re.escape(said)) as seen:
        read_webhooks(given(text), CONFIG)
    assert seen.value.permanent
    assert SECRET not in str(seen.value)


def test_config_toml_refuses_a_webhook(tmp_path: Path) -> None:
    """A secret stands in the environment only, and the refusal does not show it."""
    text = f'[slack]\nops_channel = "https://hooks.slack.com/services/{SECRET}"\n'
    with pytest.raises(ConfigInvalid, match="in the environment") as seen:
        read_config(text, base=tmp_path, scrapers={})
    assert SECRET not in str(seen.value)


def test_a_file_that_is_not_there_is_not_named() -> None:
    """Somebody may have put the address itself in its place."""
    with pytest.raises(SlackFailure, match="cannot be read") as seen:
        read_webhooks({f"{PLACE}_FILE": f"https://hooks.slack.com/{SECRET}"}, CONFIG)
    assert SECRET not in str(seen.value)

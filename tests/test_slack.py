"""The Slack adapter against an independent Slack, alone and behind a failing network."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.errors import OutcomeUnknown, SlackFailure
from monitor.outbox import Row, Thread
from monitor.posts import RowClass
from monitor.slack import SlackPoster
from monitor.slack_access import API_URL, read_api_url, read_token
from monitor.slack_answers import LONGEST_RETRY_AFTER, NO_RETRY_AFTER
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.slack_faults import Fault, FaultProxy, Kind, fault_proxy, limited, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

CANARY = "xoxb-9-canary-0123456789"
BLOCKS = '[{"type":"section","text":{"type":"mrkdwn","text":"*Deberry* leads"}}]'


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@pytest.fixture
def channel(slack: Emulator, request: pytest.FixtureRequest) -> str:
    """Return the name of a channel of this test's own."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower().removeprefix("test_"))[:78].strip(
        "-"
    )
    slack.create_channel(name)
    return f"#{name}"


@pytest.fixture
async def proxy(slack: Emulator) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(slack.api_url) as running:
        yield running


@pytest.fixture
async def poster(proxy: FaultProxy) -> AsyncIterator[SlackPoster]:
    poster = SlackPoster(TOKEN, api_url=proxy.api_url, timeout_seconds=0.3)
    yield poster
    await poster.close()


def a_row(channel: str, key: str = "k1", **changes: Any) -> Row:
    now = datetime.now(UTC)
    row = Row(
        key=key,
        row_class=RowClass.UPDATE,
        race="durham-da",
        kind="lead-changed",
        channel=channel,
        thread=None,
        text="Deberry takes the lead",
        blocks="[]",
        at=now,
        row=1,
        attempts=1,
        first_claimed_at=now,
        claimed_at=now,
    )
    return replace(row, **changes)


async def test_a_post_stands_in_the_channel_with_its_key(
    slack: Emulator, poster: SlackPoster, channel: str
) -> None:
    sent = await poster.post(a_row(channel, blocks=BLOCKS), None)
    (message,) = slack.history(sent.channel_id)
    assert message["ts"] == sent.ts
    assert message["text"] == "Deberry takes the lead"
    assert message["blocks"] == json.loads(BLOCKS)
    assert message["metadata"] == {"event_type": "primary_night", "event_payload": {"key": "k1"}}


async def test_a_reply_stands_in_its_thread(
    slack: Emulator, poster: SlackPoster, channel: str
) -> None:
    root = await poster.post(a_row(channel), None)
    thread = Thread("k1", root.channel_id, root.ts, "root")
    reply = await poster.post(a_row(channel, "k2", thread="k1"), thread)
    assert [m["ts"] for m in slack.replies(root.channel_id, root.ts)] == [reply.ts]
    assert len(slack.history(root.channel_id)) == 1


async def test_keys_are_found_in_the_channel_and_in_the_thread(
    poster: SlackPoster, channel: str
) -> None:
    root = await poster.post(a_row(channel, "root"), None)
    thread = Thread("root", root.channel_id, root.ts, "root")
    reply = await poster.post(a_row(channel, "reply", thread="root"), thread)
    rows = [
        a_row(channel, "root"),
        a_row(channel, "reply", thread="root"),
        a_row(channel, "never-posted"),
    ]
    assert await poster.find(rows, {"root": thread}) == {"root": root, "reply": reply}


async def test_a_key_is_found_behind_many_messages(
    slack: Emulator, poster: SlackPoster, channel: str
) -> None:
    """More than one page of history lies above it."""
    sent = await poster.post(a_row(channel), None)
    for number in range(205):
        slack.call("chat.postMessage", channel=sent.channel_id, text=str(number))
    assert await poster.find([a_row(channel)], {}) == {"k1": sent}


async def test_a_key_of_another_program_is_not_adopted(
    slack: Emulator, poster: SlackPoster, channel: str
) -> None:
    alien = {"event_type": "other_bot", "event_payload": {"key": "k1"}}
    slack.call("chat.postMessage", channel=channel.removeprefix("#"), text="hello", metadata=alien)
    assert await poster.find([a_row(channel)], {}) == {}


async def test_nothing_to_look_up_asks_nothing(poster: SlackPoster, proxy: FaultProxy) -> None:
    assert await poster.find([], {}) == {}
    assert not proxy.seen


async def test_a_rehearsal_says_test_and_is_never_adopted_by_the_real_one(
    slack: Emulator, poster: SlackPoster, proxy: FaultProxy, channel: str
) -> None:
    rehearsal = SlackPoster(TOKEN, api_url=proxy.api_url, rehearsal_channel=channel)
    sent = await rehearsal.post(a_row("#the-real-one", blocks=BLOCKS), None)
    (message,) = slack.history(sent.channel_id)
    assert rehearsal.place("#the-real-one") == channel
    assert message["text"] == "TEST Deberry takes the lead"
    assert message["blocks"][0]["type"] == "context"
    assert "TEST" in message["blocks"][0]["elements"][0]["text"]
    assert message["blocks"][1:] == json.loads(BLOCKS)
    assert await rehearsal.find([a_row("#the-real-one")], {}) == {"k1": sent}
    assert await poster.find([a_row(channel)], {}) == {}
    await rehearsal.close()


async def test_check_says_whom_the_token_speaks_for(poster: SlackPoster) -> None:
    identity = await poster.check()
    assert (identity.team, identity.user) == ("Example Coalition", "primarynight")


async def test_a_wrong_channel_is_named_with_the_remedy(poster: SlackPoster) -> None:
    with pytest.raises(SlackFailure, match=r"no channel #nowhere .*; create the channel") as caught:
        await poster.locate("#nowhere")
    assert caught.value.permanent
    with pytest.raises(SlackFailure, match=r"chat\.postMessage: channel_not_found") as caught:
        await poster.post(a_row("#nowhere"), None)
    assert caught.value.permanent


async def test_a_channel_is_located_by_name_and_by_id(
    slack: Emulator, poster: SlackPoster, channel: str
) -> None:
    found = await poster.locate(channel)
    assert await poster.locate(found) == found
    await poster.post(a_row(found), None)
    assert slack.texts(found) == ["Deberry takes the lead"]


async def test_channels_that_may_not_be_listed_are_posted_to_by_name(
    slack: Emulator, poster: SlackPoster, proxy: FaultProxy, channel: str
) -> None:
    proxy.plan(*[refusal("missing_scope")] * 2, method="conversations.list")
    sent = await poster.post(a_row(channel), None)
    assert slack.texts(sent.channel_id) == ["Deberry takes the lead"]


async def test_a_lost_list_of_channels_leaves_nothing_unknown(
    poster: SlackPoster, proxy: FaultProxy, channel: str
) -> None:
    proxy.plan(Fault(Kind.DROP), method="conversations.list")
    with pytest.raises(SlackFailure) as caught:
        await poster.post(a_row(channel), None)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert not caught.value.permanent


async def test_refused_blocks_go_out_as_text_once(
    slack: Emulator, poster: SlackPoster, proxy: FaultProxy, channel: str
) -> None:
    proxy.plan(refusal("invalid_blocks"))
    sent = await poster.post(a_row(channel, blocks=BLOCKS), None)
    (message,) = slack.history(sent.channel_id)
    assert message["text"] == "Deberry takes the lead"
    assert not message.get("blocks")
    assert proxy.seen["chat.postMessage"] == 2


LOST = {
    "500 before": Fault(Kind.ANSWER, 500, "oops", "text/html"),
    "500 after": Fault(Kind.ANSWER_AFTER, 500, "oops", "text/html"),
    "503 JSON": Fault(Kind.ANSWER, 503, '{"ok":false,"error":"service_unavailable"}'),
    "internal error": refusal("internal_error"),
    "reset before": Fault(Kind.DROP),
    "reset after": Fault(Kind.DROP_AFTER),
    "closed after": Fault(Kind.CLOSE_AFTER),
    "too slow": Fault(Kind.DELAY_AFTER),
    "HTML for an answer": Fault(Kind.ANSWER_AFTER, 200, "<html>hello</html>", "text/html"),
    "plain text": Fault(Kind.ANSWER_AFTER, 200, "ok", "text/plain"),
    "gzip": Fault(Kind.ANSWER_AFTER, 200, "zzz", "application/gzip"),
    "broken JSON": Fault(Kind.ANSWER_AFTER, 200, '{"ok":tr'),
    "a list": Fault(Kind.ANSWER_AFTER, 200, '["ok"]'),
    "a number": Fault(Kind.ANSWER_AFTER, 200, "1"),
    "empty": Fault(Kind.ANSWER_AFTER, 200, ""),
    "ok without ts": Fault(Kind.ANSWER_AFTER, 200, '{"ok":true}'),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
async def test_a_lost_answer_is_unknown_and_nothing_is_sent_twice(
    poster: SlackPoster, proxy: FaultProxy, channel: str, fault: Fault
) -> None:
    proxy.plan(fault)
    with pytest.raises(OutcomeUnknown):
        await poster.post(a_row(channel), None)
    assert proxy.seen["chat.postMessage"] == 1


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("7", 7.0), ("86400", LONGEST_RETRY_AFTER), (None, NO_RETRY_AFTER), ("soon", NO_RETRY_AFTER)],
)
async def test_a_429_was_surely_not_taken(
    poster: SlackPoster, proxy: FaultProxy, channel: str, asked: str | None, seconds: float
) -> None:
    proxy.plan(limited(asked))
    with pytest.raises(SlackFailure, match="asks to wait") as caught:
        await poster.post(a_row(channel), None)
    assert (caught.value.permanent, caught.value.retry_after) == (False, seconds)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert proxy.seen["chat.postMessage"] == 1


async def test_a_429_may_name_a_date(poster: SlackPoster, proxy: FaultProxy, channel: str) -> None:
    headers = (
        ("Date", "Wed, 09 May 2018 01:12:00 GMT"),
        ("Retry-After", "Wed, 09 May 2018 01:12:42 GMT"),
    )
    proxy.plan(Fault(Kind.ANSWER, 429, "slow down", "text/plain", headers))
    with pytest.raises(SlackFailure) as caught:
        await poster.post(a_row(channel), None)
    assert caught.value.retry_after == 42.0


@pytest.mark.parametrize(
    "code", ["invalid_auth", "token_revoked", "missing_scope", "is_archived", "not_in_channel"]
)
async def test_what_slack_refuses_is_permanent_and_names_the_remedy(
    poster: SlackPoster, proxy: FaultProxy, channel: str, code: str
) -> None:
    proxy.plan(refusal(code))
    with pytest.raises(SlackFailure, match=rf"chat\.postMessage: {code}; ") as caught:
        await poster.post(a_row(channel), None)
    assert caught.value.permanent
    assert "\n" not in str(caught.value)


async def test_no_connection_was_surely_not_taken() -> None:
    poster = SlackPoster(TOKEN, api_url="http://127.0.0.1:9/api/")
    with pytest.raises(SlackFailure, match="cannot be reached") as caught:
        await poster.post(a_row("C0000000001"), None)
    assert not isinstance(caught.value, OutcomeUnknown)
    assert not caught.value.permanent
    await poster.close()


@pytest.mark.parametrize("fault", [*LOST.values(), refusal("invalid_auth"), limited("1")])
async def test_the_token_is_in_no_error_and_no_log(
    proxy: FaultProxy, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
    poster = SlackPoster(CANARY, api_url=proxy.api_url, timeout_seconds=0.3)
    proxy.plan(fault, method="auth.test")
    try:
        await poster.check()
    except SlackFailure as error:
        said = repr(error) + str(error) + repr(error.__cause__)
        assert CANARY not in said
    await poster.close()
    assert CANARY not in caplog.text
    assert CANARY not in repr(poster)


def test_the_token_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{CANARY}\n", encoding="utf-8")
    assert read_token({}) is None
    assert read_token({"PRIMARY_NIGHT_SLACK_TOKEN": " "}) is None
    assert read_token({"PRIMARY_NIGHT_SLACK_TOKEN": f"{CANARY} "}) == CANARY
    assert read_token({"PRIMARY_NIGHT_SLACK_TOKEN_FILE": str(path)}) == CANARY


@pytest.mark.parametrize(
    ("token", "what"),
    [
        ("xapp-1-canary", "an app-level token"),
        ("xoxp-1-canary", "a user token"),
        ("xoxb-1-canary\u200b", "characters that do not belong"),
        ("canary", "something"),
    ],
)
def test_a_wrong_token_is_named_and_not_shown(token: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(token, encoding="utf-8")
    for place, value in (("_TOKEN", token), ("_TOKEN_FILE", str(path))):
        with pytest.raises(SlackFailure, match=what) as caught:
            read_token({f"PRIMARY_NIGHT_SLACK{place}": value})
        assert caught.value.permanent
        assert "canary" not in str(caught.value)


def test_a_token_file_that_is_not_there_is_named_without_its_name() -> None:
    with pytest.raises(SlackFailure, match="cannot be read") as caught:
        read_token({"PRIMARY_NIGHT_SLACK_TOKEN_FILE": CANARY})
    assert CANARY not in str(caught.value)


def test_the_address_is_slacks_unless_an_emulator_is_named() -> None:
    assert read_api_url({}) == API_URL
    local = "http://localhost:4003/api"
    assert read_api_url({"PRIMARY_NIGHT_SLACK_URL": local}) == f"{local}/"


@pytest.mark.parametrize("url", ["http://slack.example/api/", "https://slack.com/", "ftp://x/api/"])
def test_an_address_that_would_show_the_token_is_refused(url: str) -> None:
    with pytest.raises(SlackFailure, match="must be https"):
        read_api_url({"PRIMARY_NIGHT_SLACK_URL": url})

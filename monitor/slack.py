"""Slack as the sender uses it: posts a message once, and says surely whether it was taken.

Each message carries its outbox key in its metadata; `find` reads the keys back. Scopes:
chat:write, channels:read, channels:history, and groups:read, groups:history for private
channels; pins:write for pins, files:write for files, im:write and im:history for posts to
one person.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from monitor import slack_messages, slack_reading
from monitor.errors import OutcomeUnknown, SlackFailure
from monitor.outbox import Sent
from monitor.slack_access import API_URL
from monitor.slack_answers import (
    AuthTrouble,
    BlocksRefused,
    ChannelUnknown,
    DoneAlready,
    ThreadGone,
)
from monitor.slack_calls import SlackCalls
from monitor.slack_channels import ChannelFacts, Channels
from monitor.slack_files import upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from monitor import chores, edits
    from monitor.outbox import Row, Thread
    from monitor.slack_messages import Block

TIMEOUT_SECONDS = 10.0
"""Of one whole call. Delivery's quarantine is longer."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token speaks for. `scopes`: what it may do, None where Slack does not say."""

    team: str
    user: str
    user_id: str
    team_id: str = ""
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A message that Slack holds and posts at `post_at`. `id` is Slack's."""

    channel_id: str
    id: str
    post_at: datetime
    text: str


class SlackPoster:
    """Posts to Slack.

    `token`: the bot token, or what reads it anew when Slack does not know the old one any
    more. `rehearsal_channel`: when given, every message goes there and says TEST, and its
    key is marked so that no real look-up ever adopts it. `interactive`: somebody answers
    buttons. `render_png`: draws a chart block, for workspaces that do not take it.
    """

    def __init__(
        self,
        token: str | Callable[[], str],
        *,
        api_url: str = API_URL,
        rehearsal_channel: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        interactive: bool = False,
        render_png: Callable[[Block], bytes] | None = None,
    ) -> None:
        self._calls = SlackCalls(token, api_url, timeout_seconds)
        self._channels = Channels(self._calls)
        self._rehearsal = rehearsal_channel
        self._interactive = interactive
        self._render_png = render_png
        self._refuses_charts = False
        self._links: dict[Sent, str] = {}

    def place(self, channel: str) -> str:
        """Return the channel that is really posted to."""
        return self._rehearsal or channel

    async def check(self) -> Identity:
        """Ask Slack whom the token speaks for; raises `SlackFailure`."""
        answer = await self._calls.call("auth.test", {})
        team, user, user_id, team_id = (
            str(answer.get(field, "")) for field in ("team", "user", "user_id", "team_id")
        )
        return Identity(team, user, user_id, team_id, self._calls.scopes)

    async def why_not_ours(self, named: str, us: Identity) -> str:
        """Say why a member id, a group id or an address stands for nobody of ours, or nothing.

        Raises `PersonUnknown` where Slack knows nobody by it.
        """
        if "@" in named:
            answer = await self._calls.ask("users.lookupByEmail", {"email": named})
        elif named.startswith("S"):
            answer = await self._calls.ask("usergroups.users.list", {"usergroup": named})
            return "" if answer.get("users") else "this group has no members"
        else:
            answer = await self._calls.ask("users.info", {"user": named})
        return _why_not_ours(answer.get("user") or {}, us.team_id)

    async def locate(self, channel: str) -> str:
        """Return the id of the channel that is really posted to; raises when there is none."""
        return await self._channels.locate(self.place(channel))

    async def real_one(self, channels: Iterable[str]) -> str:
        """Return which of these channels a rehearsal would reach under another name, or ""."""
        there = await self._channels.id_of(self.place(""))
        for channel in channels:
            if await self._channels.id_of(channel) == there:
                return channel
        return ""

    async def channel_facts(self, channel: str) -> ChannelFacts:
        """Ask what the channel that is really posted to is; raises `SlackFailure`."""
        return await self._channels.facts(self.place(channel))

    async def is_shared(self, channel: str) -> bool:
        """Say whether people of another workspace read a channel; no where Slack will not say."""
        try:
            return (await self.channel_facts(channel)).is_shared
        except SlackFailure as error:
            if isinstance(error, AuthTrouble) or not error.permanent:
                raise
            _log.warning("who reads a channel is not known", channel=channel, error=str(error))
            return False

    # -- messages ------------------------------------------------------------------------

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Post one message; a message whose blocks are refused goes out as text."""
        message = await self._message(row.channel, row.text, row.blocks)
        message["metadata"] = slack_reading.metadata(self._key(row))
        if thread:
            message["channel"] = thread.channel_id
            try:
                reply = {**message, "thread_ts": thread.ts}
                return _sent(await self._take("chat.postMessage", reply), is_reply=True)
            except ThreadGone as error:
                _log.warning("the root of a thread is gone", key=row.thread, error=str(error))
            return _sent(await self._take("chat.postMessage", message), is_reply=True)
        place = self.place(row.channel)
        message["channel"] = await self._channels.id_of(place)
        try:
            return _sent(await self._take("chat.postMessage", message))
        except ChannelUnknown:
            # A channel that was made anew under the same name has another id.
            was = message["channel"]
            if not self._channels.forget(place):
                raise
            message["channel"] = await self._channels.id_of(place)
            if message["channel"] == was:
                raise
        return _sent(await self._take("chat.postMessage", message))

    async def edit(self, one: edits.Due) -> None:
        """Let a message say something else; raises `MessageGone` where it is not there."""
        message = await self._message(one.edit.channel, one.edit.text, one.edit.blocks)
        message |= {"channel": one.channel_id, "ts": one.ts}
        await self._take("chat.update", message)

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Read the keys of these rows of one place back."""
        if not rows:
            return {}
        channel = await self._channels.id_of(self.place(rows[0].channel))
        keys = {row.key: self._key(row) for row in rows}
        return await slack_reading.find(self._calls, channel, rows, keys, threads)

    async def link(self, sent: Sent) -> str | None:
        """Return the address of a message, None while Slack does not tell it."""
        if sent not in self._links:
            where = {"channel": sent.channel_id, "message_ts": sent.ts}
            try:
                answer = await self._calls.ask("chat.getPermalink", where)
            except SlackFailure as error:
                _log.warning("the address of a message is not known", error=str(error))
                return None
            self._links[sent] = str(answer.get("permalink", ""))
        return self._links[sent] or None

    # -- beside messages -----------------------------------------------------------------

    async def pin(self, one: chores.Due) -> None:
        """Pin a message; one that is pinned stays so."""
        try:
            await self._calls.ask("pins.add", {"channel": one.channel_id, "timestamp": one.ts})
        except DoneAlready:
            return

    async def file(self, one: chores.Due) -> None:
        """Put a file into a message's thread."""
        content = one.chore.content.encode()
        where = {"channel_id": one.channel_id, "thread_ts": one.thread_ts}
        await upload(self._calls, one.chore.name, content, **where)

    async def has_file(self, one: chores.Due) -> bool:
        """Say whether the file stands in the message's thread."""
        where = (one.channel_id, one.thread_ts, one.chore.name)
        return await slack_reading.has_file(self._calls, *where)

    async def schedule(self, channel: str, text: str, at: datetime) -> tuple[str, str]:
        """Let Slack post a text at a time; return the ids of the channel and of what it holds.

        Raises `OutcomeUnknown` when the answer was lost: `scheduled` says what Slack holds.
        """
        message = await self._message(channel, text, "[]")
        message |= {"channel": await self.locate(channel), "post_at": int(at.timestamp())}
        answer = await self._calls.call("chat.scheduleMessage", message, as_json=True)
        held = str(answer.get("scheduled_message_id", ""))
        if not held:
            raise OutcomeUnknown("chat.scheduleMessage: ok, but without an id")
        return str(answer.get("channel") or message["channel"]), held

    async def unschedule(self, channel_id: str, held: str) -> None:
        """Take back what Slack holds; raises a permanent failure where it holds no such thing."""
        where = {"channel": channel_id, "scheduled_message_id": held}
        await self._calls.ask("chat.deleteScheduledMessage", where)

    async def scheduled(self, channel: str) -> list[Held]:
        """Return what Slack holds of ours for a channel, soonest first."""
        where = {"channel": await self.locate(channel), "limit": "100"}
        return [
            Held(
                str(one.get("channel_id", where["channel"])), str(one.get("id", "")),
                datetime.fromtimestamp(int(one.get("post_at", 0)), UTC), str(one.get("text", "")),
            )
            async for page in self._calls.pages("chat.scheduledMessages.list", where)
            for one in page.get("scheduled_messages", [])
        ]  # fmt: skip

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    # -- how it is said ------------------------------------------------------------------

    async def _message(self, channel: str, text: str, blocks_text: str) -> dict[str, Any]:
        """Return the call's arguments, all but where it goes."""
        blocks: list[Block] = json.loads(blocks_text)
        if slack_messages.has_buttons(blocks) and (
            not self._interactive or await self.is_shared(channel)
        ):
            blocks = slack_messages.without_buttons(blocks)
        if slack_messages.has_internal(blocks) and await self.is_shared(channel):
            blocks = slack_messages.without_internal(blocks)
        if self._rehearsal:
            text, blocks = slack_messages.marked(text, blocks)
        return {
            "text": text, "blocks": blocks,
            "unfurl_links": False, "unfurl_media": False, "link_names": False,
        }  # fmt: skip

    def _key(self, row: Row) -> str:
        return f"test:{row.key}" if self._rehearsal else row.key

    async def _take(self, method: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """Call with a message's blocks, then with fewer of them as long as Slack refuses them."""
        blocks, refused = message["blocks"], None
        async for form in self._forms(blocks):
            # An edit without blocks would leave the old ones standing.
            said = {name: value for name, value in message.items() if name != "blocks"}
            if form or method == "chat.update":
                said["blocks"] = form
            try:
                answer = await self._calls.call(method, said, as_json=True)
            except BlocksRefused as error:
                refused = error
                continue
            if refused and form and slack_messages.charts_of(blocks):
                self._refuses_charts = True
            return answer
        raise refused or SlackFailure(f"{method}: nothing to say", permanent=True)

    async def _forms(self, blocks: list[Block]) -> AsyncIterator[list[Block]]:
        """Yield a message's blocks, with pictures for charts, without charts, and none."""
        charts = slack_messages.charts_of(blocks)
        if not (charts and self._refuses_charts):
            yield blocks
        if charts:
            files = await self._pictures(charts)
            if files:
                yield slack_messages.with_pictures(blocks, files)
                self._render_png = None  # pictures are refused as well
            yield slack_messages.without_charts(blocks)
        if blocks:
            yield []

    async def _pictures(self, charts: Sequence[Block]) -> list[str]:
        """Draw charts and upload them; none where one cannot be had: words tell the same."""
        if self._render_png is None:
            return []
        try:
            drawn = [await asyncio.to_thread(self._render_png, chart) for chart in charts]
            return [await upload(self._calls, "chart.png", picture) for picture in drawn]
        except Exception as error:  # noqa: BLE001 - no fault of a picture may keep a message back
            _log.warning("a chart is left out", error=f"{type(error).__name__}: {error}")
            return []


def _why_not_ours(user: Mapping[str, Any], team: str) -> str:
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    if user.get("deleted"):
        return "this member was deactivated"
    if user.get("is_bot"):
        return "this is a bot, not a person"
    if user.get("is_stranger") or (team and team not in (user.get("team_id", team), *teams)):
        return "this person is of another workspace, and cannot act here"
    return ""


def _sent(answer: Mapping[str, Any], *, is_reply: bool = False) -> Sent:
    channel_id, ts = answer.get("channel"), answer.get("ts")
    if not (isinstance(channel_id, str) and channel_id and isinstance(ts, str) and ts):
        raise OutcomeUnknown("chat.postMessage: ok, but without channel and ts")
    # Slack puts a reply whose root was deleted into the channel, and says so only by this.
    message = answer.get("message")
    is_adrift = is_reply and isinstance(message, dict) and not message.get("thread_ts")
    return Sent(channel_id, ts, is_adrift)

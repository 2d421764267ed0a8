"""Slack's Web API: posts a message once, and says surely whether it was taken.

`slack_sdk`'s own retry handlers are off: its default one posts twice when the
answer to an accepted message is lost. Each message carries its outbox key in its
metadata; `find` reads the keys back. Scopes: chat:write, channels:read,
channels:history, and groups:read, groups:history for private channels.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from monitor.errors import OutcomeUnknown, SlackFailure
from monitor.outbox import Sent
from monitor.slack_access import API_URL
from monitor.slack_answers import BlocksRefused, failure_of, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from monitor.outbox import Row, Thread

EVENT_TYPE = "primary_night"
"""`event_type` of the metadata that holds the key."""
TIMEOUT_SECONDS = 10.0
"""Of one whole call. Delivery's quarantine is longer."""
CLOCK_MARGIN = timedelta(minutes=5)
"""How far Slack's clock may be from ours when a key is looked up."""
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token speaks for."""

    team: str
    user: str
    user_id: str


class SlackPoster:
    """Posts to Slack.

    `rehearsal_channel`: when given, every message goes there and says TEST, and
    its key is marked so that no real look-up ever adopts it.
    """

    def __init__(
        self,
        token: str,
        *,
        api_url: str = API_URL,
        rehearsal_channel: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._token = token
        self._api_url = api_url
        self._rehearsal = rehearsal_channel
        self._timeout = timeout_seconds
        self._client: AsyncWebClient | None = None
        self._session: aiohttp.ClientSession | None = None
        self._ids: dict[str, str] = {}

    def place(self, channel: str) -> str:
        """Return the channel that is really posted to."""
        return self._rehearsal or channel

    async def check(self) -> Identity:
        """Ask Slack whom the token speaks for; raises `SlackFailure`."""
        answer = await self._call("auth.test", {})
        return Identity(
            *(str(answer.get(field, "")) for field in ("team", "user", "user_id")),
        )

    async def locate(self, channel: str) -> str:
        """Return the id of the channel that is really posted to; raises when there is none."""
        place = self.place(channel)
        found = await self._channel_id(place)
        if not _CHANNEL_ID.fullmatch(found):
            raise refusal("channel_not_found", f"no channel {place} that the bot can see")
        return found

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Post one message; a message whose blocks are refused goes out as text."""
        message = self._message(row)
        message["channel"] = (
            thread.channel_id if thread else await self._channel_id(self.place(row.channel))
        )
        if thread:
            message["thread_ts"] = thread.ts
        try:
            answer = await self._call("chat.postMessage", message, as_json=True)
        except BlocksRefused:
            del message["blocks"]
            answer = await self._call("chat.postMessage", message, as_json=True)
        return _sent(answer.get("channel"), answer.get("ts"))

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Read the keys of these rows back: the channel once, and each thread once."""
        if not rows:
            return {}
        oldest = min(row.first_claimed_at or row.at for row in rows) - CLOCK_MARGIN
        found: dict[str, Sent] = {}
        for root in {row.thread for row in rows}:
            keys = {self._key(row): row.key for row in rows if row.thread == root}
            if root is None:
                channel = await self._channel_id(self.place(rows[0].channel))
                where = {"channel": channel, "oldest": f"{oldest.timestamp():.6f}"}
                messages = self._messages("conversations.history", where)
            elif root in threads:
                channel = threads[root].channel_id
                where = {"channel": channel, "ts": threads[root].ts}
                messages = self._messages("conversations.replies", where)
            else:
                continue
            async for message in messages:
                key = keys.pop(_key_in(message), None)
                if key is not None:
                    found[key] = _sent(channel, message.get("ts"))
                if not keys:
                    break
        return found

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
        self._client = self._session = None

    def _message(self, row: Row) -> dict[str, Any]:
        """Return the call's arguments, all but where it goes."""
        text, blocks = row.text, json.loads(row.blocks)
        if self._rehearsal:
            mark = {"type": "mrkdwn", "text": "*TEST* rehearsal, not real results"}
            text = f"TEST {text}"
            blocks = blocks and [{"type": "context", "elements": [mark]}, *blocks]
        message = {
            "text": text,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": self._key(row)}},
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
        }
        return {**message, "blocks": blocks} if blocks else message

    def _key(self, row: Row) -> str:
        return f"test:{row.key}" if self._rehearsal else row.key

    async def _channel_id(self, channel: str) -> str:
        """Return a channel's id; its bare name when the bot may not list it."""
        name = channel.removeprefix("#")
        if _CHANNEL_ID.fullmatch(name):
            return name
        if name not in self._ids:
            self._ids.update(await self._list())
        return self._ids.get(name, name)

    async def _list(self) -> dict[str, str]:
        """Return the ids of the channels the bot can see, by name."""
        for types in ("public_channel,private_channel", "public_channel"):
            arguments = {"types": types, "exclude_archived": "true", "limit": "1000"}
            try:
                pages = [page async for page in self._pages("conversations.list", arguments)]
            except SlackFailure as error:
                if error.permanent:
                    continue
                # Nothing was posted yet, so a lost answer here leaves nothing unknown.
                raise SlackFailure(
                    str(error), permanent=False, retry_after=error.retry_after
                ) from None
            channels = [channel for page in pages for channel in page.get("channels", [])]
            return {str(channel.get("name")): str(channel.get("id")) for channel in channels}
        return {}

    async def _messages(
        self, method: str, where: Mapping[str, str]
    ) -> AsyncIterator[dict[str, Any]]:
        arguments = {**where, "include_all_metadata": "true", "limit": "200"}
        async for page in self._pages(method, arguments):
            for message in page.get("messages", []):
                yield message

    async def _pages(
        self, method: str, arguments: Mapping[str, str]
    ) -> AsyncIterator[dict[str, Any]]:
        cursor = ""
        while True:
            page = await self._call(method, {**arguments, "cursor": cursor})
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _call(
        self, method: str, arguments: Mapping[str, Any], *, as_json: bool = False
    ) -> dict[str, Any]:
        """Call a method by POST; raises `SlackFailure` or `OutcomeUnknown`."""
        client = self._connected()
        body = dict(arguments)
        try:
            answer = await client.api_call(
                method,
                http_verb="POST",
                json=body if as_json else None,
                data=None if as_json else body,
            )
        except SlackApiError as error:
            raise failure_of(method, error.response) from None
        except aiohttp.InvalidURL:
            raise SlackFailure(f"{method}: no usable API address", permanent=True) from None
        except aiohttp.ClientConnectorError as error:
            raise SlackFailure(
                f"{method}: Slack cannot be reached ({type(error).__name__})", permanent=False
            ) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutcomeUnknown(f"{method}: no answer ({type(error).__name__})") from None
        except (AttributeError, ValueError):
            # What slack_sdk raises on a 200 whose body is text, a list or badly encoded.
            raise OutcomeUnknown(f"{method}: the answer is no JSON object") from None
        if not isinstance(answer.data, dict):
            raise OutcomeUnknown(f"{method}: the answer is no JSON object")
        return answer.data

    def _connected(self) -> AsyncWebClient:
        """Return the client; its session is opened inside the running loop."""
        if self._client is None:
            limit = aiohttp.ClientTimeout(total=self._timeout)
            self._session = aiohttp.ClientSession(timeout=limit)
            self._client = AsyncWebClient(
                token=self._token,
                base_url=self._api_url,
                session=self._session,
                retry_handlers=[],
            )
        return self._client


def _sent(channel_id: object, ts: object) -> Sent:
    if not (isinstance(channel_id, str) and channel_id and isinstance(ts, str) and ts):
        raise OutcomeUnknown("chat.postMessage: ok, but without channel and ts")
    return Sent(channel_id, ts)


def _key_in(message: Mapping[str, Any]) -> str:
    """Return the outbox key a message carries, or an empty string."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("key", ""))

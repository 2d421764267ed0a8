"""What stands in Slack already: messages by their key, files in a thread."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.outbox import Sent
from monitor.slack_answers import ThreadGone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from monitor.outbox import Row, Thread
    from monitor.slack_calls import SlackCalls

EVENT_TYPE = "primary_night"
"""`event_type` of the metadata that holds the key."""
CLOCK_MARGIN = timedelta(minutes=5)
"""How far Slack's clock may be from ours when a key is looked up."""


def metadata(key: str) -> dict[str, Any]:
    """Return the metadata a message carries its key in."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


async def find(
    calls: SlackCalls,
    channel_id: str,
    rows: Sequence[Row],
    keys: Mapping[str, str],
    threads: Mapping[str, Thread],
) -> dict[str, Sent]:
    """Read the keys of rows of one channel back: the channel once, and each thread once.

    `keys`: by outbox key, the key as the message carries it. `threads`: the sent roots. A
    reply that is not in its thread may stand in the channel: Slack puts it there when
    somebody deleted the root.
    """
    oldest = min(row.first_claimed_at or row.at for row in rows) - CLOCK_MARGIN
    found: dict[str, Sent] = {}
    at_top = {keys[row.key]: row.key for row in rows if row.thread is None}
    for root in threads.keys() & {row.thread for row in rows}:
        left = {keys[row.key]: row.key for row in rows if row.thread == root}
        where = {"channel": threads[root].channel_id, "ts": threads[root].ts}
        with suppress(ThreadGone):
            found |= await _found(calls, "conversations.replies", where, left)
        at_top |= {mark: key for mark, key in left.items() if key not in found}
    if at_top:
        where = {"channel": channel_id, "oldest": f"{oldest.timestamp():.6f}"}
        replies = {row.key for row in rows if row.thread is not None}
        for key, sent in (await _found(calls, "conversations.history", where, at_top)).items():
            found[key] = replace(sent, is_adrift=key in replies)
    return found


async def _found(
    calls: SlackCalls, method: str, where: Mapping[str, str], keys: Mapping[str, str]
) -> dict[str, Sent]:
    """Return where messages stand that carry these keys, by outbox key."""
    left, found = dict(keys), {}
    async for message in _messages(calls, method, where):
        key = left.pop(_key_in(message), None)
        if key is not None:
            found[key] = Sent(where["channel"], str(message.get("ts")))
        if not left:
            break
    return found


async def has_file(calls: SlackCalls, channel_id: str, ts: str, name: str) -> bool:
    """Say whether a file of this name stands in a thread."""
    where = {"channel": channel_id, "ts": ts}
    async for message in _messages(calls, "conversations.replies", where):
        if any(
            name in {file.get("name"), file.get("title")} for file in message.get("files") or ()
        ):
            return True
    return False


async def _messages(
    calls: SlackCalls, method: str, where: Mapping[str, str]
) -> AsyncIterator[dict[str, Any]]:
    arguments = {**where, "include_all_metadata": "true", "limit": "200"}
    async for page in calls.pages(method, arguments):
        for message in page.get("messages", []):
            yield message


def _key_in(message: Mapping[str, Any]) -> str:
    """Return the outbox key a message carries, or an empty string."""
    found = message.get("metadata") or {}
    if found.get("event_type") != EVENT_TYPE:
        return ""
    return str((found.get("event_payload") or {}).get("key", ""))

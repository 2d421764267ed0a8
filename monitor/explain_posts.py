"""The messages of a race up to a moment, and what keeps back those that are not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.database import moment_of, stamp
from monitor.explanation import Message
from monitor.posts import post_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.store import Store

_MESSAGES = """
SELECT post.key, post.at, post.kind, post.channel, post.state, post.text, post.error,
    root.state AS root,
    post.state = 'pending' AND EXISTS (
        SELECT 1 FROM outbox AS ahead WHERE ahead.state IN ('pending', 'sending', 'refused')
        AND ahead.channel = post.channel AND ahead.race = post.race AND ahead."row" < post."row"
    ) AS is_behind
FROM outbox AS post LEFT JOIN outbox AS root ON root.key = post.thread
WHERE post.race = ? AND post.at <= ? ORDER BY post.at, post."row"
"""
_WHY = {
    "sending": "its answer is not known yet",
    "superseded": "a later message lists it instead",
}


def messages(store: Store, race: str, at: datetime) -> dict[str, Message]:
    """Return the messages of a race by key, oldest first, each as the outbox has it now."""
    return {row["key"]: _message(row) for row in store.rows(_MESSAGES, [race, stamp(at)])}


def of_event(known: dict[str, Message], event: str) -> tuple[Message, ...]:
    """Return the messages that an event became, one a channel."""
    return tuple(one for key, one in known.items() if key == post_key(event, one.channel))


def _message(row: dict[str, Any]) -> Message:
    return Message(
        moment_of(row["at"]), row["kind"], row["channel"], row["state"], row["text"],
        "; ".join(_why(row)),
    )  # fmt: skip


def _why(row: dict[str, Any]) -> Iterable[str]:
    """Say what a message waits for, or why it was refused."""
    if row["state"] == "sent":
        return
    if row["error"]:
        yield row["error"]
    elif row["state"] in _WHY:
        yield _WHY[row["state"]]
    if row["state"] != "pending":
        return
    if row["is_behind"]:
        yield "it waits behind an earlier message of this race"
    elif row["root"] not in (None, "sent"):
        yield "it waits for the first message of its thread"
    else:
        yield "it waits to be sent"

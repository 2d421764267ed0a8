"""A Slack channel read back as staff see it: every message once, in order, threads joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.emulator import Emulator


@dataclass(frozen=True, slots=True)
class Told:
    """One message; `blocks` is their number, `thread` the key of its root, or None."""

    key: str
    text: str
    blocks: int
    thread: str | None


def as_edited(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what `replay --json --edits` printed as messages that say what they say in the end."""
    edits = {one["key"]: one for one in posts if one["kind"] == "edit"}
    return [
        {**one, **{name: edits[one["key"]][name] for name in ("text", "blocks")}}
        if one["key"] in edits
        else one
        for one in posts
        if one["kind"] != "edit"
    ]


def told_in(slack: Emulator, channel_id: str) -> list[Told]:
    """Return `conversations.history` and `.replies` of a channel in order of time."""
    found: list[tuple[str, Told]] = []
    for root in slack.history(channel_id):
        found.append((root["ts"], _told(root, None)))
        # A file in a thread is a message of Slack's own, without a key.
        replies = [one for one in slack.replies(channel_id, root["ts"]) if not one.get("files")]
        found += [(reply["ts"], _told(reply, _key(root))) for reply in replies]
    return [told for _, told in sorted(found, key=lambda each: each[0])]


def _told(message: dict[str, Any], thread: str | None) -> Told:
    return Told(_key(message), message["text"], len(message.get("blocks", [])), thread)


def _key(message: dict[str, Any]) -> str:
    return str(message["metadata"]["event_payload"]["key"])

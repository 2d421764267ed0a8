"""Slack's channels: their ids, whom they are shared with, how many people read them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.errors import SlackFailure
from monitor.slack_answers import AuthTrouble, refusal

if TYPE_CHECKING:
    from monitor.slack_calls import SlackCalls

FACTS_SECONDS = 600.0
"""How long what is known of a channel is believed: it may be shared in the middle of a night."""

_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}", re.ASCII)
_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{7,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What Slack says of a channel.

    `is_shared`: people of another workspace read it, or are invited to. `is_member`: the bot
    is in it. `members`: people in it, None where Slack does not say.
    """

    id: str
    is_shared: bool
    is_member: bool
    is_archived: bool
    members: int | None


class Channels:
    """The channels of one workspace, each looked up once."""

    def __init__(self, calls: SlackCalls) -> None:
        self._calls = calls
        self._ids: dict[str, str] = {}
        self._facts: dict[str, tuple[float, ChannelFacts]] = {}
        self._refusal: SlackFailure | None = None

    async def id_of(self, channel: str) -> str:
        """Return a channel's id; its bare name when the bot may not list it.

        A member id gives the id of the conversation with that person.
        """
        name = channel.removeprefix("#")
        if _CHANNEL_ID.fullmatch(name):
            return name
        if name not in self._ids:
            if _MEMBER_ID.fullmatch(name):
                self._ids[name] = await self._open(name)
            else:
                self._ids.update(await self._list())
        return self._ids.get(name, name)

    async def locate(self, channel: str) -> str:
        """Return a channel's id; raises a permanent `SlackFailure` when there is none."""
        found = await self.id_of(channel)
        if not _CHANNEL_ID.fullmatch(found):
            if self._refusal is not None:
                raise self._refusal
            raise refusal("channel_not_found", f"no channel {channel} that the bot can see")
        return found

    def forget(self, channel: str) -> bool:
        """Forget the id that stood for a name: Slack does not know it; False for an id."""
        return self._ids.pop(channel.removeprefix("#"), None) is not None

    async def facts(self, channel: str) -> ChannelFacts:
        """Ask what a channel is; raises `SlackFailure`."""
        found = await self.locate(channel)
        known = self._facts.get(found)
        if known and time.monotonic() - known[0] < FACTS_SECONDS:
            return known[1]
        answer = await self._calls.ask(
            "conversations.info", {"channel": found, "include_num_members": "true"}
        )
        facts = _facts(found, answer.get("channel") or {})
        self._facts[found] = (time.monotonic(), facts)
        return facts

    async def _open(self, member: str) -> str:
        answer = await self._calls.ask("conversations.open", {"users": member})
        found = str((answer.get("channel") or {}).get("id", ""))
        if not found:
            raise SlackFailure("conversations.open: ok, but without a channel", permanent=False)
        return found

    async def _list(self) -> dict[str, str]:
        """Return the ids of the channels the bot can see, by name."""
        for types in ("public_channel,private_channel", "public_channel"):
            arguments = {"types": types, "exclude_archived": "true", "limit": "1000"}
            try:
                pages = [page async for page in self._calls.pages("conversations.list", arguments)]
            except SlackFailure as error:
                if isinstance(error, AuthTrouble) or not error.permanent:
                    raise
                self._refusal = error
                continue
            self._refusal = None
            channels = [channel for page in pages for channel in page.get("channels", [])]
            return {str(channel.get("name")): str(channel.get("id")) for channel in channels}
        return {}


def _facts(channel_id: str, given: dict[str, Any]) -> ChannelFacts:
    members = given.get("num_members")
    return ChannelFacts(
        id=channel_id,
        # `is_shared` alone is also true of a channel shared inside one organization's grid.
        is_shared=bool(given.get("is_ext_shared") or given.get("is_pending_ext_shared")),
        is_member=bool(given.get("is_member") or given.get("is_im")),
        is_archived=bool(given.get("is_archived")),
        members=members if isinstance(members, int) else None,
    )

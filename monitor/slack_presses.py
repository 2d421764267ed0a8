"""Buttons and modals in Slack: who pressed may act, the act is done, the answer is a sentence.

Slack wants every press acknowledged within three seconds; `monitor.slack_app` does that
and calls these afterwards. Nothing here raises for what people do: they get a sentence.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from monitor.errors import SlackFailure
from monitor.modals import ACTS, Asked, act_kind, kind_of
from monitor.people import Act
from monitor.slack_people import NotAllowed, who_may
from monitor.words import safe_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.buttons import Pressed
    from monitor.people import ActKind
    from monitor.slack_desk import Calls, Channels, Desk
    from monitor.slack_payloads import Press, Submission, Who
    from monitor.slack_people import Person, SlackPeople

HEADS_SECONDS = 1.0
"""How long a modal waits for the head-counts of its channels: the right to open it ends in 3."""
WITHOUT_PERMISSION = "asked for without permission"
GONE = "That race is not watched any more."
ELSEWHERE = "This button works only in the message that asked, in the channel it was asked in."

_log = structlog.get_logger()


class Presses:
    """Answers buttons and modals."""

    def __init__(self, desk: Desk, people: SlackPeople, slack: Calls, channels: Channels) -> None:
        self._desk = desk
        self._people = people
        self._slack = slack
        self._channels = channels

    async def press(self, press: Press) -> str:
        """Do what a button does, or open its modal; return what to say, "" for a modal."""
        try:
            self._stands_there(press)
            person = await self.actor(press.who, press.pressed.race)
        except NotAllowed as refusal:
            kind = act_kind(press.verb)
            return self.refused(press.who, kind, press.pressed, press.id, str(refusal))
        now, kind_of_modal = self._desk.now(), kind_of(press.verb)
        if kind_of_modal is None:
            _, said = self._desk.acts.press(
                press.verb, press.pressed, press.key, person.name, person.user, now, press.id
            )
            return safe_text(said)
        asked = Asked(kind_of_modal, press.pressed, press.key, press.channel)
        return await self.open(asked, person, press.who.trigger)

    async def open(self, asked: Asked, person: Person, trigger: str) -> str:
        """Open a modal; return what to say where Slack does not open it."""
        if not self._is_watched(asked.pressed.race):
            return GONE
        heads = await self.heads()
        view = self._desk.acts.open(asked, person.name, person.user, self._desk.now(), heads)
        try:
            await self._slack.call(
                "views.open", {"trigger_id": trigger, "view": view}, as_json=True
            )
        except SlackFailure as error:
            _log.warning("a modal was not opened", user=person.user, error=str(error))
            return f"Slack did not open the form ({safe_text(str(error), 120)}). Press again."
        return ""

    async def submit(self, sent: Submission) -> dict[str, Any]:
        """Do what a modal says; return what to acknowledge it with."""
        asked = sent.asked
        try:
            person = await self.actor(sent.who, asked.pressed.race)
        except NotAllowed as refusal:
            kind = ACTS[asked.kind]
            said = self.refused(sent.who, kind, asked.pressed, sent.id, str(refusal))
            return {"response_action": "update", "view": notice("Not done", said)}
        heads, now = await self.heads(), self._desk.now()
        if not self._is_watched(asked.pressed.race):
            return {"response_action": "update", "view": notice("Not done", GONE)}
        answer, _ = self._desk.acts.submit(
            sent.values, sent.metadata, person.name, person.user, now, sent.id, heads
        )
        return answer

    async def actor(self, who: Who, race: str) -> Person:
        """Return somebody who may act in a race; raises `NotAllowed` for anybody else."""
        person = await self._people.member(who.user, who.teams)
        permission = await self._people.permission(person, race)
        if not permission.may:
            raise NotAllowed(who_may(permission.allowed))
        return person

    def refused(self, who: Who, kind: ActKind, pressed: Pressed, id_: str, why: str) -> str:
        """Log that somebody was not allowed, write it down, and return what to say."""
        _log.warning("refused in Slack", user=who.user, act=kind.value, race=pressed.race, why=why)
        now = self._desk.now()
        act = Act(
            id_, kind, pressed.race, who.user or "nobody", WITHOUT_PERMISSION, now,
            candidate=pressed.candidate, source=pressed.source, user=who.user,
        )  # fmt: skip
        self._desk.records.refuse(act, why, now)
        return why

    async def heads(self) -> Mapping[str, int]:
        """Return how many people are in each channel, as far as Slack says so in time."""
        names = [channel.name for channel in self._desk.config().slack.channels]
        asked = [asyncio.ensure_future(self._members(name)) for name in names]
        if not asked:
            return {}
        done, late = await asyncio.wait(asked, timeout=HEADS_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        known = {name: task.result() for name, task in zip(names, asked, strict=True)
                 if task in done}  # fmt: skip
        return {name: members for name, members in known.items() if members is not None}

    async def _members(self, channel: str) -> int | None:
        try:
            return (await self._channels.facts(channel)).members
        except SlackFailure:
            return None

    def _is_watched(self, race: str) -> bool:
        return any(known.id == race for known in self._desk.config().races)

    def _stands_there(self, press: Press) -> None:
        """Refuse a button in any message but the very one that was sent, in its channel."""
        slack = self._desk.config().slack
        placed = self._desk.records.place_of(press.key)
        if (
            placed is None
            or (placed.channel_id, placed.ts) != (press.channel, press.ts)
            or placed.channel not in {slack.asking_channel, slack.ops_channel}
        ):
            raise NotAllowed(ELSEWHERE)


def notice(title: str, words: str) -> dict[str, Any]:
    """Return a view that only says something; `words` must be safe. `title`: 24 at most."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": words[:3000]}}],
    }

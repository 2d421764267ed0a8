"""Slack by incoming webhooks alone, for workspaces that give nothing more: a reduced mode.

A webhook posts and tells nothing back: no threads (a reply stands at top level and begins
with its race), no scoreboard, no edits, pins, files or buttons, no dead man's message, and
nothing can be looked up. A message whose answer was lost is sent again after the
quarantine, and says so. An address is a secret: it is never shown.
"""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from monitor.errors import OutcomeUnknown, SlackFailure
from monitor.outbox import Sent
from monitor.posts import DeskKind, RowClass
from monitor.slack_answers import failure_of
from monitor.slack_messages import without_buttons, without_charts
from monitor.webhook_access import PLACE, hook_name
from monitor.words import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slack_sdk.webhook.webhook_response import WebhookResponse

    from monitor import chores, edits
    from monitor.outbox import Row, Thread

TIMEOUT_SECONDS = 10.0
REPEAT = "May be a repeat: "
"""How a message begins whose first answer was lost."""

_REMEDIES = {
    "action_prohibited": "an administrator must allow the app to post",
    "channel_is_archived": "unarchive the channel or name another",
    "posting_to_general_channel_denied": "an administrator must allow it, or name another channel",
}
"""What helps against Slack's answers to a webhook; a new webhook against every other one."""
_CODE = re.compile(r"[a-z_]{1,60}")


class WebhookPoster:
    """Posts by incoming webhooks. `race_names`: what staff call each race, by id."""

    def __init__(
        self,
        webhooks: Mapping[str, str],
        race_names: Callable[[], Mapping[str, str]],
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._webhooks = webhooks
        self._race_names = race_names
        self._timeout = timeout_seconds
        self._session: aiohttp.ClientSession | None = None
        self._lost: dict[str, int] = {}
        self._untaken: set[str] = set()

    def place(self, channel: str) -> str:
        """Return the channel: each has its own webhook and its own limits."""
        return channel

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Post one message; a message whose blocks are refused goes out as text."""
        if row.kind == DeskKind.SCOREBOARD.value:
            # Nobody could edit it: within a minute it would be old, and look current.
            return _sent(row)
        text, blocks = self._message(row, is_reply=thread is not None)
        try:
            answer = await self._send(row.channel, text, blocks)
            if blocks and "blocks" in answer.body and not _is_taken(answer):
                answer = await self._send(row.channel, text, [])
            _raise_for(answer)
        except OutcomeUnknown:
            self._lost[row.key] = self._lost.get(row.key, 0) + 1
            raise
        except SlackFailure:
            self._untaken.add(row.key)
            raise
        self._lost.pop(row.key, None)
        self._untaken.discard(row.key)
        return _sent(row)

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Find nothing, for nothing can be read; an update that was sent twice is let be.

        An outcome is sent until an answer says that it was taken.
        """
        del threads
        for row in rows:  # a dead process may have left them, of which we know nothing else
            self._lost.setdefault(row.key, 1)
        return {
            row.key: _sent(row)
            for row in rows
            if row.row_class is RowClass.UPDATE and self._lost[row.key] > 1
        }

    async def is_shared(self, channel: str) -> bool:
        """Say no: a webhook cannot tell who reads its channel."""
        del channel
        return False

    async def link(self, sent: Sent) -> str | None:
        """Return no address: Slack tells none."""
        del sent
        return None

    async def edit(self, one: edits.Due) -> None:
        """Leave a message as it was sent."""

    async def pin(self, one: chores.Due) -> None:
        """Pin nothing."""

    async def file(self, one: chores.Due) -> None:
        """Leave a file out: the messages say what it holds."""

    async def has_file(self, one: chores.Due) -> bool:
        """Say that no file stands anywhere."""
        del one
        return False

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
        self._session = None

    def _message(self, row: Row, *, is_reply: bool) -> tuple[str, list[dict[str, Any]]]:
        """Return what is said: after what it is about, where the thread would say it."""
        name = self._race_names().get(row.race or "", "") if is_reply else ""
        before = (REPEAT if self._may_stand(row) else "") + (f"{safe(name)}: " if name else "")
        blocks = without_charts(without_buttons(json.loads(row.blocks)))
        if blocks and before:
            mark = {"type": "mrkdwn", "text": f"*{before.strip().removesuffix(':')}*"}
            blocks = [{"type": "context", "elements": [mark]}, *blocks]
        return before + row.text, blocks

    def _may_stand(self, row: Row) -> bool:
        """Say whether an earlier try may stand in the channel: its answer was lost.

        Of tries of a dead process nothing is known but their number.
        """
        if row.key in self._lost:
            return True
        return row.attempts > 0 and row.key not in self._untaken

    async def _send(self, channel: str, text: str, blocks: list[dict[str, Any]]) -> WebhookResponse:
        url = self._webhooks.get(hook_name(channel))
        if url is None:
            raise SlackFailure(f"webhook: {PLACE} has none for {channel}", permanent=True)
        if self._session is None:
            limit = aiohttp.ClientTimeout(total=self._timeout)
            self._session = aiohttp.ClientSession(timeout=limit)
        client = AsyncWebhookClient(url, session=self._session, logger=_quiet(), retry_handlers=[])
        try:
            return await client.send(
                text=text, blocks=blocks or None, unfurl_links=False, unfurl_media=False
            )
        except aiohttp.InvalidURL:
            raise SlackFailure("webhook: no usable address", permanent=True) from None
        except aiohttp.ClientConnectorError as error:
            raise SlackFailure(
                f"webhook: Slack cannot be reached ({type(error).__name__})", permanent=False
            ) from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise OutcomeUnknown(f"webhook: no answer ({type(error).__name__})") from None


def _raise_for(answer: WebhookResponse) -> None:
    """Raise what an answer other than `ok` means for the message."""
    code = answer.body.strip()
    if _is_taken(answer):
        return
    if answer.status_code < 400 or answer.status_code >= 500 or answer.status_code == 429:  # noqa: PLR2004 - HTTP's own numbers
        raise failure_of("webhook", answer)
    named = code if _CODE.fullmatch(code) else f"HTTP {answer.status_code}"
    remedy = _REMEDIES.get(named, "make a new webhook for the channel")
    raise SlackFailure(f"webhook: {named}; {remedy}", permanent=True)


def _is_taken(answer: WebhookResponse) -> bool:
    return answer.status_code == 200 and answer.body.strip() == "ok"  # noqa: PLR2004 - HTTP's own


def _sent(row: Row) -> Sent:
    """Return what stands for Slack's ids, of which a webhook tells none."""
    return Sent(row.channel, row.key)


def _quiet() -> logging.Logger:
    """Return a logger that never shows an address."""
    logger = logging.getLogger("monitor.webhook.client")
    logger.setLevel(logging.CRITICAL)
    return logger

"""What Slack's answers mean for a message: taken, surely not taken, or unknown.

A 429 and a refusal in Slack's own words were surely not taken. A 5xx, an answer
that is no JSON, and codes of which Slack says that some part may have succeeded
leave the message unknown.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from monitor.errors import OutcomeUnknown, SlackFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_RETRY_AFTER = 30.0
"""Seconds to wait after a 429 that does not say how long."""
LONGEST_RETRY_AFTER = 3600.0

_BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_PASSING = frozenset({"message_limit_exceeded", "org_login_required", "request_timeout"})
# The app as a whole may not speak: nothing is wrong with any message.
_AUTH = frozenset({
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive",
})  # fmt: skip
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_DONE = frozenset({"already_pinned"})
_NOBODY = frozenset({
    "user_not_found", "users_not_found", "user_not_visible", "no_such_subteam",
    "subteam_not_found",
})  # fmt: skip
_THREAD = frozenset({
    "thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked",
})  # fmt: skip
_LIMITED = frozenset({"ratelimited", "rate_limited"})
# Slack says of these that some part of the call may have succeeded.
_UNCLEAR = frozenset({"fatal_error", "internal_error", "service_unavailable"})
_REMEDIES = {
    "channel_not_found": "create the channel, correct its name, or invite the bot",
    "not_in_channel": "invite the bot to the channel",
    "is_archived": "unarchive the channel or name another",
    "invalid_auth": "set a valid bot token in PRIMARY_NIGHT_SLACK_TOKEN",
    "not_authed": "set a bot token in PRIMARY_NIGHT_SLACK_TOKEN",
    "token_revoked": "install the app again and set its new bot token",
    "token_expired": "set a new bot token",
    "account_inactive": "install the app again and set its new bot token",
    "missing_scope": "give the app the scope and install it again",
}


class BlocksRefused(SlackFailure):
    """Slack takes the message, but not its blocks."""


class AuthTrouble(SlackFailure):
    """Slack does not know the token: no message is taken until there is another."""


class MessageGone(SlackFailure):
    """The message is not there, or cannot be edited any more: somebody deleted it."""


class ChannelUnknown(SlackFailure):
    """No channel of this id or name that the bot can see."""


class PersonUnknown(SlackFailure):
    """No member or group of this id or address in the workspace."""


class ThreadGone(SlackFailure):
    """No reply can be put into the thread: somebody deleted its root, or locked it."""


class DoneAlready(SlackFailure):
    """What was asked for is so already."""


def failure_of(method: str, response: Any) -> SlackFailure:
    """Say what an answer other than `ok` means for the message.

    `response`: slack_sdk's own, or aiohttp's when the body was no JSON.
    """
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in _LIMITED:  # noqa: PLR2004 - HTTP's own number
        wait = _retry_after(response.headers)
        return SlackFailure(
            f"{method}: Slack asks to wait {wait:.0f} s", permanent=False, retry_after=wait
        )
    if not code or code in _UNCLEAR or status >= 500:  # noqa: PLR2004 - HTTP's own number
        return OutcomeUnknown(f"{method}: HTTP {status} {code or 'without a Slack answer'}")
    if code in _BLOCKS_REFUSED and method in {"chat.postMessage", "chat.update"}:
        return BlocksRefused(f"{method}: {code}", permanent=True)
    needed = f" ({data['needed']})" if isinstance(data, dict) and data.get("needed") else ""
    return refusal(code, f"{method}: {code}{needed}")


def refusal(code: str, seen: str) -> SlackFailure:
    """Return the error for one of Slack's codes, with its remedy."""
    remedy = _REMEDIES.get(code, "see Slack's page of the method")
    return _sort_of(code)(f"{seen}; {remedy}", permanent=code not in _PASSING)


def _sort_of(code: str) -> type[SlackFailure]:
    if code in _AUTH:
        return AuthTrouble
    if code in _GONE:
        return MessageGone
    if code in _DONE:
        return DoneAlready
    if code in _THREAD:
        return ThreadGone
    if code in _NOBODY:
        return PersonUnknown
    return ChannelUnknown if code == "channel_not_found" else SlackFailure


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds a 429 asks for: a number, or a date against the answer's own date."""
    asked = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,6}(?:\.\d+)?", asked, re.ASCII):
        return min(float(asked), LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(asked)
        seconds = (until - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
    except (TypeError, ValueError):
        return NO_RETRY_AFTER
    return min(max(seconds, 1.0), LONGEST_RETRY_AFTER)

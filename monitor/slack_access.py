"""How Slack is reached: the token and the address, from the environment only.

PRIMARY_NIGHT_SLACK_TOKEN holds the bot token, or PRIMARY_NIGHT_SLACK_TOKEN_FILE
names a file that does. PRIMARY_NIGHT_SLACK_URL points to an emulator instead of Slack.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.environ_secrets import secret_in
from monitor.errors import SlackFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

API_URL = "https://slack.com/api/"

_TOKEN = re.compile(r"(?:xoxe\.)?xoxb-[A-Za-z0-9-]+", re.ASCII)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def read_token(environ: Mapping[str, str]) -> str | None:
    """Return the bot token from the environment or the file it names; None when there is none.

    Raises a permanent `SlackFailure`, which never holds the token, when it is
    not a bot token or its file cannot be read.
    """
    token, place = secret_in(environ, "PRIMARY_NIGHT_SLACK_TOKEN", refused)
    if not token:
        return None
    if not _TOKEN.fullmatch(token):
        raise refused(
            f"{place} holds {_kind_of(token)}, not a bot token; "
            "copy the Bot User OAuth Token (xoxb-…) of the app"
        )
    return token


def read_api_url(environ: Mapping[str, str]) -> str:
    """Return the Web API's address: Slack's, or PRIMARY_NIGHT_SLACK_URL for an emulator."""
    url = environ.get("PRIMARY_NIGHT_SLACK_URL", "").strip() or API_URL
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.path.rstrip("/").endswith("/api"):
        raise refused(
            "PRIMARY_NIGHT_SLACK_URL must be https (or http on this machine) and end in /api/"
        )
    return url.rstrip("/") + "/"


def refused(words: str) -> SlackFailure:
    """Make the failure of something that is set and cannot be used."""
    return SlackFailure(words, permanent=True)


def _kind_of(token: str) -> str:
    """Say what stands where a token should, without showing it."""
    kinds = {
        "xapp-": "an app-level token (xapp-)",
        "xoxp-": "a user token (xoxp-)",
        "xoxb-": "a bot token with characters that do not belong there",
        "http": "an address",
    }
    return next((what for start, what in kinds.items() if token.startswith(start)), "something")

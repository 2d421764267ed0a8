"""How Slack is reached: the token and the address, from the environment only.

PRIMARY_NIGHT_SLACK_TOKEN holds the bot token, or PRIMARY_NIGHT_SLACK_TOKEN_FILE
names a file that does. PRIMARY_NIGHT_SLACK_URL points to an emulator instead of Slack.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
    place = "PRIMARY_NIGHT_SLACK_TOKEN"
    token = environ.get(place, "").strip()
    if not token and environ.get(f"{place}_FILE"):
        place = f"{place}_FILE"
        token = _token_in(environ[place])
    if not token:
        return None
    if not _TOKEN.fullmatch(token):
        raise SlackFailure(
            f"{place} holds {_kind_of(token)}, not a bot token; "
            "copy the Bot User OAuth Token (xoxb-…) of the app",
            permanent=True,
        )
    return token


def read_api_url(environ: Mapping[str, str]) -> str:
    """Return the Web API's address: Slack's, or PRIMARY_NIGHT_SLACK_URL for an emulator."""
    url = environ.get("PRIMARY_NIGHT_SLACK_URL", "").strip() or API_URL
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.path.rstrip("/").endswith("/api"):
        raise SlackFailure(
            "PRIMARY_NIGHT_SLACK_URL must be https (or http on this machine) and end in /api/",
            permanent=True,
        )
    return url.rstrip("/") + "/"


def _token_in(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SlackFailure(
            # Not its name: somebody may have put the token itself there.
            "the file that PRIMARY_NIGHT_SLACK_TOKEN_FILE names cannot be read"
            f" ({type(error).__name__})",
            permanent=True,
        ) from None


def _kind_of(token: str) -> str:
    """Say what stands where a token should, without showing it."""
    kinds = {
        "xapp-": "an app-level token (xapp-)",
        "xoxp-": "a user token (xoxp-)",
        "xoxb-": "a bot token with characters that do not belong there",
        "http": "an address",
    }
    return next((what for start, what in kinds.items() if token.startswith(start)), "something")

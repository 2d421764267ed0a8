"""Webhooks from the environment, for workspaces that give incoming webhooks only.

PRIMARY_NIGHT_SLACK_WEBHOOKS holds a JSON object, channel name -> address, or
PRIMARY_NIGHT_SLACK_WEBHOOKS_FILE names a file that does. An address is a secret: no error
holds one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.environ_secrets import secret_in
from monitor.slack_access import refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.races import SlackConfig

PLACE = "PRIMARY_NIGHT_SLACK_WEBHOOKS"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def read_webhooks(environ: Mapping[str, str], slack: SlackConfig) -> dict[str, str] | None:
    """Return the webhook of each channel, None where no webhooks are set.

    Raises a permanent `SlackFailure`, which never holds an address, when what is set is no
    such object, or channels of the configuration have none: it lists all of them.
    """
    text, _ = secret_in(environ, PLACE, refused)
    if not text:
        return None
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(url, str) for url in given.values()):
        example = '{"#primary-night": "https://…"}'
        raise refused(f"{PLACE} must be a JSON object, such as {example}")
    hooks = {f"#{name.removeprefix('#')}": url.strip() for name, url in given.items()}
    unsafe = [name for name, url in hooks.items() if not _is_safe(url)]
    if unsafe:
        raise refused(f"{PLACE} needs an https address for {', '.join(sorted(unsafe))}")
    named = (*(one.name for one in slack.channels), slack.ops_channel, slack.asking_channel)
    wanted = dict.fromkeys(name for name in (*named, *slack.heads_up) if name)
    missing = [name for name in wanted if hook_name(name) not in hooks]
    if missing:
        raise refused(
            f"{PLACE} has no webhook for {', '.join(missing)}; add them, or set a bot token"
        )
    return hooks


def hook_name(channel: str) -> str:
    """Return the name a channel's webhook is kept under."""
    return f"#{channel.removeprefix('#')}"


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" or (
            parts.scheme == "http" and (parts.hostname or "") in _LOOPBACK
        )
    except ValueError:
        return False

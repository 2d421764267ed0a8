"""How Slack reaches us with commands and buttons: Socket Mode or HTTP, from the environment.

PRIMARY_NIGHT_SLACK_APP_TOKEN holds the app-level token for Socket Mode, which needs no
public address. PRIMARY_NIGHT_SLACK_SIGNING_SECRET holds the signing secret for HTTP instead;
we listen at PRIMARY_NIGHT_SLACK_LISTEN then. Each may be named with _FILE as a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.environ_secrets import secret_in
from monitor.slack_access import refused

if TYPE_CHECKING:
    from collections.abc import Mapping

APP_TOKEN = "PRIMARY_NIGHT_SLACK_APP_TOKEN"  # noqa: S105 - the name of a variable
SIGNING_SECRET = "PRIMARY_NIGHT_SLACK_SIGNING_SECRET"  # noqa: S105 - as above
LISTEN = "PRIMARY_NIGHT_SLACK_LISTEN"
LISTEN_DEFAULT = "127.0.0.1:3000"
PATH = "/slack/events"
"""Where Slack calls us in HTTP mode: the Request URL of the app ends so."""

_APP_TOKEN = re.compile(r"xapp-[A-Za-z0-9-]+", re.ASCII)
_SECRET = re.compile(r"[0-9A-Fa-f]{32,128}", re.ASCII)
_PLACE = re.compile(r"(?P<host>[A-Za-z0-9.:\[\]-]+):(?P<port>[0-9]{1,5})", re.ASCII)
_LAST_PORT = 65_535
_KINDS = {
    "xapp-": "an app-level token (xapp-)",
    "xoxb-": "a bot token (xoxb-)",
    "xoxe.xoxb-": "a bot token (xoxe.xoxb-)",
    "xoxp-": "a user token (xoxp-)",
    "http": "an address",
}


@dataclass(frozen=True, slots=True)
class Socket:
    """We call Slack, with an app-level token."""

    app_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Http:
    """Slack calls us at `host` and `port`, and signs with the secret. Port 0: any free one."""

    signing_secret: str = field(repr=False)
    host: str
    port: int


Way = Socket | Http


def read_way(environ: Mapping[str, str]) -> Way | None:
    """Return how commands and buttons reach us; None when nobody has set it up.

    Raises a permanent `SlackFailure`, which never holds a secret, when what is set
    is of another kind, cannot be read, or when both are set.
    """
    token, token_at = secret_in(environ, APP_TOKEN, refused)
    secret, secret_at = secret_in(environ, SIGNING_SECRET, refused)
    if token and secret:
        raise refused(f"{token_at} and {secret_at} are both set; keep the first for Socket Mode")
    if token:
        if not _APP_TOKEN.fullmatch(token):
            raise refused(
                f"{token_at} holds {_kind_of(token)}, not an app-level token; make one "
                "(xapp-…, scope connections:write) under Basic Information of the app"
            )
        return Socket(token)
    if secret:
        if not _SECRET.fullmatch(secret):
            raise refused(
                f"{secret_at} holds {_kind_of(secret)}, not a signing secret; "
                "copy it from Basic Information of the app"
            )
        return Http(secret, *_listening(environ))
    return None


def _listening(environ: Mapping[str, str]) -> tuple[str, int]:
    given = environ.get(LISTEN, "").strip() or LISTEN_DEFAULT
    found = _PLACE.fullmatch(given)
    if found is None or int(found["port"]) > _LAST_PORT:
        raise refused(f"{LISTEN} must be a host and a port, such as {LISTEN_DEFAULT}")
    return found["host"].strip("[]"), int(found["port"])


def _kind_of(value: str) -> str:
    """Say what stands where a secret should, without showing it."""
    return next((what for start, what in _KINDS.items() if value.startswith(start)), "something")

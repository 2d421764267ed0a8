"""Wiring of the sender: where messages go, and how a poster and a deliverer are opened."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console

from monitor import chart_png
from monitor.deliver import Deliverer
from monitor.editing import PACE as EDIT_PACE
from monitor.errors import ConfigInvalid, SlackFailure
from monitor.slack import SlackPoster
from monitor.slack_access import read_api_url, read_token
from monitor.slack_ways import Way, read_way
from monitor.terminal import TerminalPoster
from monitor.webhook import WebhookPoster
from monitor.webhook_access import read_webhooks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from monitor.deliver import Poster
    from monitor.night import Night
    from monitor.store import Store

SLACK_PACE = 1.05
"""Seconds between two posts to one channel; Slack takes one a second."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Access:
    """How Slack is reached, from the environment.

    `token` is read again at each call, since whoever rotates it writes its file anew; None:
    nobody gave one. `webhooks`: addresses by channel, where there is no token. `way`: how
    commands and buttons reach us.
    """

    token: Callable[[], str] | None
    api_url: str
    webhooks: dict[str, str] | None = None
    way: Way | None = None


def access(environ: Mapping[str, str], night: Night) -> Access:
    """Read how Slack is reached. Raises a permanent `SlackFailure` for what cannot be used."""
    token, url = read_token(environ), read_api_url(environ)
    if token is None:
        return Access(None, url, read_webhooks(environ, night.config.slack))
    return Access(lambda: read_token(environ) or token, url, way=read_way(environ))


@asynccontextmanager
async def opened_poster(
    given: Access, night: Night, *, rehearsal: str | None = None, quiet: bool = False
) -> AsyncIterator[Poster]:
    """Open Slack with a token, else webhooks, else the terminal; a rejected token stops here."""
    if given.webhooks is not None:
        names = {race.id: race.name for race in night.config.races}
        hooks = WebhookPoster(given.webhooks, lambda: names)
        try:
            yield hooks
        finally:
            await hooks.close()
        return
    if given.token is None:
        zone = ZoneInfo(night.config.slack.desk_timezone)
        yield TerminalPoster(Console(file=sys.stderr if quiet else sys.stdout, quiet=quiet), zone)
        return
    slack = SlackPoster(
        given.token, api_url=given.api_url, rehearsal_channel=rehearsal,
        interactive=given.way is not None, render_png=chart_png.render,
    )  # fmt: skip
    try:
        await introduce(slack)
        if rehearsal:
            await _keep_apart(slack, rehearsal, night)
        yield slack
    finally:
        await slack.close()


async def _keep_apart(slack: SlackPoster, rehearsal: str, night: Night) -> None:
    """Refuse to rehearse in a real channel that is named by its id once, and once by its name."""
    config = night.config.slack
    named = (*(one.name for one in config.channels), config.ops_channel, config.asking_channel)
    if all(one.startswith("#") for one in (*named, rehearsal) if one):
        return  # names alone were compared when the configuration was read
    if found := await slack.real_one(one for one in dict.fromkeys(named) if one):
        raise ConfigInvalid(
            (f"slack.rehearsal_channel: {rehearsal} is {found} in Slack; rehearse in another",)
        )


async def introduce(slack: SlackPoster) -> None:
    """Refuse a rejected token; while Slack is away the watching begins, and messages wait."""
    try:
        identity = await slack.check()
    except SlackFailure as error:
        if error.permanent:
            raise
        _log.warning("Slack does not answer, messages wait", error=str(error))
    else:
        _log.info("slack", team=identity.team, user=identity.user)


def deliverer_of(store: Store, poster: Poster, night: Night, *, paced: bool) -> Deliverer:
    """Make the sender; a terminal has neither a pace nor anything to look up.

    `paced`: as Slack asks for. A replay is not, but for its edits, which go to real Slack too.
    """
    in_slack = not isinstance(poster, TerminalPoster)
    return Deliverer(
        store.db,
        poster,
        lambda: datetime.now(UTC),
        pace_seconds=SLACK_PACE if paced else 0.0,
        quarantine_seconds=night.config.slack.quarantine_seconds if in_slack else 0,
        edit_pace_seconds=EDIT_PACE if in_slack else 0.0,
        desk_zone=night.config.slack.desk_timezone,
        on_auth_trouble=lambda told: _log.error("Slack refuses the token", error=told),
    )


@asynccontextmanager
async def sender(
    night: Night, store: Store, environ: Mapping[str, str], *, quiet: bool, rehearse: bool = False
) -> AsyncIterator[Deliverer]:
    """Open a sender for a moment: as `watch` sends, or to Slack's rehearsal channel."""
    given = rehearsal_access(environ, night) if rehearse else access(environ, night)
    channel = night.config.slack.rehearsal_channel if rehearse else None
    async with opened_poster(given, night, rehearsal=channel, quiet=quiet) as poster:
        paced = not isinstance(poster, TerminalPoster)
        yield deliverer_of(store, poster, night, paced=paced)


def rehearsal_access(environ: Mapping[str, str], night: Night) -> Access:
    """Read how Slack is reached for a rehearsal, where nothing but its own channel is used.

    Raises `ConfigInvalid` without a token, or without that channel.
    """
    token = read_token(environ)
    if token is None:
        told = "a TEST in Slack needs a bot token: set PRIMARY_NIGHT_SLACK_TOKEN"
        raise ConfigInvalid((told,))
    if not night.config.slack.rehearsal_channel:
        told = "slack.rehearsal_channel: not set; name the channel where TEST messages go"
        raise ConfigInvalid((told,))
    return Access(lambda: token, read_api_url(environ))

"""Wiring of `check`: everything the environment says of Slack, tried before the night."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.check import Finding, Grade
from monitor.check_slack import SlackFacts, channels_in, findings, named_in
from monitor.errors import ConfigInvalid, SlackFailure
from monitor.second_way import read_ways
from monitor.slack import SlackPoster
from monitor.slack_access import read_api_url, read_token
from monitor.slack_answers import AuthTrouble, PersonUnknown
from monitor.slack_ways import read_way
from monitor.webhook_access import read_webhooks
from monitor.words import listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.races import Config
    from monitor.slack import Identity
    from monitor.slack_channels import ChannelFacts

_ASKED_OF_SLACK = re.compile(r"[UWS][A-Z0-9]{8,20}|[^@\s]+@[^@\s]+", re.ASCII)
"""Member ids, group ids and addresses; a caller may be a plain name, which Slack does not know."""


async def of_slack(environ: Mapping[str, str], config: Config) -> tuple[Finding, ...]:
    """Say how messages go out, and what Slack lacks for it; nothing is posted."""
    return (*await _first_way(environ, config), *_second_way(environ))


async def _first_way(environ: Mapping[str, str], config: Config) -> tuple[Finding, ...]:
    try:
        token, way = read_token(environ), read_way(environ)
        if token is None:
            return (_without_token(environ, config),)
        poster = SlackPoster(token, api_url=read_api_url(environ))
        try:
            identity = await poster.check()
            return findings(
                config, await _facts(poster, identity, config, interactive=way is not None)
            )
        finally:
            await poster.close()
    except SlackFailure as error:
        return (Finding(Grade.RED, f"Slack: {error}"),)


def _without_token(environ: Mapping[str, str], config: Config) -> Finding:
    """Say of webhooks that they are there, which nobody can try without posting."""
    hooks = read_webhooks(environ, config.slack)
    if hooks is None:
        told = "Slack: no token in the environment, so messages are shown in the terminal"
        return Finding(Grade.AMBER, told)
    told = f"Slack: webhooks for {listing(hooks)}, not tried; no scoreboard, edit, button or TEST"
    return Finding(Grade.AMBER, told)


async def _facts(
    poster: SlackPoster, identity: Identity, config: Config, *, interactive: bool
) -> SlackFacts:
    channels: dict[str, ChannelFacts | SlackFailure] = {}
    for name in channels_in(config.slack):
        try:
            channels[name] = await poster.channel_facts(name)
        except AuthTrouble:
            raise
        except SlackFailure as error:
            channels[name] = error
    strangers: dict[str, str] = {}
    for one in filter(_ASKED_OF_SLACK.fullmatch, named_in(config)):
        try:
            if why := await poster.why_not_ours(one, identity):
                strangers[one] = why
        except PersonUnknown:
            strangers[one] = "Slack knows nobody by it in this workspace; copy it again from Slack"
        except AuthTrouble:
            raise
        except SlackFailure:
            continue  # who it is Slack does not say: a missing scope is told by itself
    return SlackFacts(
        identity.team, identity.user, identity.scopes, channels, strangers, interactive
    )


def _second_way(environ: Mapping[str, str]) -> tuple[Finding, ...]:
    try:
        ways = read_ways(environ)
    except ConfigInvalid as error:
        return (Finding(Grade.RED, f"second way: {error}"),)
    if not ways:
        return ()
    addresses = f"{len(ways)} address{'' if len(ways) == 1 else 'es'}"
    return (Finding(Grade.GREEN, f"second way: {addresses} for outcomes while Slack is down"),)

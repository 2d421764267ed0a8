"""What `check` says of Slack, from what Slack says of itself. Pure.

A message that cannot be posted on the night is found days before: a channel that is not
there, a bot nobody invited, a permission the app lacks, an id of nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.check import Finding, Grade
from monitor.errors import SlackFailure
from monitor.slack_answers import ChannelUnknown
from monitor.slack_channels import ChannelFacts
from monitor.slack_scopes import SCOPES
from monitor.words import listing

if TYPE_CHECKING:
    from monitor.races import Config, SlackConfig

NEEDED = "chat:write"
"""Without this scope nothing is posted at all."""


@dataclass(frozen=True, slots=True)
class SlackFacts:
    """What Slack says. `user`: the bot's name there. `scopes`: None where Slack does not say.

    `channels`: by name, as config.toml has it. `strangers`: ids and addresses of config.toml
    with nobody behind them, and why. `interactive`: commands and buttons reach us.
    """

    team: str
    user: str
    scopes: frozenset[str] | None = None
    channels: Mapping[str, ChannelFacts | SlackFailure] = field(default_factory=dict)
    strangers: Mapping[str, str] = field(default_factory=dict)
    interactive: bool = True


def channels_in(slack: SlackConfig) -> tuple[str, ...]:
    """Return every channel that is posted to, each once."""
    return tuple(_roles(slack))


def named_in(config: Config) -> dict[str, str]:
    """Return every id and address of a person or group, and the key where it stands first."""
    slack, found = config.slack, dict[str, str]()
    lists = [("slack.actors", slack.actors), ("slack.heads_up", slack.heads_up)]
    lists += [(f"mentions of {channel.name}", channel.mentions) for channel in slack.channels]
    lists += [(f"followers of {race.id}", race.followers) for race in config.races]
    lists += [(f"callers of {race.id}", race.callers) for race in config.races]
    for where, named in lists:
        for one in named:
            found.setdefault(one, where)
    return found


def findings(config: Config, facts: SlackFacts) -> tuple[Finding, ...]:
    """Grade what Slack says against what config.toml wants of it."""
    told = f"Slack: posts to {facts.team} as {facts.user}"
    return (
        Finding(Grade.GREEN, told),
        *_scopes(facts),
        *_answers(facts),
        *_channels(config.slack, facts),
        *_twice(config.slack, facts),
        *_strangers(config, facts),
    )


def _scopes(facts: SlackFacts) -> Iterator[Finding]:
    lacking = [] if facts.scopes is None else [s for s in SCOPES if s.name not in facts.scopes]
    if not lacking:
        return
    named = "; ".join(f"{one.name}, to {one.why}" for one in lacking)
    grade = Grade.RED if any(one.name == NEEDED for one in lacking) else Grade.AMBER
    remedy = "add them under OAuth & Permissions (docs/slack-manifest.yaml), install the app again"
    yield Finding(grade, f"Slack: the app lacks {named}; {remedy}")


def _answers(facts: SlackFacts) -> Iterator[Finding]:
    if facts.interactive:
        return
    told = (
        "Slack: /race and buttons do not work: PRIMARY_NIGHT_SLACK_APP_TOKEN is not set; "
        "people act on the command line"
    )
    yield Finding(Grade.AMBER, told)


# -- channels ----------------------------------------------------------------------------


def _roles(slack: SlackConfig) -> dict[str, str]:
    """Return what each channel is for; a channel with several roles has the first."""
    roles = {channel.name: "staff" for channel in slack.channels}
    others = {"ops": slack.ops_channel, "callers": slack.callers_channel}
    for role, name in {**others, "rehearsal": slack.rehearsal_channel}.items():
        if name:
            roles.setdefault(name, role)
    return roles


def _channels(slack: SlackConfig, facts: SlackFacts) -> Iterator[Finding]:
    for name, role in _roles(slack).items():
        seen = facts.channels.get(name)
        if isinstance(seen, ChannelFacts):
            yield _channel(name, role, seen, facts.user)
        elif seen is not None:
            yield _not_seen(name, role, seen, facts.user)


def _channel(name: str, role: str, seen: ChannelFacts, bot: str) -> Finding:
    bad = Grade.AMBER if role == "rehearsal" else Grade.RED
    if seen.is_archived:
        return Finding(bad, f"Slack: {name} is archived; unarchive it, or name another channel")
    if not seen.is_member:
        told = f"Slack: the bot is not in {name}, so nothing can be posted there"
        return Finding(bad, f"{told}; write /invite @{bot} in it")
    if seen.is_shared:
        return _shared(name, role)
    heads = "" if seen.members is None else f", {_members(seen.members)}"
    return Finding(Grade.GREEN, f"Slack: {name} ({role}): the bot is in it{heads}")


def _members(number: int) -> str:
    return f"{number:,} member{'' if number == 1 else 's'}"


def _shared(name: str, role: str) -> Finding:
    told = f"Slack: people of another organization read {name}"
    if role == "staff":
        left_out = "no button, hold or internal note is shown there"
        return Finding(Grade.AMBER, f"{told} (a shared channel): {left_out}")
    if role == "rehearsal":
        return Finding(Grade.AMBER, f"{told}: they would see TEST messages; rehearse in another")
    return Finding(
        Grade.RED, f"{told}, where {role} get internal trouble; name a channel that is not shared"
    )


def _not_seen(name: str, role: str, why: SlackFailure, bot: str) -> Finding:
    bad = Grade.AMBER if role == "rehearsal" else Grade.RED
    if isinstance(why, ChannelUnknown):
        told = f"Slack: {name} ({role}) is not there, or is private and the bot is not in it"
        return Finding(bad, f"{told}; make it and write /invite @{bot} in it, or mend its name")
    return Finding(Grade.AMBER, f"Slack: {name} ({role}) cannot be looked up: {why}")


def _twice(slack: SlackConfig, facts: SlackFacts) -> Iterator[Finding]:
    """Find a channel under two names, such as its name and its id."""
    roles = _roles(slack)
    by_id: dict[str, list[str]] = {}
    for name, seen in facts.channels.items():
        if isinstance(seen, ChannelFacts):
            by_id.setdefault(seen.id, []).append(name)
    for names in (names for names in by_id.values() if len(names) > 1):
        found = [f"{name} ({roles.get(name, 'other')})" for name in names]
        yield Finding(Grade.RED, f"Slack: {listing(found)} are one channel; name different ones")


# -- people ------------------------------------------------------------------------------


def _strangers(config: Config, facts: SlackFacts) -> Iterable[Finding]:
    named = named_in(config)
    return (
        Finding(Grade.AMBER, f"{named.get(one, 'config.toml')}: {one}: {why}")
        for one, why in facts.strangers.items()
    )

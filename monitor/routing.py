"""Who hears what: which channel speaks for whom, who is mentioned, who is asked. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.events import OUTCOMES, Event, Kind
from monitor.ops_headlines import QUESTION
from monitor.words import mention

if TYPE_CHECKING:
    from monitor.races import Channel, Endorsement, Race, SlackConfig

_CALLERS = frozenset({
    Kind.READY_TO_CALL, Kind.GOING_OUT, Kind.CALLERS_PAGED, Kind.OUTCOME_QUESTIONED,
    Kind.PERSON_ACTED, Kind.HEADS_UP,
})  # fmt: skip
_OPS = frozenset({
    Kind.REPORT_HELD, Kind.CONTEST_UNMATCHED, Kind.CONTEST_MATCHED, Kind.SOURCE_BROKEN,
    Kind.SOURCE_RECOVERED, Kind.SOURCE_STALE, Kind.SOURCES_DISAGREE, Kind.SOURCES_AGREE,
    Kind.FOLLOW_UP_WAITS,
})  # fmt: skip
_TOLD_BOTH = frozenset({Kind.CLOSE_MOVED, Kind.SITE_DOWN, Kind.SITE_BACK})


def speaks_for(channel: Channel, race: Race) -> tuple[Endorsement, ...]:
    """Return whom a channel speaks for in a race it hears of; more than one has no "ours"."""
    if not _hears(channel, race):
        return ()
    spoken = set(channel.organisations)
    return tuple(one for one in race.endorsements if spoken & set(one.by))


def _hears(channel: Channel, race: Race) -> bool:
    """Say whether a channel's filters let a race through; an empty one narrows nothing."""
    filters = (
        (channel.states, race.election.state),
        (channel.groups, race.group),
        (channel.races, race.id),
    )
    return all(not wanted or own in wanted for wanted, own in filters)


def channels_of(race: Race, slack: SlackConfig) -> tuple[str, ...]:
    """Return the channels that hear of a race and speak for an organisation endorsing in it."""
    return tuple(one.name for one in slack.channels if speaks_for(one, race))


def shared_channels(race: Race, slack: SlackConfig) -> frozenset[str]:
    """Return the channels that speak for several candidates of a race."""
    return frozenset(c.name for c in slack.channels if len(speaks_for(c, race)) > 1)


def seen_from(channel: str, race: Race, slack: SlackConfig) -> Race:
    """Return the race with the endorsements a channel speaks for, or as it is."""
    named = (one for one in slack.channels if one.name == channel)
    spoken = next((speaks_for(one, race) for one in named), ())
    return replace(race, endorsements=spoken) if spoken else race


def asked_in(event: Event, slack: SlackConfig) -> tuple[str, ...]:
    """Return where ops or callers read of an event; each place once, none that has no name."""
    places: tuple[str, ...] = ()
    was_asked = event.kind is Kind.RACE_REMOVED and bool(event.reason)
    if event.kind in _CALLERS or was_asked or is_question(event):
        places = (slack.asking_channel,)
    elif event.kind in _OPS | _TOLD_BOTH:
        places = (slack.ops_channel,)
    if event.kind is Kind.HEADS_UP:
        places = (*slack.heads_up, *places)
    return tuple(dict.fromkeys(place for place in places if place))


def is_for_thread(event: Event) -> bool:
    """Say whether the race's channels hear of an event, too."""
    return event.kind not in _CALLERS | _OPS and not is_question(event)


def is_question(event: Event) -> bool:
    """Whether it is certified is asked of the callers; every other date is for the thread."""
    return event.kind is Kind.REMINDER and event.reason.startswith(QUESTION)


def mentions_with(event: Event, channel: str, slack: SlackConfig) -> str:
    """Return the line that mentions a channel's people with an outcome, or nothing."""
    if event.kind not in OUTCOMES:
        return ""
    named = (one for one in slack.channels if one.name == channel)
    return " ".join(mention(who) for one in named for who in one.mentions)

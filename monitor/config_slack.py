"""The shape of [slack]: channels and what is told there, who is asked, who may act."""

from typing import Annotated

from pydantic import Field

from monitor.config_types import (
    ACTOR,
    MEMBER,
    MENTION,
    QUIET,
    STATE,
    ChannelName,
    Id,
    Table,
    Text,
    Texts,
    Zone,
)

Member = Annotated[str, Field(pattern=MEMBER)]
Mention = Annotated[str, Field(pattern=MENTION)]
Actor = Annotated[str, Field(pattern=ACTOR)]
Minutes = Annotated[int, Field(ge=1, le=240)]


class ReleaseTable(Table):
    """How many minutes after the heads-up each kind of outcome goes out."""

    won: Minutes | None = None
    """Nominated or elected."""
    lost: Minutes | None = None
    """Not nominated, not elected, not in the next round."""
    advanced: Minutes | None = None
    """Goes on to the general election."""
    runoff: Minutes | None = None
    """Goes on to a runoff that comes by itself."""
    runoff_possible: Minutes | None = None
    """A runoff that the second may ask for."""
    tie: Minutes | None = None
    """Equal votes where it matters."""


class ChannelTable(Table):
    """A Slack channel and whom it speaks for."""

    name: ChannelName
    """As Slack shows it: #primary-night."""
    organisations: Texts
    """Races endorsed by these organisations are told here."""
    states: list[Annotated[str, Field(pattern=STATE)]] = []
    """Only races of these states; left out, of all."""
    groups: list[Id] = []
    """Only races whose `group` is one of these; left out, all."""
    races: list[Id] = []
    """Only these races, by id; left out, all."""
    mentions: list[Mention] = []
    """Slack members (U…) or user groups (S…) mentioned with each outcome told here."""


class SlackTable(Table):
    """Where messages go. Tokens never stand in this file."""

    ops_channel: ChannelName | None = None
    """Where trouble with sites and with the bot itself is told."""
    rehearsal_channel: ChannelName | None = None
    """Where `--rehearse` posts, every message marked TEST; never a channel staff read."""
    desk_timezone: Zone = "America/New_York"
    """The zone staff live in; times are told in it beside the county's."""
    quarantine_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    """How long an unanswered post rests before it is looked for in Slack."""
    callers_channel: ChannelName | None = None
    """Where callers are asked before an outcome goes out; left out, the ops channel."""
    actors: list[Actor] = []
    """Who may act in Slack: member ids, user group ids, e-mail addresses. Nobody when empty."""
    heads_up: list[Member] = []
    """Members who get an outcome before everybody else; see `release_after`."""
    release_after: ReleaseTable = ReleaseTable()
    """Minutes between the heads-up and everybody else, by kind of outcome: { lost = 15 }."""
    bot_contact: Text | None = None
    """Whom staff ask when the bot has trouble: a name, as the roll call says it."""
    updates_per_hour: Annotated[int, Field(ge=1, le=120)] = 20
    """Count updates of one race in its thread in an hour; the rest is told in a digest."""
    quiet_hours: Annotated[str, Field(pattern=QUIET)] | None = None
    """Hours without anything but outcomes, on the desk's clock: "23:00-07:00". They never
    apply while a race is counting."""
    channels: list[ChannelTable] = []
    """The channels staff read."""

"""What config.toml names: elections, sources, races, endorsements, channels.

Frozen records only, standard library only. `monitor.config` builds them from
the file; everything else just reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class ElectionKind(StrEnum):
    """NIST's election types, as far as prosecutors are elected in them."""

    PARTISAN_PRIMARY_CLOSED = "partisan-primary-closed"
    PARTISAN_PRIMARY_OPEN = "partisan-primary-open"
    PRIMARY = "primary"
    RUNOFF = "runoff"
    GENERAL = "general"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Election:
    """One date and type in one state (two letters)."""

    id: str
    date: date
    state: str
    kind: ElectionKind


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One `[sources.ID]`: a county file (`scraper`) or a bare platform, with its settings.

    `trusted`: a person found that it is read rightly, whatever the scraper says of itself.
    """

    id: str
    election: Election
    scraper: str
    settings: tuple[tuple[str, str], ...] = ()
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Endorsement:
    """Whom we speak for: `candidate`, other spellings of the name, and by which organisations."""

    candidate: str
    by: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceUse:
    """How a race uses a source: which counties it covers there, and which contest it is.

    `contest_key` is the source's own id and goes before `contest`, a regular
    expression searched in the title, case ignored.
    """

    source: str
    covers: tuple[str, ...]
    contest_key: str = ""
    contest: str = ""


@dataclass(frozen=True, slots=True)
class General:
    """What follows a nomination: the general election's date, and the opponent as known.

    `opponent`: a name, "none", or "" for not known yet.
    """

    date: date
    opponent: str = ""


class PolicyKind(StrEnum):
    """How an outcome that nothing blocks goes out (desk §1.6)."""

    AUTO = "auto"
    AFTER = "after"
    ON_CONFIRMATION = "on-confirmation"


@dataclass(frozen=True, slots=True)
class Policy:
    """A kind and, for `after`, how many minutes callers have to stop an outcome."""

    kind: PolicyKind
    minutes: int = 0


AUTO = Policy(PolicyKind.AUTO)
CALLERS_FIRST = Policy(PolicyKind.AFTER, 3)
"""The default where a race has callers."""


@dataclass(frozen=True, slots=True)
class Race:
    """A contest we watch, over all its counties.

    `name` is what staff say: "Durham DA". `party` is DEM, REP, … in a party
    primary, else "". `polls_close` with `zone` overrides the state's rule card.
    `callers`: who is asked before an outcome goes out, as names or Slack member ids.
    `policies`: by outcome ("won", "lost", …), "" for every other one. `withdrawn`:
    names still on the ballot that can win nothing. `rivals`: the spellings of each rival
    whom sources spell differently. `uncontested`: ours is the only
    one who filed and the ballot does not show it, so the race has no sources.
    `unexpired`: the rest of a term is filled. `follows`: the race whose follow-up
    (a runoff, a November election) this one is. `group`: a word channels can choose races
    by. `followers`: Slack member or user group ids, mentioned in the root of its thread.
    """

    id: str
    election: Election
    name: str
    office: str
    endorsements: tuple[Endorsement, ...]
    sources: tuple[SourceUse, ...]
    party: str = ""
    seats: int = 1
    office_kind: str = "prosecutor"
    general: General | None = None
    polls_close: time | None = None
    zone: str = ""
    callers: tuple[str, ...] = ()
    policies: tuple[tuple[str, Policy], ...] = ()
    withdrawn: tuple[str, ...] = ()
    rivals: tuple[tuple[str, ...], ...] = ()
    uncontested: bool = False
    unexpired: bool = False
    follows: str = ""
    group: str = ""
    followers: tuple[str, ...] = ()

    def policy(self, outcome: str) -> Policy:
        """Return how an outcome goes out: its own policy, the race's, or the default."""
        given = dict(self.policies)
        default = CALLERS_FIRST if self.callers else AUTO
        return given.get(outcome, given.get("", default))


@dataclass(frozen=True, slots=True)
class Channel:
    """A Slack channel and the organisations it speaks for.

    `states`, `groups` and `races` narrow what is told there, by the race's state, group
    or id; one that is empty narrows nothing. `mentions`: Slack member or user group ids,
    mentioned with each outcome there.
    """

    name: str
    organisations: tuple[str, ...]
    states: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    races: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """Where messages go. The token never stands here, only in the environment or a file.

    `callers_channel`: where callers are asked; the ops channel when empty. `actors`: who
    may act in Slack, as member ids, user group ids or e-mail addresses. `heads_up`:
    member ids that get an outcome first. `release_after`: minutes, by outcome ("won",
    "lost", …), between their heads-up and everybody else. `bot_contact`: whom staff ask
    when the bot has trouble. `updates_per_hour`: count updates of one race in its thread;
    the rest is told in a digest. `quiet_hours`: from and until, on the desk's clock; None:
    no hour is quiet.
    """

    channels: tuple[Channel, ...] = ()
    ops_channel: str = ""
    rehearsal_channel: str = ""
    desk_timezone: str = "America/New_York"
    quarantine_seconds: int = 30
    callers_channel: str = ""
    actors: tuple[str, ...] = ()
    heads_up: tuple[str, ...] = ()
    release_after: tuple[tuple[str, int], ...] = ()
    bot_contact: str = ""
    updates_per_hour: int = 20
    quiet_hours: tuple[time, time] | None = None

    @property
    def asking_channel(self) -> str:
        """The channel where callers are asked."""
        return self.callers_channel or self.ops_channel


@dataclass(frozen=True, slots=True)
class FetchConfig:
    """How we call on sites: who we are, and the limits of one exchange."""

    contact: str = ""
    total_seconds: float = 20.0
    max_bytes: int = 32_000_000
    unconditional_every: int = 10


@dataclass(frozen=True, slots=True)
class Config:
    """The whole of config.toml, validated. `digest` is the SHA-256 of `text`, in hex."""

    elections: tuple[Election, ...]
    sources: tuple[SourceConfig, ...]
    races: tuple[Race, ...]
    slack: SlackConfig
    fetch: FetchConfig
    text: str
    digest: str

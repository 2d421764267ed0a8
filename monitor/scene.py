"""What a message needs beside its event."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitor.decision import Decision
from monitor.people import Called, Stood
from monitor.races import Race, SlackConfig
from monitor.rules import Rule
from monitor.tally import Snapshot


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How staff know a source: its publisher and the page they may open.

    `every`: seconds between two looks on election night; 0 where that is not known.
    """

    id: str
    name: str
    link: str
    every: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """A message that went out: its channel, its text and when it was decided."""

    channel: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The votes of a race as read at a moment: by name, most votes first, of `total`."""

    at: datetime
    votes: tuple[tuple[str, int], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What a message needs beside its event.

    `snapshots`: accepted snapshots by source. `root`: the key of the race's
    RACE_OPENED event, which its thread hangs on. `said`: the messages of the
    outcome this event speaks of, as they went out. `called`: by candidate, what named
    people stand for. `changed_at`: when the figures used last changed. `superseded`:
    the sources a person set aside. `trend`: of an outcome, how its votes came in, oldest
    first, down to those it tells. `unreleased`: whose outcome some people have already, and
    nobody else may see. `frozen`: who stopped the outcomes of this race. `decisions`: of all
    of ours, as they are with the event.
    """

    slack: SlackConfig
    sources: dict[str, SourceFacts]
    race: Race | None = None
    rule: Rule | None = None
    closes_at: datetime | None = None
    zone: str = "America/New_York"
    snapshots: dict[str, Snapshot] | None = None
    root: str = ""
    said: tuple[Said, ...] = ()
    called: dict[str, Called] = field(default_factory=dict)
    changed_at: datetime | None = None
    superseded: dict[str, Stood] = field(default_factory=dict)
    trend: tuple[TrendPoint, ...] = ()
    unreleased: frozenset[str] = frozenset()
    frozen: Stood | None = None
    decisions: tuple[Decision, ...] = ()

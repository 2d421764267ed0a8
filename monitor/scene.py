"""What a message needs beside its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.races import Race, SlackConfig
from monitor.rules import Rule
from monitor.tally import Snapshot


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How staff know a source: its publisher and the page they may open."""

    id: str
    name: str
    link: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message that went out: its channel, its text and when it was decided."""

    channel: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """What a message needs beside its event.

    `snapshots`: accepted snapshots by source. `root`: the key of the race's
    RACE_OPENED event, which its thread hangs on. `said`: the messages of the
    outcome this event speaks of, as they went out.
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

"""A county's Clarity site at work: what it serves for one version, and how it prints times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.nights.moments import EASTERN, Moment, Votes, local, served
from tests.nights.payloads import ClarityContest, clarity_settings, clarity_sum

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Page

HOST = "https://results.enr.clarityelections.com"
State = tuple[ClarityContest, Votes, int]
"""A contest, its votes in ballot order, and the precincts that have reported."""


@dataclass(frozen=True, slots=True)
class ClaritySite:
    """A county of ours on the platform. `day`: as the platform writes it, 5/16/2023."""

    state: str
    eid: str
    election: str
    day: str
    zone: ZoneInfo = EASTERN
    county: str = "Example"

    @property
    def root(self) -> str:
        """The address of the election."""
        return f"{HOST}/{self.state}/{self.county}/{self.eid}"

    def version(self, number: int, time: str, states: tuple[State, ...]) -> Moment:
        """Publish a version at a local time: its files, and the number in current_ver.txt."""
        at = local(time, self.zone)
        total, reported = states[0][0].precincts, states[0][2]
        folder = f"{self.root}/{number}/json"
        settings = clarity_settings(
            versions=(str(number),),
            updated=as_printed(at, self.zone),
            reported=reported,
            total=total,
            election={
                "name": self.election, "date": self.day, "eid": self.eid,
                "county": self.county, "state": self.state,
            },
        )  # fmt: skip
        return Moment(at, (
            *self.names(number, time).pages,
            clarity_page(f"{folder}/sum.json", clarity_sum(states, by_votes=False), at),
            clarity_page(f"{folder}/en/electionsettings.json", settings, at),
        ))  # fmt: skip

    def names(self, number: int, time: str) -> Moment:
        """Name a version in current_ver.txt, a new one or one of before."""
        at = local(time, self.zone)
        return Moment(at, (clarity_page(f"{self.root}/current_ver.txt", str(number).encode(), at),))


def as_printed(at: datetime, zone: ZoneInfo = EASTERN) -> str:
    """Write a time as electionsettings.json does: 5/16/2023 8:05:53 PM EDT."""
    there = at.astimezone(zone)
    clock = there.strftime("%I:%M:%S %p").lstrip("0")
    return f"{there.month}/{there.day}/{there.year} {clock} {there.tzname()}"


def clarity_page(url: str, body: bytes, at: datetime) -> Page:
    """Serve a file as the platform does: nginx' ETag (time and size), versions kept for a day."""
    is_version = url.endswith(".json")
    kind = "application/json" if is_version else "text/plain; charset=utf-8"
    age = "max-age=86400" if is_version else "max-age=0, no-cache"
    return served(url, body, at, {
        "etag": f'"{int(at.timestamp()):x}-{len(body):x}"', "content-type": kind,
        "cache-control": age, "access-control-allow-origin": "*", "server": "nginx",
    })  # fmt: skip

"""What one source has said of one race, and what a new report of it brings. Records only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from monitor.suspicion import figures
from monitor.tally import Snapshot

if TYPE_CHECKING:
    from monitor.model import Contest


LOOKS_APART = timedelta(seconds=60)
"""Two looks at one moment prove no more than one (design §5)."""


class HoldKind(StrEnum):
    """Why a report is kept back; each kind ends differently."""

    HARD = "hard"
    OLDER = "older"
    DECREASE = "decrease"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Hold:
    """A report kept back: what was seen, since when, and the newest figures it printed.

    `since`: hard holds of one cause after another are one stretch. `seen_at`: the
    first full look at exactly these figures. `told`: ops know of it. `asked`: ops was
    asked about an older version that stays. `paged`: the callers know that it lasts.
    """

    kind: HoldKind
    reason: str
    since: datetime
    snapshot: Snapshot | None = None
    seen_at: datetime | None = None
    asked: bool = False
    told: bool = False
    paged: bool = False


@dataclass(frozen=True, slots=True)
class SourceStanding:
    """What one source has said of one race.

    `accepted` is the baseline, with its figures since `changed_at`; `first_look`
    and `last_look` are the looks that proved exactly these figures. `seen` digests
    figures accepted before.
    `from_zero`: it was read while it had no votes, so its first votes are news.
    `rehearsed_at`: it last showed votes that were no count of this election then.
    `approved`: the figures a named person accepted, with what was held against them.
    """

    accepted: Snapshot | None = None
    changed_at: datetime | None = None
    first_look: datetime | None = None
    last_look: datetime | None = None
    hold: Hold | None = None
    seen: tuple[str, ...] = ()
    units_moved: bool = False
    from_zero: bool = False
    rehearsed_at: datetime | None = None
    approved: str = ""
    note: str = ""


class Verdict(StrEnum):
    """What became of one snapshot."""

    BEFORE_CLOSE = "before-close"
    SAME = "same"
    ACCEPTED = "accepted"
    REVISED = "revised"
    SHOWN = "shown"
    HELD = "held"
    IGNORED = "ignored"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the standing after it, and what it ends or begins.

    `placed`: a hold that begins now. `ended`: a hold that ends now. `gone`: soft
    figures that were shown and are gone again.
    """

    verdict: Verdict
    standing: SourceStanding
    placed: Hold | None = None
    ended: Hold | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One parsed look at a race's contest, with what the report says as a whole.

    `is_look`: the visit proves what the source says now. `election_date` and
    `is_test` are the report's; `closes_at` is when the race's last polls close.
    `is_live`: a named person says that this source shows the real count. `race` and
    `source`: ids, for the sentence that asks for that. `people`: normal names by which the
    configuration knows one and the same candidate, so that an alias ends a rename.
    """

    snapshot: Snapshot
    at: datetime
    is_look: bool
    expected_date: date
    closes_at: datetime
    election_date: date | None = None
    is_test: bool = False
    is_live: bool = False
    race: str = ""
    source: str = ""
    people: tuple[frozenset[str], ...] = ()


def stem(reason: str) -> str:
    """Return a reason without its figures: the same cause is one, whatever it counts to."""
    return re.sub(r"[\d,:]+", "#", reason)


def approval(contest: Contest, reason: str) -> str:
    """Digest what a person accepts: these figures, although this was held against them."""
    return sha256(f"{figures(contest)} {stem(reason)}".encode()).hexdigest()[:16]


def looks(standing: SourceStanding) -> int:
    """Return how many looks proved the accepted figures, counted to two that agree."""
    first, last = standing.first_look, standing.last_look
    if first is None or last is None:
        return 0
    return 2 if last - first >= LOOKS_APART else 1

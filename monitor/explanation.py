"""The records of an explanation, in the order in which a decision comes about. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Precedence(StrEnum):
    """What can decide, the strongest first (design §4)."""

    FREEZE = "freeze"
    CERTIFIED = "certified"
    CONFIRMED = "confirmed"
    CALLED = "called"
    BLOCKED = "blocked"
    CLINCHED = "clinched"
    COMPLETE = "complete"
    COUNTING = "counting"


@dataclass(frozen=True, slots=True)
class VoteLine:
    """A ballot line at one source."""

    name: str
    votes: int


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """What one source had said of the race, from the visit to the tally.

    `result`: of the last visit, "" before the first: fetched, unchanged or failed; it
    was a look when `is_look`. `failures`: visits that failed in a row; `error`: the last
    one. `verdict` with `reason`: what became of the answer for this race, the same
    since `verdict_at`. `unmatched`: why the contest or a candidate is not found.
    `looks`: 2 when two looks at least 60 s apart agree. `hold`: why newer figures are
    kept back. `use`: whether the tally counts it, `aside`: who superseded it, and why.
    """

    source: str
    covers: tuple[str, ...]
    visited_at: datetime | None
    result: str
    is_look: bool
    answered_at: datetime | None
    changed_at: datetime | None
    failures: int
    error: str
    verdict: str
    verdict_at: datetime | None
    reason: str
    unmatched: str
    accepted_at: datetime | None
    source_time: datetime | None
    version: int | None
    status: str
    units: str
    votes: tuple[VoteLine, ...]
    looks: int
    first_look: datetime | None
    last_look: datetime | None
    hold: str
    use: str
    aside: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One block of an outcome, with its sentence."""

    block: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What the rule said for one endorsed candidate, and what staff had been told.

    `decided_at`: when it was first decided so. `base`: the votes a share is taken of,
    `threshold` the smallest count that meets the rule; None where it asks for no share.
    `late`: the most votes that may still come (L), `late_from` where that is from.
    `guard`: the floor under every gap; `recount`: the widest margin inside the recount
    formula, None where none gives a figure, and whether a recount is automatic, on
    request or none; `slack`: what a gap must exceed.
    `computed`: what the rule would give; `blocks` says what stands against it.
    `precedence`: what decided, and `because` why. `next_step`: what follows, at `due`
    where there is a time. `posted`: the messages of the outcome that was told.
    """

    candidate: str
    decided_at: datetime
    standing: str
    votes: int
    place: int
    rival: str
    rival_votes: int
    margin: int
    total: int
    base: int | None
    threshold: int | None
    late: int
    late_from: str
    guard: int
    recount: int | None
    recount_kind: str
    slack: int
    if_final: str
    best: str
    worst: str
    computed: str
    outcome: str
    basis: str
    blocks: tuple[Reason, ...]
    precedence: str
    because: str
    told: str
    told_basis: str
    next_step: str
    due: datetime | None
    posted: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox: `state` sent, or what keeps it back, with the reason why."""

    at: datetime
    kind: str
    channel: str
    state: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the race, or of the polling of one of its sources."""

    at: datetime
    kind: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class ActDone:
    """What a person did, and what became of it; `applied` is None while it is not answered."""

    at: datetime
    id: str
    kind: str
    who: str
    why: str
    applied: bool | None
    answer: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it, oldest first. `config` and `rules` are the digests decided with.

    `frozen`: who stopped outcomes, and why. `difference`: how two sources differ.
    """

    race: str
    at: datetime
    closes_at: datetime
    zone: str
    is_past: bool
    rule: str
    config: str
    rules: str
    frozen: str
    sources: tuple[SourceSeen, ...]
    difference: str
    decisions: tuple[Decided, ...]
    acts: tuple[ActDone, ...]
    events: tuple[Happened, ...]
    messages: tuple[Message, ...]

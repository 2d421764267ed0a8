"""The records of an explanation, and how a decision is written into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.decide import Block, Decision, Outcome
from monitor.words import BLOCK_SENTENCES, units_long

if TYPE_CHECKING:
    from monitor.state import Told
    from monitor.tally import Tally


@dataclass(frozen=True, slots=True)
class VoteLine:
    """A ballot line at one source."""

    name: str
    votes: int


@dataclass(frozen=True, slots=True)
class SourceSeen:
    """What one source had said of the race.

    Visits and looks are kept for the present only, None for a past moment. `looks`:
    2 when two looks at least 60 s apart agree. `error`: the last failed visit, or
    what ops were told of a broken source. `hold`: why newer figures are kept back.
    `unmatched`: why the contest or a candidate is not found.
    """

    source: str
    visited_at: datetime | None
    answered_at: datetime | None
    changed_at: datetime | None
    failures: int | None
    error: str
    accepted_at: datetime | None
    source_time: datetime | None
    version: int | None
    status: str
    units: str
    votes: tuple[VoteLine, ...]
    looks: int | None
    hold: str
    unmatched: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One block of an outcome, with its sentence."""

    block: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What the rule said for one endorsed candidate, and what staff had been told.

    `decided_at`: when; of a past moment, that of the last event with a decision.
    `threshold`: the smallest count that meets the rule, None where it asks for no
    share. `late`: the most votes that may still come (L). `slack`: what a gap must
    exceed. `computed`: what the rule would give; `blocks` says what stands against
    it, and `next_step` what follows.
    """

    candidate: str
    decided_at: datetime
    standing: str
    votes: int
    rival: str
    rival_votes: int
    margin: int
    total: int
    threshold: int | None
    late: int
    slack: int
    computed: str
    outcome: str
    basis: str
    blocks: tuple[Reason, ...]
    told: str
    told_basis: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox: `state` sent, or what keeps it back, with Slack's `error`."""

    at: datetime
    kind: str
    channel: str
    state: str
    text: str
    error: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the race, or of the polling of one of its sources."""

    at: datetime
    kind: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it, oldest first. `config` and `rules` are the digests decided with."""

    race: str
    at: datetime
    closes_at: datetime
    zone: str
    is_past: bool
    rule: str
    config: str
    rules: str
    sources: tuple[SourceSeen, ...]
    decisions: tuple[Decided, ...]
    events: tuple[Happened, ...]
    messages: tuple[Message, ...]


def decided(decision: Decision, tally: Tally, at: datetime, told: Told) -> Decided:
    """Write a decision down, with what staff had been told by then."""
    threshold = decision.threshold_margin
    return Decided(
        candidate=decision.candidate,
        decided_at=at,
        standing=decision.standing.value,
        votes=decision.votes,
        rival=decision.rival,
        rival_votes=decision.rival_votes,
        margin=decision.margin,
        total=decision.total,
        threshold=None if threshold is None else decision.votes - threshold,
        late=decision.late,
        slack=decision.slack,
        computed=decision.computed.value,
        outcome=decision.outcome.value,
        basis=decision.basis.value,
        blocks=tuple(Reason(one.value, _sentence(one, tally)) for one in decision.blocks),
        told=told.outcome.value,
        told_basis=told.basis.value,
        next_step=_next_step(decision, told),
    )


def _sentence(block: Block, tally: Tally) -> str:
    if block is Block.NOT_COMPLETE and tally.units:
        return units_long(tally.units)
    return BLOCK_SENTENCES[block]


def _next_step(decision: Decision, told: Told) -> str:
    """Say what became of the outcome, or what keeps it from staff."""
    if told.doubt_since is not None:
        return "HOLD OFF was told; the outcome is being checked"
    if told.outcome is not Outcome.NONE:
        return "the outcome is told"
    if decision.blocks == (Block.PLACE_OPEN,):
        return "TOO CLOSE is told" if told.too_close else "TOO CLOSE is told after a second look"
    if decision.blocks:
        return "no outcome while anything stands against it"
    if decision.outcome is Outcome.NONE:
        return "the rule gives no outcome"
    return "the outcome is told with the next visit"


def units_words(reported: int | None, total: int | None, kind: str | None) -> str:
    """Write reporting units: "12/57 precincts", or nothing where none are published."""
    return "" if reported is None else f"{reported:,}/{total:,} {kind}"

"""State law as data: which rule decides a contest, and where the fact comes from.

`rules.toml` holds the facts; this module reads them into frozen records and
finds the one that holds for a race. Every fact has its own source or is
unverified, and an unverified method, base or follow-up blocks outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, time


class Method(StrEnum):
    """How a contest is won."""

    PLURALITY = "plurality"
    MAJORITY = "majority"
    SUBSTANTIAL_PLURALITY = "substantial-plurality"
    TOP_TWO = "top-two"
    MAJORITY_OR_TOP_TWO = "majority-or-top-two"


class FollowUp(StrEnum):
    """What happens when nobody meets the method's threshold."""

    RUNOFF_AUTOMATIC = "runoff-automatic"
    RUNOFF_ON_REQUEST = "runoff-on-request"
    ADVANCE_TOP_TWO = "advance-top-two"
    NONE = "none"


class RecountKind(StrEnum):
    """Whether a recount comes by itself, can be asked for, or does not exist."""

    AUTOMATIC = "automatic"
    ON_REQUEST = "on-request"
    NONE = "none"


class RecountBase(StrEnum):
    """The votes a recount formula takes its share of."""

    CONTEST = "contest"
    WINNER = "winner"


class ContestKind(StrEnum):
    """The kinds of contest the law tells apart."""

    PARTY_PRIMARY = "party-primary"
    NONPARTISAN_PRIMARY = "nonpartisan-primary"
    RUNOFF = "runoff"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read, and when a person last checked it."""

    text: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Recount:
    """In range when `denominator * margin <= numerator * base` (`<` when not `inclusive`).

    `or_total_below`: also in range when the contest has fewer votes than this.
    `at_most_votes`: the range is never wider than this many votes (0: no such limit).
    """

    kind: RecountKind
    numerator: int = 0
    denominator: int = 1
    base: RecountBase = RecountBase.CONTEST
    inclusive: bool = True
    or_total_below: int = 0
    at_most_votes: int = 0
    deadline: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule card of one (state, office kind, contest kind) in its time of force.

    Threshold of `majority` and `substantial-plurality`:
    `denominator * votes > numerator * base` (`>=` when not `strict`).
    `late_ballots_per_mille`: the most that can still be counted after the night,
    as thousandths of the ballots counted. `sources` maps a fact's name (method,
    base, follow_up, recount, late_ballots, tie, canvass, certification,
    polls_close) to its source; a fact that is missing there is unverified.
    """

    state: str
    office_kinds: tuple[str, ...]
    contest_kind: ContestKind
    effective_from: date
    effective_to: date | None
    method: Method
    numerator: int
    denominator: int
    strict: bool
    write_ins_in_base: bool
    withdrawn_in_base: bool
    follow_up: FollowUp
    follow_up_deadline: str
    recount: Recount
    late_ballots_per_mille: int
    tie: str
    canvass: str
    certification: str
    polls_close: time
    zone: str
    sources: tuple[tuple[str, Source], ...]

    def source_of(self, fact: str) -> Source | None:
        """Return where a fact was read, or None when it is unverified."""
        return dict(self.sources).get(fact)

    def unverified(self) -> tuple[str, ...]:
        """Return the facts an outcome needs that nobody has verified."""
        needed = ("method", "base", "follow_up")
        return tuple(fact for fact in needed if self.source_of(fact) is None)

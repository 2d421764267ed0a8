"""State law as data: which rule decides a contest, and where the fact comes from.

`rules.toml` holds the facts, `monitor.rulebook` reads them into these frozen
records; here are the records, the lookup for a race and a rule's arithmetic, in
integers. Every fact has its own source or is unverified, and an unverified
method, base or follow-up blocks outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.deadlines import Deadline
from monitor.races import ElectionKind

if TYPE_CHECKING:
    from monitor.races import Election, Race

FACTS = (
    "method",
    "base",
    "follow_up",
    "runoff_date",
    "recount",
    "late_ballots",
    "tie",
    "ties_advance",
    "registration_closed",
    "canvass",
    "certification",
    "polls_close",
)
"""What a rule card holds; each has its own source."""

NEEDED = ("method", "base", "follow_up")
"""The facts without which no outcome is given automatically."""

_FACT_OF_DEADLINE = {
    "canvass": "canvass",
    "certification": "certification",
    "recount-request": "recount",
    "runoff-request": "follow_up",
    "runoff": "runoff_date",
}


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
    """The votes a recount formula takes its share of; `top-two`: of winner and rival together."""

    CONTEST = "contest"
    WINNER = "winner"
    TOP_TWO = "top-two"


class ContestKind(StrEnum):
    """The kinds of contest the law tells apart."""

    PARTY_PRIMARY = "party-primary"
    NONPARTISAN_PRIMARY = "nonpartisan-primary"
    RUNOFF = "runoff"
    GENERAL = "general"
    SPECIAL = "special"


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
    `at_least_votes`: nor narrower than this.
    """

    kind: RecountKind
    numerator: int = 0
    denominator: int = 1
    base: RecountBase = RecountBase.CONTEST
    inclusive: bool = True
    or_total_below: int = 0
    at_most_votes: int = 0
    at_least_votes: int = 0
    deadline: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule card of one (state, office kind, contest kind) in its time of force.

    `effective_from` and `effective_to` both belong to it; None is still in force.

    Threshold of `majority` and `substantial-plurality`:
    `denominator * votes > numerator * base` (`>=` when not `strict`).
    `late_ballots_per_mille`: the most that can still be counted after the night,
    as thousandths of the ballots counted. `sources` maps a fact's name (`FACTS`)
    to its source; a fact that is missing there is unverified. `deadlines` maps
    canvass, certification, recount-request, runoff-request and runoff to dates, as
    far as the card has them. `note`: what a reader of the card must know besides.
    `ties_advance`: all who tie for the last place that goes on do go on.
    `registration_closed`: nobody registers on election day, so registered voters less
    ballots cast bound what may still come. Neither is true without a source.
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
    state_name: str = ""
    runoff_date: str = ""
    deadlines: tuple[tuple[str, Deadline], ...] = ()
    note: str = ""
    ties_advance: bool = False
    registration_closed: bool = False

    def last_day(self) -> date:
        """Return the last day in force, or the last day there is."""
        return self.effective_to or date.max

    def source_of(self, fact: str) -> Source | None:
        """Return where a fact was read, or None when it is unverified."""
        return dict(self.sources).get(fact)

    def has(self, fact: str) -> bool:
        """Say whether the card says anything of a fact; most it may not leave out."""
        if fact in ("runoff_date", "ties_advance", "registration_closed"):
            return bool(getattr(self, fact))
        return True

    def unverified(self) -> tuple[str, ...]:
        """Return the facts an outcome needs that nobody has verified."""
        return tuple(fact for fact in NEEDED if self.source_of(fact) is None)

    def reminders(self) -> tuple[tuple[str, Deadline], ...]:
        """Return the deadlines that may be reminded of: a verified fact, given as a rule."""
        return tuple(
            (name, deadline)
            for name, deadline in self.deadlines
            if self.source_of(_FACT_OF_DEADLINE[name]) and deadline.due(date.min) is not None
        )


@dataclass(frozen=True, slots=True)
class Unelected:
    """A state where no local prosecutor is elected, in one sentence."""

    state: str
    state_name: str
    text: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every rule card, the text they were read from, and its SHA-256.

    `unelected`: the states that have no card because they elect no prosecutor.
    """

    rules: tuple[Rule, ...]
    digest: str
    text: str = ""
    unelected: tuple[Unelected, ...] = ()

    def rule_for(
        self, state: str, office_kind: str, contest_kind: ContestKind, on: date
    ) -> Rule | None:
        """Return the one card in force on a day, or None; `load_rules` let no two overlap."""
        return next(
            (
                rule
                for rule in self.rules
                if (rule.state, rule.contest_kind) == (state, contest_kind)
                and office_kind in rule.office_kinds
                and rule.effective_from <= on <= rule.last_day()
            ),
            None,
        )


def contest_kind_of(election: Election, race: Race) -> ContestKind:
    """Return which kind of contest a race is; in any primary, its party tells."""
    if election.kind is ElectionKind.RUNOFF:
        return ContestKind.RUNOFF
    if election.kind is ElectionKind.GENERAL:
        return ContestKind.GENERAL
    if election.kind is ElectionKind.SPECIAL:
        return ContestKind.SPECIAL
    return ContestKind.PARTY_PRIMARY if race.party else ContestKind.NONPARTISAN_PRIMARY


def threshold_votes(rule: Rule, base: int, seats: int = 1) -> int:
    """Return the smallest count that meets the rule: 0 where no share is asked for.

    With several seats the share is of base / seats (N.C.G.S. 163-111(a)(2)).
    """
    share, whole = rule.numerator * base, rule.denominator * seats
    if rule.method in (Method.PLURALITY, Method.TOP_TWO):
        return 0
    return share // whole + 1 if rule.strict else -(-share // whole)


def meets(rule: Rule, votes: int, base: int, seats: int = 1) -> bool:
    """Say whether a count meets the share the rule asks of `base`; place is not its business."""
    return votes >= threshold_votes(rule, base, seats)


def recount_range(rule: Rule, total: int, winner_votes: int) -> int:
    """Return the largest margin inside the recount formula, or -1 where no formula gives one.

    `total`: votes in the contest; `winner_votes`: those of the first. A formula of
    zero means that any margin may be asked about, so nothing is in range by figures.
    """
    recount = rule.recount
    if recount.kind is RecountKind.NONE:
        return -1
    if total < recount.or_total_below:
        return total
    if recount.numerator == 0:
        return -1
    margin = _share_margin(recount, total, winner_votes)
    margin = min(margin, recount.at_most_votes) if recount.at_most_votes else margin
    return max(margin, recount.at_least_votes)


def _share_margin(recount: Recount, total: int, winner_votes: int) -> int:
    """Return the largest margin inside the share; the rival's votes are winner's less margin."""
    share, whole = recount.numerator, recount.denominator
    if recount.base is RecountBase.TOP_TWO:
        part, whole = 2 * share * winner_votes, whole + share
    else:
        part = share * (total if recount.base is RecountBase.CONTEST else winner_votes)
    return (part - (0 if recount.inclusive else 1)) // whole


_WORDS = {
    Method.PLURALITY: "most votes wins",
    Method.MAJORITY: "needs a majority",
    Method.TOP_TWO: "the top two go on",
    Method.MAJORITY_OR_TOP_TWO: "a majority elects; otherwise the top two go to November",
}


def in_words(rule: Rule) -> str:
    """Return the rule in one line for messages: "needs more than 30% (North Carolina)"."""
    if rule.method is Method.SUBSTANTIAL_PLURALITY:
        share = f"{100 * rule.numerator / rule.denominator:.4g}%"
        words = f"needs more than {share}" if rule.strict else f"needs at least {share}"
    else:
        words = _WORDS[rule.method]
    if rule.method is Method.MAJORITY and rule.follow_up is FollowUp.RUNOFF_AUTOMATIC:
        words += "; otherwise a runoff"
    if rule.method is Method.MAJORITY and rule.follow_up is FollowUp.ADVANCE_TOP_TWO:
        words += "; otherwise the top two go on"
    return f"{words} ({rule.state_name or rule.state})"

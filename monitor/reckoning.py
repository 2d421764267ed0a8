"""A kept decision reckoned out again: its integers, and what decided. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.decide import GUARD_PER_MILLE
from monitor.decision import Basis, Block, Outcome
from monitor.explanation import Decided, Message, Precedence, Reason
from monitor.model import ResultsStatus
from monitor.reading import count_of
from monitor.rules import recount_range
from monitor.sentences import BASIS_SENTENCES, BLOCK_SENTENCES
from monitor.state import line_of
from monitor.words import units_long

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.grounds import Grounds
    from monitor.people import Stood
    from monitor.races import Race
    from monitor.reading import Count
    from monitor.rules import Rule
    from monitor.state import Watched

_COUNTING = frozenset({
    Block.NOT_COMPLETE, Block.NO_ELECTION_DAY, Block.PLACE_OPEN, Block.THRESHOLD_OPEN,
})  # fmt: skip
"""What only says that the count goes on: neither doubt nor a missing proof."""


def decided(
    watched: Watched, grounds: Grounds, at: datetime, posted: tuple[Message, ...]
) -> Decided:
    """Write a decision down, with what staff had been told by then."""
    one, told, rule = grounds.decision, grounds.told, watched.rule
    certified = grounds.tally.status is ResultsStatus.CERTIFIED and not grounds.tally.missing
    counted = _counted(watched, grounds)
    threshold = one.threshold_margin
    precedence = what_decided(grounds)
    follows, due = next_step(grounds)
    return Decided(
        candidate=one.candidate,
        decided_at=at,
        standing=one.standing.value,
        votes=one.votes,
        place=one.place,
        rival=one.rival,
        rival_votes=one.rival_votes,
        margin=one.margin,
        total=one.total,
        base=counted.base if counted and threshold is not None else None,
        threshold=None if threshold is None else one.votes - threshold,
        late=one.late,
        late_from=late_from(grounds, watched.race, rule, certified=certified),
        guard=0 if certified else one.total * GUARD_PER_MILLE // 1000,
        recount=_recount(rule, counted),
        recount_kind=rule.recount.kind.value if rule else "not known",
        slack=one.slack,
        if_final=one.if_final.value,
        best=one.best.value,
        worst=one.worst.value,
        computed=one.computed.value,
        outcome=one.outcome.value,
        basis=one.basis.value,
        blocks=tuple(Reason(block.value, _sentence(block, grounds)) for block in one.blocks),
        precedence=precedence.value,
        because=_because(precedence, grounds),
        told=told.outcome.value,
        told_basis=told.basis.value,
        next_step=follows,
        due=due,
        posted=posted,
    )


# -- the integers ------------------------------------------------------------------------


def _counted(watched: Watched, grounds: Grounds) -> Count | None:
    name = grounds.decision.candidate
    ours = next((e for e in watched.race.endorsements if e.candidate == name), None)
    line = line_of(ours, grounds.tally) if ours else None
    return count_of(watched.race, watched.rule, grounds.tally, line) if line else None


def _recount(rule: Rule | None, count: Count | None) -> int | None:
    if rule is None or count is None:
        return None
    margin = recount_range(rule, count.total, count.lines[0].votes)
    return margin if margin >= 0 else None


def late_from(grounds: Grounds, race: Race, rule: Rule | None, *, certified: bool) -> str:
    """Say where the most votes that may still come (L) are from."""
    one, tally = grounds.decision, grounds.tally
    if certified:
        return "none: the result is certified"
    if (given := one.outstanding) is not None:
        twice = "an estimate, so twice it" if given.is_estimate else "an official figure"
        return f"{given.votes:,} outstanding, {twice} ({given.source})"
    if rule is None:
        return "no rule card covers this contest"
    share = tally.total * rule.late_ballots_per_mille // 1000
    if one.late != share and tally.uncast is not None and one.late == tally.uncast * race.seats:
        return "registered voters who have not voted"
    source = rule.source_of("late_ballots")
    fact = source.text if source else "not verified"
    return f"{rule.late_ballots_per_mille / 10:g}% of the votes counted ({rule.state}: {fact})"


# -- what decided ------------------------------------------------------------------------


def what_decided(grounds: Grounds) -> Precedence:
    """Return which of design §4's order decided."""
    one = grounds.decision
    if grounds.frozen is not None:
        return Precedence.FREEZE
    if one.basis in _BY_BASIS:
        waits = grounds.told.waiting is not None and grounds.told.outcome is Outcome.NONE
        return Precedence.BLOCKED if waits else _BY_BASIS[one.basis]
    return Precedence.BLOCKED if set(one.blocks) - _COUNTING else Precedence.COUNTING


_BY_BASIS = {
    Basis.CERTIFIED: Precedence.CERTIFIED,
    Basis.CONFIRMED: Precedence.CONFIRMED,
    Basis.CALLED: Precedence.CALLED,
    Basis.CLINCHED: Precedence.CLINCHED,
    Basis.COMPLETE: Precedence.COMPLETE,
}


def _because(precedence: Precedence, grounds: Grounds) -> str:
    one, called = grounds.decision, grounds.called
    if precedence is Precedence.FREEZE and grounds.frozen is not None:
        return by_person(grounds.frozen)
    if called is not None and called.basis is one.basis:
        link = f" ({called.link})" if called.link else ""
        return f"{called.who}: {called.why}{link}"
    if precedence in (Precedence.BLOCKED, Precedence.COUNTING):
        return "; ".join(_sentence(block, grounds) for block in one.blocks) or _unblocked(grounds)
    return BASIS_SENTENCES[one.basis]


def _unblocked(grounds: Grounds) -> str:
    if grounds.told.waiting is not None:
        return "the race's policy asks the callers first"
    return "the rule gives no outcome"


def by_person(stood: Stood) -> str:
    """Write who did something, and why."""
    return f"{stood.who}: {stood.why}"


def _sentence(block: Block, grounds: Grounds) -> str:
    if block is Block.NOT_COMPLETE and grounds.tally.units:
        return units_long(grounds.tally.units)
    if block is Block.SOURCES_DISAGREE and grounds.difference:
        return f"{BLOCK_SENTENCES[block]}: {grounds.difference}"
    return BLOCK_SENTENCES[block]


# -- what follows ------------------------------------------------------------------------


def next_step(grounds: Grounds) -> tuple[str, datetime | None]:
    """Say what became of the outcome, or what keeps it from staff, and until when."""
    one, told = grounds.decision, grounds.told
    if told.doubt_since is not None:
        return _doubt(grounds), None
    if told.outcome is not Outcome.NONE:
        return "the outcome is told", None
    if told.waiting is not None and grounds.frozen is None:
        if told.waiting.due is None:
            return "READY TO CALL: the outcome waits for a named person to confirm it", None
        return "the outcome goes out unless a caller stops it", told.waiting.due
    if told.asked is not None:
        return _asked(grounds), None
    if one.too_close or (told.too_close and one.blocks == (Block.PLACE_OPEN,)):
        return _once(told.too_close, "TOO CLOSE"), None
    if one.still_open:
        return _once(told.still_open, "that only the threshold is open"), None
    if one.blocks:
        return "no outcome while anything stands against it", None
    if one.outcome is Outcome.NONE:
        return "the rule gives no outcome", None
    return "the outcome is told with the next visit", None


def _doubt(grounds: Grounds) -> str:
    if grounds.told.basis is Basis.CERTIFIED:
        return "ops was told that the certified outcome is questioned"
    paged = "; the callers are asked to settle it" if grounds.told.paged else ""
    return f"HOLD OFF was told; the outcome is being checked{paged}"


def _asked(grounds: Grounds) -> str:
    asked = grounds.told.asked
    times = asked.times if asked else 0
    lacks = "; ".join(BLOCK_SENTENCES[block] for block in asked.missing) if asked else ""
    said = "once" if times == 1 else f"{times} times"
    return f"READY TO CALL was told {said}: {lacks or 'a named person has to confirm'}"


def _once(is_told: bool, what: str) -> str:
    return f"{what} is told" if is_told else f"{what} is told after a second look"


def units_words(reported: int | None, total: int | None, kind: str | None) -> str:
    """Write reporting units: "12/57 precincts", or nothing where none are published."""
    return "" if reported is None else f"{reported:,}/{total:,} {kind}"

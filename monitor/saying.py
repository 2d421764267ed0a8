"""What may be said of an outcome, and what may not (desk §13). Pure.

One sentence for each kind and rule. It gives figures and the line of the law, and
never more than the count shows; a person's call is said to be that person's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.decision import Basis, Decision, Outcome
from monitor.events import Event, Kind
from monitor.model import ResultsStatus
from monitor.parties import SPOKEN
from monitor.prizes import (
    WRITE_INS,
    NextRound,
    going_on,
    how_many_go_on,
    is_nomination,
    is_tied_for_next_round,
    next_election,
    next_round,
    place_word,
    prize_of,
    said_of,
    share_of,
    the,
    tied_with,
)
from monitor.provenance import plain_name
from monitor.reading import ADVANCING
from monitor.rules import FollowUp, Method, Rule
from monitor.still_open import is_majority, share_needed
from monitor.words import counted, listing, percent, safe, surname, votes

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.tally import Tally

NAMED_SOURCES = 6

_SAYABLE = frozenset({
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.TOO_CLOSE, Kind.STILL_OPEN, Kind.OUTCOME_CERTIFIED, Kind.RACE_TIED,
})  # fmt: skip


def say(event: Event, scene: Scene, race: Race) -> str:
    """Write what may be said of an outcome, and what may not."""
    decision, after = event.decision, event.after
    if decision is None or after is None or event.kind not in _SAYABLE:
        return ""
    sentence = _sentence(event, decision, after, race, scene.rule)
    if _is_declared(event, decision, after):
        sentence = _declared(event, decision, after, race)
    sentence = _spoken(sentence, race)
    never = _never(event, decision, race, scene.rule)
    return f"*SAY:* “{sentence}”\n*DON'T SAY:* {never}. {_origin(event, decision, after, scene)}"


def _spoken(words: str, race: Race) -> str:
    """Write a party and a term as they are said aloud, not as a headline shortens them."""
    party = SPOKEN.get(race.party, "")
    if party:
        for prize in ("nomination", "runoff"):
            words = words.replace(f" {race.party} {prize}", f" {party} {prize}")
    return words.replace(" (unexpired term)", " for the rest of the term")


def _origin(event: Event, decision: Decision, after: Tally, scene: Scene) -> str:
    """Say who worked it out, and that no news organization is meant."""
    used = (plain_name(source, scene) for source in after.sources[:NAMED_SOURCES])
    computed = listing(dict.fromkeys(name for name in used if name)) or "the source below"
    if _is_declared(event, decision, after):
        return f"Declared by {safe(event.who)}, not computed; no news organization's call implied."
    return f"Computed from {computed}; no news organization's call implied."


def _never(event: Event, decision: Decision, race: Race, rule: Rule | None) -> str:
    if decision.basis is Basis.CERTIFIED:
        return "called"
    if event.kind is Kind.STILL_OPEN:
        won = "nominated" if is_nomination(race) else "elected"
        runoff = rule is not None and rule.follow_up is not FollowUp.ADVANCE_TOP_TWO
        then = "in a runoff" if runoff else f"going to the {next_election(race)}"
        return f"{won}, {then}, certified, called"
    return "certified, elected, called"


def _is_declared(event: Event, decision: Decision, after: Tally) -> bool:
    """A person says it, and the figures of the sources are not what it rests on."""
    if not event.who or decision.basis not in (Basis.CALLED, Basis.CERTIFIED):
        return False
    return decision.basis is Basis.CALLED or after.status is not ResultsStatus.CERTIFIED


def _start(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    name, share = safe(decision.candidate), share_of(decision, after, race, rule)
    if decision.basis is Basis.CERTIFIED:
        return f"Certified results put {name} at {share}"
    return f"{counted(after)}, unofficial returns put {name} at {share}"


def _declared(event: Event, decision: Decision, after: Tally, race: Race) -> str:
    """A person's word, and the figures as they are; neither is made to bear the other out."""
    name = safe(decision.candidate)
    said = said_of(decision.outcome, race)
    figures = f"unofficial returns put {name} at {percent(decision.votes, decision.total)}"
    counts = f"{counted(after)}, {figures}{_gap(decision, after)}."
    certified = "as certified " if decision.basis is Basis.CERTIFIED else ""
    return f"{safe(event.who)} has declared {certified}that {name} {said}. {counts}"


def _sentence(event: Event, decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    start = _start(decision, after, race, rule)
    if event.kind is Kind.TOO_CLOSE:
        return f"{start}{_gap(decision, after)}; {_may_come(decision, after)}."
    if event.kind is Kind.STILL_OPEN:
        return f"{start}{_gap(decision, after)} and {_open_line(decision, after, race, rule)}."
    match decision.outcome:
        case Outcome.WON:
            return f"{start}{_won(decision, after, race, rule)}."
        case Outcome.LOST:
            return f"{start}{_lost(decision, after, race, rule)}."
        case Outcome.RUNOFF | Outcome.RUNOFF_POSSIBLE | Outcome.ADVANCED:
            place = place_word(decision).lower()
            return f"{start}, in {place} place; {_next(decision, after, race, rule)}."
        case Outcome.TIE:
            return f"{start}, tied{_tied(decision, after, race, rule)}."
        case _:
            return f"{start}{_gap(decision, after)}."


def _gap(decision: Decision, after: Tally) -> str:
    line = after.line(decision.rival) if decision.rival else None
    if line is None:
        return ""
    rival = WRITE_INS if line.is_write_in else safe(decision.rival)
    if not decision.margin:
        return f", level with {rival}"
    side = "behind" if decision.margin < 0 else "ahead of"
    return f", {votes(decision.margin)} {side} {rival}"


def _won(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    by_write_in = _by_write_in(decision, after)
    above = rule is not None and rule.numerator and (decision.threshold_margin or 0) >= 0
    if rule is not None and above and decision.margin >= 0:
        prize = "nomination" if is_nomination(race) else "election"
        return f"{by_write_in}, {_above(rule)} for {prize}"
    return f"{by_write_in}{_gap(decision, after)} for {the(prize_of(race, decision, rule))}"


def _by_write_in(decision: Decision, after: Tally) -> str:
    ours = after.line(decision.candidate)
    return " by write-in" if ours is not None and ours.is_write_in else ""


def _lost(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    then = next_round(decision, after, rule, race)
    if rule is None or then is NextRound.NONE:
        return f"{_gap(decision, after)} for {the(prize_of(race, decision, rule))}"
    place = f", in {place_word(decision).lower()} place"
    if then is NextRound.OPEN:
        return f"{place}; whether others go to another round is not known yet"
    return f"{place}; {_next(decision, after, race, rule)}"


def _next(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    """Say why another round follows, and who goes on; without ours, by name."""
    has_line = rule is not None and rule.numerator and rule.method is not Method.TOP_TWO
    so = f"nobody is {_above(rule)}, so " if rule is not None and has_line else ""
    many = how_many_go_on(after, race, rule)
    first = "the top two" if many == ADVANCING else f"the first {many}"
    if decision.outcome is Outcome.LOST and rule is not None:
        first = f"{first}, {going_on(decision, after, race, rule)},"
    match _FOLLOWS.get(decision.outcome, rule.follow_up if rule else FollowUp.NONE):
        case FollowUp.RUNOFF_AUTOMATIC:
            return f"{so}{first} go to a runoff"
        case FollowUp.RUNOFF_ON_REQUEST:
            return f"{so}the runner-up may ask for a runoff"
        case _:
            return f"{so}{first} go on to the {next_election(race)}"


_FOLLOWS = {
    Outcome.RUNOFF: FollowUp.RUNOFF_AUTOMATIC,
    Outcome.RUNOFF_POSSIBLE: FollowUp.RUNOFF_ON_REQUEST,
    Outcome.ADVANCED: FollowUp.ADVANCE_TOP_TWO,
}


def _tied(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    names = tied_with(decision, after, race) or safe(surname(decision.rival))
    prize = the(prize_of(race, decision, rule)).replace("the place", "a place")
    by_line = is_tied_for_next_round(decision) and rule is not None
    why = f"; nobody is {_above(rule)}" if by_line and rule is not None else ""
    return f" with {names} for {prize}{why}"


def _may_come(decision: Decision, after: Tally) -> str:
    """Say what may still come: late ballots bound a complete count alone."""
    if decision.outstanding is not None:
        return f"{_about(decision)} are still uncounted"
    if after.is_complete:
        return f"up to {decision.late:,} more votes may still be counted"
    return "the count is not complete"


def _about(decision: Decision) -> str:
    given = decision.outstanding
    if given is None:
        return ""
    return f"{'about ' if given.is_estimate else ''}{given.votes:,} ballots"


def _open_line(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    """Say how far ours is from the share, and what may still come."""
    gap = decision.threshold_margin
    if rule is None or gap is None:
        return _may_come(decision, after)
    share = "majority" if is_majority(rule) else share_needed(rule)
    prize = "nomination" if is_nomination(race) else "election"
    far = (
        f"{votes(gap)} {'short of' if gap < 0 else 'more than'}"
        if gap
        else "not one vote more than"
    )
    return f"{far} the {share} {rule.state_name} requires for {prize}; {_may_come(decision, after)}"


def _above(rule: Rule) -> str:
    """Say the line of a rule: "above the 30% North Carolina requires"."""
    side = "above" if rule.strict else "at or above"
    return f"{side} the {share_needed(rule)} {rule.state_name} requires"

"""The first line of an outcome, and of what is said of an outcome told before. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.agreement import ENTERED
from monitor.decision import Basis, Decision, Outcome
from monitor.events import Event, Kind
from monitor.prizes import (
    NextRound,
    asked_by,
    going_on,
    main_prize,
    next_election,
    next_round,
    opponents,
    place_word,
    prize_of,
    race_words,
    rival_of,
    said_of,
    share_of,
    tied_with,
)
from monitor.rules import FollowUp, Rule
from monitor.still_open import still_open
from monitor.words import (
    day_of,
    percent,
    safe,
    signed,
    surname,
    units_short,
)

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.tally import Tally


def outcome_headline(
    event: Event, decision: Decision, after: Tally, race: Race, scene: Scene
) -> str:
    """Write the first line of an outcome event."""
    ours = safe(surname(decision.candidate))
    said = said_of(Outcome(event.reason), race) if event.reason else ""
    match event.kind:
        case Kind.TOO_CLOSE:
            return _too_close(decision, race)
        case Kind.STILL_OPEN:
            return still_open(decision, after, race, scene)
        case Kind.HOLD_OFF:
            return (
                f"HOLD OFF: {ours}, {safe(race.name)}. Stop saying {ours} {said}; "
                f"{_why_not(event)}. Checking."
            )
        case Kind.OUTCOME_RETRACTED:
            return _retracted(decision, after, race, scene, said)
        case Kind.OUTCOME_STANDS:
            return f"STANDS: {ours}, {safe(race.name)}. Checked: our outcome ({said}) still holds."
        case _:
            return found_headline(decision, after, race, scene.rule)


def _why_not(event: Event) -> str:
    """Say what speaks against an outcome told: a county's numbers, or a change of our own."""
    if event.cause:
        return f"{event.cause}, and the numbers do not show it now"
    if event.after is not None and any(one.startswith(ENTERED) for one in event.after.sources):
        return "numbers entered by hand do not show it"
    return "new county numbers do not show it"


def _too_close(decision: Decision, race: Race) -> str:
    points = percent(abs(decision.margin), decision.total).rstrip("%")
    side = "Behind" if decision.margin < 0 else "Ahead"
    gap = f"{side} by {abs(decision.margin):,} ({points} points)" if decision.margin else "Tied"
    ours = safe(surname(decision.candidate))
    return f"TOO CLOSE: {ours}, {race_words(race)}. {gap}. Not final."


def _retracted(decision: Decision, after: Tally, race: Race, scene: Scene, said: str) -> str:
    day = "".join(f"{day_of(one.at, scene.zone)} " for one in scene.said[:1])
    behind = decision.margin < 0
    now = f"{rival_of(decision, after)} +{-decision.margin:,}" if behind else "not decided"
    ours = safe(surname(decision.candidate))
    return f"DO NOT USE: {ours}, {safe(race.name)}. Our {day}outcome ({said}) is withdrawn; {now}."


# -- found -------------------------------------------------------------------------------


def found_headline(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    """Write an outcome, found or certified now: state, ours, race, prize and the figures."""
    whose = _whose(decision, race, prize_of(race, decision, rule))
    grade = grade_of(decision.basis)
    placed = f"{place_word(decision)} with {share_of(decision, after, race, rule)}"
    match decision.outcome:
        case Outcome.LOST:
            return _lost(decision, after, race, rule)
        case Outcome.RUNOFF:
            against = opponents(decision, after, race)
            return f"RUNOFF, OURS IN ({grade}): {whose} {placed}, against {against}."
        case Outcome.ADVANCED:
            return f"ADVANCES ({grade}): {whose} {placed}."
        case Outcome.RUNOFF_POSSIBLE:
            return _runoff_possible(decision, after, race, rule)
        case Outcome.TIE:
            return f"TIED ({grade}): {whose} {_tied(decision, after, race)}."
        case _:
            return f"WON ({grade}): {whose} {_score(decision, after, race, rule)}"


def bare_headline(outcome: Outcome, basis: Basis, candidate: str, race: Race) -> str:
    """Write an outcome a person declares of someone whose votes no source prints."""
    ours = safe(surname(candidate))
    return (
        f"{_BARE[outcome]} ({grade_of(basis)}): {ours}, {safe(race.name)}, {main_prize(race)}. "
        "Votes by name are not reported."
    )


_BARE = {
    Outcome.NONE: "OUTCOME OPEN",
    Outcome.WON: "WON",
    Outcome.LOST: "LOST",
    Outcome.ADVANCED: "ADVANCES",
    Outcome.RUNOFF: "RUNOFF, OURS IN",
    Outcome.RUNOFF_POSSIBLE: "RUNOFF?",
    Outcome.TIE: "TIED",
}


def grade_of(basis: Basis) -> str:
    """Write what an outcome rests on for the lock screen; a person's word is unofficial too."""
    return "certified" if basis is Basis.CERTIFIED else "unofficial"


def _whose(decision: Decision, race: Race, prize: str) -> str:
    return f"{safe(surname(decision.candidate))}, {safe(race.name)}, {prize}."


def _lost(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    grade = grade_of(decision.basis)
    whose = _whose(decision, race, prize_of(race, decision, rule))
    then = next_round(decision, after, rule, race)
    if rule is None or then is NextRound.NONE:
        return f"LOST ({grade}): {whose} {_gap(decision, after)}."
    placed = f"{place_word(decision)} with {share_of(decision, after, race, rule)}"
    if then is NextRound.OPEN:
        return f"LOST ({grade}): {whose} {placed}; {_round(race, rule)} may follow without ours."
    others = going_on(decision, after, race, rule)
    if rule.follow_up is FollowUp.RUNOFF_AUTOMATIC:
        return f"RUNOFF, OURS OUT ({grade}): {whose} {placed}; {others} go on."
    if rule.follow_up is FollowUp.RUNOFF_ON_REQUEST:
        return f"LOST ({grade}): {whose} {placed}; a runoff of {others} may be asked for."
    november = _whose(decision, race, f"place in the {next_election(race)}")
    return f"LOST ({grade}): {november} {placed}; {others} go on."


def _round(race: Race, rule: Rule) -> str:
    if rule.follow_up is FollowUp.ADVANCE_TOP_TWO:
        return f"the {next_election(race)}"
    return "a runoff"


def _gap(decision: Decision, after: Tally) -> str:
    rival = rival_of(decision, after)
    if not decision.margin:
        return f"Level with {rival}"
    side = "Behind" if decision.margin < 0 else "In this count ahead of"
    return f"{side} {rival} by {abs(decision.margin):,}"


def _tied(decision: Decision, after: Tally, race: Race) -> str:
    names = tied_with(decision, after, race)
    return f"{decision.votes:,} votes each" + (f", with {names}" if names else "")


def _runoff_possible(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    ours, where = safe(surname(decision.candidate)), race_words(race)
    other, grade = opponents(decision, after, race), grade_of(decision.basis)
    placed = share_of(decision, after, race, rule)
    until = asked_by(rule, race)
    by, late = (f", by {until}", f", with time until {until}") if until else ("", "")
    if decision.place > 1:
        second = f"{ours}, second{by}, {where}"
        return f"RUNOFF? OURS MAY ASK ({grade}): {second}. {placed}; {other} is first."
    if tied_with(decision, after, race):
        return f"RUNOFF? ({grade}): {ours}, {where}. {placed}; tied with {other} for first{late}."
    first = f"{ours} is first, {where}"
    return f"RUNOFF? RIVAL MAY ASK ({grade}): {first}. {placed}; {other} is next{late}."


def _score(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    ours = after.line(decision.candidate)
    by_write_in = "By write-in. " if ours is not None and ours.is_write_in else ""
    figures = f"{share_of(decision, after, race, rule)}, {signed(decision.margin)}"
    return f"{by_write_in}{figures}. {units_short(after.units)}."

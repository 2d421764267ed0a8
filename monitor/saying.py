"""What may be said of an outcome, and what may not (desk §13). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.decide import Basis, Decision, Outcome
from monitor.events import Event, Kind
from monitor.headlines import place_word, prize_of
from monitor.words import (
    all_units,
    listing,
    percent,
    safe,
)

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.rules import Rule
    from monitor.scene import Scene
    from monitor.tally import Tally

NAMED_SOURCES = 6


def say(event: Event, scene: Scene, race: Race) -> str:
    """Write what may be said of an outcome, and what may not."""
    decision, after = event.decision, event.after
    if decision is None or after is None or event.kind not in _SAYABLE:
        return ""
    sentence = _sentence(event, decision, after, race, scene.rule)
    used = (scene.sources.get(source) for source in after.sources[:NAMED_SOURCES])
    computed = listing(safe(facts.name) for facts in used if facts) or "the source below"
    certified = decision.basis is Basis.CERTIFIED
    never = "called" if certified else "certified, elected, called"
    return (
        f"*SAY:* “{sentence}”\n*DON'T SAY:* {never}. "
        f"Computed from {computed}; no news organization's call implied."
    )


_SAYABLE = frozenset({
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.TOO_CLOSE, Kind.OUTCOME_CERTIFIED, Kind.RACE_TIED,
})  # fmt: skip


def _sentence(event: Event, decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    name, rival = safe(decision.candidate), safe(decision.rival)
    share = percent(decision.votes, decision.total)
    returns = "certified results" if decision.basis is Basis.CERTIFIED else "unofficial returns"
    start = f"{all_units(after.units)}, {returns} put {name} at {share}"
    if decision.basis is Basis.CERTIFIED:
        start = f"Certified results put {name} at {share}"
    if event.kind is Kind.TOO_CLOSE:
        side = "behind" if decision.margin < 0 else "ahead of"
        gap = f"{abs(decision.margin):,} votes {side} {rival}"
        return f"{start}, {gap}; up to {decision.late:,} more votes may still be counted."
    if decision.outcome is Outcome.LOST:
        prize = prize_of(race, decision).removeprefix("the ")
        return f"{start}, {-decision.margin:,} votes behind {rival} for the {prize}."
    if rule is not None and decision.outcome is Outcome.WON and rule.numerator:
        prize = "nomination" if "nomination" in prize_of(race, decision) else "election"
        return f"{start}, {_above(rule)} for {prize}."
    if decision.outcome in _OPEN_ENDS:
        place = place_word(decision).lower()
        short = f"nobody is {_above(rule)}" if rule is not None and rule.numerator else ""
        return f"{start}, in {place} place; " + _OPEN_ENDS[decision.outcome].format(short=short)
    if decision.outcome is Outcome.TIE or not decision.margin:
        return f"{start}, tied with {rival}."
    return f"{start}, {abs(decision.margin):,} votes ahead of {rival}."


_OPEN_ENDS = {
    Outcome.RUNOFF: "{short}, so the top two go to a runoff.",
    Outcome.RUNOFF_POSSIBLE: "{short}, so the runner-up may ask for a runoff.",
    Outcome.ADVANCED: "the top two go on to the November election.",
}


def _above(rule: Rule) -> str:
    """Say the line of a rule: "above the 30% North Carolina requires"."""
    share = f"{100 * rule.numerator / rule.denominator:.4g}%"
    return f"{'above' if rule.strict else 'at or above'} the {share} {rule.state_name} requires"

"""What is said while only the threshold is open: how far the line is, and what may come. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.prizes import is_nomination, next_election, place_word, race_words, share_of
from monitor.rules import FollowUp, Method, Rule
from monitor.words import full_day, percent, safe, surname, votes

if TYPE_CHECKING:
    from monitor.decision import Decision, Outstanding
    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.tally import Tally


def still_open(decision: Decision, after: Tally, race: Race, scene: Scene) -> str:
    """Write that only the threshold is open: what may come, and how far the line is."""
    points = percent(abs(decision.margin), decision.total).rstrip("%")
    placed = f"{place_word(decision).lower()} by {points} points"
    figures = f"{share_of(decision, after, race, scene.rule)}, {placed}"
    uncounted = uncounted_words(decision, after, scene)
    parts = [figures, line_words(decision, scene.rule), uncounted]
    where = f"{safe(surname(decision.candidate))}, {race_words(race)}"
    return f"{open_words(race, scene.rule)}: {where}. {'; '.join(part for part in parts if part)}."


def open_words(race: Race, rule: Rule | None) -> str:
    """Write what is open for ours, who is firmly first: "ELECTED NOW OR NOVEMBER"."""
    now = "NOMINATED NOW" if is_nomination(race) else "ELECTED NOW"
    match rule.follow_up if rule is not None else FollowUp.NONE:
        case FollowUp.RUNOFF_AUTOMATIC:
            return f"{now} OR RUNOFF"
        case FollowUp.RUNOFF_ON_REQUEST:
            return f"{now} OR RUNOFF ON REQUEST"
        case _:
            return f"{now} OR {next_election(race).removesuffix(' election').upper()}"


def line_words(decision: Decision, rule: Rule | None) -> str:
    """Say how far ours is from the line of the rule: "423 votes short of a majority"."""
    gap = decision.threshold_margin
    if gap is None or rule is None:
        return ""
    line = "a majority" if is_majority(rule) else f"the {share_needed(rule)} line"
    if gap == 0:
        return f"not one vote more than {line} takes"
    return f"{votes(gap)} more than {line} takes" if gap > 0 else f"{votes(gap)} short of {line}"


def is_majority(rule: Rule) -> bool:
    """Say whether the line is more than half of the votes."""
    return rule.method is not Method.SUBSTANTIAL_PLURALITY and bool(rule.numerator)


def share_needed(rule: Rule) -> str:
    """Write the share a rule asks for: "30%"."""
    return f"{100 * rule.numerator / rule.denominator:.4g}%"


def uncounted_words(decision: Decision, after: Tally, scene: Scene) -> str:
    """Say how much is uncounted, as far as somebody says so or the law bounds it.

    Late ballots bound a complete count alone: while units are out, nobody knows.
    """
    if decision.outstanding is not None:
        return outstanding_words(decision.outstanding, scene.zone)
    if after.is_complete and decision.late:
        return f"up to {decision.late:,} more votes may be counted"
    return ""


def outstanding_words(given: Outstanding, zone: str) -> str:
    """Write a figure with who gives it: "est. 80,000 uncounted (county, June 6)"."""
    about = "est. " if given.is_estimate else ""
    origin = f"{safe(given.source)}, " if given.source else ""
    return f"{about}{given.votes:,} uncounted ({origin}{full_day(given.at, zone)})"

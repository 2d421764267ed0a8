"""What is won or lost, against whom, and what comes next, named in words. Pure.

Every outcome names its prize (desk §12): a nomination, an office, a place in the
runoff or in the next election. Losing one nomination is never "out".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.deadlines import CountedFrom
from monitor.decision import Decision, Outcome
from monitor.match import normal_name
from monitor.reading import ADVANCING, in_base
from monitor.rules import ContestKind, FollowUp, Method, Rule, contest_kind_of, threshold_votes
from monitor.words import dated, listing, safe, share, surname

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.tally import Line, Tally

_PLACES = {1: "First", 2: "Second", 3: "Third"}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
NAMED = 2
"""Rivals named in a headline; more are counted."""
_OCTOBER = 10
WRITE_INS = "write-ins (names not reported)"


class NextRound(StrEnum):
    """Whether others than ours go on: decided without it, surely, or not known yet."""

    NONE = "none"
    SURE = "sure"
    OPEN = "open"


def prize_of(race: Race, decision: Decision, rule: Rule | None) -> str:
    """Name what an outcome is about."""
    outcome = decision.computed if decision.outcome is Outcome.NONE else decision.outcome
    if outcome in (Outcome.RUNOFF, Outcome.RUNOFF_POSSIBLE):
        return _runoff_place(race)
    if outcome is Outcome.ADVANCED or (rule is not None and rule.method is Method.TOP_TWO):
        return f"place in the {next_election(race)}"
    if outcome is Outcome.TIE and rule is not None and is_tied_for_next_round(decision):
        november = rule.follow_up is FollowUp.ADVANCE_TOP_TWO
        return f"place in the {next_election(race)}" if november else _runoff_place(race)
    return main_prize(race)


def main_prize(race: Race) -> str:
    """Name what a race is for in the end, and that a term is an unexpired one."""
    rest = " (unexpired term)" if race.unexpired else ""
    return f"{safe(race.party)} nomination{rest}" if is_nomination(race) else f"the office{rest}"


def is_nomination(race: Race) -> bool:
    """Say whether the winner is a party's nominee, and not yet elected."""
    kind = contest_kind_of(race.election, race)
    return bool(race.party) and kind in (ContestKind.PARTY_PRIMARY, ContestKind.RUNOFF)


def _runoff_place(race: Race) -> str:
    return f"place in the {safe(race.party)} runoff".replace("  ", " ")


def next_election(race: Race) -> str:
    """Name the election the first two go on to."""
    if race.general is not None:
        return f"{race.general.date:%B} election"
    # An open primary in October has its second round in November or December.
    return "November election" if race.election.date.month < _OCTOBER else "general election"


def said_of(outcome: Outcome, race: Race) -> str:
    """Say in one verb what was told: "won the DEM nomination"."""
    runoff = _runoff_place(race).removeprefix("place in ")
    return {
        Outcome.NONE: "",
        Outcome.WON: f"won {the(main_prize(race))}",
        Outcome.LOST: f"lost {the(main_prize(race))}",
        Outcome.ADVANCED: f"advances to the {next_election(race)}",
        Outcome.RUNOFF: f"is in {runoff}",
        Outcome.RUNOFF_POSSIBLE: f"faces a possible {runoff.removeprefix('the ')}",
        Outcome.TIE: "is tied",
    }[outcome]


def the(prize: str) -> str:
    """Write a prize with its article."""
    return prize if prize.startswith("the ") else f"the {prize}"


def is_tied_for_next_round(decision: Decision) -> bool:
    """Nobody met the threshold, so a tie is one for a place in the next round."""
    return decision.threshold_margin is not None and decision.threshold_margin < 0


def race_words(race: Race) -> str:
    """Name a race, with its party in a primary."""
    return f"{safe(race.name)}, {safe(race.party)}" if race.party else safe(race.name)


def our_names(race: Race) -> frozenset[str]:
    """Return the normalised names and aliases of the endorsed candidates."""
    named = (name for e in race.endorsements for name in (e.candidate, *e.aliases))
    return frozenset(map(normal_name, named))


def rivals(decision: Decision, after: Tally, race: Race) -> tuple[Line, ...]:
    """Return the lines of others who can win something, in order of votes."""
    own = tuple(e for e in race.endorsements if e.candidate == decision.candidate)
    ours = our_names(replace(race, endorsements=own))
    return tuple(
        line for line in after.lines if not line.is_withdrawn and normal_name(line.name) not in ours
    )


def tied_with(decision: Decision, after: Tally, race: Race) -> str:
    """Name those who have as many votes as ours."""
    return _names([x for x in rivals(decision, after, race) if x.votes == decision.votes])


def opponents(decision: Decision, after: Tally, race: Race) -> str:
    """Name whom a runoff of two is against: the first of the others, or those tied there."""
    others = [line for line in rivals(decision, after, race) if not line.is_write_in]
    if not others:
        return "nobody named"
    level = [line for line in others if line.votes == others[0].votes]
    inside = decision.place <= ADVANCING * race.seats - 1
    return _names(level, "or") + " (tied)" if len(level) > 1 and inside else _names(level[:1])


def going_on(decision: Decision, after: Tally, race: Race, rule: Rule) -> str:
    """Name those who go on where ours does not."""
    return _names(rivals(decision, after, race)[: how_many_go_on(after, race, rule)])


def how_many_go_on(after: Tally, race: Race, rule: Rule | None) -> int:
    """Return how many go on to the next round: more than two where the tied all do."""
    places = ADVANCING * race.seats
    lines = [line for line in after.lines if not line.is_withdrawn]
    if rule is None or not rule.ties_advance or len(lines) <= places:
        return places
    return sum(line.votes >= lines[places - 1].votes for line in lines)


def asked_by(rule: Rule | None, race: Race) -> str:
    """Write until when a runoff may be asked for, where the law's date is verified, or nothing.

    Only a day that is counted from the election: others are not known on the night.
    """
    deadline = dict(rule.reminders()).get("runoff-request") if rule is not None else None
    day = deadline.due(race.election.date) if deadline is not None else None
    if rule is None or deadline is None or day is None:
        return ""
    if deadline.counted_from is not CountedFrom.ELECTION:
        return ""
    if deadline.at is None:
        return f"{day:%a}, {day:%b} {day.day}"
    return dated(datetime.combine(day, deadline.at, tzinfo=ZoneInfo(rule.zone)), rule.zone)


def _names(lines: list[Line] | tuple[Line, ...], word: str = "and") -> str:
    names = [rival_name(line) for line in lines]
    if len(names) > NAMED:
        return f"{len(names)} others"
    return listing(names) if word == "and" else f" {word} ".join(names)


def rival_name(line: Line) -> str:
    """Write a rival's surname; a write-in line sums names that are not reported."""
    return WRITE_INS if line.is_write_in else safe(surname(line.name))


def rival_of(decision: Decision, after: Tally) -> str:
    """Write the surname of the rival at the cut."""
    line = after.line(decision.rival) if decision.rival else None
    return rival_name(line) if line is not None else safe(surname(decision.rival))


def place_word(decision: Decision) -> str:
    """Write the place a candidate stands in: "First", "4th"."""
    return _PLACES.get(decision.place, ordinal(decision.place))


def ordinal(number: int) -> str:
    """Write a number as a place: "4th", "21st"."""
    teens = number // 10 % 10 == 1
    return f"{number}{'th' if teens else _ENDINGS.get(number % 10, 'th')}"


def threshold_line(rule: Rule | None, race: Race) -> tuple[int, int] | None:
    """Return the share a rule asks for as (numerator, denominator), or None."""
    if rule is None or not rule.numerator:
        return None
    return rule.numerator, rule.denominator * race.seats


def threshold_base(rule: Rule, after: Tally) -> int:
    """Return the votes the rule's share is of: without write-ins or withdrawn, as it says."""
    return sum(line.votes for line in after.lines if in_base(rule, line))


def share_of(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    """Write ours' share, of the votes the rule looks at, and never the line's own figure."""
    line = threshold_line(rule, race)
    base = threshold_base(rule, after) if rule is not None and line else decision.total
    shown = share(decision.votes, base, line)
    return shown if base == decision.total else f"{shown} of the votes that count"


def next_round(decision: Decision, after: Tally, rule: Rule | None, race: Race) -> NextRound:
    """Say whether a round without ours follows a loss."""
    if rule is None or decision.place <= ADVANCING * race.seats:
        return NextRound.NONE
    if rule.method is Method.TOP_TWO:
        return NextRound.SURE
    if rule.follow_up is FollowUp.NONE or decision.threshold_margin is None:
        return NextRound.NONE
    # The line rises with every vote that comes: by `rise` or one vote less.
    line, late = decision.votes - decision.threshold_margin, decision.late
    rise = threshold_votes(rule, late, race.seats) if late else 0
    first = after.lines[0].votes
    if first >= line + rise:
        return NextRound.NONE
    return NextRound.SURE if first + late < max(line, line + rise - 1) else NextRound.OPEN

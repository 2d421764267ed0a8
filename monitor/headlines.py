"""The first line of every message: the state word and our surname first (desk §11). Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.decide import Basis, Decision, Outcome, Standing
from monitor.events import OUTCOMES, Event, Kind
from monitor.match import normal_name
from monitor.rules import ContestKind, FollowUp, Rule, contest_kind_of
from monitor.words import (
    clocks,
    day_of,
    listing,
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


MOST_COUNTIES = 2
"""Missing counties named in a headline; more are counted."""


def ops_headline(event: Event, scene: Scene) -> str:
    """Write the first line of a message to ops."""
    if event.kind is Kind.OUTCOME_QUESTIONED and scene.race and event.decision:
        ours = safe(surname(event.decision.candidate))
        return (
            f"OUTCOME QUESTIONED: {ours}, {race_words(scene.race)}: certified as "
            f"{safe(event.reason)}, and the numbers do not show it now. A person must decide."
        )
    where = safe(scene.race.name) if scene.race else safe(event.source)
    at = f" at {safe(event.source)}" if scene.race and event.source else ""
    return f"{_OPS_WORDS[event.kind]}: {where}{at}: {safe(event.reason.partition(';')[0])}"


_OPS_WORDS = {
    Kind.REPORT_HELD: "REPORT HELD",
    Kind.CONTEST_UNMATCHED: "NOT MATCHED",
    Kind.CONTEST_MATCHED: "MATCHED",
    Kind.SOURCE_BROKEN: "SOURCE BROKEN",
    Kind.SOURCE_RECOVERED: "SOURCE BACK",
    Kind.SOURCE_STALE: "SOURCE STALE",
    Kind.OUTCOME_QUESTIONED: "OUTCOME QUESTIONED",
}


def headline_of(event: Event, scene: Scene, race: Race) -> str:
    """Write the first line of a message to a channel."""
    if event.kind is Kind.RACE_OPENED:
        return _opened(event, scene, race)
    if event.kind in (Kind.NOTE_ADDED, Kind.HOLD_CLEARED, Kind.REPORT_HELD):
        return _remark(event, scene, race)
    decision, after = event.decision, event.after
    if decision is None or after is None:
        return f"{event.kind.value}: {safe(race.name)}"
    if event.kind in OUTCOMES:
        return _outcome_headline(event, decision, after, race, scene)
    return _count_headline(event, decision, after, race)


def _opened(event: Event, scene: Scene, race: Race) -> str:
    ours = listing(surname(e.candidate) for e in race.endorsements)
    day = race.election.date
    close = (
        clocks(scene.closes_at, scene.zone, scene.slack.desk_timezone, event.at)
        if (scene.closes_at)
        else "time not known"
    )
    return f"WATCHING: {safe(ours)}, {race_words(race)}, {day:%b} {day.day}. Polls close {close}."


def _remark(event: Event, scene: Scene, race: Race) -> str:
    ours = safe(listing(surname(e.candidate) for e in race.endorsements))
    if event.kind is Kind.NOTE_ADDED:
        return f"NOTE: {ours}, {race_words(race)}. {safe_text(event.reason)}"
    if event.kind is Kind.HOLD_CLEARED:
        return f"CHECK DONE: {ours}, {race_words(race)}. The numbers shown are current again."
    since = clocks(event.at, scene.zone, scene.slack.desk_timezone, event.at)
    return f"UNDER CHECK: {ours}, {race_words(race)}. New numbers under check since {since}."


def safe_text(text: str, limit: int = 400) -> str:
    """Write a longer text from outside, a note or a reason, each word made safe."""
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return " ".join(" ".join(safe(word) for word in kept.split()).split())


def race_words(race: Race) -> str:
    """Name a race, with its party in a primary."""
    return f"{safe(race.name)}, {safe(race.party)}" if race.party else safe(race.name)


def _count_headline(event: Event, decision: Decision, after: Tally, race: Race) -> str:
    ours, rival = safe(surname(decision.candidate)), safe(surname(decision.rival))
    if event.kind is Kind.COUNT_REVISED:
        was = _margin_before(event, decision)
        stand = " Outcomes stand." if event.touches_outcome and event.outcome_stands else ""
        return (
            f"COUNTY REVISED: {ours}, {safe(race.name)}, now {signed(decision.margin)} "
            f"(was {signed(was)}).{stand}"
        )
    word = {
        Kind.FIRST_VOTES: "FIRST VOTES",
        Kind.LEAD_CHANGED: "LEAD CHANGE",
        Kind.NOW_WATCHING: "NOW WATCHING",
    }.get(event.kind, "NEW, BEING CHECKED" if event.checking else "COUNT")
    where = race_words(race)
    tail = f"{where}. {units_short(after.units)}{_units_gained(event)}{_not_in(after)}."
    return f"{word}: {ours} {_stands(decision, rival)}, {tail}"


def _not_in(after: Tally) -> str:
    """Name the counties a sum lacks, so that nobody takes it for the whole race."""
    if not after.missing:
        return ""
    few = len(after.missing) <= MOST_COUNTIES
    counties = listing(after.missing) if few else f"{len(after.missing)} counties"
    return f"; {safe(counties)} not in yet"


def _stands(decision: Decision, rival: str) -> str:
    match decision.standing:
        case Standing.LEADS:
            return f"leads {rival} by {decision.margin:,}"
        case Standing.TRAILS:
            return f"trails {rival} by {-decision.margin:,}"
        case Standing.TIED:
            return f"is tied with {rival}"
        case Standing.NO_VOTES:
            return "has no votes"
        case _:
            return "stands alone"


def _units_gained(event: Event) -> str:
    before = event.before.units if event.before else None
    after = event.after.units if event.after else None
    if before is None or after is None or after.reported == before.reported:
        return ""
    return f" ({after.reported - before.reported:+,})"


def _margin_before(event: Event, decision: Decision) -> int:
    if event.before is None:
        return 0
    ours, rival = (event.before.line(name) for name in (decision.candidate, decision.rival))
    return (ours.votes if ours else 0) - (rival.votes if rival else 0)


_SAID = {
    Outcome.WON: "won",
    Outcome.LOST: "lost",
    Outcome.ADVANCED: "advances",
    Outcome.RUNOFF: "is in a runoff",
    Outcome.RUNOFF_POSSIBLE: "faces a possible runoff",
    Outcome.TIE: "is tied",
}


def _outcome_headline(
    event: Event, decision: Decision, after: Tally, race: Race, scene: Scene
) -> str:
    ours, rival = safe(surname(decision.candidate)), safe(surname(decision.rival))
    where = safe(race.name)
    day = "".join(f"{day_of(one.at, scene.zone)} " for one in scene.said[:1])
    said = _SAID.get(Outcome(event.reason), "") if event.reason else ""
    match event.kind:
        case Kind.TOO_CLOSE:
            points = percent(abs(decision.margin), decision.total).rstrip("%")
            gap = f"{side_word(decision)} by {abs(decision.margin):,} ({points} points)"
            gap = gap if decision.margin else "Tied"
            return f"TOO CLOSE: {ours}, {race_words(race)}. {gap}. Not final."
        case Kind.HOLD_OFF:
            return (
                f"HOLD OFF: {ours}, {where}. Stop saying {ours} {said}; "
                "new county numbers do not show it. Checking."
            )
        case Kind.OUTCOME_RETRACTED:
            now = f"{rival} +{-decision.margin:,}" if decision.margin < 0 else "not decided"
            return f"DO NOT USE: {ours}, {where}. Our {day}outcome ({said}) is withdrawn; {now}."
        case Kind.OUTCOME_STANDS:
            return f"STANDS: {ours}, {where}. Checked: our outcome ({said}) still holds."
        case _:
            return _found_headline(decision, after, race, scene.rule)


def _found_headline(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    """Write an outcome, found or certified now: state, ours, race, prize and the figures."""
    ours, rival = safe(surname(decision.candidate)), safe(surname(decision.rival))
    whose = f"{ours}, {safe(race.name)}, {prize_of(race, decision)}."
    grade = "certified" if decision.basis is Basis.CERTIFIED else "unofficial"
    placed = f"{place_word(decision)} with {percent(decision.votes, decision.total)}"
    match decision.outcome:
        case Outcome.LOST:
            word = "RUNOFF, OURS OUT" if _is_runoff(decision, after, rule) else "LOST"
            return f"{word} ({grade}): {whose} Behind {rival} by {-decision.margin:,}."
        case Outcome.RUNOFF:
            against = safe(surname(other_line(decision, after, race)))
            return f"RUNOFF, OURS IN ({grade}): {whose} {placed}, against {against}."
        case Outcome.ADVANCED:
            return f"ADVANCES ({grade}): {whose} {placed}."
        case Outcome.RUNOFF_POSSIBLE:
            return _runoff_possible(decision, after, race)
        case Outcome.TIE:
            return f"TIED ({grade}): {whose} {decision.votes:,} votes each."
        case _:
            return f"WON ({grade}): {whose} {_score(decision, after)}"


def side_word(decision: Decision) -> str:
    """Write on which side of the rival a candidate stands."""
    return "Behind" if decision.margin < 0 else "Ahead"


def place_word(decision: Decision) -> str:
    """Write the place a candidate stands in."""
    return PLACES.get(decision.place, f"Number {decision.place}")


PLACES = {1: "First", 2: "Second"}


def other_line(decision: Decision, after: Tally, race: Race) -> str:
    """Return the name of the first line that is another's: whom a runoff is against."""
    own = tuple(e for e in race.endorsements if e.candidate == decision.candidate)
    ours = our_names(replace(race, endorsements=own))
    return next((line.name for line in after.lines if normal_name(line.name) not in ours), "")


def _is_runoff(decision: Decision, after: Tally, rule: Rule | None) -> bool:
    """Nobody meets the threshold, the rule sends the top two on, and ours is not one of them."""
    if rule is None or rule.follow_up is not FollowUp.RUNOFF_AUTOMATIC:
        return False
    if decision.threshold_margin is None or decision.place in PLACES:
        return False
    return after.lines[0].votes < decision.votes - decision.threshold_margin


def _runoff_possible(decision: Decision, after: Tally, race: Race) -> str:
    ours, where = safe(surname(decision.candidate)), race_words(race)
    other = safe(surname(other_line(decision, after, race)))
    share = percent(decision.votes, decision.total)
    certified = " (certified)" if decision.basis is Basis.CERTIFIED else ""
    if decision.place == 1:
        return (
            f"RUNOFF? RIVAL MAY ASK{certified}: {ours} is first, {where}. {share}; {other} is next."
        )
    return f"RUNOFF? OURS MAY ASK{certified}: {ours}, second, {where}. {share}; {other} is first."


def _score(decision: Decision, after: Tally) -> str:
    share = percent(decision.votes, decision.total)
    return f"{share}, {signed(decision.margin)}. {units_short(after.units)}."


def prize_of(race: Race, decision: Decision) -> str:
    """Name what was won or lost: a nomination, the office, or a place in the next round."""
    kind = contest_kind_of(race.election, race)
    if decision.computed in (Outcome.RUNOFF, Outcome.RUNOFF_POSSIBLE):
        return f"place in the {race.party} runoff".replace("  ", " ")
    if decision.computed is Outcome.ADVANCED:
        return "place in the November election"
    if kind in (ContestKind.PARTY_PRIMARY, ContestKind.RUNOFF) and race.party:
        return f"{safe(race.party)} nomination"
    return "the office"


def our_names(race: Race) -> frozenset[str]:
    """Return the normalised names and aliases of the endorsed candidates."""
    named = (name for e in race.endorsements for name in (e.candidate, *e.aliases))
    return frozenset(map(normal_name, named))

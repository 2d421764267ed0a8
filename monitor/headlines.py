"""The first line of every message to a channel: state word and surname first (desk §11). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.decision import Decision, Standing
from monitor.events import OUTCOMES, Event, Kind
from monitor.outcome_headlines import bare_headline, outcome_headline
from monitor.prizes import is_nomination, race_words, rival_of
from monitor.words import clocks, listing, safe, safe_text, signed, surname, units_short

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.tally import Tally

MOST_COUNTIES = 2
"""Missing counties named in a headline; more are counted."""

_REMARKS = frozenset({
    Kind.NOTE_ADDED, Kind.HOLD_CLEARED, Kind.REPORT_HELD, Kind.CLOSE_MOVED, Kind.REMINDER,
    Kind.FOLLOW_UP_SET, Kind.RACE_UNCONTESTED,
})  # fmt: skip


def headline_of(event: Event, scene: Scene, race: Race) -> str:
    """Write the first line of a message to a channel."""
    if event.kind is Kind.RACE_OPENED:
        return _opened(event, scene, race)
    if event.kind in _REMARKS:
        return _remark(event, scene, race)
    decision, after = event.decision, event.after
    if decision is None or after is None:
        return _without_figures(event, scene, race)
    if event.kind in OUTCOMES:
        return outcome_headline(event, decision, after, race, scene)
    return _count_headline(event, decision, after, race)


def ours_in(event: Event, race: Race) -> str:
    """Name whom an event is about: its candidate, or every one of ours."""
    named = [event.candidate] if event.candidate else [e.candidate for e in race.endorsements]
    return safe(listing(surname(name) for name in named))


def _opened(event: Event, scene: Scene, race: Race) -> str:
    ours = listing(surname(e.candidate) for e in race.endorsements)
    day = race.election.date
    close = (
        clocks(scene.closes_at, scene.zone, scene.slack.desk_timezone, event.at)
        if (scene.closes_at)
        else "time not known"
    )
    return f"WATCHING: {safe(ours)}, {race_words(race)}, {day:%b} {day.day}. Polls close {close}."


def _without_figures(event: Event, scene: Scene, race: Race) -> str:
    called = scene.called.get(event.candidate)
    if event.kind in OUTCOMES and called is not None:
        return bare_headline(called.outcome, called.basis, event.candidate, race)
    return f"{event.kind.value.upper()}: {ours_in(event, race)}, {race_words(race)}"


def _remark(event: Event, scene: Scene, race: Race) -> str:
    who = f"{ours_in(event, race)}, {race_words(race)}"
    match event.kind:
        case Kind.NOTE_ADDED:
            by = f" ({safe(event.who)})" if event.who else ""
            return f"NOTE: {who}. {safe_text(event.reason)}{by}"
        case Kind.HOLD_CLEARED:
            return f"CHECK DONE: {who}. The numbers shown are current again."
        case Kind.CLOSE_MOVED:
            return f"CLOSE MOVED: {who}. {_moved(event, scene)}"
        case Kind.REMINDER:
            return f"REMINDER: {who}. {safe_text(event.reason)}"
        case Kind.FOLLOW_UP_SET:
            return f"FOLLOW UP: {who}. {safe_text(event.reason)}"
        case Kind.RACE_UNCONTESTED:
            return _uncontested(event, race)
        case _:
            start = event.hold.since if event.hold else event.at
            since = clocks(start, scene.zone, scene.slack.desk_timezone, event.at)
            return f"UNDER CHECK: {who}. New numbers under check since {since}."


def _moved(event: Event, scene: Scene) -> str:
    desk = scene.slack.desk_timezone
    new = clocks(event.due, scene.zone, desk, event.at) if event.due else "at another time"
    by = "; ".join(part for part in (safe(event.who), safe_text(event.reason)) if part)
    return f"Polls close {new} now" + (f" ({by})." if by else ".")


def _uncontested(event: Event, race: Race) -> str:
    nominee = " nominee" if race.uncontested and is_nomination(race) else ""
    why = (
        "Nobody else filed; not on the ballot."
        if race.uncontested
        else "Nobody else is on the ballot."
    )
    return f"UNCONTESTED: {ours_in(event, race)}, {race_words(race)}{nominee}. {why}"


# -- counts ------------------------------------------------------------------------------


def _count_headline(event: Event, decision: Decision, after: Tally, race: Race) -> str:
    if event.kind in (Kind.COUNT_REVISED, Kind.COUNT_AMENDED):
        return _revised(event, decision, race)
    word = {
        Kind.FIRST_VOTES: "FIRST VOTES",
        Kind.LEAD_CHANGED: "LEAD CHANGE",
        Kind.NOW_WATCHING: "NOW WATCHING",
    }.get(event.kind, "NEW, BEING CHECKED" if event.checking else "COUNT")
    ours = safe(surname(decision.candidate))
    stands = _stands(decision, rival_of(decision, after))
    return f"{word}: {ours} {stands}, {race_words(race)}. {_units_in(event, after, race)}."


def _revised(event: Event, decision: Decision, race: Race) -> str:
    was, ours = _margin_before(event, decision), safe(surname(decision.candidate))
    stand = " Outcomes stand." if event.touches_outcome and event.outcome_stands else ""
    now = f"now {signed(decision.margin)} (was {signed(was)})"
    if event.kind is Kind.COUNT_AMENDED:
        return f"AMENDED: {ours}, {safe(race.name)}, {now}, after it was certified.{stand}"
    return f"COUNTY REVISED: {ours}, {safe(race.name)}, {now}.{stand}"


def _units_in(event: Event, after: Tally, race: Race) -> str:
    """Write the units that are in, and which counties lack, so that no sum looks whole."""
    units = f"{units_short(after.units)}{_units_gained(event)}"
    if not after.missing:
        return units
    if len(after.missing) <= MOST_COUNTIES:
        return f"{units}; {safe(listing(after.missing))} not in yet"
    every = {county for use in race.sources for county in use.covers}
    return f"{len(every - set(after.missing))} of {len(every)} counties in; {units}"


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

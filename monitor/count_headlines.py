"""The first line of a count: who leads by how much, what is in, and what came. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.decision import Decision, Standing
from monitor.events import Event, Kind
from monitor.noise import Lead, milestone
from monitor.prizes import race_words, rival_of
from monitor.words import batch_words, clocks, listing, safe, signed, surname, units_short

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.tally import Tally

MOST_COUNTIES = 2
"""Missing counties named in a headline; more are counted."""


def count_headline(event: Event, decision: Decision, after: Tally, race: Race, scene: Scene) -> str:
    """Write the first line of a count: who leads, what is in, what came and what it was."""
    if event.kind in (Kind.COUNT_REVISED, Kind.COUNT_AMENDED):
        return _revised(event, decision, race)
    ours = safe(surname(decision.candidate))
    stands = _stands(decision, rival_of(decision, after))
    batch = _many(event, decision, scene) if event.updates else ""
    new = f"{_units_in(event, after, race)}{batch}{_batch(event, after)}."
    more = " ".join(part for part in (new, _milestone(event, after)) if part)
    return f"{_word(event)}: {ours} {stands}, {race_words(race)}. {more}"


def _many(event: Event, decision: Decision, scene: Scene) -> str:
    """Say how many changes are told in one, since when, and how it stood then."""
    desk, was = scene.slack.desk_timezone, signed(_margin_before(event, decision))
    since = clocks(event.since or event.at, scene.zone, desk, event.at)
    return f"; {event.updates} updates since {since} (was {was})"


def _word(event: Event) -> str:
    match event.kind:
        case Kind.FIRST_VOTES:
            return "FIRST VOTES"
        case Kind.NOW_WATCHING:
            return "NOW WATCHING"
        case Kind.LEAD_CHANGED:
            return _LEADS[Lead(event.reason)]
        case _:
            return "NEW, BEING CHECKED" if event.checking else "COUNT"


_LEADS = {
    Lead.CHANGED: "LEAD CHANGE",
    Lead.SWINGS: "LEAD CHANGING BACK AND FORTH",
    Lead.SETTLED: "LEAD STANDS AGAIN",
}


def _batch(event: Event, after: Tally) -> str:
    """Say what came: "; +1,204 votes, election day"."""
    before = event.before
    kinds = batch_words(before, after)
    if before is None:
        return f"; {kinds}" if kinds and after.election_day_missing else ""
    new = after.total - before.total
    if not new:
        return ""
    return f"; {new:+,} {'vote' if abs(new) == 1 else 'votes'}{kinds and f', {kinds}'}"


def _milestone(event: Event, after: Tally) -> str:
    """Name the share of the units that is in, once it is; of all counties, or not at all."""
    if after.missing or event.checking:
        return ""
    passed = milestone(event.before.units if event.before else None, after.units)
    if not passed or after.units is None:
        return ""
    part = _MILESTONES.get(passed, f"{passed}% of the")
    return f"{part} {after.units.kind.value} are in."


_MILESTONES = {25: "A quarter of the", 50: "Half of the", 75: "Three quarters of the", 100: "All"}


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

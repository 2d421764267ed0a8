"""The first line of every message to a channel: state word and surname first (desk §11). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.count_headlines import count_headline
from monitor.events import OUTCOMES, Event, Kind
from monitor.outcome_headlines import bare_headline, outcome_headline
from monitor.prizes import is_nomination, race_words
from monitor.words import (
    clocks,
    county_words,
    lasted,
    listing,
    mentions,
    percent,
    safe,
    safe_text,
    surname,
)

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Scene

_REMARKS = frozenset({
    Kind.NOTE_ADDED, Kind.HOLD_CLEARED, Kind.REPORT_HELD, Kind.CLOSE_MOVED, Kind.REMINDER,
    Kind.FOLLOW_UP_SET, Kind.RACE_UNCONTESTED, Kind.PERSON_FOLLOWS, Kind.SITE_DOWN,
    Kind.SITE_BACK,
})  # fmt: skip
_LISTED = {
    Kind.RACE_REMOVED: ("NOT WATCHED", "Taken out of config.toml; nothing more of it is told."),
    Kind.RACE_RESTORED: ("WATCHED AGAIN", "It stands in config.toml again."),
}


def headline_of(event: Event, scene: Scene, race: Race) -> str:
    """Write the first line of a message to a channel."""
    if event.kind is Kind.RACE_OPENED:
        return _opened(event, scene, race)
    if event.kind in _REMARKS:
        return _remark(event, scene, race)
    if listed := _LISTED.get(event.kind):
        doubt = " The outcome told is in doubt; do not repeat it." if event.touches_outcome else ""
        return f"{listed[0]}: {ours_in(event, race)}, {race_words(race)}. {listed[1]}{doubt}"
    decision, after = event.decision, event.after
    if decision is None or after is None:
        return _without_figures(event, scene, race)
    if event.kind in OUTCOMES:
        return outcome_headline(event, decision, after, race, scene)
    return count_headline(event, decision, after, race, scene)


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
        case Kind.SITE_DOWN:
            return f"NO FRESH NUMBERS: {who}. {_down(event, scene, race)}"
        case Kind.SITE_BACK:
            return _back(event, scene, race, who)
        case Kind.PERSON_FOLLOWS:  # its reason is a member id, which `follow` has verified
            return f"FOLLOWING: {who}. Each reply here is told to {mentions((event.reason,))}."
        case _:
            start = event.hold.since if event.hold else event.at
            since = clocks(start, scene.zone, scene.slack.desk_timezone, event.at)
            return f"UNDER CHECK: {who}. New numbers under check since {since}."


def _moved(event: Event, scene: Scene) -> str:
    desk = scene.slack.desk_timezone
    new = clocks(event.due, scene.zone, desk, event.at) if event.due else "at another time"
    by = "; ".join(part for part in (safe(event.who), safe_text(event.reason)) if part)
    return f"Polls close {new} now" + (f" ({by})." if by else ".")


def _down(event: Event, scene: Scene, race: Race) -> str:
    """Say since when nothing came from where, why, and what stood last (desk §4.21)."""
    start = event.since or event.at
    since = clocks(start, scene.zone, scene.slack.desk_timezone, event.at)
    return f"{_place(event.source, scene, race)}, since {since}: {event.reason}. {_last(event)}"


def _last(event: Event) -> str:
    decision, after = event.decision, event.after
    if decision is None or after is None or not after.total:
        return "No numbers yet."
    ours, gap = safe(surname(decision.candidate)), decision.margin
    side = f"{'ahead' if gap > 0 else 'behind'} by {abs(gap):,}" if gap else "level"
    return f"Last: {ours} {percent(decision.votes, decision.total)}, {side}."


def _back(event: Event, scene: Scene, race: Race, who: str) -> str:
    where, desk = _place(event.source, scene, race), scene.slack.desk_timezone
    if event.reason:
        by = f" by {safe(event.who)}" if event.who else ""
        return f"NOT WAITED FOR: {who}. {where}: {event.reason}{by}; the site is still down."
    now = clocks(event.at, scene.zone, desk, event.at)
    down = f"; down for {lasted(event.at - event.since)}" if event.since else ""
    return f"FRESH NUMBERS AGAIN: {who}. {where}, since {now}{down}."


def _place(source: str, scene: Scene, race: Race) -> str:
    """Name the county whose numbers a source gives; one of several for it, by its own name."""
    covers = next((use.covers for use in race.sources if use.source == source), ())
    others = [use for use in race.sources if use.covers == covers]
    facts = scene.sources.get(source)
    if (len(covers) == 1 and len(others) == 1) or facts is None:
        return safe(county_words(listing(covers) or source, race.election.state))
    return safe(facts.name)


def _uncontested(event: Event, race: Race) -> str:
    nominee = " nominee" if race.uncontested and is_nomination(race) else ""
    why = (
        "Nobody else filed; not on the ballot."
        if race.uncontested
        else "Nobody else is on the ballot."
    )
    return f"UNCONTESTED: {ours_in(event, race)}, {race_words(race)}{nominee}. {why}"

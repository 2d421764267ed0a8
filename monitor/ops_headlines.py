"""The first line of what ops and callers read, and the lines they may run. Pure.

Callers are mentioned below the headline, so that the lock screen shows the words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.decision import Basis, Decision, Outcome
from monitor.events import Event, Kind
from monitor.headlines import headline_of, ours_in
from monitor.outcome_headlines import found_headline
from monitor.prizes import main_prize, race_words, rival_of, said_of, share_of
from monitor.rehearsal import REHEARSED
from monitor.sanity import accept_digest, why_not_accepted
from monitor.standing import HoldKind, SourceStanding
from monitor.words import clock, clocks, missing_words, safe, safe_text, signed, surname

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.standing import Hold
    from monitor.tally import Tally

CALLED_UPON = frozenset({
    Kind.READY_TO_CALL, Kind.GOING_OUT, Kind.CALLERS_PAGED, Kind.OUTCOME_QUESTIONED, Kind.REMINDER,
    Kind.RACE_REMOVED,
})  # fmt: skip
"""What the race's callers are mentioned in."""

QUESTION = "Certified?"

_WORDS = {
    Kind.REPORT_HELD: "REPORT HELD",
    Kind.CONTEST_UNMATCHED: "NOT MATCHED",
    Kind.CONTEST_MATCHED: "MATCHED",
    Kind.SOURCE_BROKEN: "SOURCE BROKEN",
    Kind.SOURCE_RECOVERED: "SOURCE BACK",
    Kind.SOURCE_STALE: "SOURCE STALE",
    Kind.CALLERS_PAGED: "CALLERS PAGED",
    Kind.PERSON_ACTED: "PERSON ACTED",
    Kind.SOURCES_DISAGREE: "SOURCES DISAGREE",
    Kind.SOURCES_AGREE: "SOURCES AGREE",
    Kind.FOLLOW_UP_WAITS: "FOLLOW UP WAITS",
}
_ABOUT_OURS = frozenset({
    Kind.CALLERS_PAGED, Kind.PERSON_ACTED, Kind.SOURCES_DISAGREE, Kind.SOURCES_AGREE,
    Kind.FOLLOW_UP_WAITS,
})  # fmt: skip
_ASKED = {
    Outcome.NONE: "OUTCOME?",
    Outcome.WON: "WON?",
    Outcome.LOST: "LOST?",
    Outcome.ADVANCED: "ADVANCES?",
    Outcome.RUNOFF: "IN THE RUNOFF?",
    Outcome.RUNOFF_POSSIBLE: "RUNOFF ON REQUEST?",
    Outcome.TIE: "TIED?",
}


def ops_headline(event: Event, scene: Scene) -> str:
    """Write the first line of a message to ops."""
    race = scene.race
    if race is None or event.kind not in _OF_A_RACE:
        return _plain(event, scene)
    decision, after = event.decision, event.after
    match event.kind:
        case Kind.CLOSE_MOVED | Kind.SITE_DOWN | Kind.SITE_BACK:
            return headline_of(event, scene, race)
        case Kind.RACE_REMOVED:
            return f"{headline_of(event, scene, race)} {safe_text(event.reason)}"
        case Kind.REMINDER:
            asked = safe_text(event.reason.removeprefix(QUESTION))
            return f"CERTIFIED?: {ours_in(event, race)}, {race_words(race)}. {asked}"
        case Kind.OUTCOME_QUESTIONED if decision is not None:
            return _questioned(event, decision, race)
        case Kind.READY_TO_CALL if decision is not None and after is not None:
            return _ready(event, decision, after, race, scene)
        case Kind.GOING_OUT if decision is not None and after is not None:
            return _going_out(event, decision, after, race, scene)
        case Kind.HEADS_UP if decision is not None and after is not None:
            return _heads_up(event, decision, after, race, scene)
        case _:
            return _plain(event, scene)


_OF_A_RACE = frozenset({
    Kind.SITE_DOWN, Kind.SITE_BACK, Kind.RACE_REMOVED,
    Kind.CLOSE_MOVED, Kind.REMINDER, Kind.OUTCOME_QUESTIONED, Kind.READY_TO_CALL, Kind.GOING_OUT,
    Kind.HEADS_UP,
})  # fmt: skip


def _plain(event: Event, scene: Scene) -> str:
    where = safe(event.source)
    if scene.race is not None:
        at = f" at {safe(event.source)}" if event.source else ""
        ours = f"{ours_in(event, scene.race)}, " if event.kind in _ABOUT_OURS else ""
        where = f"{ours}{race_words(scene.race) if ours else safe(scene.race.name)}{at}"
    word = _WORDS.get(event.kind, event.kind.value.upper())
    return f"{word}: {where}{'.' if event.kind in _ABOUT_OURS else ':'} {_said(event)}"


def _said(event: Event) -> str:
    """Write who acted, and the first part of a reason; the whole stands below."""
    first = event.reason.partition("\n")[0]
    if event.kind is Kind.CALLERS_PAGED and event.source:
        first = first.partition(";")[0]
    if event.kind in _ABOUT_OURS:
        text = safe_text(first)
        if event.who or not text.partition(" ")[0].isalpha():
            return f"{safe(event.who)}: {text}" if event.who else text  # a source's own id
        return f"{text[:1].upper()}{text[1:]}"
    return safe(first.partition(";")[0])


def _questioned(event: Event, decision: Decision, race: Race) -> str:
    ours = safe(surname(decision.candidate))
    said = said_of(Outcome(event.reason), race) if event.reason else ""
    return (
        f"OUTCOME QUESTIONED: {ours}, {race_words(race)}: certified ({said}), "
        "and the numbers do not show it now. A person must decide."
    )


def would_be(decision: Decision, after: Tally, race: Race, scene: Scene) -> str:
    """Write the outcome as it would go out if a person released it now."""
    found = decision.if_final if decision.computed is Outcome.NONE else decision.computed
    as_told = replace(decision, outcome=found, basis=Basis.CONFIRMED)
    return found_headline(as_told, after, race, scene.rule)


def _ready(event: Event, decision: Decision, after: Tally, race: Race, scene: Scene) -> str:
    again = " (reminder)" if event.reason == "reminder" else ""
    found = decision.if_final if decision.computed is Outcome.NONE else decision.computed
    share = share_of(decision, after, race, scene.rule)
    gap = f"{share}, {signed(decision.margin)} against {rival_of(decision, after)}"
    whose = f"{safe(surname(decision.candidate))}, {safe(race.name)}, {main_prize(race)}"
    return f"READY TO CALL{again}: {whose}: {_ASKED[found]} {gap}. Missing: {lacks(event, after)}."


def lacks(event: Event, after: Tally) -> str:
    """Say exactly what an outcome lacks; a policy alone is a person's yes."""
    return missing_words(event.missing, after) or "a person's yes, as this race's policy asks"


def _going_out(event: Event, decision: Decision, after: Tally, race: Race, scene: Scene) -> str:
    when = clock(event.due, scene.slack.desk_timezone, event.due) if event.due else "soon"
    text = found_headline(decision, after, race, scene.rule)
    ours = safe(surname(decision.candidate))
    return f"GOING OUT {when} unless stopped: {ours}, {safe(race.name)}. “{text}”"


def _heads_up(event: Event, decision: Decision, after: Tally, race: Race, scene: Scene) -> str:
    """Write the outcome as it will go out, or that it does not."""
    ours = f"{safe(surname(decision.candidate))}, {safe(race.name)}"
    if event.about:
        return f"NOT GOING OUT: {ours}. Do not use our heads-up: {safe_text(event.reason)}."
    when = clock(event.due, scene.slack.desk_timezone, event.at) if event.due else "released"
    text = found_headline(decision, after, race, scene.rule)
    return f"HEADS-UP until {when}: {ours}. “{text}” Nobody else has it yet."


# -- what may be run ---------------------------------------------------------------------


def lines_to_run(event: Event, race: Race, scene: Scene) -> list[str]:
    """Return what a person may do now, each with the line to run."""
    confirm = _run(event, race, "confirm", f"--seen {event.seen}")
    freeze = f"`python run.py freeze {race.id} --who NAME --why …`"
    match event.kind:
        case Kind.READY_TO_CALL:
            return [f"To post it: {confirm}"]
        case Kind.GOING_OUT:
            return [f"To stop it: {freeze}", f"To post it now: {confirm}"]
        case Kind.HEADS_UP if not event.about:
            release = _run(event, race, "release", f"--seen {event.seen}")
            return [f"To let everybody have it now: {release}", f"To stop it: {freeze}"]
        case Kind.OUTCOME_QUESTIONED:
            return [f"To withdraw it: {_run(event, race, 'retract')}"]
        case Kind.REMINDER:
            outcome = standing_outcome(event, scene)
            seen = f" --seen {event.seen}" if event.seen else ""
            declare = _run(event, race, "call", f"{outcome} --certified --link LINK{seen}")
            return [f"If it is certified: {declare}"]
        case Kind.CALLERS_PAGED | Kind.REPORT_HELD if seen := acceptable(event.hold):
            line = f"python run.py accept {race.id} {event.source} --seen {seen}"
            return [f"If these are right: `{line} --who NAME --why …`"]
        case Kind.SITE_DOWN:
            line = f"python run.py enter {race.id} {event.source} --votes NAME=N --link LINK"
            return [f"To enter numbers by hand: `{line} --who NAME --why …`"]
        case Kind.SOURCES_DISAGREE:
            line = f"python run.py supersede {race.id} SOURCE --who NAME --why …"
            return [f"To leave one out from now on: `{line}`"]
        case _:
            return []


def acceptable(hold: Hold | None) -> str:
    """Return the digest of held numbers that a person may accept; empty where there are none."""
    if hold is None or hold.kind is not HoldKind.HARD or hold.reason.startswith(REHEARSED):
        return ""  # what a source rehearsed with has a remedy of its own
    standing = SourceStanding(hold=hold)
    return "" if why_not_accepted(standing) else accept_digest(standing)


def standing_outcome(event: Event, scene: Scene) -> str:
    """Return the outcome a person would certify: what somebody called, or the figures give."""
    called, decision = scene.called.get(event.candidate), event.decision
    figures = decision.if_final if decision is not None else Outcome.NONE
    outcome = called.outcome if called is not None else figures
    return "OUTCOME" if outcome is Outcome.NONE else outcome.value


def _run(event: Event, race: Race, command: str, rest: str = "") -> str:
    """Write a command line; a race with several of ours names the candidate."""
    several = len(race.endorsements) > 1 and event.candidate
    whom = f"--candidate {_quoted(event.candidate)}" if several else ""
    words = ("python run.py", command, race.id, rest, whom, "--who NAME --why …")
    return f"`{' '.join(word for word in words if word)}`"


def _quoted(name: str) -> str:
    """Quote a name for a shell; what would end or open the quotes is left out."""
    return '"' + re.sub(r'["$\\!]', "", safe(name)) + '"'


def last_change(scene: Scene, event: Event) -> str:
    """Say when the figures last changed."""
    if scene.changed_at is None:
        return ""
    desk = scene.slack.desk_timezone
    return f"Last change {clocks(scene.changed_at, scene.zone, desk, event.at)}."

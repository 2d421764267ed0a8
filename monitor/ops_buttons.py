"""Which buttons stand below what callers and ops are asked. Pure.

The commands to paste stay in the text: a workspace may have no buttons.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.buttons import Button, Pressed, Verb, unfreeze
from monitor.decision import Outcome
from monitor.events import Event, Kind
from monitor.ops_headlines import QUESTION, acceptable, standing_outcome, would_be
from monitor.standing import Hold, HoldKind
from monitor.tally import groups

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Scene


def buttons_of(event: Event, scene: Scene, race: Race) -> tuple[Button, ...]:
    """Return what a person may press below a message; nothing where there is nothing to do."""
    about = Pressed(race.id, event.candidate, event.source, seen=event.seen)
    freeze = Button(Verb.FREEZE, "Freeze outcomes", Pressed(race.id))
    seen = Button(Verb.ACKNOWLEDGE, "Acknowledge", about)
    match event.kind:
        case Kind.GOING_OUT:
            stop = Button(Verb.STOP, "Stop", about, "danger")
            return (Button(Verb.CONFIRM, "Post now", about, "primary"), stop)
        case Kind.READY_TO_CALL:
            return _ready(event, scene, race, about)
        case Kind.REPORT_HELD | Kind.CALLERS_PAGED if event.hold is not None:
            return _held(event.hold, about, freeze, seen)
        case Kind.OUTCOME_QUESTIONED | Kind.CALLERS_PAGED if event.candidate:
            told = replace(about, outcome=_told(event, scene))
            return (Button(Verb.RETRACT, "Retract", told, "danger"), seen, freeze)
        case Kind.SITE_DOWN:
            return (*_other_source(event, scene, race, about), _enter(about), freeze)
        case Kind.HEADS_UP if not event.about:
            return (Button(Verb.RELEASE, "Release", about, "primary"),)
        case Kind.REMINDER if event.reason.startswith(QUESTION):
            return _canvass(event, scene, about)
        case Kind.SOURCES_DISAGREE:
            return (freeze, seen)
        case Kind.PERSON_ACTED if _froze(event, scene):
            return (unfreeze(race.id),)
        case _:
            return ()


def _ready(event: Event, scene: Scene, race: Race, about: Pressed) -> tuple[Button, ...]:
    """Post it, under the word it would begin with; ask again; leave it."""
    word = "it"
    if event.decision is not None and event.after is not None:
        headline = would_be(event.decision, event.after, race, scene)
        word = headline.partition(":")[0].partition(" (")[0]
    return (
        Button(Verb.CONFIRM, f"Post {word}", about, "primary"),
        Button(Verb.ASK_LATER, "Ask me in 30", about),
        Button(Verb.NOT_TONIGHT, "Not tonight", about),
    )


def _froze(event: Event, scene: Scene) -> bool:
    """Say whether it was this act that stopped outcomes."""
    frozen = scene.frozen
    return frozen is not None and (frozen.who, frozen.at) == (event.who, event.at)


def _held(hold: Hold, about: Pressed, freeze: Button, seen: Button) -> tuple[Button, ...]:
    """A hard hold is for a person to judge, where there are numbers to accept."""
    if hold.kind is not HoldKind.HARD:
        return ()
    digest = acceptable(hold)
    if not digest:
        return (freeze, seen)
    shown = replace(about, candidate="", seen=digest)
    return (
        Button(Verb.ACCEPT, "Accept", shown),
        Button(Verb.REJECT, "Reject", shown, "danger"),
        freeze,
    )


def _told(event: Event, scene: Scene) -> str:
    """Return the outcome in doubt where it is known: as questioned, or as a person called it."""
    if event.kind is Kind.OUTCOME_QUESTIONED:
        return event.reason
    called = scene.called.get(event.candidate)
    return called.outcome.value if called is not None else ""


def _other_source(event: Event, scene: Scene, race: Race, about: Pressed) -> tuple[Button, ...]:
    """Offer to leave the silent source out, where another covers the same counties."""
    others = [
        use.source
        for uses in groups(race)
        if any(use.source == event.source for use in uses)
        for use in uses
        if use.source != event.source and use.source not in scene.superseded
    ]
    if not others:
        return ()
    facts = scene.sources.get(others[0])
    is_state = "state" in (facts.name if facts else others[0]).lower()
    label = "Try state source" if is_state else "Try other source"
    return (Button(Verb.SUPERSEDE, label, about),)


def _enter(about: Pressed) -> Button:
    return Button(Verb.ENTER, "Enter by hand", about)


def _canvass(event: Event, scene: Scene, about: Pressed) -> tuple[Button, ...]:
    outcome = standing_outcome(event, scene)
    known = {one.value for one in Outcome if one is not Outcome.NONE}
    certified = replace(about, outcome=outcome if outcome in known else "")
    return (
        Button(Verb.CERTIFIED, "Yes, link", certified, "primary"),
        Button(Verb.NOT_YET, "Not yet", about),
    )
